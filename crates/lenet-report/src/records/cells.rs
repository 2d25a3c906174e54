//! The cells of a study's figures with the trials that fill them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use lenet_core::Trial;
use lenet_results::{
    CellRecord, Drawing, EpochMeasure, FigureRecord, Outcome, PublishedPoint, PublishedRecord,
    SearchRecord, StudyRecord, TrialRecord,
};
use lenet_stats::Estimate;

use crate::records::estimates::LEVEL;
use crate::records::trials::{Metric, common_last_epoch, value_at};

/// A figure of a study with the records of its trials.
#[derive(Debug)]
pub(crate) struct StudyFigure<'a> {
    /// Names the figure in tables and files. Unique within the report.
    pub(crate) id: String,
    /// Name of the study that it belongs to.
    pub(crate) study: String,
    pub(crate) title: String,
    /// What a reader must know of it, in Markdown.
    pub(crate) notes: String,
    /// Settings that vary, by their names in files.
    pub(crate) axes: Vec<String>,
    /// How the study wants it drawn; empty where it does not say.
    pub(crate) draw: Vec<Drawing>,
    /// How its cells were found, where they are no grid.
    pub(crate) search: Option<SearchRecord>,
    /// Source and precision of the published data that is drawn along.
    pub(crate) published: Option<Published>,
    /// In the order of the study.
    pub(crate) cells: Vec<Cell<'a>>,
}

/// Where published data comes from.
#[derive(Debug, Clone)]
pub(crate) struct Published {
    pub(crate) source: String,
    pub(crate) precision: String,
}

/// A setting with its trials over seeds.
#[derive(Debug)]
pub(crate) struct Cell<'a> {
    /// The values of the figure's axes, as the study's record has them.
    pub(crate) label: String,
    /// What tells the cell from the others of its figure, in words.
    pub(crate) name: String,
    /// What tells the cell from all others of the report, in words.
    pub(crate) full_name: String,
    /// Its index among the distinct cells of the report.
    pub(crate) index: usize,
    /// The configuration with the first seed.
    pub(crate) config: Trial,
    /// Images that it trains on; `None` in old records.
    pub(crate) train_images: Option<usize>,
    /// Published numbers of this setting, in the order of their table.
    pub(crate) published: Vec<PublishedPoint>,
    /// Trials with results, in the order of the study.
    pub(crate) done: Vec<&'a TrialRecord>,
    pub(crate) failed: Vec<&'a TrialRecord>,
    /// Seeds of trials without a record.
    pub(crate) missing: Vec<u64>,
}

impl Cell<'_> {
    /// Number of trials that the study asks for.
    pub(crate) fn planned(&self) -> usize {
        self.done.len() + self.failed.len() + self.missing.len()
    }

    /// Number of trials with results; `2 of 3` if some are missing.
    pub(crate) fn seeds(&self) -> String {
        let (done, planned) = (self.done.len(), self.planned());
        if done == planned {
            done.to_string()
        } else {
            format!("{done} of {planned}")
        }
    }

    /// The last epoch that every trial with results reached.
    pub(crate) fn last_epoch(&self) -> Option<usize> {
        common_last_epoch(self.done.iter().copied())
    }

    /// Number of trials whose network is dead at the end.
    pub(crate) fn died(&self) -> usize {
        self.done.iter().filter(|t| is_dead(t)).count()
    }

    /// The trials whose networks live, where some live and some died, and else all. A mean of both
    /// would describe neither.
    fn alike(&self) -> impl Iterator<Item = &&TrialRecord> {
        let mixed = (1..self.done.len()).contains(&self.died());
        self.done.iter().filter(move |t| !(mixed && is_dead(t)))
    }

    /// Mean accuracy over seeds after an epoch, of networks that live where only some died. `None`
    /// if no trial has the epoch or a value is no accuracy.
    pub(crate) fn mean_at(&self, epoch: usize, metric: Metric) -> Option<Estimate> {
        let values = self.alike();
        let values: Vec<f64> = values.filter_map(|t| value_at(t, epoch, metric)).collect();
        lenet_stats::bounded_mean(&values, LEVEL).ok()
    }

    /// The same after the last epoch that all trials reached.
    pub(crate) fn final_mean(&self, metric: Metric) -> Option<Estimate> {
        self.mean_at(self.last_epoch()?, metric)
    }

    /// Mean accuracy over all seeds after the last epoch, dead networks included: what a choice
    /// among cells goes by.
    pub(crate) fn overall_mean(&self, metric: Metric) -> Option<Estimate> {
        let last = self.last_epoch()?;
        let values = self.done.iter();
        let values: Vec<f64> = values.filter_map(|t| value_at(t, last, metric)).collect();
        lenet_stats::bounded_mean(&values, LEVEL).ok()
    }

    /// The published numbers of a measure, each with its epoch. A number of a whole run counts for
    /// the last epoch.
    pub(crate) fn published(&self, measure: EpochMeasure) -> Vec<(usize, f64)> {
        let last = self.config.epochs;
        let point =
            |p: &PublishedPoint| Some((p.epoch.unwrap_or(last), *p.values.get(measure.name())?));
        self.published.iter().filter_map(point).collect()
    }
}

