//! From a study to the list of its trials, or of the runtimes that are measured.

mod altered;
mod cell;
mod known;
mod level;
mod part;
mod planned;
mod recorded;
mod runtimes;
mod searched;
mod seeds;
mod size;
mod splits;
mod unfit;
mod variants;

use std::collections::BTreeMap;

use lenet_core::{Names, Settings, Shape};
use lenet_results::{FigureRecord, STUDY_FORMAT, StudyRecord};

use crate::as_run::{self, AsRun};
use crate::config::StudyConfig;
use crate::data_sets::DataSets;
use crate::error::StudyError;
use crate::figure::{FigureConfig, MeasureKind, product};
use crate::machine::Machine;
use crate::overrides::{Overrides, Proposals, RuntimeOverrides};

pub use planned::{Earlier, PlannedTrial};
pub use runtimes::PlannedRuntime;
pub use size::{MOST_RUNTIMES, MOST_TRIALS};

pub(crate) use searched::search;

use altered::altered;
use cell::cell;
use planned::without_duplicates;
use runtimes::measured_once;
use seeds::PlannedSeeds;
use splits::KnownSplits;
use unfit::Unfit;

/// What a command carries out of a study.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// The record of the whole study, for `study.json`.
    pub study: StudyRecord,
    /// Ids of the figures that are carried out.
    pub selected: Vec<String>,
    /// The first seed of every cell, then the second, and so on. A trial that several figures
    /// share stands here once.
    pub trials: Vec<PlannedTrial>,
    /// Whether each trial keeps its predictions.
    pub predictions: bool,
    /// What is measured, each once, in the order of figures and cells. A plan has either trials or
    /// runtimes.
    pub runtimes: Vec<PlannedRuntime>,
    /// What is left out of the runtimes, in words for people.
    pub notes: Vec<String>,
    /// What each search that is carried out proposes first, and the most that it may come to: one line each.
    pub outlooks: Vec<String>,
    /// The study's first seed, which the order of runtimes in a round is drawn from.
    pub seed: u64,
    /// What the trials can be run with, but probably should not: one line each.
    pub warnings: Vec<String>,
}

impl PlannedTrial {
    /// What trials must share to be trained together: images and shape.
    pub(crate) fn shape(&self) -> (&str, Shape<'_>) {
        (&self.data, self.config.shape())
    }
}

impl Plan {
    /// Expands a study to its trials: cells are the product of a figure's axes, the last varying
    /// fastest. The record has the figures of runtimes, too, as this machine would measure them.
    ///
    /// # Errors
    /// A [`StudyError`] for figures or seeds that the study does not have, an override of an
    /// axis, and a cell whose network or split does not fit its data.
    pub fn expand(
        config: &StudyConfig,
        overrides: &Overrides,
        data: &DataSets,
    ) -> Result<Self, StudyError> {
        let AsRun { figures, selected } = as_run::of_training(config, overrides)?;
        if !overrides.allow_large {
            size::check_trials(config, &figures, overrides.seeds)?;
        }
        size::check_runtimes(config, &figures)?;
        let seeds = PlannedSeeds::new(config, overrides)?;
        let machine = match config.has_runtimes() {
            true => Some(Machine::here(&[], None)?),
            false => None,
        };
        let given = (&*figures, selected, &overrides.proposals);
        let mut plan = Self::of_figures(config, given, &seeds, machine.as_ref(), data)?;
        plan.runtimes.clear();
        plan.notes.clear();
        let given = [&overrides.settings, &Settings::default()];
        plan.study.claims = known::claims(config, given, data)?;
        plan.study.altered = altered(config, &overrides.settings, false);
        plan.predictions = overrides.predictions.unwrap_or(config.predictions);
        plan.study.predictions = plan.predictions;
        plan.warn_of_level();
        Ok(plan)
    }

    /// Expands a study to the runtimes that are measured on this machine: cells as in
    /// [`Plan::expand`], with the study's first seed. The record has the figures of training, too.
    ///
    /// # Errors
    /// As [`Plan::expand`]; [`StudyError::NothingToMeasure`].
    pub fn expand_runtimes(
        config: &StudyConfig,
        overrides: &RuntimeOverrides,
        machine: &Machine,
        data: &DataSets,
    ) -> Result<Self, StudyError> {
        let AsRun { figures, selected } = as_run::of_runtimes(config, overrides)?;
        size::check_trials(config, &config.figures, Some(1))?;
        size::check_runtimes(config, &figures)?;
        let seeds = PlannedSeeds::usual(config.seeds.list());
        let none = BTreeMap::new();
        let given = (&*figures, selected, &none);
        let mut plan = Self::of_figures(config, given, &seeds, Some(machine), data)?;
        plan.trials.clear();
        if plan.runtimes.is_empty() {
            return Err(StudyError::NothingToMeasure {
                reasons: plan.notes,
            });
        }
        let given = [&Settings::default(), &overrides.settings];
        plan.study.claims = known::claims(config, given, data)?;
        plan.study.altered = altered(config, &overrides.settings, true);
        Ok(plan)
    }

