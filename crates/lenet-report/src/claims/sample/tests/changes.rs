//! Changes have a sign, also of quantities that have none.

use super::*;

/// The first cell's accuracies less the second's are −0.1 and −0.15.
fn change(quantity: Quantity) -> Sample {
    let cells = Cells::new(&[&[0.5, 0.8], &[0.6, 0.95], &[0.4, 0.9], &[0.9, 0.3]]);
    let (pairs, baseline) = match quantity.has_two_sides() {
        true => (cells.pair(0, 1), cells.pair(2, 3)),
        false => (alone(&cells.arms[0]), alone(&cells.arms[1])),
    };
    let comparison = with_baseline("c", vec![pairs], vec![baseline]);
    cells.sample(&test(quantity, ABOVE, vec![comparison]), Looks::Once)
}

#[test]
fn a_change_of_an_accuracy_may_be_negative() {
    let found = change(Quantity::Value).estimate(0.95).unwrap();
    // scipy.stats.t.interval(0.95, 1, -0.125, 0.025)
    let expected = [-0.125, -0.44265511839, 0.19265511839];
    let bounds = [found.point, found.low().unwrap(), found.high().unwrap()];
    let mut pairs = bounds.iter().zip(expected);
    assert!(pairs.all(|(f, e)| (f - e).abs() < 1e-10), "{bounds:?}");
    // Looked at seed by seed it may be, too.
    let (low, high) = (&[0.2, 0.21, 0.2, 0.19, 0.2], &[0.9, 0.9, 0.9, 0.9, 0.9]);
    let cells = Cells::new(&[low, high]);
    let [from, to] = [&cells.arms[1], &cells.arms[0]].map(|arm| vec![alone(arm)]);
    let test = test(Quantity::Value, ABOVE, vec![with_baseline("c", to, from)]);
    let looked = cells.sample(&test, Looks::EverySeed);
    assert!(looked.estimate(0.95).unwrap().high().unwrap() < -0.5);
}

#[test]
fn a_change_of_a_distance_may_be_negative() {
    // 0.1 and 0.15, less 0.5 and 0.6.
    let found = change(Quantity::Distance);
    assert!(near(&found.values, &[-0.4, -0.45]));
    let found = found.estimate(0.95).unwrap();
    assert!(near(&[found.point], &[-0.425]) && found.high().unwrap() < 0.0);
}

#[test]
fn chance_explains_a_change_by_both_of_its_ends() {
    // p (1 − p) ÷ 100 of 0.65 and 0.775, and of 0.65 and 0.6: √0.00869375 in all. The distance is the
    // mean of −0.1 + 0.5 and −0.15 − 0.6.
    let found = change(Quantity::DistanceBeyondChance);
    let expected = 0.175 / 0.00869375f64.sqrt();
    assert!(near(&[found.estimate(0.95).unwrap().point], &[expected]));
}
