//! What is exported: trials, each once, and the studies that plan them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;

use lenet_core::{Names, Trial, shown};
use lenet_results::{
    EpochRecord, Outcome, RunRecord, RuntimeRecord, StudyRecord, TrialRecord, UnfinishedTrial,
    merge,
};

/// The records behind an export.
#[derive(Debug, Clone, Copy, Default)]
pub struct Records<'a> {
    /// Studies with the figures that they plan.
    pub studies: &'a [StudyRecord],
    /// Trials that have ended. Of several with one identity [`lenet_results::merge()`] chooses one.
    pub trials: &'a [TrialRecord],
    /// Trials that have begun and not ended. Those that ended elsewhere count as ended.
    pub unfinished: &'a [UnfinishedTrial],
    /// Runtimes at points of network size, batch size and dropout.
    pub runtimes: &'a [RuntimeRecord],
    /// The folders that all of it was read from.
    pub folders: &'a [PathBuf],
}

/// A trial as far as it got.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) identity: String,
    pub(crate) config: Trial,
    /// What tells it from all others of the export, in words.
    pub(crate) name: String,
    pub(crate) epochs: Vec<EpochRecord>,
    pub(crate) runs: Vec<RunRecord>,
    /// Trainable parameters of its network; `None` before its end.
    pub(crate) network_parameters: Option<usize>,
    pub(crate) state: State,
}

/// How far a trial got.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum State {
    Ended(Outcome),
    Running,
    Interrupted,
}

impl State {
    /// One word.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Ended(Outcome::Completed {}) => "completed",
            Self::Ended(Outcome::Stopped { .. }) => "stopped",
            Self::Ended(Outcome::Diverged { .. }) => "diverged",
            Self::Ended(Outcome::Failed { .. }) => "failed",
            Self::Running => "running",
            Self::Interrupted => "interrupted",
        }
    }

    /// Why a trial failed.
    pub(crate) fn failure(&self) -> Option<String> {
        match self {
            Self::Ended(Outcome::Failed { message }) => Some(shown(message)),
            _ => None,
        }
    }

    pub(crate) fn has_ended(&self) -> bool {
        matches!(self, Self::Ended(_))
    }
}

impl Entry {
    /// The last epoch.
    pub(crate) fn last(&self) -> Option<&EpochRecord> {
        self.epochs.last()
    }
}

/// The trials of one study, or those of none.
#[derive(Debug)]
pub(crate) struct Group {
    /// The study's name, or that there is none. No two groups have the same.
    pub(crate) name: String,
    pub(crate) title: String,
    /// Indices of its trials in the order of its figures, cells and seeds, with the ids of the figures that
    /// each belongs to.
    pub(crate) trials: Vec<(usize, Vec<String>)>,
    /// Trials that it plans and that have not begun.
    pub(crate) missing: usize,
}

impl Group {
    fn new(name: &str, title: &str) -> Self {
        Self {
            name: shown(name),
            title: shown(title),
            trials: Vec::new(),
            missing: 0,
        }
    }
}

/// Numbers the names of groups that would be taken for one.
fn make_distinct(groups: &mut [Group]) {
    let mut seen = BTreeSet::new();
    for group in groups {
        let name = group.name.clone();
        let mut number = 2;
        while !seen.insert(group.name.clone()) {
            group.name = format!("{name} ({number})");
            number += 1;
        }
    }
}

/// All trials, each once, and their studies.
#[derive(Debug)]
pub(crate) struct Content {
    /// In the order of the studies; those of no study come last.
    pub(crate) entries: Vec<Entry>,
    /// One for each name of a study, and one for trials of no study if there are any.
    pub(crate) groups: Vec<Group>,
    pub(crate) runtimes: usize,
}

