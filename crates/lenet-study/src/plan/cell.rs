//! A cell of a figure of training, with its trials.

use lenet_core::Settings;
use lenet_results::{CellRecord, CellTrial, ImageCounts};

use super::planned::PlannedTrial;
use super::splits::KnownSplits;
use crate::data_sets::DataSets;
use crate::error::StudyError;

/// The seeds of a cell, by its key.
pub(super) type SeedsOf<'s> = &'s dyn Fn(&str) -> Vec<u64>;

/// The cell of these settings, whose trials join the others. `seeds` gives the seeds of a cell by its key.
pub(super) fn cell(
    label: &str,
    settings: &Settings,
    (usual, seeds): (&[u64], SeedsOf<'_>),
    figure: &str,
    (data, known): (&DataSets, &mut KnownSplits),
    trials: &mut Vec<PlannedTrial>,
) -> Result<CellRecord, StudyError> {
    let name = settings.data_name();
    let set = data
        .get(name)
        .expect("DataSets::open loads what the study names");
    let resolve = |seed| settings.resolve(&set.source, seed);
    let config = resolve(usual[0]);
    let refuse = |reason: String| StudyError::Cell {
        cell: label.to_owned(),
        reason,
    };
    if let Some(problem) = settings.problem() {
        return Err(refuse(problem.to_string()));
    }
    let splits = known.of(data, name, &config);
    let splits = splits.map_err(|error| refuse(error.to_string()))?;
    let parameters = lenet_train::geometry(&config.network, splits)
        .map_err(|error| refuse(error.to_string()))?
        .parameter_count();
    let mut cell = CellRecord {
        label: label.to_owned(),
        config,
        images: Some(ImageCounts {
            train: splits.train.len(),
            validation: splits.validation.len(),
            test: splits.test.len(),
        }),
        parameters: Some(parameters),
        execution: None,
        trials: Vec::new(),
    };
    for (round, seed) in seeds(&cell.config.cell()).into_iter().enumerate() {
        let config = resolve(seed);
        let identity = config.identity();
        cell.trials.push(CellTrial {
            seed,
            identity: identity.clone(),
        });
        trials.push(PlannedTrial {
            identity,
            label: String::new(),
            config,
            data: name.to_owned(),
            parameters,
            round,
            figures: vec![figure.to_owned()],
            continues: None,
            keeps_checkpoint: false,
        });
    }
    Ok(cell)
}
