//! Compares the order with a plainer statement of the rule, on all small plans.

use super::*;

const STATES: [Work; 5] = [
    Work::Done,
    Work::Start,
    Work::Resume { epochs: 3 },
    Work::Retry,
    Work::Elsewhere,
];

/// The rule in plain words: round after round, interrupted trials first, then the others.
fn model(rounds: &[usize], work: &[Work]) -> Vec<usize> {
    let mut order = Vec::new();
    for round in 0..=rounds.iter().copied().max().unwrap_or(0) {
        for interrupted in [true, false] {
            for position in 0..work.len() {
                let (resumable, needed) = match work[position] {
                    Work::Done | Work::Elsewhere => (false, false),
                    Work::Resume { .. } => (true, true),
                    Work::Start | Work::Retry => (false, true),
                };
                if rounds[position] == round && needed && resumable == interrupted {
                    order.push(position);
                }
            }
        }
    }
    order
}

#[test]
fn every_plan_of_up_to_five_trials_agrees_with_the_model() {
    let mut checked = 0;
    for length in 0..=5_u32 {
        for code in 0..5_usize.pow(length) {
            let work: Vec<Work> = (0..length)
                .map(|digit| STATES[code / 5_usize.pow(digit) % 5])
                .collect();
            for cells in 1..=3 {
                let rounds: Vec<usize> = (0..work.len()).map(|position| position / cells).collect();
                assert_eq!(
                    outstanding(&rounds, &work),
                    model(&rounds, &work),
                    "{rounds:?} {work:?}"
                );
                checked += 1;
            }
        }
    }
    assert_eq!(checked, 3 * (1 + 5 + 25 + 125 + 625 + 3125));
}

#[test]
fn an_example() {
    let work = [
        Work::Done,
        Work::Start,
        Work::Resume { epochs: 1 },
        Work::Retry,
        Work::Elsewhere,
        Work::Resume { epochs: 2 },
    ];
    assert_eq!(outstanding(&[0, 0, 0, 1, 1, 1], &work), [2, 1, 5, 3]);
}
