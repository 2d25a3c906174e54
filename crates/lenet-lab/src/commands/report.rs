//! `report`: the report anew, from records alone.

use std::path::PathBuf;

use anyhow::Context;
use lenet_data::Dataset;
use lenet_report::Records;
use lenet_results::{
    Registration, RuntimeRecord, Store, StoreError, StudyRecord, TrialRecord, WorkerNote,
    find_registrations, find_runtimes, read_study, worker_notes,
};
use lenet_study::{DataSets, Overrides, Stages, StudyConfig};

use crate::evidence::Kept;
use crate::exit::{CommandResult, Exit, OrFail};
use crate::flags::Report;
use crate::output;
use crate::overview::cell_table;
use crate::sources;
use crate::table::count;

/// Runs the command; refuses folders that hold no records. Damaged ones are left out and named, and the
/// exit code tells.
pub fn run(flags: &Report) -> CommandResult {
    let sources = sources::open(&flags.records).or_refuse()?;
    let mut found = read(&sources.folders, flags.config.as_deref()).or_refuse()?;
    found.damaged.extend(sources.damaged.iter().cloned());
    found.tell_damage();
    for folder in &flags.data_dir {
        let set = Dataset::from_folder(folder).or_refuse()?;
        found.data = found.data.with(&folder.to_string_lossy(), set);
    }
    let merged = lenet_results::merge(found.trials.iter().cloned());
    for conflict in &merged.conflicts {
        output::note(format_args!("{conflict}; the report takes the latter"));
    }
    let kept = Kept::new(&sources.folders, &found.data);
    let records = Records {
        evidence: Some(&kept),
        ..found.records()
    };
    let files = lenet_report::write_report(records, &flags.out).or_fail()?;
    files.warnings.iter().for_each(output::warning);
    let trains = |study: &&StudyRecord| study.figures.iter().any(|f| f.runtime.is_none());
    let told = found.studies.iter().filter(|_| !merged.records.is_empty());
    for study in told.filter(trains) {
        output::line(cell_table(study, &merged.records)).or_fail()?;
    }
    let trials = merged.records.len();
    let of = match (trials, found.runtimes.len()) {
        (trials, 0) => count(trials, "trial"),
        (0, runtimes) => count(runtimes, "runtime"),
        (trials, runtimes) => {
            format!(
                "{} and {}",
                count(trials, "trial"),
                count(runtimes, "runtime")
            )
        }
    };
    let page = files.index.display();
    output::line(format_args!("report of {of}: {page}")).or_fail()?;
    if flags.open {
        open::that(&files.index)
            .with_context(|| format!("{page}: no program opens it (hint: open it in a browser)"))
            .or_fail()?;
    }
    Ok(match found.damaged.is_empty() {
        true => Exit::Done,
        false => Exit::Failed,
    })
}

/// What the folders hold.
#[derive(Default)]
pub struct Found {
    studies: Vec<StudyRecord>,
    trials: Vec<TrialRecord>,
    runtimes: Vec<RuntimeRecord>,
    register: Vec<Registration>,
    workers: Vec<WorkerNote>,
    /// What is wrong with damaged files, whose records count as missing, one line each.
    pub damaged: Vec<String>,
    /// Identities of trials whose own records are damaged.
    pub unreadable: Vec<String>,
    /// The data sets of the study that takes the place of the folders'.
    data: DataSets,
}

impl Found {
    /// Names damaged files on standard error.
    pub fn tell_damage(&self) {
        for error in &self.damaged {
            output::note(format_args!("left out: {error}"));
        }
        let old = self.trials.iter().filter(|trial| !trial.is_verified());
        let old = old.count();
        if old > 0 {
            output::note(format_args!(
                "{} unverified: their format has no checksums",
                count(old, "record")
            ));
        }
    }

