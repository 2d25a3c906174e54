//! Inputs that have no estimate.

/// An input that has no estimate.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum StatsError {
    /// The sample is empty.
    #[error("no observations (hint: check that the trials asked for have been run)")]
    Empty,
    /// An observation is NaN or infinite.
    #[error("observation {index} is {value} (hint: leave out diverged runs and report them)")]
    NotFinite {
        /// Position of the observation, counted from 0.
        index: usize,
        /// Value of the observation.
        value: f64,
    },
    /// The two samples of a paired comparison differ in length.
    #[error("{left} observations cannot be paired with {right} (hint: pair them by seed first)")]
    Unpaired {
        /// Length of the first sample.
        left: usize,
        /// Length of the second sample.
        right: usize,
    },
    /// A value that must be a share lies outside [0, 1].
    #[error("observation {index} is {value}, not a share (hint: give 0.987, not 98.7 per cent)")]
    NotShare {
        /// Position of the value, counted from 0.
        index: usize,
        /// The value.
        value: f64,
    },
    /// There are more successes than attempts.
    #[error(
        "{successes} successes in {n} attempts (hint: give successes first, then all attempts)"
    )]
    Successes {
        /// Number of successes.
        successes: usize,
        /// Number of attempts.
        n: usize,
    },
    /// A p-value is NaN or lies outside [0, 1].
    #[error("p-value {index} is {value} (hint: leave out comparisons that could not be tested)")]
    PValue {
        /// Position of the p-value, counted from 0.
        index: usize,
        /// The value.
        value: f64,
    },
    /// The confidence level lies outside the open interval (0, 1).
    #[error("a confidence level of {0} is not between 0 and 1 (hint: 0.95 is usual)")]
    Level(f64),
}

/// Refuses a level outside (0, 1).
pub(crate) fn check_level(level: f64) -> Result<(), StatsError> {
    if level > 0.0 && level < 1.0 {
        Ok(())
    } else {
        Err(StatsError::Level(level))
    }
}

/// Refuses a level outside (0, 1), an empty sample and values that are not finite.
pub(crate) fn check(values: &[f64], level: f64) -> Result<(), StatsError> {
    check_level(level)?;
    if values.is_empty() {
        return Err(StatsError::Empty);
    }
    match values.iter().enumerate().find(|(_, v)| !v.is_finite()) {
        Some((index, &value)) => Err(StatsError::NotFinite { index, value }),
        None => Ok(()),
    }
}
