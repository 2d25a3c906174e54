//! The cells that a study's claims may speak of.

use lenet_core::Settings;
use lenet_results::{ClaimRecord, Execution};

use super::variants::{Variant, variants};
use crate::as_run::with_devices;
use crate::claims::{KnownCell, resolve};
use crate::config::StudyConfig;
use crate::data_sets::DataSets;
use crate::error::StudyError;
use crate::figure::{FigureConfig, product};

/// The claims, resolved to the cells of all figures, whichever are run and on whatever machine.
/// `given` are the settings that flags lay over figures of training and over those of runtimes.
///
/// # Errors
/// A claim that cannot be tested on the study's cells.
pub(super) fn claims(
    config: &StudyConfig,
    [training, runtime]: [&Settings; 2],
    data: &DataSets,
) -> Result<Vec<ClaimRecord>, StudyError> {
    if config.claims.is_empty() {
        return Ok(Vec::new());
    }
    let mut known = Vec::new();
    // Nobody knows beforehand which cells a search comes to.
    let known_cells = config.figures.iter().filter(|f| f.search.is_none());
    for figure in known_cells {
        match figure.is_of_runtime() {
            true => known.extend(of_runtimes(config, figure, runtime, data)),
            false => known.extend(of_training(config, figure, training, data)),
        }
    }
    resolve(&config.claims, &known).map_err(|error| match error {
        StudyError::Value {
            place,
            key,
            found,
            hint,
        } if config.figures.iter().any(|f| f.search.is_some()) => StudyError::Value {
            hint: format!(
                "{hint}; a claim cannot speak of the cells of a search, which nobody knows beforehand"
            ),
            place,
            key,
            found,
        },
        error => error,
    })
}

fn of_training(
    config: &StudyConfig,
    figure: &FigureConfig,
    given: &Settings,
    data: &DataSets,
) -> Vec<KnownCell> {
    let fixed = config.base.overlaid(&figure.set);
    let cell = |varied: Settings| {
        let declared = fixed.overlaid(&varied);
        let run = declared.overlaid(given);
        KnownCell {
            key: run.resolve(source(data, &run), 0).cell(),
            // A data set that a flag replaces need not be there.
            declared: declared.resolve(declared.data_name(), 0).cell(),
            // Claims speak of what the study's file says.
            settings: declared.without(&Settings::OF_RUNTIME).complete(),
            of_runtime: false,
        }
    };
    product(&figure.axes).into_iter().map(cell).collect()
}

fn of_runtimes(
    config: &StudyConfig,
    figure: &FigureConfig,
    given: &Settings,
    data: &DataSets,
) -> Vec<KnownCell> {
    let declared = with_devices(figure, &config.base, &[]);
    let (_, declared) = variants(&declared, &config.base);
    let mut known = Vec::new();
    for declared in declared.iter().filter(|v| v.impossible.is_none()) {
        let run = declared.overlaid(given);
        known.push(KnownCell {
            key: key(&run, source(data, &run.settings)),
            declared: key(declared, declared.settings.data_name()),
            settings: declared.complete(),
            of_runtime: true,
        });
    }
    known
}

/// [`Execution::cell`] of a variant on any machine.
fn key(variant: &Variant, source: &str) -> String {
    let execution = Execution {
        ordinal: 0,
        placement: variant.placement,
        threads: variant.settings.threads.unwrap_or(0),
        fixed_threads: variant.settings.threads.is_some(),
        level: String::new(),
        trials: variant.trials,
    };
    execution.cell(&variant.config(source, 0))
}

fn source<'d>(data: &'d DataSets, settings: &Settings) -> &'d str {
    let set = data.get(settings.data_name());
    &set.expect("DataSets::open loads what the study names")
        .source
}

#[cfg(test)]
mod tests;
