//! The trials and claims that a comparison is limited to.

use std::collections::BTreeSet;

use lenet_results::{CellRecord, ClaimRecord, FigureRecord, StudyRecord};

use super::comparison::CompareError;

/// Trials, cells and claims of some figures, or everything.
pub(super) struct Selection {
    /// `None`: everything.
    chosen: Option<Chosen>,
}

struct Chosen {
    trials: BTreeSet<String>,
    cells: BTreeSet<String>,
}

impl Selection {
    /// What belongs to these figures on either side; everything where none is named.
    ///
    /// # Errors
    /// [`CompareError::NoFigure`].
    pub(super) fn of(sides: [&[StudyRecord]; 2], ids: &[String]) -> Result<Self, CompareError> {
        if ids.is_empty() {
            return Ok(Self { chosen: None });
        }
        let studies = sides.into_iter().flatten();
        let figures: Vec<&FigureRecord> = studies.flat_map(|s| &s.figures).collect();
        let known: BTreeSet<&str> = figures.iter().map(|f| f.id.as_str()).collect();
        if let Some(id) = ids.iter().find(|id| !known.contains(id.as_str())) {
            return Err(CompareError::NoFigure {
                id: id.clone(),
                known: known.into_iter().map(str::to_owned).collect(),
            });
        }
        let cells = || {
            let own = figures.iter().filter(|figure| ids.contains(&figure.id));
            own.flat_map(|figure| &figure.cells)
        };
        let trials = cells().flat_map(|cell| &cell.trials);
        let chosen = Chosen {
            trials: trials.map(|trial| trial.identity.clone()).collect(),
            cells: cells().map(key).collect(),
        };
        Ok(Self {
            chosen: Some(chosen),
        })
    }

    /// Whether the trial with this identity is compared.
    pub(super) fn has_trial(&self, identity: &str) -> bool {
        let chosen = self.chosen.as_ref();
        chosen.is_none_or(|chosen| chosen.trials.contains(identity))
    }

    /// Whether a claim is about any of the cells that are compared.
    pub(super) fn has_claim(&self, claim: &ClaimRecord) -> bool {
        let Some(chosen) = &self.chosen else {
            return true;
        };
        let comparisons = claim.tests.iter().flat_map(|test| &test.comparisons);
        let pairs = comparisons.flat_map(|c| c.pairs.iter().chain(&c.baseline));
        let mut cells = pairs.flat_map(|pair| [Some(&pair.left), pair.right.as_ref()]);
        cells.any(|cell| cell.is_some_and(|cell| chosen.cells.contains(cell)))
    }
}

/// What claims call a cell.
fn key(cell: &CellRecord) -> String {
    match &cell.execution {
        Some(execution) => execution.cell(&cell.config),
        None => cell.config.cell(),
    }
}
