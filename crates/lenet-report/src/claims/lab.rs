//! The trials that speak of the 2017 study's accuracy claims.

use std::collections::BTreeMap;

use lenet_core::{Backend, DeviceKind, EarlyStop};
use lenet_results::{Outcome, TrialRecord};
use lenet_stats::{Estimate, StatsError};

use super::{Claim, Verdict};
use crate::model::{Metric, TEST, value_at};
use crate::published::shares_the_setting;

/// Epochs of the study's accuracy figures.
const EPOCHS: usize = 10;

/// Trials of one amount of data and number of epochs, by setting.
pub(crate) struct Lab<'a> {
    cells: BTreeMap<Setting, Seeds<'a>>,
    data: Data,
}

/// A setting's trials by seed.
pub(crate) type Seeds<'a> = BTreeMap<u64, &'a TrialRecord>;

/// What varies in the study's accuracy figures. Rates are held by their bits, to be ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Setting {
    optimizer: &'static str,
    learning_rate: u64,
    dropout: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Data {
    validation: usize,
    samples: Option<usize>,
    epochs: usize,
}

impl Data {
    /// Greater is nearer to the study: its own data first, then more epochs, then more samples.
    fn rank(self) -> (bool, bool, usize, usize) {
        let samples = self.samples.unwrap_or(usize::MAX);
        (
            self.is_the_studys(),
            self.epochs == EPOCHS,
            samples,
            self.epochs,
        )
    }

    fn is_the_studys(self) -> bool {
        self.validation == 5000 && self.samples.is_none()
    }
}

impl<'a> Lab<'a> {
    /// Picks the trials whose network, batch size and optimizer settings are the study's. Among
    /// several amounts of data or numbers of epochs those nearest to the study are taken. A seed
    /// run by several backends or devices counts once, our own backend on the CPU first. Failed
    /// trials are left out. `None` where nothing is left.
    pub(crate) fn select(records: &'a [TrialRecord]) -> Option<Self> {
        let data = |r: &TrialRecord| Data {
            validation: r.config.data.validation,
            samples: r.config.data.samples,
            epochs: r.config.epochs,
        };
        let mut usable: Vec<&TrialRecord> = records
            .iter()
            .filter(|r| shares_the_setting(&r.config) && r.config.early_stop == EarlyStop::Never)
            .filter(|r| !matches!(r.outcome, Outcome::Failed { .. }) && !r.epochs.is_empty())
            .collect();
        let chosen = usable.iter().map(|r| data(r)).max_by_key(|d| d.rank())?;
        usable.retain(|r| data(r) == chosen);
        let preference = |r: &TrialRecord| {
            let c = &r.config;
            (
                c.backend != Backend::Fused,
                c.device != DeviceKind::Cpu,
                !c.dropout.connected,
            )
        };
        usable.sort_by_key(|r| preference(r));
        let mut cells: BTreeMap<Setting, Seeds> = BTreeMap::new();
        for record in usable {
            let setting = Setting {
                optimizer: record.config.optimizer.name(),
                learning_rate: record.config.learning_rate.to_bits(),
                dropout: record.config.dropout.effective_rate().to_bits(),
            };
            cells
                .entry(setting)
                .or_default()
                .entry(record.config.seed)
                .or_insert(record);
        }
        Some(Self {
            cells,
            data: chosen,
        })
    }

    /// The trials of a setting with the dropout that was really at work.
    pub(crate) fn cell(
        &self,
        optimizer: &'static str,
        learning_rate: f64,
        dropout: f64,
    ) -> Option<&Seeds<'a>> {
        let (learning_rate, dropout) = (learning_rate.to_bits(), dropout.to_bits());
        self.cells.get(&Setting {
            optimizer,
            learning_rate,
            dropout,
        })
    }

    /// All settings' trials.
    pub(crate) fn cells(&self) -> impl Iterator<Item = &Seeds<'a>> {
        self.cells.values()
    }

    /// The last epoch; diverged trials count with their last value.
    pub(crate) fn last(&self) -> usize {
        self.data.epochs
    }

    /// Takes back a verdict where less data or fewer epochs were used than in the study: the
    /// numbers stay, but they answer another question.
    pub(crate) fn qualify(&self, mut claim: Claim) -> Claim {
        let mut lacks = Vec::new();
        if !self.data.is_the_studys() {
            let samples = self
                .data
                .samples
                .map_or("all".to_owned(), |n| n.to_string());
            let held = self.data.validation;
            lacks.push(format!(
                "{samples} training images with {held} held out, where the study has all 55,000 \
                 with 5,000 held out"
            ));
        }
        if self.data.epochs != EPOCHS {
            lacks.push(format!(
                "{} epochs, where the study has {EPOCHS}",
                self.data.epochs
            ));
        }
        if !lacks.is_empty() && claim.verdict != Verdict::NotMeasured {
            claim.verdict = Verdict::Undecided;
            let note = format!(
                "Run with {}: no verdict on the claim. ",
                lacks.join(" and ")
            );
            claim.detail.insert_str(0, &note);
        }
        claim
    }
}

/// A setting's test accuracies after an epoch, by seed.
pub(crate) fn at(cell: &Seeds, epoch: usize) -> BTreeMap<u64, f64> {
    by_seed(cell, epoch, TEST)
}

pub(crate) fn by_seed(cell: &Seeds, epoch: usize, metric: Metric) -> BTreeMap<u64, f64> {
    let value =
        |(seed, trial): (&u64, &&TrialRecord)| Some((*seed, value_at(trial, epoch, metric)?));
    cell.iter().filter_map(value).collect()
}

/// `left − right` over the seeds that both have.
///
/// # Errors
/// If no seed is shared or a value is not finite.
pub(crate) fn paired(
    left: &BTreeMap<u64, f64>,
    right: &BTreeMap<u64, f64>,
    level: f64,
) -> Result<Estimate, StatsError> {
    let pairs = left
        .iter()
        .filter_map(|(seed, l)| Some((*l, *right.get(seed)?)));
    let (l, r): (Vec<f64>, Vec<f64>) = pairs.unzip();
    lenet_stats::paired_difference(&l, &r, level)
}

/// First epoch after which a trial's test accuracy is at least `threshold`.
pub(crate) fn epochs_to(trial: &TrialRecord, threshold: f64) -> Option<usize> {
    trial
        .epochs
        .iter()
        .find(|e| e.test_accuracy >= threshold)
        .map(|e| e.epoch)
}

/// How long a setting's seeds take to a test accuracy, in words.
pub(crate) fn time_to(cell: &Seeds, threshold: f64) -> String {
    let reached: Vec<usize> = cell
        .values()
        .filter_map(|t| epochs_to(t, threshold))
        .collect();
    let n = cell.len();
    match (reached.iter().min(), reached.iter().max()) {
        (Some(a), Some(b)) if a == b => format!("{} of {n} seeds at epoch {a}", reached.len()),
        (Some(a), Some(b)) => format!("{} of {n} seeds at epochs {a} to {b}", reached.len()),
        _ => format!("none of {n} seeds"),
    }
}
