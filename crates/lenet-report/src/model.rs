//! The studies' cells with the records that fill them.

use std::collections::{BTreeMap, BTreeSet};

use lenet_core::Trial;
use lenet_results::{CellTrial, EpochRecord, Outcome, StudyRecord, TrialRecord};
use lenet_stats::Estimate;

/// Confidence level of every interval in a report.
pub(crate) const LEVEL: f64 = 0.95;

/// A figure of a study with the records that exist of it.
#[derive(Debug)]
pub(crate) struct Figure<'a> {
    /// The figure's id, which names it in tables; made unique where studies share ids.
    pub(crate) id: String,
    /// Its heading.
    pub(crate) title: String,
    /// Figure of the published data drawn along with it.
    pub(crate) published: Option<String>,
    /// In the order of the study.
    pub(crate) cells: Vec<Cell<'a>>,
}

/// A cell with its trials.
#[derive(Debug)]
pub(crate) struct Cell<'a> {
    /// The axes' values.
    pub(crate) label: String,
    /// Its configuration, with the first seed.
    pub(crate) config: Trial,
    /// Trials that have results, in the order of the plan.
    pub(crate) done: Vec<&'a TrialRecord>,
    /// Trials that failed.
    pub(crate) failed: Vec<&'a TrialRecord>,
    /// Seeds of trials without a record.
    pub(crate) missing: Vec<u64>,
}

/// A quantity of an epoch.
pub(crate) type Metric = fn(&EpochRecord) -> f64;

/// Accuracy on the validation split.
pub(crate) const VALIDATION: Metric = |e| e.validation_accuracy;
/// Accuracy on the test split.
pub(crate) const TEST: Metric = |e| e.test_accuracy;

impl Cell<'_> {
    /// Trials that the plan has.
    pub(crate) fn planned(&self) -> usize {
        self.done.len() + self.failed.len() + self.missing.len()
    }

    /// The last epoch that every trial with results reached.
    pub(crate) fn last_epoch(&self) -> Option<usize> {
        common_last_epoch(self.done.iter().copied())
    }

    /// Mean over seeds after an epoch; `None` where no trial has it or a value is not finite.
    pub(crate) fn mean_at(&self, epoch: usize, metric: Metric) -> Option<Estimate> {
        let values: Vec<f64> = self
            .done
            .iter()
            .filter_map(|trial| value_at(trial, epoch, metric))
            .collect();
        lenet_stats::mean(&values, LEVEL).ok()
    }

    /// Mean over seeds after the last epoch that all reached.
    pub(crate) fn final_mean(&self, metric: Metric) -> Option<Estimate> {
        self.mean_at(self.last_epoch()?, metric)
    }
}

/// The last epoch that every one of the trials reached. A trial that stopped early or diverged
/// keeps its last network, so it counts as having reached them all.
pub(crate) fn common_last_epoch<'r>(
    trials: impl Iterator<Item = &'r TrialRecord> + Clone,
) -> Option<usize> {
    let last = |t: &TrialRecord| t.epochs.last().map(|e| e.epoch);
    let running = trials
        .clone()
        .filter(|t| !keeps_its_last(t))
        .filter_map(last)
        .min();
    running.or_else(|| trials.filter_map(last).max())
}

/// A trial's value after an epoch, counted from 1; one that stopped early or diverged keeps its
/// last value.
pub(crate) fn value_at(trial: &TrialRecord, epoch: usize, metric: Metric) -> Option<f64> {
    let found = trial.epochs.iter().find(|e| e.epoch == epoch);
    let kept = || {
        trial
            .epochs
            .last()
            .filter(|e| keeps_its_last(trial) && e.epoch < epoch)
    };
    found.or_else(kept).map(metric)
}

fn keeps_its_last(trial: &TrialRecord) -> bool {
    matches!(
        trial.outcome,
        Outcome::Stopped { .. } | Outcome::Diverged { .. }
    )
}

