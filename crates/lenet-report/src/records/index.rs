//! The distinct cells of a report, and the settings in which they differ.

use std::collections::HashMap;

use lenet_core::{Names, Settings};
use lenet_results::{StudyRecord, TrialRecord};

use crate::records::cells::{self, StudyFigure};

/// The distinct cells of all figures. A page speaks of cells and values of settings by their indices
/// here.
#[derive(Debug, Default)]
pub(crate) struct Index {
    /// Names every cell by what differs within the report.
    pub(crate) names: Names,
    pub(crate) settings: Vec<Varying>,
    pub(crate) cells: Vec<Indexed>,
}

/// A setting in which cells differ.
#[derive(Debug)]
pub(crate) struct Varying {
    /// Its name in files.
    pub(crate) name: &'static str,
    /// Distinct values: numbers from the least to the greatest, others as they come.
    pub(crate) values: Vec<Value>,
}

/// A value of a setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Value {
    /// As a table shows it, e.g. `0.1`.
    pub(crate) text: String,
    /// As a name tells it, e.g. `rate 0.1`.
    pub(crate) words: String,
}

/// A distinct cell: where it first stands, and its values.
#[derive(Debug)]
pub(crate) struct Indexed {
    /// Index of the figure and of the cell in it.
    pub(crate) at: (usize, usize),
    /// Index of the value of each setting of [`Index::settings`].
    pub(crate) levels: Vec<usize>,
}

/// The figures of the studies, filled with records, and the index of their cells.
pub(crate) fn fill<'a>(
    studies: &[StudyRecord],
    records: &'a [TrialRecord],
) -> (Vec<StudyFigure<'a>>, Index) {
    let mut figures = cells::figures(studies, records);
    let index = Index::of(&mut figures);
    (figures, index)
}

impl Index {
    /// Finds the distinct cells, and gives each cell of the figures its index and its names.
    pub(crate) fn of(figures: &mut [StudyFigure]) -> Self {
        let mut places: HashMap<String, usize> = HashMap::new();
        let mut distinct: Vec<(Settings, (usize, usize))> = Vec::new();
        for (f, figure) in figures.iter_mut().enumerate() {
            let settings: Vec<Settings> = figure
                .cells
                .iter()
                .map(|c| Settings::of(&c.config))
                .collect();
            let own = Names::of(&settings);
            for (c, (cell, settings)) in figure.cells.iter_mut().zip(settings).enumerate() {
                cell.name = own.name(&settings);
                cell.index = *places.entry(cell.config.cell()).or_insert_with(|| {
                    distinct.push((settings, (f, c)));
                    distinct.len() - 1
                });
            }
        }
        let names = Names::of(distinct.iter().map(|(settings, _)| settings));
        for cell in figures.iter_mut().flat_map(|figure| &mut figure.cells) {
            cell.full_name = names.name(&distinct[cell.index].0);
        }
        let settings: Vec<Varying> = names
            .varying()
            .iter()
            .map(|name| Varying::of(name, distinct.iter().map(|(settings, _)| settings)))
            .collect();
        let cells = distinct.iter().map(|(own, at)| Indexed {
            at: *at,
            levels: settings.iter().map(|setting| setting.level(own)).collect(),
        });
        Self {
            cells: cells.collect(),
            settings,
            names,
        }
    }

    /// Indices of a setting and of one of its values.
    pub(crate) fn place(&self, name: &str, value: &Value) -> Option<(usize, usize)> {
        let setting = self.settings.iter().position(|s| s.name == name)?;
        let values = &self.settings[setting].values;
        Some((setting, values.iter().position(|own| own == value)?))
    }
}

impl Value {
    fn of(settings: &Settings, name: &str) -> Self {
        Self {
            text: settings.text_of(name).unwrap_or_default(),
            words: settings.words_of(name).unwrap_or_default(),
        }
    }
}

impl Varying {
    pub(crate) fn of<'s>(name: &'static str, all: impl Iterator<Item = &'s Settings>) -> Self {
        let mut values: Vec<Value> = Vec::new();
        for settings in all {
            let value = Value::of(settings, name);
            if !values.contains(&value) {
                values.push(value);
            }
        }
        let number = |value: &Value| value.text.parse::<f64>();
        if values.iter().all(|value| number(value).is_ok()) {
            let key = |value: &Value| number(value).unwrap_or(f64::NAN);
            values.sort_by(|a, b| key(a).total_cmp(&key(b)));
        }
        Self { name, values }
    }

    /// The setting in words: `learning rate`.
    pub(crate) fn title(&self) -> String {
        self.name.replace('_', " ")
    }

    /// Index of the value that these settings have.
    pub(crate) fn level(&self, settings: &Settings) -> usize {
        let own = Value::of(settings, self.name);
        let found = self.values.iter().position(|value| *value == own);
        found.expect("the values are those of all settings")
    }
}

#[cfg(test)]
mod tests;
