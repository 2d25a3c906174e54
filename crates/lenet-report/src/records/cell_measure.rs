//! Numbers of a cell that figures set against each other.

use std::str::FromStr;

use lenet_results::{EpochMeasure, TrialRecord};
use lenet_stats::Estimate;

use crate::records::cells::Cell;
use crate::records::estimates::LEVEL;
use crate::records::trials::{PerSeed, value_at};

/// A number of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CellMeasure {
    /// Mean over seeds after the last epoch that all trials reached; seconds per epoch over all
    /// epochs.
    Epoch(EpochMeasure),
    /// Training images per second, evaluations not counted.
    ImagesPerSecond,
    /// Trainable parameters of the network.
    Parameters,
}

/// Accuracy on the test images after the last epoch.
pub(crate) const TEST_ACCURACY: CellMeasure = CellMeasure::Epoch(EpochMeasure::TestAccuracy);

impl CellMeasure {
    /// The measure in words: `test accuracy`.
    pub(crate) fn title(self) -> String {
        match self {
            Self::Epoch(measure) => measure.name().replace('_', " "),
            Self::ImagesPerSecond => "training images per second".to_owned(),
            Self::Parameters => "trainable parameters".to_owned(),
        }
    }

    pub(crate) fn is_accuracy(self) -> bool {
        matches!(self, Self::Epoch(measure) if measure.is_accuracy())
    }

    /// Whether more of it is better.
    pub(crate) fn is_gain(self) -> bool {
        self.is_accuracy() || self == Self::ImagesPerSecond
    }

    /// The number of a trial, if it has one.
    fn of(self, cell: &Cell, trial: &TrialRecord, last: usize) -> Option<f64> {
        let epochs = || trial.epochs.iter();
        match self {
            Self::Epoch(EpochMeasure::SecondsPerEpoch) => {
                let seconds: f64 = epochs().map(|e| EpochMeasure::SecondsPerEpoch.of(e)).sum();
                (!trial.epochs.is_empty()).then(|| seconds / trial.epochs.len() as f64)
            }
            Self::Epoch(measure) => value_at(trial, last, |epoch| measure.of(epoch)),
            Self::ImagesPerSecond => {
                let seconds: f64 = epochs().map(|epoch| epoch.train_seconds).sum();
                let images = cell.train_images? * trial.epochs.len();
                (seconds > 0.0).then(|| images as f64 / seconds)
            }
            Self::Parameters => Some(trial.parameters as f64),
        }
    }

    /// The number of each seed with results.
    pub(crate) fn by_seed(self, cell: &Cell) -> PerSeed {
        let last = cell.last_epoch().unwrap_or(0);
        let number = |t: &&TrialRecord| Some((t.config.seed, self.of(cell, t, last)?));
        cell.done.iter().filter_map(number).collect()
    }

    /// The mean over cells and seeds: the cells' mean of each seed that all of them have, then the mean
    /// of these over seeds, with its interval. The interval of an accuracy stays between 0 and 1.
    pub(crate) fn mean<'c>(
        self,
        cells: impl IntoIterator<Item = &'c Cell<'c>>,
    ) -> Option<Estimate> {
        let all: Vec<PerSeed> = cells.into_iter().map(|cell| self.by_seed(cell)).collect();
        let (first, others) = all.split_first()?;
        let of_seed = |(seed, own): (&u64, &f64)| {
            let others = others.iter().map(|cell| cell.get(seed).copied());
            let sum = others.sum::<Option<f64>>()? + own;
            Some(sum / all.len() as f64)
        };
        let values: Vec<f64> = first.iter().filter_map(of_seed).collect();
        if self.is_accuracy() {
            return lenet_stats::bounded_mean(&values, LEVEL).ok();
        }
        lenet_stats::mean(&values, LEVEL).ok()
    }
}

impl FromStr for CellMeasure {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        match name {
            "images_per_second" => Ok(Self::ImagesPerSecond),
            "parameters" => Ok(Self::Parameters),
            name => {
                let mut all = EpochMeasure::ALL.into_iter();
                let found = all.find(|measure| measure.name() == name);
                found.map(Self::Epoch).ok_or(())
            }
        }
    }
}
