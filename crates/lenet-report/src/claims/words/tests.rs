//! Claims in words, one of each quantity.

mod changes;

use std::fmt::Write as _;

use expect_test::{Expect, expect};
use lenet_core::Trial;
use lenet_results::{ComparisonRecord, Moment, RegisteredClaim, Registration, Threshold};

use super::*;
use crate::claims::judge::judge;
use crate::testing::{alone, arm, claim, comparison, pair, reading, study, test, trials};

/// Accuracies of the learning rates 1 to 4.
const ACCURACIES: [[f64; 4]; 4] = [
    [0.91, 0.93, 0.95, 0.92],
    [0.88, 0.92, 0.91, 0.9],
    [0.8, 0.86, 0.9, 0.84],
    [0.3, 0.2, 0.1, 0.25],
];

enum Register {
    Empty,
    Before,
    /// After so many trials.
    Added(usize),
    Changed(usize),
}

fn arms() -> [Trial; 5] {
    [1.0, 2.0, 3.0, 4.0, 5.0].map(arm)
}

/// Left against right, by their positions. The fifth has no records.
fn against(left: usize, right: usize) -> ComparisonRecord {
    let label = format!("learning_rate = {} against {}", left + 1, right + 1);
    comparison(&label, vec![pair(&arms()[left], &arms()[right])])
}

fn check(claim: ClaimRecord, register: &Register, expected: Expect) {
    let arms = arms();
    let seeds: &[u64] = &[1, 2, 3, 4];
    let cells: Vec<(&Trial, &[u64])> = arms.iter().map(|arm| (arm, seeds)).collect();
    let registered = |digest: String, finished| {
        let mut line = Registration::new(&study(&[], Vec::new()), 1_790_000_000, &|_| 0);
        let claim = RegisteredClaim { digest, finished };
        line.claims.insert("1".to_owned(), claim);
        line
    };
    let (own, other) = (claim.digest(), "0123456789abcdef".to_owned());
    let register = match register {
        Register::Empty => Vec::new(),
        Register::Before => vec![registered(own, 0)],
        Register::Added(n) => vec![registered(own, *n)],
        Register::Changed(n) => vec![registered(other, 0), registered(own, *n)],
    };
    let records = arms.iter().zip(&ACCURACIES);
    let records: Vec<_> = records.flat_map(|(arm, a)| trials(arm, a)).collect();
    let study = study(&cells, vec![claim]);
    let judged = judge(&study, (&records, &[]), &register).remove(0);
    let mut text = String::new();
    let facts = [
        ("question", judged.question.clone()),
        ("method", judged.method.clone()),
        ("detail", judged.detail.clone()),
        ("verdict", judged.verdict.text().to_owned()),
        ("point", judged.point()),
        ("interval", judged.interval()),
        ("level", judged.level()),
        ("n", judged.observations()),
        ("declared", judged.declared()),
        ("outlook", judged.outlook()),
    ];
    for (name, fact) in facts {
        writeln!(text, "{}", format!("{name}: {fact}").trim_end()).unwrap();
    }
    expected.assert_eq(&text);
}

