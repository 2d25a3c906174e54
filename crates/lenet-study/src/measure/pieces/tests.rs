//! The order of rounds, and what is left of them.

use super::super::testing::{self, STUDY};
use super::*;

/// Runtimes of so many sizes with their empty records.
fn grid(sizes: usize, repeats: usize, passes: usize) -> (Vec<PlannedRuntime>, Vec<RuntimeRecord>) {
    let filters: Vec<String> = (1..=sizes).map(|n| n.to_string()).collect();
    let study = STUDY
        .replace("[2, 3]", &format!("[{}]", filters.join(", ")))
        .replace("[0, 0.5]", "[0]")
        .replace("repeats = 2", &format!("repeats = {repeats}"))
        .replace("phase_passes = 1", &format!("phase_passes = {passes}"));
    let runtimes = testing::plan(&study).runtimes;
    let records = runtimes.iter().map(|r| r.blank.clone()).collect();
    (runtimes, records)
}

#[test]
fn a_round_is_every_runtime_once_in_an_order_of_its_own() {
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
    let (runtimes, records) = grid(6, 3, 2);
    let pieces = outstanding(&runtimes, &records, 1);
    assert_eq!(pieces.len(), 6 * 3 + 6 * 2);
    for (at, piece) in pieces.iter().enumerate() {
        match *piece {
            Piece::Sample {
                runtime,
                round,
                position,
            } => {
                assert_eq!((round, position), (at / 6 + 1, at % 6 + 1));
                assert_eq!(runtime, round_order(6, 1, round)[at % 6]);
            }
            Piece::Phases { runtime } => assert_eq!(runtime, (at - 18) / 2),
        }
    }
    let of = |part: Part| pieces.iter().filter(|piece| part.has(**piece)).count();
    assert_eq!(
        (of(Part::Whole), of(Part::Round(2)), of(Part::Phases)),
        (30, 6, 12)
    );
}

#[test]
fn phases_are_those_of_one_trial() {
    let (runtimes, mut records) = grid(2, 1, 2);
    records[0].execution.trials = 16;
    let pieces = outstanding(&runtimes, &records, 1);
    assert_eq!(pieces.len(), 2 + 2);
    assert_eq!(pieces[2..], [Piece::Phases { runtime: 1 }; 2]);
}

/// A round of a plan whose figures ask for different numbers has those that ask for it, in the order
/// of all.
#[test]
fn a_later_round_has_fewer_runtimes() {
    let (mut runtimes, records) = grid(4, 2, 0);
    runtimes[1].parameters.repeats = 3;
    runtimes[3].parameters.repeats = 1;
    let pieces = outstanding(&runtimes, &records, 1);
    let of = |wanted: usize| -> Vec<usize> {
        let pieces = pieces.iter().filter(|p| p.part() == Part::Round(wanted));
        pieces.map(|piece| piece.runtime()).collect()
    };
    assert_eq!(of(1), round_order(4, 1, 1));
    let mut second = round_order(4, 1, 2);
    second.retain(|runtime| *runtime != 3);
    assert_eq!((of(2), of(3)), (second, vec![1]));
}

#[test]
fn only_what_is_missing_is_left_and_keeps_its_place() {
    let (runtimes, mut records) = grid(6, 2, 1);
    let all = outstanding(&runtimes, &records, 1);
    let mut left = all.clone();
    // Whichever part was done, the rest is the same list without it.
    for done in [4, 0, 5, 9, 6] {
        let piece = left.remove(done);
        match piece {
            Piece::Sample { runtime, round, .. } => {
                records[runtime].samples.push(testing::sample(round, 1.0));
            }
            Piece::Phases { runtime } => records[runtime].phases.push(Default::default()),
        }
        assert_eq!(outstanding(&runtimes, &records, 1), left);
    }
    // More repeats only add rounds.
    let more = grid(6, 3, 1).0;
    assert_eq!(outstanding(&more, &records, 1).len(), left.len() + 6);
}