/// The configuration without its seed, as JSON: what names a cell.
pub(crate) fn cell_key(config: &Trial) -> String {
    let seedless = Trial {
        seed: 0,
        ..config.clone()
    };
    serde_json::to_string(&seedless).expect("a configuration is plain data")
}

/// Fills the studies' figures. Studies of one name are taken as parts of one: figures of the
/// same id are joined cell by cell. A figure id that studies of different names share gets the
/// study's name in front.
pub(crate) fn figures<'a>(studies: &[StudyRecord], records: &'a [TrialRecord]) -> Vec<Figure<'a>> {
    let by_identity: BTreeMap<&str, &TrialRecord> =
        records.iter().map(|r| (r.identity.as_str(), r)).collect();
    let mut plans: Vec<Plan> = Vec::new();
    for study in studies {
        for figure in &study.figures {
            let same = |p: &&mut Plan| p.study == study.name && p.id == figure.id;
            let plan = match plans.iter_mut().find(same) {
                Some(plan) => plan,
                None => {
                    plans.push(Plan {
                        study: study.name.clone(),
                        id: figure.id.clone(),
                        title: figure.title.clone(),
                        published: figure.published.clone(),
                        cells: Vec::new(),
                    });
                    plans.last_mut().expect("just pushed")
                }
            };
            for cell in &figure.cells {
                plan.add(&cell.label, &cell.config, &cell.trials);
            }
        }
    }
    let mut seen = BTreeSet::new();
    let shared: BTreeSet<String> = plans
        .iter()
        .filter(|p| !seen.insert(p.id.clone()))
        .map(|p| p.id.clone())
        .collect();
    plans
        .into_iter()
        .map(|plan| plan.fill(&shared, &by_identity))
        .collect()
}

struct Plan {
    study: String,
    id: String,
    title: String,
    published: Option<String>,
    cells: Vec<(String, Trial, Vec<CellTrial>)>,
}

impl Plan {
    fn add(&mut self, label: &str, config: &Trial, trials: &[CellTrial]) {
        let key = cell_key(config);
        match self.cells.iter_mut().find(|(_, c, _)| cell_key(c) == key) {
            Some((_, _, known)) => {
                let new: Vec<_> = trials
                    .iter()
                    .filter(|t| !known.contains(t))
                    .cloned()
                    .collect();
                known.extend(new);
            }
            None => self
                .cells
                .push((label.to_owned(), config.clone(), trials.to_vec())),
        }
    }

    fn fill<'a>(
        self,
        shared: &BTreeSet<String>,
        records: &BTreeMap<&str, &'a TrialRecord>,
    ) -> Figure<'a> {
        let fill_cell = |(label, config, trials): (String, Trial, Vec<CellTrial>)| {
            let mut cell = Cell {
                label,
                config,
                done: vec![],
                failed: vec![],
                missing: vec![],
            };
            for trial in &trials {
                match records.get(trial.identity.as_str()) {
                    None => cell.missing.push(trial.seed),
                    Some(r) if matches!(r.outcome, Outcome::Failed { .. }) => cell.failed.push(r),
                    Some(r) => cell.done.push(r),
                }
            }
            cell
        };
        Figure {
            id: if shared.contains(&self.id) {
                format!("{}-{}", self.study, self.id)
            } else {
                self.id
            },
            title: self.title,
            published: self.published,
            cells: self.cells.into_iter().map(fill_cell).collect(),
        }
    }
}

impl Figure<'_> {
    /// The id with every character that is not safe in a file name replaced.
    pub(crate) fn file_stem(&self) -> String {
        let safe = |c: char| {
            if c.is_ascii_alphanumeric() || "-_.".contains(c) {
                c
            } else {
                '-'
            }
        };
        format!("figure-{}", self.id.chars().map(safe).collect::<String>())
    }

    /// Cells that have at least one trial with results.
    pub(crate) fn filled(&self) -> impl Iterator<Item = &Cell<'_>> {
        self.cells.iter().filter(|cell| !cell.done.is_empty())
    }
}

#[cfg(test)]
mod tests;