    /// The record of these figures, and the trials and runtimes of those that are selected; no claims.
    fn of_figures(
        config: &StudyConfig,
        (figures, selected, proposals): (
            &[FigureConfig],
            Vec<String>,
            &BTreeMap<String, Proposals>,
        ),
        seeds: &PlannedSeeds,
        machine: Option<&Machine>,
        data: &DataSets,
    ) -> Result<Self, StudyError> {
        let mut trials: Vec<PlannedTrial> = Vec::new();
        let (mut runtimes, mut notes) = (Vec::new(), Vec::new());
        let mut outlooks = Vec::new();
        let mut records = Vec::new();
        let mut splits = KnownSplits::default();
        let mut unfit = Unfit::default();
        for figure in figures {
            let is_selected = selected.contains(&figure.id);
            let mut record = FigureRecord {
                id: figure.id.clone(),
                title: figure.title.clone(),
                axes: figure.varying().into_iter().map(str::to_owned).collect(),
                notes: figure.notes.clone(),
                draw: figure.draw.clone(),
                published: None,
                published_data: None,
                runtime: None,
                search: None,
                cells: Vec::new(),
                left_out: Vec::new(),
            };
            let mut wholes = Vec::new();
            match (figure.measure, machine) {
                (MeasureKind::Runtime(parameters), Some(machine)) => {
                    let asked = machine.asked_kinds();
                    let figure = as_run::with_devices(figure, &config.base, &asked);
                    let here = (machine, data);
                    let found =
                        runtimes::expand(&figure, &config.base, parameters, seeds.usual[0], here)?;
                    (record.axes, record.cells) = (found.axes, found.cells);
                    (record.runtime, record.left_out) = (Some(parameters), found.left_out);
                    wholes = found.wholes;
                    wholes.extend(found.left_wholes);
                    if is_selected {
                        runtimes.extend(found.runtimes);
                        notes.extend(found.notes);
                    }
                }
                _ => {
                    let fixed = config.base.overlaid(&figure.set);
                    let known = trials.len();
                    let data = (data, &mut splits);
                    if let Some(search) = searched::search(config, figure, seeds.usual.len()) {
                        let proposed = proposals.get(&figure.id);
                        wholes = searched::expand(
                            &search,
                            proposed,
                            &seeds.usual,
                            &mut record,
                            data,
                            &mut trials,
                        )?;
                        if is_selected {
                            outlooks.extend(searched::in_words(&search, &figure.id));
                        }
                    } else {
                        let own = |key: &str| seeds.of(key).to_vec();
                        for varied in product(&figure.axes) {
                            let settings = fixed.overlaid(&varied);
                            let cell = cell(
                                &varied.label(),
                                &settings,
                                (&seeds.usual, &own),
                                &figure.id,
                                (data.0, data.1),
                                &mut trials,
                            )?;
                            record.cells.push(cell);
                            wholes.push(settings.complete());
                        }
                    }
                    if !is_selected {
                        trials.truncate(known);
                    }
                }
            }
            if let Some(table) = config.published_table(figure) {
                unfit.see(table, &wholes);
                record.published_data = Some(table.of_cells(&wholes));
            }
            records.push(record);
        }
        let mut trials = without_duplicates(trials);
        let names = names(&records);
        for trial in &mut trials {
            trial.label = names.trial(&trial.config);
        }
        // Stable: within a round the order of figures and cells stays.
        trials.sort_by_key(|trial| trial.round);
        let sets = trials.iter().map(|trial| (&*trial.data, &trial.config));
        let mut warnings = data.warnings(sets);
        warnings.extend(unfit.warnings());
        Ok(Self {
            study: StudyRecord {
                format: STUDY_FORMAT,
                name: config.name.clone(),
                title: config.title.clone(),
                figures: records,
                claims: Vec::new(),
                altered: Vec::new(),
                until_decided: None,
                commands: Vec::new(),
                files: config.files.clone(),
                data: data.recorded(),
                predictions: config.predictions,
                level: config.level.map(|level| level.name().to_owned()),
            },
            selected,
            trials,
            predictions: config.predictions,
            runtimes: measured_once(runtimes),
            notes: once(notes),
            outlooks,
            seed: seeds.usual[0],
            warnings,
        })
    }

    /// The study's record with the figures alone that are carried out.
    #[must_use]
    pub fn selected_study(&self) -> StudyRecord {
        let mut study = self.study.clone();
        study
            .figures
            .retain(|figure| self.selected.contains(&figure.id));
        study
    }

    /// Distinct cells: trials of the first round.
    #[must_use]
    pub fn cells(&self) -> usize {
        self.trials.iter().filter(|trial| trial.round == 0).count()
    }
}

/// Names for the trials of these figures, by what differs among all of their cells.
pub(crate) fn names(figures: &[FigureRecord]) -> Names {
    let of_training = figures.iter().filter(|figure| figure.runtime.is_none());
    let cells = of_training.flat_map(|figure| &figure.cells);
    Names::of_trials(cells.map(|cell| &cell.config))
}

fn once(notes: Vec<String>) -> Vec<String> {
    let mut distinct: Vec<String> = Vec::new();
    for note in notes {
        if !distinct.contains(&note) {
            distinct.push(note);
        }
    }
    distinct
}

#[cfg(test)]
mod tests;
