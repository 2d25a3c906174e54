//! From a study to the list of its trials.

use std::collections::HashMap;

use lenet_core::{Settings, Shape, Trial};
use lenet_results::{
    AlteredSetting, CellRecord, CellTrial, ClaimRecord, FigureRecord, ImageCounts, STUDY_FORMAT,
    StudyRecord,
};

use crate::claims::{KnownCell, resolve};
use crate::config::{Axis, FigureConfig, Seeds, StudyConfig};
use crate::data_sets::DataSets;
use crate::error::StudyError;
use crate::overrides::Overrides;

/// The trials of a study, each once, in the order in which they are run.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// The study's record, for `study.json`.
    pub study: StudyRecord,
    /// The first seed of every cell, then the second, and so on. A trial that several figures
    /// share stands here once.
    pub trials: Vec<PlannedTrial>,
    /// What the trials can be run with, but probably should not: one line each.
    pub warnings: Vec<String>,
}

/// One trial of a plan.
#[derive(Debug, Clone, PartialEq)]
pub struct PlannedTrial {
    /// [`Trial::identity`] of `config`.
    pub identity: String,
    /// What is run.
    pub config: Trial,
    /// `config` for people.
    pub label: String,
    /// Name of its data set in the study's [`DataSets`].
    pub data: String,
    /// Trainable parameters of its network.
    pub parameters: usize,
    /// Round that it belongs to: 0 for the first seed of a cell, 1 for the second, ….
    pub round: usize,
    /// Ids of the figures that it counts for.
    pub figures: Vec<String>,
}

impl PlannedTrial {
    /// What trials must share to be trained together: images and shape.
    pub(crate) fn shape(&self) -> (&str, Shape<'_>) {
        (&self.data, self.config.shape())
    }
}

impl Plan {
    /// Expands a study: cells are the product of a figure's axes, the last varying fastest.
    ///
    /// # Errors
    /// A [`StudyError`] for figures or seeds that the study does not have, an override of an
    /// axis, and a cell whose network or split does not fit its data.
    pub fn expand(
        config: &StudyConfig,
        overrides: &Overrides,
        data: &DataSets,
    ) -> Result<Self, StudyError> {
        let figures = selected(config, overrides)?;
        let seeds = seeds(&config.seeds, overrides.seeds)?;
        let claims = claims(config, overrides, data)?;
        let mut trials: Vec<PlannedTrial> = Vec::new();
        let mut records = Vec::new();
        for figure in figures {
            let overridden = overrides.settings.given();
            if let Some(setting) = overridden
                .iter()
                .find(|name| figure.axes.iter().any(|axis| axis.name == **name))
            {
                return Err(StudyError::OverriddenAxis {
                    setting,
                    figure: figure.id.clone(),
                });
            }
            let fixed = config.base.overlaid(&figure.set);
            let (mut cells, mut wholes) = (Vec::new(), Vec::new());
            for varied in product(&figure.axes) {
                let settings = fixed.overlaid(&varied).overlaid(&overrides.settings);
                let label = varied.label();
                cells.push(cell(&label, &settings, &seeds, figure, data, &mut trials)?);
                wholes.push(settings.complete());
            }
            let published = config.published_table(figure);
            records.push(FigureRecord {
                id: figure.id.clone(),
                title: figure.title.clone(),
                axes: figure.axes.iter().map(|axis| axis.name.clone()).collect(),
                notes: figure.notes.clone(),
                published: None,
                published_data: published.map(|table| table.of_cells(&wholes)),
                cells,
            });
        }
        let mut trials = without_duplicates(trials);
        // Stable: within a round the order of figures and cells stays.
        trials.sort_by_key(|trial| trial.round);
        let study = StudyRecord {
            format: STUDY_FORMAT,
            name: config.name.clone(),
            title: config.title.clone(),
            figures: records,
            claims,
            altered: altered(config, overrides),
        };
        let sets = trials.iter().map(|trial| (&*trial.data, &trial.config));
        let warnings = data.validation_warnings(sets);
        Ok(Self {
            study,
            trials,
            warnings,
        })
    }

    /// Distinct cells: trials of the first round.
    #[must_use]
    pub fn cells(&self) -> usize {
        self.trials.iter().filter(|trial| trial.round == 0).count()
    }
}

/// The claims, resolved to the cells of all figures, whichever are run.
fn claims(
    config: &StudyConfig,
    overrides: &Overrides,
    data: &DataSets,
) -> Result<Vec<ClaimRecord>, StudyError> {
    if config.claims.is_empty() {
        return Ok(Vec::new());
    }
    let mut known = Vec::new();
    for figure in &config.figures {
        let fixed = config.base.overlaid(&figure.set);
        for varied in product(&figure.axes) {
            let declared = fixed.overlaid(&varied);
            let run = declared.overlaid(&overrides.settings);
            let set = data.get(run.data_name());
            let set = set.expect("DataSets::open loads what the study names");
            known.push(KnownCell {
                key: run.resolve(&set.source, 0).cell(),
                // Claims speak of what the study's file says.
                settings: declared.complete(),
                of_runtime: false,
            });
        }
    }
    resolve(&config.claims, &known)
}

