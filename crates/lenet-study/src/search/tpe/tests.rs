//! Rounds of proposals, and whether they are better than random ones.

use super::*;
use crate::search::tests::{search, stages, study};

const TWO: &str = "learning_rate = { from = 1e-4, to = 1.0, scale = \"log\" }\n\
                   optimizer = [\"sgd\", \"adam\", \"lion\"]";

fn kind(more: &str) -> String {
    format!("kind = \"tpe\"\n{more}")
}

#[test]
fn rounds_follow_the_startup_until_the_budget_is_spent() {
    let lengths = |more: &str| -> Vec<usize> {
        let study = study("", &kind(more), TWO);
        let stages = stages(&search(&study, 1), &|p| -(p.place.proposal as f64));
        stages.iter().map(Vec::len).collect()
    };
    assert_eq!(lengths("trials = 40"), [16, 8, 8, 8]);
    assert_eq!(lengths("trials = 30"), [16, 8, 6]);
    assert_eq!(lengths("trials = 10"), [10]);
    assert_eq!(lengths("trials = 7\nstartup = 3\nround = 2"), [3, 2, 2]);
    assert_eq!(lengths("epochs = 75\nstartup = 3\nround = 2"), [3, 2, 2]);
}

#[test]
fn the_startup_is_that_of_random_search() {
    let study_of = |kind: &str| study("", &format!("kind = \"{kind}\"\ntrials = 5"), TWO);
    let (tpe, random) = (study_of("tpe"), study_of("random"));
    let first = search(&tpe, 1).next(&[]);
    assert_eq!(first, search(&random, 1).next(&[]));
}

#[test]
fn a_tenth_is_best_and_at_most_25() {
    let expected = [
        (1, 1),
        (10, 1),
        (11, 2),
        (16, 2),
        (240, 24),
        (250, 25),
        (900, 25),
    ];
    for (tried, best) in expected {
        assert_eq!(best_of(tried), best, "{tried}");
    }
}

/// How far a proposal is from the best, which is Adam at 0.003.
fn loss(proposal: &Proposal) -> f64 {
    let [Value::Number(rate), Value::Choice(optimizer)] = proposal.values[..] else {
        panic!("{proposal:?}")
    };
    let decades = (rate / 0.003).log10();
    decades * decades + if optimizer == 1 { 0.0 } else { 0.5 }
}

#[test]
fn proposals_come_to_lie_where_scores_are_good() {
    let mut better = 0;
    for seed in 1..=10 {
        let of = |kind: &str| {
            let text = format!("kind = \"{kind}\"\ntrials = 60\nseed = {seed}");
            let study = study("", &text, TWO);
            let all = stages(&search(&study, 1), &|p| -loss(p)).concat();
            let late = all[16..].iter().map(loss);
            late.sum::<f64>() / 44.0
        };
        better += usize::from(of("tpe") < 0.5 * of("random"));
    }
    assert!(better >= 9, "{better} of 10");
}

#[test]
fn what_failed_is_avoided_and_hurts_nothing() {
    let study = study("", &kind("trials = 48"), TWO);
    let failing = |p: &Proposal| match p.values[1] {
        Value::Choice(2) => f64::NEG_INFINITY,
        _ => -loss(p),
    };
    let all = stages(&search(&study, 1), &failing).concat();
    assert_eq!(all.len(), 48);
    let failed = |part: &[Proposal]| {
        let failed = part.iter().filter(|p| p.values[1] == Value::Choice(2));
        failed.count() as f64 / part.len() as f64
    };
    assert!(
        failed(&all[32..]) < failed(&all[..16]),
        "{:?}",
        failed(&all[32..])
    );
    let all_fail = stages(&search(&study, 1), &|_| f64::NEG_INFINITY).concat();
    assert_eq!(all_fail.len(), 48);
}

#[test]
fn a_round_follows_from_the_earlier_ones_alone() {
    let study = study("", &kind("trials = 40"), TWO);
    let search = search(&study, 1);
    let stages = stages(&search, &|p| -loss(p));
    let tried = stages[..2].concat().into_iter().map(|proposal| Tried {
        score: -loss(&proposal),
        proposal,
    });
    let tried: Vec<Tried> = tried.collect();
    assert_eq!(search.next(&tried), stages[2]);
    assert_eq!(search.next(&tried), search.next(&tried));
    let mut other = tried.clone();
    other[3].score = 1.0;
    assert_ne!(search.next(&other), stages[2]);
}

/// `oracle.py` has the densities; here is which candidate they choose.
#[test]
fn the_candidate_with_the_greatest_gain_is_taken() {
    let study = study("", &kind("trials = 40"), TWO);
    let search = search(&study, 1);
    let tried = search.next(&[]).into_iter().map(|proposal| Tried {
        score: -loss(&proposal),
        proposal,
    });
    let tried: Vec<Tried> = tried.collect();
    let densities = Densities::of(&search, &tried);
    let [best, others] = &densities.0[0];
    let mut rng = stream(1, "search/tpe/learning_rate/16/0");
    let candidates: Vec<Value> = (0..CANDIDATES).map(|_| best.draw(&mut rng)).collect();
    let gain = |value: Value| best.ln(value) - others.ln(value);
    let chosen = densities.propose(&search, 16, 0)[0];
    assert!(candidates.contains(&chosen));
    assert!(candidates.iter().all(|other| gain(*other) <= gain(chosen)));
    assert!(
        candidates
            .iter()
            .any(|other| gain(*other) < gain(chosen) - 0.1)
    );
}
