//! Numbers of a trial that claims, figures and published data speak of, by their names in files.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::record::EpochRecord;
use crate::runtime::PhaseSeconds;

/// A number of a trial.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Measure {
    /// A number of each epoch.
    Epoch(EpochMeasure),
    /// The first epoch after which the measure has reached the bound: accuracies from below,
    /// losses from above. A trial that never does has no value.
    EpochsUntil(EpochMeasure, f64),
    /// Seconds of training until then, evaluations not counted.
    SecondsUntil(EpochMeasure, f64),
    /// Seconds of one epoch and its evaluations, in a measurement of runtime.
    Seconds,
    /// Seconds of the epoch alone, in a measurement of runtime.
    TrainSeconds,
    /// Seconds of the evaluations alone, in a measurement of runtime.
    EvaluationSeconds,
    /// Trainable parameters of the network.
    Parameters,
    /// Training images per second, in a measurement of runtime.
    ImagesPerSecond,
    /// GFLOP/s of an epoch and its evaluations, in a measurement of runtime. Operations are counted
    /// by the direct method.
    Gflops,
    /// Largest memory of the process in bytes, in a measurement of runtime.
    PeakMemoryBytes,
    /// Largest device memory of the process in bytes, in a measurement of runtime.
    PeakDeviceMemoryBytes,
    /// Share of a phase in the training time of the passes that time phases, 0 to 1. The index is
    /// that of [`PhaseSeconds::NAMES`].
    PhaseShare(usize),
}

/// A number of each epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EpochMeasure {
    /// [`EpochRecord::train_loss`].
    TrainLoss,
    /// [`EpochRecord::train_accuracy`].
    TrainAccuracy,
    /// [`EpochRecord::validation_loss`].
    ValidationLoss,
    /// [`EpochRecord::validation_accuracy`].
    ValidationAccuracy,
    /// [`EpochRecord::test_loss`].
    TestLoss,
    /// [`EpochRecord::test_accuracy`].
    TestAccuracy,
    /// [`EpochRecord::train_seconds`] and [`EpochRecord::evaluation_seconds`].
    SecondsPerEpoch,
}

impl EpochMeasure {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::TrainLoss,
        Self::TrainAccuracy,
        Self::ValidationLoss,
        Self::ValidationAccuracy,
        Self::TestLoss,
        Self::TestAccuracy,
        Self::SecondsPerEpoch,
    ];

    /// Its name in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::TrainLoss => "train_loss",
            Self::TrainAccuracy => "train_accuracy",
            Self::ValidationLoss => "validation_loss",
            Self::ValidationAccuracy => "validation_accuracy",
            Self::TestLoss => "test_loss",
            Self::TestAccuracy => "test_accuracy",
            Self::SecondsPerEpoch => "seconds_per_epoch",
        }
    }

    /// The number after an epoch.
    #[must_use]
    pub fn of(self, epoch: &EpochRecord) -> f64 {
        match self {
            Self::TrainLoss => epoch.train_loss,
            Self::TrainAccuracy => epoch.train_accuracy,
            Self::ValidationLoss => epoch.validation_loss,
            Self::ValidationAccuracy => epoch.validation_accuracy,
            Self::TestLoss => epoch.test_loss,
            Self::TestAccuracy => epoch.test_accuracy,
            Self::SecondsPerEpoch => epoch.train_seconds + epoch.evaluation_seconds,
        }
    }

    /// Whether it is a share of images, from 0 to 1.
    #[must_use]
    pub const fn is_accuracy(self) -> bool {
        matches!(
            self,
            Self::TrainAccuracy | Self::ValidationAccuracy | Self::TestAccuracy
        )
    }

    /// Whether `value` has reached `bound`: accuracies from below, all others from above.
    #[must_use]
    pub fn reaches(self, value: f64, bound: f64) -> bool {
        if self.is_accuracy() {
            value >= bound
        } else {
            value <= bound
        }
    }
}

impl Measure {
    /// Test accuracy, what a claim speaks of where it names no measure.
    pub const TEST_ACCURACY: Self = Self::Epoch(EpochMeasure::TestAccuracy);

    /// Names of the measures that take no bound, for messages.
    #[must_use]
    pub fn names() -> Vec<String> {
        Self::without_bound()
            .map(|measure| measure.to_string())
            .collect()
    }

