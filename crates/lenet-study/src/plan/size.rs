//! How large a plan may be: counted before anything is expanded.

use crate::config::{Seeds, StudyConfig};
use crate::error::StudyError;
use crate::figure::FigureConfig;

/// Trials of a study that are planned without being asked for. A plan of so many takes some
/// hundred megabytes, and a slip of the pen seldom has fewer.
pub const MOST_TRIALS: usize = 200_000;

/// Refuses a study whose figures of training have more trials than [`MOST_TRIALS`].
pub(super) fn check(
    config: &StudyConfig,
    figures: &[FigureConfig],
    seeds: Option<usize>,
) -> Result<(), StudyError> {
    let of_file = match &config.seeds {
        Seeds::Count(count) => *count,
        Seeds::List(list) => list.len(),
    };
    let seeds = seeds.unwrap_or(of_file);
    let cells = |figure: &FigureConfig| {
        let levels = figure.axes.iter().map(|axis| axis.values.len());
        levels.fold(1, usize::saturating_mul)
    };
    let of_training = figures.iter().filter(|figure| !figure.is_of_runtime());
    let cells = of_training.map(cells).fold(0, usize::saturating_add);
    let trials = cells.saturating_mul(seeds);
    if trials > MOST_TRIALS {
        return Err(StudyError::TooLarge {
            study: config.name.clone(),
            cells,
            seeds,
            trials,
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests;
