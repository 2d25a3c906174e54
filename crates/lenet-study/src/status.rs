//! The status of a study: which trials are done, running, failed or missing.

mod running;

use std::collections::HashMap;

use lenet_core::{Names, Trial};
use lenet_results::{CellRecord, Outcome, Store, StudyRecord, TrialDir, TrialState};

use crate::plan::names;

pub use running::Running;

/// The state of every trial of a study.
#[derive(Debug)]
pub struct Status<'s> {
    /// Every trial, once, in the order of figures and cells.
    pub trials: Vec<TrialStatus<'s>>,
    names: Names,
}

/// The state of one trial.
#[derive(Debug)]
pub struct TrialStatus<'s> {
    /// The trial's identity.
    pub identity: &'s str,
    /// Ids of the figures that use the trial.
    pub figures: Vec<&'s str>,
    /// Its state.
    pub state: State,
    /// Epochs done; `None` for a trial that has not begun, or cannot be read.
    pub epochs: Option<usize>,
    /// Why it failed, or cannot be read.
    pub problem: Option<String>,
    /// What is damaged of its files, its result apart.
    pub damaged: Vec<String>,
    /// Whether its record has a checksum, or there is none.
    pub is_verified: bool,
    /// Seconds of its epochs, if it is done.
    pub(crate) seconds: Option<f64>,
    pub(crate) cell: &'s CellRecord,
    seed: u64,
}

/// How far a trial is, from its files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// It ended with a result.
    Done,
    /// A process writes it now.
    Running,
    /// It was begun, and no process writes it.
    Interrupted,
    /// It failed.
    Failed,
    /// It was not begun.
    Missing,
    /// Its files cannot be read.
    Unreadable,
}

impl State {
    /// All, as a summary tells them.
    pub const ALL: [Self; 6] = [
        Self::Done,
        Self::Running,
        Self::Interrupted,
        Self::Failed,
        Self::Missing,
        Self::Unreadable,
    ];

    /// The state as one word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Running => "running",
            Self::Interrupted => "interrupted",
            Self::Failed => "failed",
            Self::Missing => "missing",
            Self::Unreadable => "unreadable",
        }
    }
}

impl Status<'_> {
    /// How many trials are in this state.
    #[must_use]
    pub fn count(&self, state: State) -> usize {
        self.trials.iter().filter(|t| t.state == state).count()
    }

    /// The trial's name within the study.
    #[must_use]
    pub fn label(&self, trial: &TrialStatus<'_>) -> String {
        self.names.trial(&Trial {
            seed: trial.seed,
            ..trial.cell.config.clone()
        })
    }
}

/// Looks up every trial of a study in a store, and checks every record. The study may come from a plan or
/// from `study.json`.
#[must_use]
pub fn status<'s>(study: &'s StudyRecord, store: &Store) -> Status<'s> {
    let mut trials: Vec<TrialStatus<'s>> = Vec::new();
    let mut positions: HashMap<&str, usize> = HashMap::new();
    for figure in &study.figures {
        for cell in &figure.cells {
            for trial in &cell.trials {
                if let Some(&position) = positions.get(&*trial.identity) {
                    let figures: &mut Vec<&str> = &mut trials[position].figures;
                    if !figures.contains(&&*figure.id) {
                        figures.push(&figure.id);
                    }
                    continue;
                }
                positions.insert(&trial.identity, trials.len());
                trials.push(TrialStatus {
                    identity: &trial.identity,
                    figures: vec![&figure.id],
                    state: State::Missing,
                    epochs: None,
                    problem: None,
                    damaged: Vec::new(),
                    is_verified: true,
                    seconds: None,
                    cell,
                    seed: trial.seed,
                });
            }
        }
    }
    // Whatever has no file and no folder needs no look.
    let listing = store.listing().ok();
    let exists = |identity: &str| {
        let known = |listing: &lenet_results::Listing| {
            listing.is_finished(identity) || listing.is_begun(identity)
        };
        listing.as_ref().is_none_or(known)
    };
    let (places, identities): (Vec<usize>, Vec<&str>) = trials
        .iter()
        .map(|trial| trial.identity)
        .enumerate()
        .filter(|(_, identity)| exists(identity))
        .unzip();
    let seen = store.map_states(&identities, look);
    for (place, look) in places.into_iter().zip(seen) {
        let trial = &mut trials[place];
        (trial.state, trial.epochs) = (look.state, look.epochs);
        (trial.problem, trial.damaged) = (look.problem, look.damaged);
        (trial.is_verified, trial.seconds) = (look.is_verified, look.seconds);
    }
    Status {
        trials,
        names: names(&study.figures),
    }
}

/// What is kept of a trial's state.
struct Look {
    state: State,
    epochs: Option<usize>,
    problem: Option<String>,
    damaged: Vec<String>,
    is_verified: bool,
    seconds: Option<f64>,
}

fn look(place: &TrialDir, found: TrialState) -> Look {
    let of = |state, epochs| Look {
        state,
        epochs,
        problem: None,
        damaged: Vec::new(),
        is_verified: true,
        seconds: None,
    };
    match found {
        TrialState::Missing => of(State::Missing, None),
        TrialState::Running { epochs } => of(State::Running, Some(epochs)),
        TrialState::Interrupted { epochs } => of(State::Interrupted, Some(epochs)),
        TrialState::Unreadable(error) => Look {
            problem: Some(error.to_string()),
            ..of(State::Unreadable, None)
        },
        TrialState::Done(record) | TrialState::Failed(record) => {
            let damaged = place.damage(&record);
            let (state, problem) = match record.outcome {
                Outcome::Failed { message } => (State::Failed, Some(message)),
                _ => (State::Done, None),
            };
            Look {
                problem,
                damaged: damaged.iter().map(ToString::to_string).collect(),
                is_verified: record.format > 1,
                seconds: (state == State::Done).then(|| {
                    let epochs = record.epochs.iter();
                    epochs.map(|e| e.train_seconds + e.evaluation_seconds).sum()
                }),
                ..of(state, Some(record.epochs.len()))
            }
        }
    }
}