    /// The measures that take no bound.
    fn without_bound() -> impl Iterator<Item = Self> {
        let epochs = EpochMeasure::ALL.into_iter().map(Self::Epoch);
        let others = [
            Self::Parameters,
            Self::Seconds,
            Self::TrainSeconds,
            Self::EvaluationSeconds,
            Self::ImagesPerSecond,
            Self::Gflops,
            Self::PeakMemoryBytes,
            Self::PeakDeviceMemoryBytes,
        ];
        let phases = (0..PhaseSeconds::NAMES.len()).map(Self::PhaseShare);
        epochs.chain(others).chain(phases)
    }

    /// Whether it is measured by `bench-runtime` and not by `experiments`.
    #[must_use]
    pub const fn is_of_runtime(self) -> bool {
        !matches!(
            self,
            Self::Epoch(_) | Self::EpochsUntil(..) | Self::SecondsUntil(..) | Self::Parameters
        )
    }

    /// Whether it is a share of images, from 0 to 1.
    #[must_use]
    pub const fn is_accuracy(self) -> bool {
        matches!(self, Self::Epoch(measure) if measure.is_accuracy())
    }

    /// Whether it has a value after each epoch.
    #[must_use]
    pub const fn is_of_epochs(self) -> bool {
        matches!(self, Self::Epoch(_))
    }
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reached = |f: &mut fmt::Formatter<'_>, what, measure: EpochMeasure, bound| {
            let sign = if measure.is_accuracy() { ">=" } else { "<=" };
            write!(f, "{what} {} {sign} {bound}", measure.name())
        };
        match *self {
            Self::Epoch(measure) => f.write_str(measure.name()),
            Self::EpochsUntil(measure, bound) => reached(f, "epochs until", measure, bound),
            Self::SecondsUntil(measure, bound) => reached(f, "seconds until", measure, bound),
            Self::Seconds => f.write_str("seconds"),
            Self::TrainSeconds => f.write_str("train_seconds"),
            Self::EvaluationSeconds => f.write_str("evaluation_seconds"),
            Self::Parameters => f.write_str("parameters"),
            Self::ImagesPerSecond => f.write_str("images_per_second"),
            Self::Gflops => f.write_str("gflops"),
            Self::PeakMemoryBytes => f.write_str("peak_memory_bytes"),
            Self::PeakDeviceMemoryBytes => f.write_str("peak_device_memory_bytes"),
            Self::PhaseShare(phase) => write!(f, "{}_share", PhaseSeconds::NAMES[phase]),
        }
    }
}

impl Measure {
    /// The measure for people: `test accuracy`.
    #[must_use]
    pub fn words(self) -> String {
        self.to_string().replace('_', " ")
    }
}

impl FromStr for Measure {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut known = Self::without_bound();
        if let Some(measure) = known.find(|measure| measure.to_string() == text) {
            return Ok(measure);
        }
        until(text).ok_or_else(|| {
            format!(
                "give one of {}, or \"epochs until test_accuracy >= 0.9\"",
                Self::names().join(", ")
            )
        })
    }
}

/// `epochs until test_accuracy >= 0.9`, or `seconds until …`.
fn until(text: &str) -> Option<Measure> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let [what, "until", name, sign, bound] = words[..] else {
        return None;
    };
    let measure = EpochMeasure::ALL.into_iter().find(|m| m.name() == name)?;
    let bound: f64 = bound.parse().ok().filter(|b: &f64| b.is_finite())?;
    let expected = if measure.is_accuracy() { ">=" } else { "<=" };
    match what {
        _ if sign != expected => None,
        "epochs" => Some(Measure::EpochsUntil(measure, bound)),
        "seconds" => Some(Measure::SecondsUntil(measure, bound)),
        _ => None,
    }
}

impl TryFrom<String> for Measure {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Measure> for String {
    fn from(measure: Measure) -> Self {
        measure.to_string()
    }
}

/// After which epoch a number is read. A trial that stopped early or diverged keeps its last value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Moment {
    /// The first.
    First,
    /// The last that the trial was planned to have.
    Last,
    /// The one with the greatest validation accuracy, the earliest of equals.
    Best,
    /// This one, counted from 1.
    Epoch(usize),
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::First => f.write_str("after the first epoch"),
            Self::Last => f.write_str("after the last epoch"),
            Self::Best => f.write_str("at the epoch of the best validation accuracy"),
            Self::Epoch(epoch) => write!(f, "after epoch {epoch}"),
        }
    }
}

#[cfg(test)]
mod tests;
