//! The status of a study: which trials are done, running, failed or missing.

use std::collections::BTreeMap;

use lenet_core::Trial;
use lenet_results::{Store, StudyRecord, TrialState};

use crate::plan::names;

/// The state of every trial of a study.
#[derive(Debug)]
pub struct Status {
    /// Every trial, once, in the order of figures and cells.
    pub trials: Vec<TrialStatus>,
}

/// The state of one trial.
#[derive(Debug)]
pub struct TrialStatus {
    /// The trial's identity.
    pub identity: String,
    /// The trial's label.
    pub label: String,
    /// Ids of the figures that use the trial.
    pub figures: Vec<String>,
    /// The state of the trial's folder.
    pub state: TrialState,
}

impl TrialStatus {
    /// The state as one word: `done`, `running`, `interrupted`, `failed`, `missing` or
    /// `unreadable`.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self.state {
            TrialState::Done(_) => "done",
            TrialState::Running { .. } => "running",
            TrialState::Interrupted { .. } => "interrupted",
            TrialState::Failed(_) => "failed",
            TrialState::Missing => "missing",
            TrialState::Unreadable(_) => "unreadable",
        }
    }
}

impl Status {
    /// How many trials have this [`TrialStatus::word`].
    #[must_use]
    pub fn count(&self, word: &str) -> usize {
        self.trials
            .iter()
            .filter(|trial| trial.word() == word)
            .count()
    }
}

/// Looks up every trial of a study in a store. The study may come from a plan or from
/// `study.json`.
#[must_use]
pub fn status(study: &StudyRecord, store: &Store) -> Status {
    let mut trials: Vec<TrialStatus> = Vec::new();
    let mut positions: BTreeMap<String, usize> = BTreeMap::new();
    let names = names(&study.figures);
    for figure in &study.figures {
        for cell in &figure.cells {
            for cell_trial in &cell.trials {
                if let Some(&position) = positions.get(&cell_trial.identity) {
                    let figures = &mut trials[position].figures;
                    if !figures.contains(&figure.id) {
                        figures.push(figure.id.clone());
                    }
                    continue;
                }
                positions.insert(cell_trial.identity.clone(), trials.len());
                let trial = Trial {
                    seed: cell_trial.seed,
                    ..cell.config.clone()
                };
                trials.push(TrialStatus {
                    identity: cell_trial.identity.clone(),
                    label: names.trial(&trial),
                    figures: vec![figure.id.clone()],
                    state: store.trial(&cell_trial.identity).state(),
                });
            }
        }
    }
    Status { trials }
}