    /// Adds a folder's study, unless another folder's is the same.
    fn add(&mut self, study: StudyRecord) {
        let mut known = self.studies.iter_mut();
        let Some(same) = known.find(|known| known.is_same_plan(&study)) else {
            self.studies.push(study);
            return;
        };
        let new = study.commands.iter();
        let new: Vec<String> = new
            .filter(|c| !same.commands.contains(c))
            .cloned()
            .collect();
        same.commands.extend(new);
    }

    /// The records behind a report, without evidence.
    pub fn records(&self) -> Records<'_> {
        Records {
            studies: &self.studies,
            trials: &self.trials,
            runtimes: &self.runtimes,
            register: &self.register,
            left_out: &self.damaged,
            workers: &self.workers,
            live: None,
            evidence: None,
        }
    }
}

/// The records of all folders: of studies, of runtimes or of both. Folders with the same plan are
/// parts of one study, which counts once. `config` names a study that takes the place of the folders'.
pub fn read(folders: &[PathBuf], config: Option<&str>) -> anyhow::Result<Found> {
    let mut found = Found::default();
    for folder in folders {
        let (runtimes, damaged) = find_runtimes(folder)?;
        let has_trials = folder.join("trials").is_dir();
        let has_runtimes = !(runtimes.is_empty() && damaged.is_empty());
        found
            .damaged
            .extend(damaged.iter().map(StoreError::to_string));
        anyhow::ensure!(
            has_trials || has_runtimes,
            "{}: there are no records (hint: give the folder that `experiments --out` or \
             `bench-runtime --out` wrote)",
            folder.display()
        );
        found.runtimes.extend(runtimes);
        let (register, damaged) = find_registrations(folder)?;
        found.register.extend(register);
        found
            .damaged
            .extend(damaged.iter().map(StoreError::to_string));
        let (workers, damaged) = worker_notes(folder)?;
        found.workers.extend(workers);
        found
            .damaged
            .extend(damaged.iter().map(StoreError::to_string));
        match read_study(folder)? {
            Some(study) => found.add(study),
            None if has_trials && config.is_none() => anyhow::bail!(
                "{}: there is no study.json (hint: give the folder that `experiments --out` wrote)",
                folder.display()
            ),
            _ => {}
        }
        if has_trials {
            let trials = Store::open(folder)?.find_records()?;
            found.trials.extend(trials.records);
            found.unreadable.extend(trials.unreadable);
            let conflicts = trials.conflicts.iter();
            found
                .damaged
                .extend(conflicts.map(|conflict| format!("{conflict}; the first result counts")));
            found
                .damaged
                .extend(trials.damaged.iter().map(StoreError::to_string));
        }
    }
    found.register.sort_by_key(|registration| registration.unix);
    if let Some(config) = config {
        let study = StudyConfig::open(config)?;
        let overrides = Overrides::default();
        let data = DataSets::open(&study, &overrides)?;
        let stages = Stages::new(&study, overrides, None);
        let mut study = stages.plan(&data, &found.trials)?.study;
        let earlier = found.studies.iter().flat_map(|study| &study.commands);
        study.commands.extend(earlier.cloned());
        keep_looks(&found.studies, &mut study);
        found.studies = vec![study];
        found.data = data;
    }
    Ok(found)
}

/// Seeds that were added until claims were decided were looked at one by one, whichever claims are
/// asked about afterwards; and only the trials that were planned then count.
fn keep_looks(earlier: &[StudyRecord], study: &mut StudyRecord) {
    for looked in earlier.iter().filter(|s| s.until_decided.is_some()) {
        study.until_decided = study.until_decided.max(looked.until_decided);
        let known = looked.figures.iter().filter(|f| f.runtime.is_none());
        let known: Vec<_> = known
            .flat_map(|figure| &figure.cells)
            .map(|cell| (cell.config.cell(), &cell.trials))
            .collect();
        let own = study.figures.iter_mut().filter(|f| f.runtime.is_none());
        for cell in own.flat_map(|figure| &mut figure.cells) {
            let key = cell.config.cell();
            if let Some((_, planned)) = known.iter().find(|(other, _)| *other == key) {
                cell.trials.clone_from(planned);
            }
        }
    }
}
