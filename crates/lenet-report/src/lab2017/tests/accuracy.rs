//! Verdicts on made-up records with known answers.

use lenet_results::{Outcome, TrialConfig};

use super::*;
use crate::testing::{lab_config, lab_study, rising, trial};

fn verdict(records: &[TrialRecord], number: usize) -> Verdict {
    evaluate(records, &Runtimes::default())[number - 1].verdict
}

/// SGD at the four rates, ending at the given accuracies, wobbling with the seed.
fn sgd(ends: [f64; 4], seeds: u64, dropout: f64) -> Vec<TrialRecord> {
    let rates = [0.1, 0.01, 0.001, 0.0001];
    let cell = |(rate, end): (f64, f64)| {
        let config = lab_config("sgd", rate, dropout);
        (0..seeds)
            .map(move |s| trial(&config, s, &rising(0.3, end, 10, s)))
            .collect::<Vec<_>>()
    };
    rates.into_iter().zip(ends).flat_map(cell).collect()
}

const LIKE_PUBLISHED: [f64; 4] = [0.987, 0.966, 0.874, 0.2];

#[test]
fn the_made_up_study_gives_the_reports_verdicts() {
    let (_, records) = lab_study(5);
    let claims = evaluate(&records, &Runtimes::default());
    let numbers: Vec<u32> = claims.iter().map(|c| c.statement.number).collect();
    assert_eq!(numbers, (1..=11).collect::<Vec<_>>());
    for claim in &claims[..6] {
        assert_eq!(claim.verdict, Verdict::Holds, "{claim:#?}");
        assert_eq!(claim.estimate.unwrap().n, 5);
    }
    assert!(
        claims[6..]
            .iter()
            .all(|c| c.verdict == Verdict::NotMeasured)
    );
}

#[test]
fn claim_1_follows_the_data() {
    assert_eq!(verdict(&sgd(LIKE_PUBLISHED, 5, 0.0), 1), Verdict::Holds);
    assert_eq!(
        verdict(&sgd([0.966, 0.987, 0.874, 0.2], 5, 0.0), 1),
        Verdict::DoesNotHold
    );
    assert_eq!(
        verdict(&sgd([0.98, 0.9800001, 0.874, 0.2], 5, 0.0), 1),
        Verdict::DoesNotHold
    );
    assert_eq!(verdict(&sgd(LIKE_PUBLISHED, 1, 0.0), 1), Verdict::Undecided);
    let without_one: Vec<_> = sgd(LIKE_PUBLISHED, 5, 0.0)
        .into_iter()
        .filter(|r| r.config.learning_rate != 0.001)
        .collect();
    assert_eq!(verdict(&without_one, 1), Verdict::Undecided);
    assert_eq!(
        verdict(&sgd(LIKE_PUBLISHED, 5, 0.5), 1),
        Verdict::NotMeasured
    );
}

#[test]
fn claim_1_is_open_where_seeds_disagree() {
    let mut records = sgd(LIKE_PUBLISHED, 4, 0.0);
    for r in records
        .iter_mut()
        .filter(|r| r.config.learning_rate == 0.01)
    {
        r.epochs[9].test_accuracy = if r.config.seed % 2 == 0 { 0.99 } else { 0.98 };
    }
    let claim = &evaluate(&records, &Runtimes::default())[0];
    assert_eq!(claim.verdict, Verdict::Undecided);
    let estimate = claim.estimate.unwrap();
    assert!(estimate.low().unwrap() < 0.0 && 0.0 < estimate.high().unwrap());
    assert!((estimate.level - (1.0 - 0.05 / 3.0)).abs() < 1e-12);
}

#[test]
fn claim_2_follows_the_data() {
    assert_eq!(verdict(&sgd(LIKE_PUBLISHED, 5, 0.0), 2), Verdict::Holds);
    assert_eq!(
        verdict(&sgd([0.987, 0.966, 0.9, 0.98], 5, 0.0), 2),
        Verdict::DoesNotHold
    );
    assert_eq!(verdict(&sgd(LIKE_PUBLISHED, 1, 0.0), 2), Verdict::Undecided);
}