#[test]
fn value() {
    let test = TestRecord {
        common: "optimizer = sgd".to_owned(),
        ..test(
            Quantity::Value,
            Rule::Above(0.9),
            vec![comparison("", vec![alone(&arms()[0])])],
        )
    };
    check(
        claim(vec![test]),
        &Register::Before,
        expect![[r#"
        question: Mean over seeds of test accuracy after the last epoch, of optimizer = sgd. Holds if the interval lies above 0.9; does not if it lies at or below it.
        method: mean over seeds of test accuracy after the last epoch: optimizer = sgd; Student t on the scale of logits, 95 %
        detail:
        verdict: undecided
        point: 0.9275
        interval: 0.8952 to 0.9504
        level: 95 %
        n: 4
        declared: before the data, 2026-09-21
        outlook: not known yet
    "#]],
    );
}

#[test]
fn difference() {
    let test = TestRecord {
        scope: Scope::Any,
        ..test(
            Quantity::Difference,
            Rule::Above(0.0),
            vec![against(0, 1), against(1, 2), against(0, 4)],
        )
    };
    let holm = ClaimRecord {
        correction: Correction::Holm,
        ..claim(vec![test])
    };
    check(
        holm,
        &Register::Changed(12),
        expect![[r#"
            question: Difference in test accuracy after the last epoch, seed by seed, in 3 comparisons. Holds if one interval lies above 0; does not if all lie at or below it. Shown is the comparison nearest to holding.
            method: difference in test accuracy after the last epoch, seed by seed: learning_rate = 2 against 3; Student t, 98.33 %, so that 3 comparisons have 95 % jointly (Holm)
            detail: learning_rate = 1 against 2: +0.0250 (−0.0063 to +0.0563), undecided; learning_rate = 2 against 3: +0.0525 (−0.0200 to +0.1250), undecided; learning_rate = 1 against 5: no results, not measured here. 1 pair of cells without results, so nothing is decided on them.
            verdict: undecided
            point: +0.0525
            interval: −0.0200 to +0.1250
            level: 98.33 %
            n: 4
            declared: changed after 12 trials, 2026-09-21
            outlook: about 1 more
        "#]],
    );
}

#[test]
fn ratio_of_two_moments() {
    let mut test = test(Quantity::Ratio, Rule::Below(1.05), vec![against(0, 1)]);
    test.left.at = Moment::First;
    check(
        claim(vec![test]),
        &Register::Added(1),
        expect![[r#"
        question: Ratio of test accuracy, seed by seed: learning_rate = 1 against 2. Holds if the interval lies below 1.05; does not if it lies at or above it.
        method: ratio of test accuracy, seed by seed: learning_rate = 1 against 2; Student t of the logarithms, 95 %
        detail:
        verdict: undecided
        point: 1.028
        interval: 1.005 to 1.051
        level: 95 %
        n: 4
        declared: added after 1 trial, 2026-09-21
        outlook: about 1 more
    "#]],
    );
}

#[test]
fn distance_of_cells_that_learned() {
    let test = TestRecord {
        left: reading("validation_accuracy", Moment::Last),
        only: Some(Threshold {
            reading: reading("test_accuracy", Moment::Last),
            at_least: 0.5,
        }),
        ..test(
            Quantity::Distance,
            Rule::Within(0.0, 0.01),
            vec![comparison(
                "validation against test",
                [0, 2, 3]
                    .map(|at: usize| pair(&arms()[at], &arms()[at]))
                    .to_vec(),
            )],
        )
    };
    check(
        claim(vec![test]),
        &Register::Empty,
        expect![[r#"
        question: Distance in validation accuracy after the last epoch and test accuracy after the last epoch, without its sign, seed by seed: validation against test. Cells whose mean test accuracy after the last epoch is below 0.5 are left out. Holds if the interval lies between 0 and 0.01; does not if it lies wholly outside.
        method: distance in validation accuracy after the last epoch and test accuracy after the last epoch, without its sign, seed by seed: validation against test; Student t, 95 %
        detail: Left out as not having learned: 1.
        verdict: holds
        point: 0.00100
        interval: 0.00100 to 0.00100
        level: 95 %
        n: 4
        declared: not registered
        outlook:
    "#]],
    );
}

#[test]
fn reduction_in_every_comparison() {
    let test = test(
        Quantity::Reduction,
        Rule::Below(0.5),
        vec![against(0, 3), against(0, 1)],
    );
    check(
        claim(vec![test]),
        &Register::Empty,
        expect![[r#"
        question: Share of test accuracy after the last epoch that the right side saves, seed by seed, in 2 comparisons. Holds if every interval lies below 0.5; does not if one lies at or above it. Shown is the comparison nearest to failing.
        method: share of test accuracy after the last epoch that the right side saves, seed by seed: learning_rate = 1 against 4; Student t, 97.5 %, so that 2 comparisons have 95 % jointly (Bonferroni)
        detail: learning_rate = 1 against 4: 77.0 % (57.0 % to 96.9 %), does not hold; learning_rate = 1 against 2: 2.7 % (−0.2 % to 5.5 %), holds.
        verdict: does not hold
        point: 77.0 %
        interval: 57.0 % to 96.9 %
        level: 97.5 %
        n: 4
        declared: not registered
        outlook:
    "#]],
    );
}

#[test]
fn spread() {
    let test = test(
        Quantity::Spread,
        Rule::Above(0.02),
        vec![comparison("learning_rate = 1", vec![alone(&arms()[0])])],
    );
    check(
        claim(vec![test]),
        &Register::Empty,
        expect![[r#"
        question: Standard deviation over seeds of test accuracy after the last epoch: learning_rate = 1. Holds if the interval lies above 0.02; does not if it lies at or below it.
        method: standard deviation over seeds of test accuracy after the last epoch: learning_rate = 1; chi-square, taking the values to be normal, 95 %
        detail:
        verdict: undecided
        point: 0.01708
        interval: 0.00967 to 0.06368
        level: 95 %
        n: 4
        declared: not registered
        outlook: not known yet
    "#]],
    );
}

#[test]
fn spread_beyond_chance() {
    let test = TestRecord {
        scope: Scope::Unanimous,
        ..test(
            Quantity::SpreadBeyondChance,
            Rule::Above(1.0),
            [0, 2]
                .map(|at: usize| comparison(&format!("rate {}", at + 1), vec![alone(&arms()[at])]))
                .to_vec(),
        )
    };
    check(
        claim(vec![test]),
        &Register::Empty,
        expect![[r#"
        question: Standard deviation over seeds of test accuracy after the last epoch, in units of the standard deviation that the number of images explains, in 2 comparisons. Holds if every interval lies above 1; does not if every one lies at or below it. Shown is the comparison nearest to holding.
        method: standard deviation over seeds of test accuracy after the last epoch, in units of the standard deviation that the number of images explains: rate 3; chi-square, taking the values to be normal, 97.5 %, so that 2 comparisons have 95 % jointly (Bonferroni)
        detail: rate 1: 0.66 (0.35 to 3.12), undecided; rate 3: 1.17 (0.61 to 5.52), undecided.
        verdict: undecided
        point: 1.17
        interval: 0.61 to 5.52
        level: 97.5 %
        n: 4
        declared: not registered
        outlook: not known yet
    "#]],
    );
}

#[test]
fn distance_beyond_chance() {
    let test = TestRecord {
        right: Some(reading("validation_accuracy", Moment::Epoch(1))),
        ..test(
            Quantity::DistanceBeyondChance,
            Rule::Below(2.0),
            vec![against(0, 3)],
        )
    };
    check(
        claim(vec![test]),
        &Register::Empty,
        expect![[r#"
        question: Distance in test accuracy after the last epoch and validation accuracy after epoch 1, in units of the standard deviation between two samples of images of one distribution: learning_rate = 1 against 4. Holds if the interval lies below 2; does not if it lies at or above it.
        method: distance in test accuracy after the last epoch and validation accuracy after epoch 1, in units of the standard deviation between two samples of images of one distribution: learning_rate = 1 against 4; normal, for other images of the same distribution, 95 %
        detail:
        verdict: does not hold
        point: 12.44
        interval: 10.48 to 14.40
        level: 95 %
        n: 4
        declared: not registered
        outlook:
    "#]],
    );
}

#[test]
fn two_tests_and_cells_without_results() {
    let missing = vec![pair(&arms()[0], &arms()[1]), pair(&arms()[0], &arms()[4])];
    let two = vec![pair(&arms()[4], &arms()[1]), pair(&arms()[0], &arms()[4])];
    let tests = [missing, two].map(|pairs| {
        let comparisons = vec![comparison("learning_rate = 1 against others", pairs)];
        test(Quantity::Difference, Rule::Within(-0.5, 0.25), comparisons)
    });
    check(
        claim(tests.to_vec()),
        &Register::Empty,
        expect![[r#"
            question: Difference in test accuracy after the last epoch, seed by seed: learning_rate = 1 against others. Holds if the interval lies between −0.5 and 0.25; does not if it lies wholly outside. Difference in test accuracy after the last epoch, seed by seed: learning_rate = 1 against others. Holds if the interval lies between −0.5 and 0.25; does not if it lies wholly outside.
            method: difference in test accuracy after the last epoch, seed by seed: learning_rate = 1 against others; Student t, 97.5 %, so that 2 comparisons have 95 % jointly (Bonferroni)
            detail: learning_rate = 1 against others: +0.0250 (−0.0020 to +0.0520), undecided; learning_rate = 1 against others: no results, not measured here. 3 pairs of cells without results, so nothing is decided on them.
            verdict: undecided
            point: +0.0250
            interval: −0.0020 to +0.0520
            level: 97.5 %
            n: 4
            declared: not registered
            outlook: not known yet
        "#]],
    );
}

#[test]
fn nothing_measured() {
    let test = test(Quantity::Difference, Rule::Above(0.0), vec![against(4, 0)]);
    check(
        claim(vec![test]),
        &Register::Empty,
        expect![[r#"
            question: Difference in test accuracy after the last epoch, seed by seed: learning_rate = 5 against 1. Holds if the interval lies above 0; does not if it lies at or below it.
            method:
            detail: No comparison has the results that it needs; `experiments` makes them.
            verdict: not measured here
            point: –
            interval: –
            level: –
            n: –
            declared: not registered
            outlook:
        "#]],
    );
}

#[test]
fn methods_are_those_of_the_sample() {
    let of = |quantity, measure: &str, looks| {
        let mut test = test(quantity, Rule::Above(0.0), vec![against(0, 1)]);
        test.left = reading(measure, Moment::Last);
        interval(&test, looks)
    };
    let sequence = "confidence sequence, which allows for a look after every seed";
    for quantity in [
        Quantity::Difference,
        Quantity::Distance,
        Quantity::Reduction,
    ] {
        let found = [Looks::Once, Looks::EverySeed].map(|l| of(quantity, "test_accuracy", l));
        assert_eq!(found, ["Student t", sequence], "{quantity:?}");
    }
    let once = |measure| of(Quantity::Value, measure, Looks::Once);
    assert_eq!(once("test_accuracy"), "Student t on the scale of logits");
    assert_eq!(once("test_loss"), "Student t");
    assert_eq!(
        of(Quantity::Value, "test_accuracy", Looks::EverySeed),
        sequence
    );
    let ratio = of(Quantity::Ratio, "test_accuracy", Looks::EverySeed);
    assert_eq!(
        ratio,
        sequence.replace("sequence,", "sequence of the logarithms,")
    );
    for quantity in [Quantity::Spread, Quantity::SpreadBeyondChance] {
        let found = of(quantity, "test_accuracy", Looks::EverySeed);
        assert!(found.ends_with("normal and allowing for a look after every seed"));
    }
}

#[test]
fn levels_have_the_digits_that_they_need() {
    let cases = [
        (0.95, "95 %"),
        (0.975, "97.5 %"),
        (1.0 - 0.05 / 3.0, "98.33 %"),
        (0.9, "90 %"),
    ];
    for (level, expected) in cases {
        assert_eq!(level_in_percent(level), expected);
    }
}
