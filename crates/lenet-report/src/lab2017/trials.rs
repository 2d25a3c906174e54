//! The trials that the accuracy claims are about.

use std::collections::BTreeMap;

use lenet_core::{Backend, DeviceKind, EarlyStop};
use lenet_results::{Outcome, TrialRecord};
use lenet_stats::{Estimate, StatsError};

use crate::lab2017::setting::{EPOCHS, shares_the_setting};
use crate::records::estimates::LEVEL;
use crate::records::trials::{Metric, PerSeed, TEST, per_seed};

/// Trials of one budget, by setting.
pub(crate) struct LabTrials<'a> {
    settings: BTreeMap<Setting, Seeds<'a>>,
    budget: Budget,
}

/// The trials of one setting by seed.
pub(crate) struct Seeds<'a>(BTreeMap<u64, &'a TrialRecord>);

/// What varies in figures 1 to 3. Rates are kept as bits, because settings are ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Setting {
    optimizer: &'static str,
    learning_rate: u64,
    dropout: u64,
}

/// Amount of data and number of epochs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Budget {
    validation: usize,
    samples: Option<usize>,
    epochs: usize,
}

impl Budget {
    fn of(record: &TrialRecord) -> Self {
        Self {
            validation: record.config.data.validation,
            samples: record.config.data.samples.into(),
            epochs: record.config.epochs,
        }
    }

    /// Greater is nearer to the report: first its data, then its epochs, then more samples, then more
    /// epochs.
    fn rank(self) -> (bool, bool, usize, usize) {
        let samples = self.samples.unwrap_or(usize::MAX);
        let as_published = self.epochs == EPOCHS;
        (self.has_all_data(), as_published, samples, self.epochs)
    }

    fn has_all_data(self) -> bool {
        self.validation == 5000 && self.samples.is_none()
    }
}

impl<'a> LabTrials<'a> {
    /// Selects the trials with the network, batch size and optimizer settings of the report. Among
    /// several budgets the one nearest to the report is taken. If several backends or devices ran a
    /// seed, it counts once; this project's own backend on the CPU comes first. Failed trials are
    /// left out. `None` if no trial is left.
    pub(crate) fn select(records: &'a [TrialRecord]) -> Option<Self> {
        let mut usable: Vec<&TrialRecord> = records
            .iter()
            .filter(|r| shares_the_setting(&r.config) && r.config.early_stop == EarlyStop::Never)
            .filter(|r| !matches!(r.outcome, Outcome::Failed { .. }) && !r.epochs.is_empty())
            .collect();
        let budgets = usable.iter().map(|r| Budget::of(r));
        let budget = budgets.max_by_key(|budget| budget.rank())?;
        usable.retain(|r| Budget::of(r) == budget);
        let preference = |r: &TrialRecord| {
            let c = &r.config;
            (
                c.backend != Backend::Fused,
                c.device != DeviceKind::Cpu,
                !c.dropout.connected,
            )
        };
        usable.sort_by_key(|r| preference(r));
        let mut settings: BTreeMap<Setting, Seeds> = BTreeMap::new();
        for record in usable {
            let config = &record.config;
            let setting = Setting {
                optimizer: config.optimizer.name(),
                learning_rate: config.learning_rate.to_bits(),
                dropout: config.dropout.effective_rate().to_bits(),
            };
            let empty = || Seeds(BTreeMap::new());
            let Seeds(seeds) = settings.entry(setting).or_insert_with(empty);
            seeds.entry(config.seed).or_insert(record);
        }
        Some(Self { settings, budget })
    }

    /// The trials of a setting. `dropout` is the rate that was at work.
    pub(crate) fn setting(
        &self,
        optimizer: &'static str,
        learning_rate: f64,
        dropout: f64,
    ) -> Option<&Seeds<'a>> {
        self.settings.get(&Setting {
            optimizer,
            learning_rate: learning_rate.to_bits(),
            dropout: dropout.to_bits(),
        })
    }

    /// The trials of all settings.
    pub(crate) fn settings(&self) -> impl Iterator<Item = &Seeds<'a>> {
        self.settings.values()
    }

    /// The last epoch. Diverged trials count with their last value.
    pub(crate) fn last(&self) -> usize {
        self.budget.epochs
    }

    /// What the trials have less of than those of the report, in words.
    pub(crate) fn lacks(&self) -> Vec<String> {
        let mut lacks = Vec::new();
        let held = self.budget.validation;
        if !self.budget.has_all_data() {
            let samples = self.budget.samples;
            let samples = samples.map_or("all".to_owned(), |n| n.to_string());
            lacks.push(format!(
                "{samples} training images with {held} held out, where the study has all 55,000 \
                 with 5,000 held out"
            ));
        }
        let epochs = self.budget.epochs;
        if epochs != EPOCHS {
            lacks.push(format!("{epochs} epochs, where the study has {EPOCHS}"));
        }
        lacks
    }
}

impl Seeds<'_> {
    /// Test accuracies after an epoch.
    pub(crate) fn at(&self, epoch: usize) -> PerSeed {
        self.metric_at(epoch, TEST)
    }

    pub(crate) fn metric_at(&self, epoch: usize, metric: Metric) -> PerSeed {
        per_seed(self.0.values().copied(), epoch, metric)
    }

    /// Mean test accuracy after an epoch.
    ///
    /// # Errors
    /// If no trial has the epoch or a value is not finite.
    pub(crate) fn mean(&self, epoch: usize) -> Result<Estimate, StatsError> {
        let values: Vec<f64> = self.at(epoch).into_values().collect();
        lenet_stats::mean(&values, LEVEL)
    }

    /// The epochs after which the seeds first reach a test accuracy, in words.
    pub(crate) fn time_to(&self, threshold: f64) -> String {
        let first = |t: &&TrialRecord| {
            let reached = t.epochs.iter().find(|e| e.test_accuracy >= threshold);
            reached.map(|e| e.epoch)
        };
        let reached: Vec<usize> = self.0.values().filter_map(first).collect();
        let (some, n) = (reached.len(), self.0.len());
        match (reached.iter().min(), reached.iter().max()) {
            (Some(a), Some(b)) if a == b => format!("{some} of {n} seeds at epoch {a}"),
            (Some(a), Some(b)) => format!("{some} of {n} seeds at epochs {a} to {b}"),
            _ => format!("none of {n} seeds"),
        }
    }
}
