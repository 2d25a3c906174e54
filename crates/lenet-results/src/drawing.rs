//! How a figure of training is drawn.

use serde::{Deserialize, Serialize};

/// One drawing of a figure's cells. What is left open, the report chooses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Drawing {
    /// What kind of drawing it is.
    pub kind: DrawingKind,
    /// What is drawn, by the name of its [`Measure`](crate::Measure): of a scatter what goes upwards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measure: Option<String>,
    /// Of a scatter the measure that goes to the right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub across: Option<String>,
    /// The setting along the horizontal axis of a heat map or an interaction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub x: Option<String>,
    /// The setting along the vertical axis of a heat map.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub y: Option<String>,
    /// The setting that each colour stands for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub colour: Option<String>,
    /// The setting of each row of small multiples.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<String>,
    /// The setting of each column of small multiples.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub columns: Option<String>,
}

/// The kinds of drawings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DrawingKind {
    /// Accuracies over epochs, all cells in one panel each for validation and test.
    Curves,
    /// Accuracy over epochs in small multiples: rows, columns and colours are settings.
    Facets,
    /// Tiles over two settings: the mean over the other ones, and their best.
    Heatmap,
    /// The mean at each value of each setting, with its interval.
    Effects,
    /// The mean at each value of one setting, a line for each value of another.
    Interaction,
    /// Two measures against each other, one mark per cell, with the Pareto front.
    Scatter,
    /// The best of a search so far against the epochs that it took.
    Regret,
}

impl DrawingKind {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Curves,
        Self::Facets,
        Self::Heatmap,
        Self::Effects,
        Self::Interaction,
        Self::Scatter,
        Self::Regret,
    ];

    /// Its name in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Curves => "curves",
            Self::Facets => "facets",
            Self::Heatmap => "heatmap",
            Self::Effects => "effects",
            Self::Interaction => "interaction",
            Self::Scatter => "scatter",
            Self::Regret => "regret",
        }
    }

    /// The keys that say more of it, besides `kind`.
    #[must_use]
    pub const fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Curves | Self::Regret => &[],
            Self::Facets => &["measure", "rows", "columns", "colour"],
            Self::Heatmap => &["measure", "x", "y"],
            Self::Effects => &["measure"],
            Self::Interaction => &["measure", "x", "colour"],
            Self::Scatter => &["measure", "across", "colour"],
        }
    }
}

impl Drawing {
    /// A drawing of a kind whose details the report chooses.
    #[must_use]
    pub const fn of(kind: DrawingKind) -> Self {
        Self {
            kind,
            measure: None,
            across: None,
            x: None,
            y: None,
            colour: None,
            rows: None,
            columns: None,
        }
    }
}
