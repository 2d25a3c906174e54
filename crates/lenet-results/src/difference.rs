//! Where two results of one trial differ.

use std::fmt;

use serde::Serialize;
use serde_json::{Number, Value};

use crate::record::{EpochRecord, Outcome, TrialRecord};

/// The first place in which two results of one trial differ. Wall-clock times are no part of a result.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    /// The epoch, counted from 1; `None` where every epoch is equal and the trials ended otherwise.
    pub epoch: Option<usize>,
    /// What differs: a member of [`EpochRecord`], e.g. `train_loss`; `epochs` where one result goes on and
    /// the other does not; `outcome`.
    pub what: &'static str,
    /// What the first result has: a number, a truth value, or a text. `"NaN"`, `"inf"` and `"-inf"` stand for
    /// numbers that JSON lacks.
    pub first: Value,
    /// What the second result has.
    pub second: Value,
}

impl Difference {
    /// The second number less the first; `None` where they are no numbers, or not finite.
    #[must_use]
    pub fn by(&self) -> Option<f64> {
        Some(self.second.as_f64()? - self.first.as_f64()?)
    }
}

impl fmt::Display for Difference {
    /// `epoch 2, train_loss: 0.25 and 0.5 (+2.5e-1)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(epoch) = self.epoch {
            write!(f, "epoch {epoch}, ")?;
        }
        let text = |value: &Value| match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let (first, second) = (text(&self.first), text(&self.second));
        write!(f, "{}: {first} and {second}", self.what)?;
        match self.by() {
            Some(by) => write!(f, " ({by:+.3e})"),
            None => Ok(()),
        }
    }
}

impl EpochRecord {
    /// The numbers that a result consists of, by the names of their members.
    fn numbers(&self) -> [(&'static str, f64); 7] {
        [
            ("learning_rate", self.learning_rate),
            ("train_loss", self.train_loss),
            ("train_accuracy", self.train_accuracy),
            ("validation_loss", self.validation_loss),
            ("validation_accuracy", self.validation_accuracy),
            ("test_loss", self.test_loss),
            ("test_accuracy", self.test_accuracy),
        ]
    }

    /// Whether everything but the wall-clock times is equal; floats are compared bit for bit.
    #[must_use]
    pub fn same_outcome(&self, other: &Self) -> bool {
        self.difference(other).is_none()
    }

    fn difference(&self, other: &Self) -> Option<Difference> {
        let differ = |what, first: Value, second: Value| Difference {
            epoch: Some(self.epoch),
            what,
            first,
            second,
        };
        if self.epoch != other.epoch {
            return Some(differ("epoch", self.epoch.into(), other.epoch.into()));
        }
        if self.step != other.step {
            return Some(differ("step", self.step.into(), other.step.into()));
        }
        let mut pairs = self.numbers().into_iter().zip(other.numbers());
        let number = pairs.find(|((_, a), (_, b))| a.to_bits() != b.to_bits());
        if let Some(((what, first), (_, second))) = number {
            return Some(differ(what, value(first), value(second)));
        }
        (self.dead != other.dead).then(|| differ("dead", self.dead.into(), other.dead.into()))
    }
}

impl TrialRecord {
    /// Where another result of the same trial first differs from this one; `None` if they are equal to the
    /// bit, wall-clock times aside.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Option<Difference> {
        let mut pairs = self.epochs.iter().zip(&other.epochs);
        if let Some(found) = pairs.find_map(|(first, second)| first.difference(second)) {
            return Some(found);
        }
        let lengths = [self.epochs.len(), other.epochs.len()];
        if lengths[0] != lengths[1] {
            return Some(Difference {
                epoch: Some(lengths[0].min(lengths[1]) + 1),
                what: "epochs",
                first: lengths[0].into(),
                second: lengths[1].into(),
            });
        }
        (self.outcome != other.outcome).then(|| Difference {
            epoch: None,
            what: "outcome",
            first: words(&self.outcome).into(),
            second: words(&other.outcome).into(),
        })
    }
}

fn value(number: f64) -> Value {
    let text = if number.is_nan() {
        "NaN"
    } else if number > 0.0 {
        "inf"
    } else {
        "-inf"
    };
    Number::from_f64(number).map_or_else(|| text.into(), Value::Number)
}

fn words(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Completed {} => "completed".to_owned(),
        Outcome::Stopped { epoch } => format!("stopped after epoch {epoch}"),
        Outcome::Diverged { epoch } => format!("diverged in epoch {epoch}"),
        Outcome::Failed { message } => format!("failed: {message}"),
    }
}

#[cfg(test)]
mod tests;
