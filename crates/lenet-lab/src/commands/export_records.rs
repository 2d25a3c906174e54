//! `export-records`: records as files that other people's tools read.

use lenet_export::{Format, Options};
use lenet_results::{Store, UnfinishedTrial};

use crate::commands::report::read;
use crate::exit::{CommandResult, Exit, OrFail};
use crate::flags::ExportRecords;
use crate::table::count;
use crate::{output, sources};

/// Runs the command; refuses folders that hold no records, and paths that something is at. Damaged records
/// are left out and named, and the exit code tells.
pub fn run(flags: &ExportRecords) -> CommandResult {
    let options = Options {
        force: flags.force,
        license: flags.license.as_deref(),
    };
    lenet_export::check(flags.format, &flags.out, options).or_refuse()?;
    if flags.license.is_some() && flags.format != Format::RoCrate {
        output::note(format_args!(
            "--license is left out: {} has no place for it",
            flags.format
        ));
    }
    let sources = sources::open(&flags.records).or_refuse()?;
    let mut found = read(&sources.folders, None).or_refuse()?;
    found.damaged.extend(sources.damaged.iter().cloned());
    found.tell_damage();
    let mut unfinished: Vec<UnfinishedTrial> = Vec::new();
    for folder in sources.folders.iter().filter(|f| f.join("trials").is_dir()) {
        let store = Store::open(folder).or_refuse()?;
        unfinished.extend(store.find_unfinished().or_refuse()?);
    }
    let told = found.records();
    for conflict in lenet_results::merge(told.trials.iter().cloned()).conflicts {
        output::note(format_args!("{conflict}; the latter is exported"));
    }
    let records = lenet_export::Records {
        studies: told.studies,
        trials: told.trials,
        unfinished: &unfinished,
        runtimes: told.runtimes,
        folders: &sources.folders,
    };
    let exported = match lenet_export::export(flags.format, records, &flags.out, options) {
        Err(error) if error.is_refusal() => Err(error).or_refuse(),
        exported => exported.or_fail(),
    }?;
    for note in &exported.notes {
        output::note(format_args!("note: {note}"));
    }
    output::line(format_args!(
        "{} in {}: {}",
        count(exported.trials, "trial"),
        count(exported.files, "file"),
        flags.out.display()
    ))
    .or_fail()?;
    Ok(match found.damaged.is_empty() {
        true => Exit::Done,
        false => Exit::Failed,
    })
}