impl StudyFigure<'_> {
    /// Whether a trial of it has results.
    pub(crate) fn has_results(&self) -> bool {
        self.filled().next().is_some()
    }

    /// Cells that have at least one trial with results.
    pub(crate) fn filled(&self) -> impl Iterator<Item = &Cell<'_>> {
        self.cells.iter().filter(|cell| !cell.done.is_empty())
    }
}

/// Fills the figures of the studies with records. Studies of one name are parts of one study, so
/// figures with the same id are joined cell by cell. If studies of different names share an id, all
/// of these figures get the name of their study as a prefix.
pub(crate) fn figures<'a>(
    studies: &[StudyRecord],
    records: &'a [TrialRecord],
) -> Vec<StudyFigure<'a>> {
    let by_identity: BTreeMap<&str, &TrialRecord> =
        records.iter().map(|r| (r.identity.as_str(), r)).collect();
    let joined = join(studies);
    let mut seen = BTreeSet::new();
    let ids = joined.iter().map(|joined| joined.figure.id.as_str());
    let shared: BTreeSet<&str> = ids.filter(|id| !seen.insert(*id)).collect();
    let figure = |joined: &Joined| {
        let Joined { study, figure, .. } = joined;
        let cells = figure.cells.iter().zip(&joined.published);
        StudyFigure {
            id: if shared.contains(figure.id.as_str()) {
                format!("{study}-{}", figure.id)
            } else {
                figure.id.clone()
            },
            study: (*study).to_owned(),
            title: figure.title.clone(),
            notes: figure.notes.clone(),
            axes: figure.axes.clone(),
            draw: figure.draw.clone(),
            search: figure.search.clone(),
            published: figure.published_data.as_ref().map(|data| Published {
                source: data.source.clone(),
                precision: data.precision.clone(),
            }),
            cells: cells
                .map(|(cell, published)| fill_cell(cell, published, &by_identity))
                .collect(),
        }
    };
    joined.iter().map(figure).collect()
}

/// A figure whose parts may stand in several studies of one name.
struct Joined<'s> {
    study: &'s str,
    figure: FigureRecord,
    /// Published numbers of each cell.
    published: Vec<Vec<PublishedPoint>>,
    /// Place of each cell by its key.
    places: HashMap<String, usize>,
}

/// The figures of training of all studies; parts of one study joined.
fn join(studies: &[StudyRecord]) -> Vec<Joined<'_>> {
    let mut joined: Vec<Joined> = Vec::new();
    for study in studies {
        for figure in study.figures.iter().filter(|f| f.runtime.is_none()) {
            let same = |known: &Joined| known.study == study.name && known.figure.id == figure.id;
            let place = joined.iter().position(same).unwrap_or(joined.len());
            if place == joined.len() {
                let mut empty = figure.clone();
                empty.cells.clear();
                joined.push(Joined {
                    study: &study.name,
                    figure: empty,
                    published: Vec::new(),
                    places: HashMap::new(),
                });
            }
            for (at, cell) in figure.cells.iter().enumerate() {
                joined[place].add(cell, published(figure.published_data.as_ref(), at));
            }
        }
    }
    joined
}

/// Published numbers of the cell at an index.
fn published(data: Option<&PublishedRecord>, at: usize) -> Vec<PublishedPoint> {
    let series = data.iter().flat_map(|data| &data.series);
    let own = series.filter(|series| series.cells.contains(&at));
    own.flat_map(|series| series.points.clone()).collect()
}

impl Joined<'_> {
    /// Adds a cell, or its new trials to the cell of the same configuration.
    fn add(&mut self, cell: &CellRecord, published: Vec<PublishedPoint>) {
        let key = cell.config.cell();
        let Some(place) = self.places.get(&key) else {
            self.places.insert(key, self.figure.cells.len());
            self.figure.cells.push(cell.clone());
            self.published.push(published);
            return;
        };
        let known = &mut self.figure.cells[*place];
        let trials = cell.trials.iter();
        let new = trials.filter(|t| !known.trials.contains(t)).cloned();
        let new: Vec<_> = new.collect();
        known.trials.extend(new);
    }
}

fn is_dead(trial: &TrialRecord) -> bool {
    trial.epochs.last().is_some_and(|epoch| epoch.dead)
}

fn fill_cell<'a>(
    record: &CellRecord,
    published: &[PublishedPoint],
    records: &BTreeMap<&str, &'a TrialRecord>,
) -> Cell<'a> {
    let mut cell = Cell {
        label: record.label.clone(),
        name: String::new(),
        full_name: String::new(),
        index: 0,
        config: record.config.clone(),
        train_images: record.images.map(|images| images.train),
        published: published.to_vec(),
        done: vec![],
        failed: vec![],
        missing: vec![],
    };
    for trial in &record.trials {
        match records.get(trial.identity.as_str()) {
            None => cell.missing.push(trial.seed),
            Some(r) if matches!(r.outcome, Outcome::Failed { .. }) => cell.failed.push(r),
            Some(r) => cell.done.push(r),
        }
    }
    cell
}

#[cfg(test)]
mod tests;
