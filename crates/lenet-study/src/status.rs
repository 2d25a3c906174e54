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
    /// Trials that are done by their names alone, whose records were not read.
    pub unread: usize,
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

/// Which records of finished trials are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// All; each is checked.
    Whole,
    /// So many, spread over the study. The others are done by their names.
    Sample(usize),
}

impl Look {
    /// Whether the finished trial at this place of so many is read.
    fn reads(self, place: usize, finished: usize) -> bool {
        match self {
            Self::Whole => true,
            Self::Sample(most) => {
                let share = |place: usize| place * most.min(finished) / finished.max(1);
                share(place + 1) > share(place)
            }
        }
    }
}

/// Looks up every trial of a study in a store. The study may come from a plan or from `study.json`.
#[must_use]
pub fn status<'s>(study: &'s StudyRecord, store: &Store, look_at: Look) -> Status<'s> {
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
    let listing = store.listing().unwrap_or_default();
    let is_published = |trial: &TrialStatus<'_>| {
        listing.is_finished(trial.identity) && !listing.is_begun(trial.identity)
    };
    let finished = trials.iter().filter(|trial| is_published(trial)).count();
    let mut places = Vec::new();
    let (mut seen, mut unread) = (0, 0);
    for (place, trial) in trials.iter_mut().enumerate() {
        // Whatever has no file and no folder needs no look.
        let is_looked_at = match is_published(trial) {
            true => {
                seen += 1;
                look_at.reads(seen - 1, finished)
            }
            false => listing.is_begun(trial.identity),
        };
        if is_looked_at {
            places.push(place);
        } else if is_published(trial) {
            trial.state = State::Done;
            unread += 1;
        }
    }
    let identities: Vec<&str> = places.iter().map(|&place| trials[place].identity).collect();
    let seen = store.map_states(&identities, look);
    for (place, look) in places.into_iter().zip(seen) {
        let trial = &mut trials[place];
        (trial.state, trial.epochs) = (look.state, look.epochs);
        (trial.problem, trial.damaged) = (look.problem, look.damaged);
        (trial.is_verified, trial.seconds) = (look.is_verified, look.seconds);
    }
    Status {
        trials,
        unread,
        names: names(&study.figures),
    }
}

/// What is kept of a trial's state.
struct Seen {
    state: State,
    epochs: Option<usize>,
    problem: Option<String>,
    damaged: Vec<String>,
    is_verified: bool,
    seconds: Option<f64>,
}

fn look(place: &TrialDir, found: TrialState) -> Seen {
    let of = |state, epochs| Seen {
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
        TrialState::Unreadable(error) => Seen {
            problem: Some(error.to_string()),
            ..of(State::Unreadable, None)
        },
        TrialState::Done(record) | TrialState::Failed(record) => {
            let damaged = place.damage(&record);
            let (state, problem) = match record.outcome {
                Outcome::Failed { message } => (State::Failed, Some(message)),
                _ => (State::Done, None),
            };
            Seen {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_is_spread_and_of_the_size_that_was_asked_for() {
        let read = |look: Look, finished| -> Vec<usize> {
            (0..finished).filter(|&p| look.reads(p, finished)).collect()
        };
        assert_eq!(read(Look::Whole, 3), [0, 1, 2]);
        assert_eq!(read(Look::Sample(3), 9), [2, 5, 8]);
        assert_eq!(read(Look::Sample(4), 9).len(), 4);
        assert_eq!(read(Look::Sample(9), 4), [0, 1, 2, 3]);
        assert!(read(Look::Sample(0), 4).is_empty());
    }
}
