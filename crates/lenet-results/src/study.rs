//! What a study set out to do: the contents of `study.json`, written before the first trial.

use std::collections::BTreeMap;
use std::ops::Not;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use lenet_core::Trial;

use crate::claim::ClaimRecord;
use crate::drawing::Drawing;
use crate::execution::{Execution, RuntimeParameters};
use crate::images::ImageCounts;
use crate::search::SearchRecord;

/// A study's plan: its figures, their cells, and the trials of each; its claims.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StudyRecord {
    /// Version of this type.
    pub format: u32,
    /// Short name, e.g. `lab-2017`.
    pub name: String,
    /// Title of the report.
    pub title: String,
    /// Figures in order.
    pub figures: Vec<FigureRecord>,
    /// Claims in order.
    #[serde(default)]
    pub claims: Vec<ClaimRecord>,
    /// Settings that flags changed for every cell. A claim has no verdict on cells so changed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub altered: Vec<AlteredSetting>,
    /// Where seeds were added until the claims were decided: most seeds of a cell. The intervals of
    /// its claims hold however often they are looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until_decided: Option<usize>,
    /// Commands that carried out figures of the study, each once, in the order in which they first did.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub commands: Vec<String>,
    /// The files that declare it: the study's own, and those that it names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<StudyFile>,
    /// Where the data sets of its trials lie, but for MNIST.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub data: Vec<StudyData>,
    /// Whether its trials keep their predictions.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub predictions: bool,
    /// The instruction set that this project's kernels compute its trials with on a processor, by its name in
    /// records of runs; `None`: the best of each machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
}

fn yes() -> bool {
    true
}

fn is_yes(value: &bool) -> bool {
    *value
}

/// Where a data set lies on the machine that planned the study.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct StudyData {
    /// What the study's file calls it.
    pub name: String,
    /// What its trials call it: [`Data::source`](lenet_core::Data::source).
    pub source: String,
    /// Its folder, as an absolute path.
    pub folder: PathBuf,
}

impl StudyRecord {
    /// Whether both plan the same trials, whichever commands and files asked for it, wherever its data lie, and
    /// whatever computes them.
    #[must_use]
    pub fn is_same_plan(&self, other: &Self) -> bool {
        let plan = |study: &Self| Self {
            commands: Vec::new(),
            files: Vec::new(),
            data: Vec::new(),
            predictions: true,
            level: None,
            ..study.clone()
        };
        plan(self) == plan(other)
    }
}

/// A text file that declares a study, or a part of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StudyFile {
    /// Its path from the folder of the study's own file.
    pub name: String,
    /// What is in it.
    pub text: String,
}

/// A setting that a flag changed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct AlteredSetting {
    /// What was run, e.g. `epochs = 3`.
    pub run: String,
    /// What the study's file says, e.g. `epochs = 10`.
    pub declared: String,
    /// Whether it was changed for the figures of runtimes, and not for those of training.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub of_runtime: bool,
}

/// One figure of a study.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FigureRecord {
    /// What names the figure in file names and tables, e.g. `1` or `3-as-run`.
    pub id: String,
    /// Its heading.
    pub title: String,
    /// Settings that vary from cell to cell, by their names in the study's file, e.g.
    /// `learning_rate`.
    pub axes: Vec<String>,
    /// What a reader must know of it, in Markdown.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub notes: String,
    /// How it is drawn; empty where the report chooses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub draw: Vec<Drawing>,
    /// In format 1 the number of a figure that the program knew the published data of. Format 2 has the
    /// data themselves in `published_data`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<String>,
    /// Published data that is drawn along with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published_data: Option<PublishedRecord>,
    /// How it is measured, if it is a figure of runtimes; `None` for a figure of training.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runtime: Option<RuntimeParameters>,
    /// How its cells are found, if it searches; `None` where they are all combinations of the axes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search: Option<SearchRecord>,
    /// One cell for each combination of the axes, in the order of the file; of a search, one for each
    /// proposal so far.
    pub cells: Vec<CellRecord>,
    /// Cells of runtimes that the machine which wrote this cannot measure.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<LeftOut>,
}

/// A cell that is not measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LeftOut {
    /// The cell's label.
    pub label: String,
    /// Why it is not measured.
    pub reason: String,
    /// The cell, where another machine could measure it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cell: Option<Box<CellRecord>>,
}

/// One combination of settings, repeated over seeds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CellRecord {
    /// The axes' values, e.g. `learning_rate = 0.1`.
    pub label: String,
    /// The cell's configuration with its first seed.
    pub config: Trial,
    /// Images that the cell trains and is evaluated on; `None` in format 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub images: Option<ImageCounts>,
    /// Trainable parameters of its network; `None` in format 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameters: Option<usize>,
    /// How the machine that wrote this carries it out, if it is a cell of runtimes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub execution: Option<Execution>,
    /// Seeds and identities of its trials, in the order they are run; none for a cell of runtimes.
    pub trials: Vec<CellTrial>,
}

/// A trial that a cell counts on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CellTrial {
    /// The trial's seed.
    pub seed: u64,
    /// The trial's identity, which names its folder.
    pub identity: String,
}

/// Data that somebody published, as far as they fit the cells of a figure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PublishedRecord {
    /// Where they come from.
    pub source: String,
    /// How exact they are, in words.
    pub precision: String,
    /// Rows that fit at least one cell, in the order of the file, grouped by their settings.
    pub series: Vec<PublishedSeries>,
}

/// Published numbers of one combination of settings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PublishedSeries {
    /// Indices of the figure's cells that have these settings. After the cells come those left out.
    pub cells: Vec<usize>,
    /// At least one.
    pub points: Vec<PublishedPoint>,
}

/// Published numbers of one row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PublishedPoint {
    /// Counted from 1; `None` for numbers of a whole run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epoch: Option<usize>,
    /// Numbers by the names of their [`Measure`](crate::Measure)s.
    pub values: BTreeMap<String, f64>,
}

#[cfg(test)]
mod tests;