impl Content {
    pub(crate) fn of(records: Records<'_>) -> Self {
        let mut found: BTreeMap<String, Entry> = BTreeMap::new();
        for record in merge(records.trials.iter().cloned()).records {
            let entry = Entry {
                identity: record.identity.clone(),
                config: record.config,
                name: String::new(),
                epochs: record.epochs,
                runs: record.runs,
                network_parameters: Some(record.parameters),
                state: State::Ended(record.outcome),
            };
            found.insert(record.identity, entry);
        }
        for trial in records.unfinished {
            let entry = || Entry {
                identity: trial.identity.clone(),
                config: trial.config.clone(),
                name: String::new(),
                epochs: trial.epochs.clone(),
                runs: trial.runs.clone(),
                network_parameters: None,
                state: match trial.is_running {
                    true => State::Running,
                    false => State::Interrupted,
                },
            };
            let known = found.entry(trial.identity.clone()).or_insert_with(entry);
            // Of two that have not ended, the one that got further.
            if !known.state.has_ended() && known.epochs.len() < trial.epochs.len() {
                *known = entry();
            }
        }
        let mut content = Self::grouped(found, records.studies);
        let configs = content.entries.iter().map(|entry| &entry.config);
        let names = Names::of_trials(configs);
        for entry in &mut content.entries {
            entry.name = shown(&names.trial(&entry.config));
        }
        content.runtimes = records.runtimes.len();
        content
    }

    fn grouped(mut found: BTreeMap<String, Entry>, studies: &[StudyRecord]) -> Self {
        let mut entries: Vec<Entry> = Vec::new();
        let mut places: HashMap<&str, usize> = HashMap::new();
        let mut groups: Vec<(Option<&str>, Group)> = Vec::new();
        // Where a trial stands in a group.
        let mut members: HashMap<(usize, usize), usize> = HashMap::new();
        for study in studies {
            let same = |(name, _): &(Option<&str>, Group)| *name == Some(&study.name);
            let place = groups.iter().position(same).unwrap_or(groups.len());
            if place == groups.len() {
                groups.push((Some(&study.name), Group::new(&study.name, &study.title)));
            }
            let group = &mut groups[place].1;
            let mut missing = BTreeSet::new();
            let figures = study.figures.iter().filter(|f| f.runtime.is_none());
            let planned = figures.flat_map(|figure| {
                let trials = figure.cells.iter().flat_map(|cell| &cell.trials);
                trials.map(|trial| (shown(&figure.id), trial.identity.as_str()))
            });
            for (figure, identity) in planned {
                if let Some(entry) = found.remove(identity) {
                    places.insert(identity, entries.len());
                    entries.push(entry);
                }
                let Some(&at) = places.get(identity) else {
                    missing.insert(identity);
                    continue;
                };
                let member = *members.entry((place, at)).or_insert_with(|| {
                    group.trials.push((at, Vec::new()));
                    group.trials.len() - 1
                });
                let figures = &mut group.trials[member].1;
                if !figures.contains(&figure) {
                    figures.push(figure);
                }
            }
            group.missing += missing.len();
        }
        let first = entries.len();
        entries.extend(found.into_values());
        if first < entries.len() {
            let mut others = Group::new("trials of no study", "Trials that no study plans");
            others.trials = (first..entries.len()).map(|at| (at, Vec::new())).collect();
            groups.push((None, others));
        }
        let mut groups: Vec<Group> = groups.into_iter().map(|(_, group)| group).collect();
        make_distinct(&mut groups);
        Self {
            entries,
            groups,
            runtimes: 0,
        }
    }

    /// Number of trials that have ended.
    pub(crate) fn ended(&self) -> usize {
        self.entries.iter().filter(|e| e.state.has_ended()).count()
    }

    /// What a format of trials leaves out of the records.
    pub(crate) fn note_left_out(&self, notes: &mut Vec<String>) {
        let missing: usize = self.groups.iter().map(|group| group.missing).sum();
        if missing > 0 {
            notes.push(format!(
                "{} planned and not begun: left out",
                count(missing, "trial")
            ));
        }
        if self.runtimes > 0 {
            notes.push(format!(
                "{} of runtimes left out: this format is for trials",
                count(self.runtimes, "record")
            ));
        }
        notes.push("predictions and claims left out".to_owned());
    }
}

/// `1 trial`, `2 trials`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests;