/// Settings that a flag changes for every cell. Where and in which precision a trial is computed
/// is no part of what a claim is about.
fn altered(config: &StudyConfig, overrides: &Overrides) -> Vec<AlteredSetting> {
    let given = overrides.settings.without(&["backend", "device", "precision"]);
    let mut altered = Vec::new();
    for figure in &config.figures {
        let declared = config.base.overlaid(&figure.set).complete();
        for name in given.given() {
            let setting = AlteredSetting {
                run: given.only(&[name]).label(),
                declared: declared.only(&[name]).label(),
            };
            if setting.run != setting.declared && !altered.contains(&setting) {
                altered.push(setting);
            }
        }
    }
    altered
}

fn cell(
    label: &str,
    settings: &Settings,
    seeds: &[u64],
    figure: &FigureConfig,
    data: &DataSets,
    trials: &mut Vec<PlannedTrial>,
) -> Result<CellRecord, StudyError> {
    let name = settings.data_name();
    let set = data
        .get(name)
        .expect("DataSets::open loads what the study names");
    let resolve = |seed| settings.resolve(&set.source, seed);
    let config = resolve(seeds[0]);
    let refuse = |reason: String| StudyError::Cell {
        cell: label.to_owned(),
        reason,
    };
    if let Some(problem) = settings.problem() {
        return Err(refuse(problem.to_string()));
    }
    let splits = data
        .splits(name, &config)
        .map_err(|error| refuse(error.to_string()))?;
    let parameters = lenet_train::geometry(&config.network, &splits)
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
        trials: Vec::new(),
    };
    for (round, &seed) in seeds.iter().enumerate() {
        let config = resolve(seed);
        let identity = config.identity();
        cell.trials.push(CellTrial {
            seed,
            identity: identity.clone(),
        });
        trials.push(PlannedTrial {
            identity,
            label: config.to_string(),
            config,
            data: name.to_owned(),
            parameters,
            round,
            figures: vec![figure.id.clone()],
        });
    }
    Ok(cell)
}

fn selected<'c>(
    config: &'c StudyConfig,
    overrides: &Overrides,
) -> Result<Vec<&'c FigureConfig>, StudyError> {
    let ids = || config.figures.iter().map(|figure| figure.id.clone());
    if let Some(unknown) = overrides
        .only
        .iter()
        .find(|id| !ids().any(|known| known == **id))
    {
        return Err(StudyError::UnknownFigure {
            study: config.name.clone(),
            figure: unknown.clone(),
            known: ids().collect(),
        });
    }
    let wanted =
        |figure: &&FigureConfig| overrides.only.is_empty() || overrides.only.contains(&figure.id);
    Ok(config.figures.iter().filter(wanted).collect())
}

fn seeds(seeds: &Seeds, wanted: Option<usize>) -> Result<Vec<u64>, StudyError> {
    let Some(wanted) = wanted else {
        return Ok(seeds.list());
    };
    let refuse = |hint: String| Err(StudyError::Seeds { wanted, hint });
    match seeds {
        _ if wanted == 0 => refuse("give at least 1".to_owned()),
        Seeds::List(list) if wanted > list.len() => refuse(format!(
            "the study lists {} seeds; add more to its file",
            list.len()
        )),
        Seeds::List(list) => Ok(list[..wanted].to_vec()),
        Seeds::Count(_) => Ok(Seeds::Count(wanted).list()),
    }
}

/// All combinations of the axes' values, the last axis varying fastest.
fn product(axes: &[Axis]) -> Vec<Settings> {
    axes.iter().fold(vec![Settings::default()], |cells, axis| {
        let with_each = |cell: Settings| axis.values.iter().map(move |value| cell.overlaid(value));
        cells.into_iter().flat_map(with_each).collect()
    })
}

/// Each identity once, in the place where it first stood, with every figure that asks for it and
/// the earliest round that does.
fn without_duplicates(trials: Vec<PlannedTrial>) -> Vec<PlannedTrial> {
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut distinct: Vec<PlannedTrial> = Vec::new();
    for trial in trials {
        match places.get(&trial.identity) {
            Some(&place) => {
                let kept = &mut distinct[place];
                kept.round = kept.round.min(trial.round);
                for figure in trial.figures {
                    if !kept.figures.contains(&figure) {
                        kept.figures.push(figure);
                    }
                }
            }
            None => {
                places.insert(trial.identity.clone(), distinct.len());
                distinct.push(trial);
            }
        }
    }
    distinct
}

#[cfg(test)]
mod tests;
