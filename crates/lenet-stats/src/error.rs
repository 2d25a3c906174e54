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
    /// A grid has more or fewer cells than its axes have combinations of levels.
    #[error("{found} cells are no complete grid of {expected} (hint: fix the axis that has gaps)")]
    GridCells {
        /// Product of the numbers of levels.
        expected: usize,
        /// Number of cells.
        found: usize,
    },
    /// The cells of a grid have different numbers of values.
    #[error(
        "cell {cell} has {found} values, the first has {expected} (hint: take the seeds that all have)"
    )]
    Unbalanced {
        /// Position of the cell, counted from 0.
        cell: usize,
        /// Number of values of the first cell.
        expected: usize,
        /// Number of values of this cell.
        found: usize,
    },
    /// All values of a grid are equal.
    #[error("all values are equal: there is no variance to share (hint: show the value alone)")]
    NoVariance,
    /// A grid lacks the axis asked for.
    #[error("there is no axis {axis} of {axes} (hint: axes are counted from 0)")]
    NoAxis {
        /// The axis asked for.
        axis: usize,
        /// Number of axes.
        axes: usize,
    },
    /// A class is not among the classes.
    #[error("image {index} has class {class} of {classes} (hint: classes are counted from 0)")]
    NoClass {
        /// Position of the image, counted from 0.
        index: usize,
        /// Its class.
        class: usize,
        /// Number of classes.
        classes: usize,
    },
    /// Lists that must speak of the same images differ in length.
    #[error(
        "a list of {found} images stands beside one of {expected} (hint: give both of one set)"
    )]
    Lengths {
        /// Length of the first list.
        expected: usize,
        /// Length of the list that differs.
        found: usize,
    },
    /// A calibration without bins.
    #[error("confidences cannot be put into 0 bins (hint: 10 or 15 are usual)")]
    NoBins,
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

/// Refuses classes that are not below `classes`.
pub(crate) fn check_classes<C: Copy + Into<usize>>(
    classes: usize,
    list: &[C],
) -> Result<(), StatsError> {
    let mut indexed = list.iter().map(|&class| class.into()).enumerate();
    match indexed.find(|&(_, class)| class >= classes) {
        Some((index, class)) => Err(StatsError::NoClass {
            index,
            class,
            classes,
        }),
        None => Ok(()),
    }
}

/// Refuses lists of different lengths.
pub(crate) fn check_lengths(expected: usize, found: usize) -> Result<(), StatsError> {
    if expected == found {
        Ok(())
    } else {
        Err(StatsError::Lengths { expected, found })
    }
}
