//! What a study set out to do: the contents of `study.json`, written before the first trial.

use serde::{Deserialize, Serialize};

use lenet_core::Trial;

/// A study's plan: its figures, their cells, and the trials of each.
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
    /// Figure of the published data that is drawn along with it, e.g. `1`.
    pub published: Option<String>,
    /// One cell for each combination of the axes, in the order of the file.
    pub cells: Vec<CellRecord>,
}

/// One combination of settings, repeated over seeds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CellRecord {
    /// The axes' values, e.g. `learning_rate = 0.1`.
    pub label: String,
    /// The cell's configuration with its first seed.
    pub config: Trial,
    /// Seeds and identities of its trials, in the order they are run.
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
