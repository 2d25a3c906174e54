//! Claims 1 to 6.

use lenet_core::Backend;
use lenet_results::{Outcome, TrialRecord};

use super::{Case, check};
use crate::claims::Answer;
use crate::claims::Verdict::{DoesNotHold, Holds, NotMeasured, Undecided};
use crate::lab2017::claims;
use crate::lab2017::setting::RATES;
use crate::records::runtimes::Runtimes;
use crate::testing::{all_pass, lab_config, lab_study, rising, trial};

fn answer(records: &[TrialRecord], number: usize) -> Answer {
    claims(records, &Runtimes::default())
        .swap_remove(number - 1)
        .answer
}

/// SGD at the four rates over seeds. Each rate ends at its accuracy and wobbles with the seed.
fn sgd(ends: [f64; 4], seeds: u64, dropout: f64) -> Vec<TrialRecord> {
    let cell = |(rate, end): (f64, f64)| {
        let config = lab_config("sgd", rate, dropout);
        (0..seeds).map(move |s| trial(&config, s, &rising(0.3, end, 10, s)))
    };
    RATES.into_iter().zip(ends).flat_map(cell).collect()
}

/// Final accuracies like those of the report's figure 1.
const PUBLISHED: [f64; 4] = [0.987, 0.966, 0.874, 0.2];

fn published() -> Vec<TrialRecord> {
    sgd(PUBLISHED, 5, 0.0)
}

fn changed(
    mut records: Vec<TrialRecord>,
    change: impl FnMut(&mut TrialRecord),
) -> Vec<TrialRecord> {
    records.iter_mut().for_each(change);
    records
}

/// Five seeds of SGD at 0.1 with the same accuracies.
fn equal_seeds() -> Vec<TrialRecord> {
    let config = lab_config("sgd", 0.1, 0.0);
    (0..5).map(|s| trial(&config, s, &[0.98; 10])).collect()
}

/// Validation accuracy shifted from test accuracy.
fn shifted(shift: f64) -> Vec<TrialRecord> {
    changed(sgd([0.987, 0.966, 0.95, 0.94], 4, 0.0), |record| {
        for epoch in &mut record.epochs {
            epoch.validation_accuracy = epoch.test_accuracy + shift;
        }
    })
}

/// The published accuracies without dropout, and these with dropout.
fn with_dropout(ends: [f64; 4]) -> Vec<TrialRecord> {
    [published(), sgd(ends, 5, 0.5)].concat()
}

/// SGD as published, and Adam at 0.001 with this accuracy after its first epoch.
fn with_adam(first: f64) -> Vec<TrialRecord> {
    let config = lab_config("adam", 0.001, 0.0);
    let adam = (0..5).map(|s| trial(&config, s, &rising(first, 0.99, 10, s)));
    published().into_iter().chain(adam).collect()
}

#[test]
fn the_made_up_study_gives_the_reports_verdicts() {
    let (_, records) = lab_study(5);
    let claims = claims(&records, &Runtimes::default());
    let numbers: Vec<u32> = claims.iter().map(|c| c.statement.number).collect();
    assert_eq!(numbers, (1..=11).collect::<Vec<_>>());
    all_pass(claims.iter().enumerate().filter_map(|(i, claim)| {
        let wanted = if i < 6 { Holds } else { NotMeasured };
        let seeds = claim.answer.estimate.map_or(0, |e| e.n);
        let right = claim.answer.verdict == wanted && seeds == if i < 6 { 5 } else { 0 };
        (!right).then(|| format!("{claim:#?}"))
    }));
}

