//! How large a plan may be: counted before anything is expanded.

use crate::config::{Seeds, StudyConfig};
use crate::error::StudyError;
use crate::figure::{FigureConfig, cells};
use crate::plan::searched;

/// Trials of a study that are planned without being asked for. A plan of so many takes some
/// hundred megabytes, and a slip of the pen seldom has fewer.
pub const MOST_TRIALS: usize = 200_000;

/// Cells of all figures of runtimes. Each is measured for itself.
pub const MOST_RUNTIMES: usize = 10_000;

/// Refuses a study whose figures of training have more trials than [`MOST_TRIALS`], whichever are run: its
/// record names them all.
pub(super) fn check_trials(
    config: &StudyConfig,
    figures: &[FigureConfig],
    seeds: Option<usize>,
) -> Result<(), StudyError> {
    let of_file = match &config.seeds {
        Seeds::Count(count) => *count,
        Seeds::List(list) => list.len(),
    };
    let of_training = figures.iter().filter(|figure| !figure.is_of_runtime());
    let seeds = seeds.unwrap_or(of_file);
    let all = |figure: &FigureConfig| match searched::search(config, figure, seeds) {
        Some(search) => search.outlook().cells,
        None => cells(&figure.axes),
    };
    let cells = of_training.map(all).fold(0, usize::saturating_add);
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

/// Refuses a study whose figures of runtimes have more cells than [`MOST_RUNTIMES`].
pub(super) fn check_runtimes(
    config: &StudyConfig,
    figures: &[FigureConfig],
) -> Result<(), StudyError> {
    let of_runtime = figures.iter().filter(|figure| figure.is_of_runtime());
    let cells = of_runtime
        .map(|figure| cells(&figure.axes))
        .fold(0, usize::saturating_add);
    if cells > MOST_RUNTIMES {
        return Err(StudyError::TooManyRuntimes {
            study: config.name.clone(),
            cells,
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests;
