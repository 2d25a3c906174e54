//! Which of a study's trials are done, running, failed or missing.

use std::collections::BTreeMap;

use lenet_core::Trial;
use lenet_results::{Store, StudyRecord, TrialState};

/// The state of every trial of a study.
#[derive(Debug)]
pub struct Status {
    /// Each trial once, in the order of figures and cells.
    pub trials: Vec<TrialStatus>,
}

/// The state of one trial.
#[derive(Debug)]
pub struct TrialStatus {
    /// Its identity.
    pub identity: String,
    /// Its label.
    pub label: String,
    /// Ids of the figures that it counts for.
    pub figures: Vec<String>,
    /// What its folder says.
    pub state: TrialState,
}

impl TrialStatus {
    /// One word: `done`, `running`, `interrupted`, `failed`, `missing` or `unreadable`.
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
    /// Trials whose [`TrialStatus::word`] this is.
    #[must_use]
    pub fn count(&self, word: &str) -> usize {
        self.trials
            .iter()
            .filter(|trial| trial.word() == word)
            .count()
    }
}

/// Looks up every trial of a study (a plan's, or one read from `study.json`) in a store.
#[must_use]
pub fn status(study: &StudyRecord, store: &Store) -> Status {
    let mut trials: Vec<TrialStatus> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for figure in &study.figures {
        for cell in &figure.cells {
            for trial in &cell.trials {
                if let Some(&place) = places.get(&trial.identity) {
                    let figures = &mut trials[place].figures;
                    if !figures.contains(&figure.id) {
                        figures.push(figure.id.clone());
                    }
                    continue;
                }
                places.insert(trial.identity.clone(), trials.len());
                let config = Trial {
                    seed: trial.seed,
                    ..cell.config.clone()
                };
                trials.push(TrialStatus {
                    identity: trial.identity.clone(),
                    label: config.to_string(),
                    figures: vec![figure.id.clone()],
                    state: store.trial(&trial.identity).state(),
                });
            }
        }
    }
    Status { trials }
}