#[test]
fn verdicts_follow_the_data() {
    let without_a_rate = published()
        .into_iter()
        .filter(|r| r.config.learning_rate != 0.001);
    let disconnected = |r: &mut TrialRecord| r.config.dropout.connected = false;
    let dropout_for_adam = |r: &mut TrialRecord| {
        if r.config.optimizer.name() == "adam" {
            r.config.dropout.rate = 0.5;
        }
    };
    let two_epochs = (0..3).map(|s| {
        let config = lab_config("sgd", 0.1, 0.0);
        trial(&config, s, &rising(0.9, 0.98, 2, s))
    });
    let once = || sgd(PUBLISHED, 1, 0.0);
    let worse = [0.966, 0.987, 0.874, 0.2];
    let barely_worse = [0.98, 0.980_000_1, 0.874, 0.2];
    let fast_slow_rate = [0.987, 0.966, 0.9, 0.98];
    let unlearned = sgd([0.1; 4], 4, 0.0);
    check(
        &[
            Case::new(1, "as published", Holds, published()),
            Case::new(1, "0.01 is better", DoesNotHold, sgd(worse, 5, 0.0)),
            Case::new(1, "barely better", DoesNotHold, sgd(barely_worse, 5, 0.0)),
            Case::new(1, "one seed", Undecided, once()),
            Case::new(1, "a rate less", Undecided, without_a_rate.collect()),
            Case::new(1, "with dropout", NotMeasured, sgd(PUBLISHED, 5, 0.5)),
            Case::new(2, "as published", Holds, published()),
            Case::new(
                2,
                "0.0001 is fast",
                DoesNotHold,
                sgd(fast_slow_rate, 5, 0.0),
            ),
            Case::new(2, "one seed", Undecided, once()),
            Case::new(3, "a spread", Holds, published()),
            Case::new(3, "one seed", Undecided, once()),
            Case::new(3, "no spread", DoesNotHold, equal_seeds()),
            Case::new(3, "two epochs", Undecided, two_epochs.collect()),
            Case::new(4, "a bit above", Holds, shifted(0.001)),
            Case::new(4, "a bit below", Holds, shifted(-0.001)),
            Case::new(4, "equal", DoesNotHold, shifted(0.0)),
            Case::new(4, "far above", DoesNotHold, shifted(0.02)),
            Case::new(4, "nothing learned", NotMeasured, unlearned),
            Case::new(
                5,
                "near",
                Holds,
                with_dropout([0.9872, 0.9661, 0.8741, 0.2001]),
            ),
            Case::new(
                5,
                "far",
                DoesNotHold,
                with_dropout([0.9872, 0.9661, 0.7, 0.2001]),
            ),
            Case::new(
                5,
                "at the margin",
                Undecided,
                with_dropout([0.9872, 0.9661, 0.8791, 0.2001]),
            ),
            Case::new(
                5,
                "disconnected",
                NotMeasured,
                changed(with_dropout(PUBLISHED), disconnected),
            ),
            Case::new(6, "fast Adam", Holds, with_adam(0.968)),
            Case::new(6, "slow Adam", DoesNotHold, with_adam(0.5)),
            Case::new(
                6,
                "other dropout",
                NotMeasured,
                changed(with_adam(0.968), dropout_for_adam),
            ),
        ],
        answer,
    );
}

#[test]
fn seeds_that_disagree_leave_claim_1_open() {
    let mixed = changed(sgd(PUBLISHED, 4, 0.0), |r| {
        if r.config.learning_rate == 0.01 {
            r.epochs[9].test_accuracy = if r.config.seed % 2 == 0 { 0.99 } else { 0.98 };
        }
    });
    let claim = answer(&mixed, 1);
    assert_eq!(claim.verdict, Undecided);
    let estimate = claim.estimate.unwrap();
    assert!(estimate.low().unwrap() < 0.0 && 0.0 < estimate.high().unwrap());
    assert!((estimate.level - (1.0 - 0.05 / 3.0)).abs() < 1e-12);
}

#[test]
fn less_than_the_study_gives_numbers_but_no_verdict() {
    let fewer = changed(published(), |r| {
        r.config.data.samples = lenet_core::Samples::Drawn(2000)
    });
    let claim_1 = answer(&fewer, 1);
    assert_eq!(claim_1.verdict, Undecided);
    assert!(claim_1.estimate.unwrap().low().unwrap() > 0.0);
    let detail = claim_1.detail;
    assert!(
        detail.starts_with("Run with 2000 training images"),
        "{detail}"
    );
    // Trials with all data come first where both exist.
    assert_eq!(answer(&[published(), fewer].concat(), 1).verdict, Holds);
}

#[test]
fn other_networks_say_nothing() {
    let narrow = changed(published(), |r| r.config.network.filters = vec![8, 8]);
    for records in [narrow, vec![]] {
        let found = claims(&records, &Runtimes::default());
        let verdicts: Vec<_> = found.iter().map(|c| c.answer.verdict).collect();
        assert_eq!(verdicts, [NotMeasured; 11]);
    }
}

#[test]
fn diverged_and_failed_trials_do_not_slip_through() {
    let mut records = published();
    let first = records
        .iter()
        .position(|r| r.config.learning_rate == 0.1)
        .unwrap();
    // One seed of SGD at 0.1 diverges in epoch 3 with an accuracy at chance: it counts.
    records[first].epochs.truncate(2);
    records[first].epochs[1].test_accuracy = 0.1;
    records[first].outcome = Outcome::Diverged { epoch: 3 };
    let diverged = answer(&records, 1);
    assert_eq!(
        (diverged.verdict, diverged.estimate.unwrap().n),
        (Undecided, 5)
    );
    // A value that is not a number gives no verdict.
    records[first].epochs[1].test_accuracy = f64::NAN;
    assert_eq!(answer(&records, 1).verdict, NotMeasured);
    // A failed trial is not a result.
    records[first].outcome = Outcome::Failed {
        message: "x".to_owned(),
    };
    assert_eq!(answer(&records, 1).estimate.unwrap().n, 4);
}

#[test]
fn a_seed_counts_once_whatever_ran_it() {
    let records = sgd(PUBLISHED, 3, 0.0);
    let stock = changed(records.clone(), |r| {
        r.config.backend = Backend::Stock;
        r.epochs[9].test_accuracy -= 0.1;
    });
    let both = [stock, records.clone()].concat();
    assert_eq!(answer(&both, 1).estimate, answer(&records, 1).estimate);
}
