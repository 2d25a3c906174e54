//! What a figure that searches set out to do, and how far it is.
//!
//! A search proposes settings stage by stage. Each proposal is a cell of its figure; where a search trains
//! the same settings for more and more epochs, each number of epochs is a cell of its own.

use serde::{Deserialize, Serialize};

use crate::measure::EpochMeasure;
use crate::record::{Outcome, TrialRecord};

/// How settings are proposed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum SearchKind {
    /// Each proposal is drawn for itself.
    Random {},
    /// Synchronous successive halving (Jamieson & Talwalkar 2016): random proposals are trained for few
    /// epochs, the best of every `eta` for `eta` times as many, and so on.
    Halving {
        /// One proposal in so many goes on, and is then trained for so many times the epochs; at least 2.
        eta: usize,
        /// Epochs of the first rung.
        first: usize,
    },
    /// The tree-structured Parzen estimator (Bergstra et al. 2011): rounds of proposals where the density
    /// of good settings is high against that of the others.
    Tpe {
        /// Proposals that are made at once, from what all earlier rounds came to.
        round: usize,
        /// Random proposals before the first such round.
        startup: usize,
    },
}

impl SearchKind {
    /// Its name in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Random {} => "random",
            Self::Halving { .. } => "halving",
            Self::Tpe { .. } => "tpe",
        }
    }
}

/// When a search ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Budget {
    /// After so many proposals.
    Trials(usize),
    /// Before it would train for more epochs, all trials together.
    Epochs(usize),
}

/// How the numbers between two ends are spread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scale {
    /// Evenly.
    Linear,
    /// Evenly in their logarithms.
    Log,
    /// Whole numbers, evenly.
    Integer,
    /// Whole numbers, evenly in their logarithms.
    IntegerLog,
}

impl Scale {
    /// All of them, with their names in files.
    pub const ALL: [(&'static str, Self); 4] = [
        ("linear", Self::Linear),
        ("log", Self::Log),
        ("integer", Self::Integer),
        ("integer-log", Self::IntegerLog),
    ];

    /// Whether it has whole numbers alone.
    #[must_use]
    pub const fn is_whole(self) -> bool {
        matches!(self, Self::Integer | Self::IntegerLog)
    }

    /// Whether numbers are spread by their logarithms.
    #[must_use]
    pub const fn is_log(self) -> bool {
        matches!(self, Self::Log | Self::IntegerLog)
    }
}

/// Numbers from one end to the other, both included.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Numbers {
    /// The least.
    pub from: f64,
    /// The greatest.
    pub to: f64,
    /// How those between are spread.
    pub scale: Scale,
}

/// A setting that a search varies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SearchedSetting {
    /// Its name in files, e.g. `learning_rate`.
    pub name: String,
    /// What it may be.
    pub values: SearchedValues,
}

/// What a search may choose a setting from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SearchedValues {
    /// Numbers between two ends.
    Numbers(Numbers),
    /// These, as people read them.
    Choice(Vec<String>),
}

/// The place of a cell in its search.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SearchPlace {
    /// Number of the proposal, counted from 0.
    pub proposal: usize,
    /// Number of the rung, counted from 0; always 0 but in successive halving.
    pub rung: usize,
    /// Epochs of training that the cell adds to the budget, per seed.
    pub new_epochs: usize,
    /// Index of the cell whose training it goes on with; `None` where it starts anew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub continues: Option<usize>,
}

/// The search of a figure. The figure's axes are the names of the settings that it varies, its cells the
/// proposals so far.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SearchRecord {
    /// How settings are proposed.
    #[serde(flatten)]
    pub kind: SearchKind,
    /// When it ends.
    pub budget: Budget,
    /// What is best: the greatest accuracy or the least loss.
    pub measure: EpochMeasure,
    /// Seed of the proposals.
    pub seed: u64,
    /// Most epochs of a trial.
    pub epochs: usize,
    /// What it varies, in the order of the file.
    pub space: Vec<SearchedSetting>,
    /// The place of each cell of the figure, in their order.
    pub places: Vec<SearchPlace>,
    /// Whether these are all: nothing is proposed after them.
    pub complete: bool,
}

/// The worst score.
pub const WORST: f64 = f64::NEG_INFINITY;

/// What a search goes by: the mean over a cell's trials of a measure after their last epochs, of a loss
/// with its sign changed, so that more is better. [`WORST`] where a trial failed or diverged, where a number
/// is not finite, and without trials.
pub fn score<'r>(measure: EpochMeasure, trials: impl IntoIterator<Item = &'r TrialRecord>) -> f64 {
    let (mut sum, mut count) = (0.0, 0_u32);
    for trial in trials {
        let ended_well = matches!(
            trial.outcome,
            Outcome::Completed {} | Outcome::Stopped { .. }
        );
        let last = trial.epochs.last().filter(|_| ended_well);
        let value = last.map_or(f64::NAN, |epoch| measure.of(epoch));
        sum += if measure.is_accuracy() { value } else { -value };
        count += 1;
    }
    let mean = sum / f64::from(count);
    if mean.is_finite() { mean } else { WORST }
}

#[cfg(test)]
mod tests;
