//! Which measurement comes next: pure functions of plan and records.

use lenet_core::random::{permutation, stream};
use lenet_results::RuntimeRecord;

/// One thing to measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// A sample of a point.
    Sample {
        /// Index of the point.
        point: usize,
        /// Round, from 1.
        round: usize,
        /// Position in the round's order, from 1.
        position: usize,
    },
    /// A pass that times a point's phases.
    Phases {
        /// Index of the point.
        point: usize,
    },
}

impl Work {
    /// Index of its point.
    #[must_use]
    pub fn point(self) -> usize {
        match self {
            Self::Sample { point, .. } | Self::Phases { point } => point,
        }
    }
}

/// The order of a round: every point once, shuffled by the stream `runtime/round/<round>`.
#[must_use]
pub fn round_order(points: usize, seed: u64, round: usize) -> Vec<usize> {
    let mut rng = stream(seed, &format!("runtime/round/{round}"));
    permutation(&mut rng, points)
        .into_iter()
        .map(|point| point as usize)
        .collect()
}

/// What is left to do: the samples that rounds 1 to `repeats` lack, round by round, then the
/// phases, which are those of a network trained alone. `records` has one record a point, in the
/// order of the points.
#[must_use]
pub fn outstanding(
    records: &[RuntimeRecord],
    repeats: usize,
    phase_passes: usize,
    seed: u64,
) -> Vec<Work> {
    let mut work = Vec::new();
    for round in 1..=repeats {
        let order = round_order(records.len(), seed, round);
        for (point, position) in order.into_iter().zip(1..) {
            let taken = |record: &RuntimeRecord| record.samples.iter().any(|s| s.round == round);
            if !taken(&records[point]) {
                work.push(Work::Sample {
                    point,
                    round,
                    position,
                });
            }
        }
    }
    for (point, record) in records.iter().enumerate() {
        if record.point.trials > 1 {
            continue;
        }
        let missing = phase_passes.saturating_sub(record.phases.len());
        work.extend(std::iter::repeat_n(Work::Phases { point }, missing));
    }
    work
}

#[cfg(test)]
mod tests {
    use super::super::testing;
    use super::*;

    #[test]
    fn a_round_is_every_point_once_in_an_order_of_its_own() {
        let orders: Vec<_> = (1..=5).map(|round| round_order(24, 7, round)).collect();
        for order in &orders {
            let mut sorted = order.clone();
            sorted.sort_unstable();
            assert_eq!(sorted, (0..24).collect::<Vec<_>>());
        }
        for (first, second) in orders.iter().zip(&orders[1..]) {
            assert_ne!(first, second);
        }
        assert_eq!(orders[0], round_order(24, 7, 1));
        assert_ne!(orders[0], round_order(24, 8, 1));
    }

    #[test]
    fn a_fresh_plan_is_all_rounds_then_all_phases() {
        let records: Vec<_> = (1..=6).map(|n| testing::record(n, &[])).collect();
        let work = outstanding(&records, 3, 2, 1);
        assert_eq!(work.len(), 6 * 3 + 6 * 2);
        for (at, work) in work.iter().enumerate() {
            match *work {
                Work::Sample {
                    point,
                    round,
                    position,
                } => {
                    assert_eq!((round, position), (at / 6 + 1, at % 6 + 1));
                    assert_eq!(point, round_order(6, 1, round)[at % 6]);
                }
                Work::Phases { point } => assert_eq!(point, (at - 18) / 2),
            }
        }
    }

    #[test]
    fn phases_are_those_of_one_trial() {
        let mut records: Vec<_> = (1..=2).map(|n| testing::record(n, &[])).collect();
        records[0].point.trials = 16;
        let work = outstanding(&records, 1, 2, 1);
        assert_eq!(work.len(), 2 + 2);
        assert_eq!(work[2..], [Work::Phases { point: 1 }; 2]);
    }

    #[test]
    fn only_what_is_missing_is_left_and_keeps_its_place() {
        let mut records: Vec<_> = (1..=6).map(|n| testing::record(n, &[])).collect();
        let all = outstanding(&records, 2, 1, 1);
        let mut left = all.clone();
        // Whichever part was done, the rest is the same list without it.
        for done in [4, 0, 5, 9, 6] {
            let work = left.remove(done);
            match work {
                Work::Sample { point, round, .. } => {
                    records[point].samples.push(testing::sample(round, 1.0));
                }
                Work::Phases { point } => records[point].phases.push(Default::default()),
            }
            assert_eq!(outstanding(&records, 2, 1, 1), left);
        }
        // More repeats only add rounds.
        assert!(outstanding(&records, 3, 1, 1).len() == left.len() + 6);
    }
}