#[test]
fn claim_3_needs_a_spread() {
    assert_eq!(verdict(&sgd(LIKE_PUBLISHED, 5, 0.0), 3), Verdict::Holds);
    assert_eq!(verdict(&sgd(LIKE_PUBLISHED, 1, 0.0), 3), Verdict::Undecided);
    let config = lab_config("sgd", 0.1, 0.0);
    let same: Vec<_> = (0..5).map(|s| trial(&config, s, &[0.98; 10])).collect();
    assert_eq!(verdict(&same, 3), Verdict::DoesNotHold);
}

#[test]
fn claim_4_needs_a_small_difference_that_is_not_zero() {
    let shifted = |shift: f64| {
        let mut records = sgd([0.987, 0.966, 0.95, 0.94], 4, 0.0);
        for e in records.iter_mut().flat_map(|r| &mut r.epochs) {
            e.validation_accuracy = e.test_accuracy + shift;
        }
        records
    };
    assert_eq!(verdict(&shifted(0.001), 4), Verdict::Holds);
    assert_eq!(verdict(&shifted(-0.001), 4), Verdict::Holds);
    assert_eq!(verdict(&shifted(0.0), 4), Verdict::DoesNotHold);
    assert_eq!(verdict(&shifted(0.02), 4), Verdict::DoesNotHold);
    assert_eq!(verdict(&sgd([0.1; 4], 4, 0.0), 4), Verdict::NotMeasured);
}

#[test]
fn claim_5_compares_real_dropout_only() {
    let with = |ends| [sgd(LIKE_PUBLISHED, 5, 0.0), sgd(ends, 5, 0.5)].concat();
    assert_eq!(
        verdict(&with([0.9872, 0.9661, 0.8741, 0.2001]), 5),
        Verdict::Holds
    );
    assert_eq!(
        verdict(&with([0.9872, 0.9661, 0.7, 0.2001]), 5),
        Verdict::DoesNotHold
    );
    assert_eq!(
        verdict(&with([0.9872, 0.9661, 0.8791, 0.2001]), 5),
        Verdict::Undecided
    );
    let mut disconnected = with(LIKE_PUBLISHED);
    disconnected
        .iter_mut()
        .for_each(|r| r.config.dropout.connected = false);
    assert_eq!(verdict(&disconnected, 5), Verdict::NotMeasured);
}

#[test]
fn claim_6_follows_the_data() {
    let config = lab_config("adam", 0.001, 0.0);
    let adam = |first: f64| -> Vec<_> {
        (0..5)
            .map(|s| trial(&config, s, &rising(first, 0.99, 10, s)))
            .collect()
    };
    let records = |first| [sgd(LIKE_PUBLISHED, 5, 0.0), adam(first)].concat();
    assert_eq!(verdict(&records(0.968), 6), Verdict::Holds);
    assert_eq!(verdict(&records(0.5), 6), Verdict::DoesNotHold);
    // Adam with dropout is not held against SGD without.
    let mut mixed = records(0.968);
    let with_dropout = |r: &mut TrialRecord| {
        if r.config.optimizer.name() == "adam" {
            r.config.dropout.rate = 0.5;
        }
    };
    mixed.iter_mut().for_each(with_dropout);
    assert_eq!(verdict(&mixed, 6), Verdict::NotMeasured);
}

