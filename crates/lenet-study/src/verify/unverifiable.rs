//! Which trials promise the same bits on this machine.

use std::fmt;

use lenet_core::{Backend, DeviceKind};
use lenet_ops::{Level, OpsError};
use lenet_results::{Outcome, TrialRecord};

/// Why a trial cannot be verified on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unverifiable {
    /// It failed where it was run.
    Failed,
    /// A GPU computed it, and GPUs of other kinds sum in other orders.
    Gpu,
    /// Candle's operations computed it, whose order of sums is candle's affair.
    Candle,
    /// Its record names no run.
    NoRun,
    /// It went on with another instruction set than it began with.
    Several(Vec<String>),
    /// This machine lacks its instruction set, or may not use it.
    Missing {
        /// The instruction set.
        level: String,
        /// Those that may be used here.
        usable: Vec<&'static str>,
    },
}

impl fmt::Display for Unverifiable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed => f.write_str("it failed where it was run"),
            Self::Gpu => f.write_str("a GPU computed it, which promises no bits to other machines"),
            Self::Candle => f.write_str(
                "candle's operations computed it, which promise no bits to other machines",
            ),
            Self::NoRun => f.write_str("its record does not tell what computed it"),
            Self::Several(levels) => {
                let levels = levels.join(" and ");
                write!(f, "several instruction sets computed it: {levels}")
            }
            Self::Missing { level, usable } => {
                let usable = usable.join(", ");
                write!(
                    f,
                    "its instruction set is {level}, and there is {usable} here"
                )
            }
        }
    }
}

/// The instruction sets that may be used here: all that this machine has, or the one that `LENET_SIMD` forces.
///
/// # Errors
/// `LENET_SIMD` names one that this machine lacks.
pub fn usable_levels() -> Result<Vec<Level>, OpsError> {
    Ok(match Level::forced()? {
        Some(forced) => vec![forced],
        None => Level::available(),
    })
}

/// The instruction set to compute a trial with again, or why there is none.
pub(super) fn level(record: &TrialRecord, usable: &[Level]) -> Result<Level, Unverifiable> {
    if matches!(record.outcome, Outcome::Failed { .. }) {
        return Err(Unverifiable::Failed);
    }
    if record.config.backend == Backend::Stock {
        return Err(Unverifiable::Candle);
    }
    if record.config.device == DeviceKind::Cuda {
        return Err(Unverifiable::Gpu);
    }
    let mut levels: Vec<String> = record.runs.iter().map(|run| run.level.clone()).collect();
    levels.dedup();
    let [level] = levels.as_slice() else {
        return Err(match levels.is_empty() {
            true => Unverifiable::NoRun,
            false => Unverifiable::Several(levels),
        });
    };
    let found = Level::of_name(level).filter(|level| usable.contains(level));
    found.ok_or_else(|| Unverifiable::Missing {
        level: level.clone(),
        usable: usable.iter().map(|level| level.name()).collect(),
    })
}
