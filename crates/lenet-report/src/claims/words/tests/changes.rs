//! Changes of a quantity, which say what they lead from and to.

use super::*;
use crate::testing::with_baseline;

#[test]
fn of_an_accuracy() {
    let [from, to, ..] = arms();
    let change = with_baseline("", vec![alone(&to)], vec![alone(&from)]);
    let test = TestRecord {
        common: "optimizer = sgd".to_owned(),
        ..test(Quantity::Value, Rule::Below(0.0), vec![change])
    };
    check(
        claim(vec![test]),
        &Register::Empty,
        expect![[r#"
        question: Change of the mean over seeds of test accuracy after the last epoch, of optimizer = sgd: learning_rate from 1 to 2. Holds if the interval lies below 0; does not if it lies at or above it.
        method: change of the mean over seeds of test accuracy after the last epoch: optimizer = sgd, learning_rate from 1 to 2; Student t, 95 %
        detail:
        verdict: holds
        point: −0.0250
        interval: −0.0455 to −0.0045
        level: 95 %
        n: 4
        declared: not registered
        outlook:
    "#]],
    );
}

#[test]
fn of_a_ratio() {
    let [from, to, left, right, _] = arms();
    let change = with_baseline(
        "momentum against sgd",
        vec![pair(&to, &right)],
        vec![pair(&from, &left)],
    );
    let test = test(Quantity::Ratio, Rule::Above(1.0), vec![change]);
    check(
        claim(vec![test]),
        &Register::Empty,
        expect![[r#"
        question: Ratio of two ratios of test accuracy after the last epoch, seed by seed: momentum against sgd, learning_rate from 1 to 2. Holds if the interval lies above 1; does not if it lies at or below it.
        method: ratio of two ratios of test accuracy after the last epoch, seed by seed: momentum against sgd, learning_rate from 1 to 2; Student t of the logarithms, 95 %
        detail:
        verdict: holds
        point: 4.199
        interval: 1.832 to 9.625
        level: 95 %
        n: 4
        declared: not registered
        outlook:
    "#]],
    );
}
