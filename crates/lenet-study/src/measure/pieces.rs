//! Which measurement comes next: pure functions of plan and records.

use std::fmt;

use lenet_core::random::{permutation, stream};
use lenet_results::RuntimeRecord;

use crate::plan::PlannedRuntime;

/// One thing to measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece {
    /// A sample of a runtime.
    Sample {
        /// Index of the runtime.
        runtime: usize,
        /// Round, from 1.
        round: usize,
        /// Position in the round's order, from 1.
        position: usize,
    },
    /// A pass that times a runtime's phases.
    Phases {
        /// Index of the runtime.
        runtime: usize,
    },
}

/// Pieces that one process measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// All of them.
    Whole,
    /// The samples of a round, from 1.
    Round(usize),
    /// The passes that time phases.
    Phases,
}

impl Piece {
    /// Index of its runtime.
    #[must_use]
    pub const fn runtime(self) -> usize {
        match self {
            Self::Sample { runtime, .. } | Self::Phases { runtime } => runtime,
        }
    }

    /// The part that it belongs to, where each part has a process of its own.
    #[must_use]
    pub const fn part(self) -> Part {
        match self {
            Self::Sample { round, .. } => Part::Round(round),
            Self::Phases { .. } => Part::Phases,
        }
    }
}

impl Part {
    /// Whether a piece belongs to it.
    #[must_use]
    pub fn has(self, piece: Piece) -> bool {
        self == Self::Whole || self == piece.part()
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole => f.write_str("the measurement"),
            Self::Round(round) => write!(f, "round {round}"),
            Self::Phases => f.write_str("the timing of phases"),
        }
    }
}

/// The order of a round: every runtime once, shuffled by the stream `runtime/round/<round>`.
#[must_use]
pub fn round_order(runtimes: usize, seed: u64, round: usize) -> Vec<usize> {
    let mut rng = stream(seed, &format!("runtime/round/{round}"));
    permutation(&mut rng, runtimes)
        .into_iter()
        .map(|runtime| runtime as usize)
        .collect()
}

/// What is left to do: the samples that the rounds lack, round by round, then the phases, which are
/// those of a network trained alone. `records` has one record for each runtime, in the same order.
#[must_use]
pub fn outstanding(
    runtimes: &[PlannedRuntime],
    records: &[RuntimeRecord],
    seed: u64,
) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let repeats = |runtime: usize| runtimes[runtime].parameters.repeats;
    let rounds = (0..runtimes.len()).map(repeats).max().unwrap_or(0);
    for round in 1..=rounds {
        let order = round_order(records.len(), seed, round);
        for (runtime, position) in order.into_iter().zip(1..) {
            let taken = |record: &RuntimeRecord| record.samples.iter().any(|s| s.round == round);
            if round <= repeats(runtime) && !taken(&records[runtime]) {
                pieces.push(Piece::Sample {
                    runtime,
                    round,
                    position,
                });
            }
        }
    }
    for (runtime, record) in records.iter().enumerate() {
        if record.execution.trials > 1 {
            continue;
        }
        let wanted = runtimes[runtime].parameters.phase_passes;
        let missing = wanted.saturating_sub(record.phases.len());
        pieces.extend(std::iter::repeat_n(Piece::Phases { runtime }, missing));
    }
    pieces
}

#[cfg(test)]
mod tests;
