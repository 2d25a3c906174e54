//! The plan of a study that somebody else expanded: from `study.json`.

use lenet_core::Trial;
use lenet_results::{CellRecord, StudyRecord};

use super::planned::{Earlier, without_duplicates};
use super::{Plan, PlannedTrial, names};
use crate::data_sets::DataSets;
use crate::error::StudyError;

impl Plan {
    /// The training that a study's record plans, with the data sets for it: of these figures, or of all
    /// where none is named.
    ///
    /// # Errors
    /// [`StudyError::UnknownFigure`] for a figure that the record lacks or that is none of training;
    /// [`StudyError::UnknownData`] for trials on a data set whose place it does not tell, as it did not
    /// in earlier versions; the data sets cannot be used.
    pub fn of_record(study: StudyRecord, only: &[String]) -> Result<(Self, DataSets), StudyError> {
        let figures = || {
            study
                .figures
                .iter()
                .filter(|figure| figure.runtime.is_none())
        };
        if let Some(unknown) = only.iter().find(|id| !figures().any(|f| f.id == **id)) {
            return Err(StudyError::UnknownFigure {
                study: study.name.clone(),
                figure: unknown.clone(),
                known: figures().map(|figure| figure.id.clone()).collect(),
            });
        }
        let selected = figures().map(|figure| figure.id.clone());
        let selected = selected.filter(|id| only.is_empty() || only.contains(id));
        let selected: Vec<String> = selected.collect();
        let data = DataSets::of_record(&study.data)?;
        let mut trials = Vec::new();
        for figure in figures().filter(|figure| selected.contains(&figure.id)) {
            for (at, cell) in figure.cells.iter().enumerate() {
                let source = &cell.config.data.source;
                let name = data
                    .name_of(source)
                    .ok_or_else(|| StudyError::UnknownData {
                        source_name: source.clone(),
                    })?;
                let search = figure.search.as_ref();
                let place = search.and_then(|search| search.places.get(at));
                let earlier = place.and_then(|place| figure.cells.get(place.continues?));
                trials.extend(of_cell((cell, earlier), &figure.id, name));
            }
        }
        let mut trials = without_duplicates(trials);
        let names = names(&study.figures);
        for trial in &mut trials {
            trial.label = names.trial(&trial.config);
        }
        trials.sort_by_key(|trial| trial.round);
        let seed = trials.first().map_or(0, |trial| trial.config.seed);
        let plan = Self {
            predictions: study.predictions,
            study,
            selected,
            trials,
            runtimes: Vec::new(),
            notes: Vec::new(),
            outlooks: Vec::new(),
            seed,
            warnings: Vec::new(),
        };
        Ok((plan, data))
    }
}

/// The trials of a cell, and of the cell whose training they go on with.
fn of_cell<'c>(
    (cell, earlier): (&'c CellRecord, Option<&'c CellRecord>),
    figure: &'c str,
    data: &'c str,
) -> impl Iterator<Item = PlannedTrial> {
    let trials = cell.trials.iter().enumerate();
    trials.map(move |(round, trial)| PlannedTrial {
        identity: trial.identity.clone(),
        label: String::new(),
        config: Trial {
            seed: trial.seed,
            ..cell.config.clone()
        },
        data: data.to_owned(),
        parameters: cell.parameters.unwrap_or(0),
        round,
        figures: vec![figure.to_owned()],
        continues: earlier.and_then(|earlier| Earlier::of(earlier, round)),
        keeps_checkpoint: false,
    })
}
