//! `report`: the report anew, from records alone.

use lenet_results::{StudyRecord, TrialRecord};

use crate::exit::{CommandResult, Exit, OrFail};
use crate::flags::Report;
use crate::overview::cell_table;
use crate::table::count;
use crate::{inputs, output};

/// Runs the command.
///
/// # Errors
/// Refuses folders that hold no records or some that cannot be read.
pub fn run(flags: &Report) -> CommandResult {
    let (studies, records) = read(flags).or_refuse()?;
    let merged = lenet_results::merge(records.iter().cloned());
    for conflict in &merged.conflicts {
        output::note(format_args!(
            "trial {} gave other numbers on {} than on {}; the report takes the latter",
            conflict.identity, conflict.dropped, conflict.kept
        ));
    }
    lenet_report::write_report(&studies, &records, &flags.out).or_fail()?;
    for study in &studies {
        output::line(cell_table(study, &merged.records)).or_fail()?;
    }
    let page = flags.out.join("index.html");
    let trials = count(merged.records.len(), "trial");
    output::line(format_args!("report of {trials}: {}", page.display())).or_fail()?;
    Ok(Exit::Done)
}

/// Studies and records of all folders. Folders of one study, run in parts, give one study: the
/// same plan counts once.
fn read(flags: &Report) -> anyhow::Result<(Vec<StudyRecord>, Vec<TrialRecord>)> {
    let mut studies: Vec<StudyRecord> = Vec::new();
    let mut records = Vec::new();
    for folder in &flags.records {
        let store = inputs::records(folder)?;
        let study = store.read_study()?.ok_or_else(|| {
            anyhow::anyhow!(
                "{}: there is no study.json (hint: give the folder that `experiments --out` wrote)",
                folder.display()
            )
        })?;
        if !studies.contains(&study) {
            studies.push(study);
        }
        records.extend(store.records()?);
    }
    Ok((studies, records))
}
