//! What the functions of this crate refuse.

/// Input that has no estimate.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum StatsError {
    /// There was nothing to estimate from.
    #[error("no observations (hint: check that the trials asked for have been run)")]
    Empty,
    /// An observation was NaN or infinite.
    #[error("observation {index} is {value} (hint: leave out diverged runs and report them)")]
    NotFinite {
        /// Its place, counted from 0.
        index: usize,
        /// The value.
        value: f64,
    },
    /// Two samples to be paired differ in length.
    #[error("{left} observations cannot be paired with {right} (hint: pair them by seed first)")]
    Unpaired {
        /// Length of the first sample.
        left: usize,
        /// Length of the second sample.
        right: usize,
    },
    /// A confidence level outside the open interval from 0 to 1.
    #[error("a confidence level of {0} is not between 0 and 1 (hint: 0.95 is usual)")]
    Level(f64),
    /// A bootstrap without resamples.
    #[error("a bootstrap needs at least 100 resamples, not {0} (hint: 10000 is usual)")]
    Resamples(usize),
}

/// Refuses what no interval can be computed from.
pub(crate) fn check(values: &[f64], level: f64) -> Result<(), StatsError> {
    if !(level > 0.0 && level < 1.0) {
        return Err(StatsError::Level(level));
    }
    if values.is_empty() {
        return Err(StatsError::Empty);
    }
    match values.iter().enumerate().find(|(_, v)| !v.is_finite()) {
        Some((index, &value)) => Err(StatsError::NotFinite { index, value }),
        None => Ok(()),
    }
}