#[test]
fn less_than_the_study_gives_numbers_but_no_verdict() {
    let mut records = sgd(LIKE_PUBLISHED, 5, 0.0);
    records
        .iter_mut()
        .for_each(|r| r.config.data.samples = Some(2000));
    let claim = &evaluate(&records, &Runtimes::default())[0];
    assert_eq!(claim.verdict, Verdict::Undecided);
    assert!(claim.estimate.unwrap().low().unwrap() > 0.0);
    assert!(
        claim.detail.contains("2000 training images"),
        "{}",
        claim.detail
    );
    let config = lab_config("sgd", 0.1, 0.0);
    let short: Vec<_> = (0..3)
        .map(|s| trial(&config, s, &rising(0.9, 0.98, 2, s)))
        .collect();
    assert_eq!(verdict(&short, 3), Verdict::Undecided);
    // The study's own trials are preferred where both exist.
    assert_eq!(
        verdict(&[sgd(LIKE_PUBLISHED, 5, 0.0), records].concat(), 1),
        Verdict::Holds
    );
}

#[test]
fn other_networks_say_nothing() {
    let mut records = sgd(LIKE_PUBLISHED, 5, 0.0);
    records
        .iter_mut()
        .for_each(|r| r.config.network.filters = vec![8, 8]);
    assert!(
        evaluate(&records, &Runtimes::default())
            .iter()
            .all(|c| c.verdict == Verdict::NotMeasured)
    );
    assert!(
        evaluate(&[], &Runtimes::default())
            .iter()
            .all(|c| c.verdict == Verdict::NotMeasured)
    );
}

#[test]
fn diverged_and_failed_trials_do_not_slip_through() {
    let mut records = sgd(LIKE_PUBLISHED, 5, 0.0);
    let rate = |r: &&mut TrialRecord| r.config.learning_rate == 0.1;
    // One seed of SGD at 0.1 diverges in epoch 3 with an accuracy at chance: it counts.
    let diverged = records.iter_mut().find(rate).unwrap();
    diverged.epochs.truncate(2);
    diverged.epochs[1].test_accuracy = 0.1;
    diverged.outcome = Outcome::Diverged { epoch: 3 };
    assert_eq!(verdict(&records, 1), Verdict::Undecided);
    assert_eq!(
        evaluate(&records, &Runtimes::default())[0]
            .estimate
            .unwrap()
            .n,
        5
    );
    // A value that is no number gives no verdict at all.
    records.iter_mut().find(rate).unwrap().epochs[1].test_accuracy = f64::NAN;
    assert_ne!(verdict(&records, 1), Verdict::Holds);
    // A failed trial is not a result.
    records.iter_mut().find(rate).unwrap().outcome = Outcome::Failed {
        message: "x".to_owned(),
    };
    assert_eq!(
        evaluate(&records, &Runtimes::default())[0]
            .estimate
            .unwrap()
            .n,
        4
    );
}

#[test]
fn a_seed_counts_once_whatever_ran_it() {
    let records = sgd(LIKE_PUBLISHED, 3, 0.0);
    let stock = |r: &TrialRecord| {
        let backend = lenet_results::BackendKind::Stock;
        let config = TrialConfig {
            backend,
            ..r.config.clone()
        };
        TrialRecord {
            config,
            ..r.clone()
        }
    };
    let both: Vec<_> = records.iter().map(stock).chain(records.clone()).collect();
    assert_eq!(
        evaluate(&both, &Runtimes::default())[0].estimate,
        evaluate(&records, &Runtimes::default())[0].estimate
    );
}

#[test]
fn json_has_the_agreed_fields() {
    let (_, records) = lab_study(2);
    let text = json(&evaluate(&records, &Runtimes::default()));
    let rows: Vec<serde_json::Map<String, serde_json::Value>> =
        serde_json::from_slice(&text).unwrap();
    assert_eq!(rows.len(), 11);
    let mut names: Vec<&str> = rows[0].keys().map(String::as_str).collect();
    names.sort_unstable();
    let mut agreed = [
        "claim",
        "statement",
        "verdict",
        "estimate",
        "low",
        "high",
        "method",
        "seeds",
    ];
    agreed.sort_unstable();
    assert_eq!(names, agreed);
    assert_eq!(rows[0]["verdict"], "holds");
    assert_eq!(rows[0]["seeds"], 2);
    assert_eq!(rows[6]["verdict"], "not measured here");
    assert!(rows[6]["estimate"].is_null());
}
