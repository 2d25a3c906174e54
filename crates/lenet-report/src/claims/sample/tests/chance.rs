//! What finite sets of images explain.

use super::*;

#[test]
fn chance_is_that_of_the_images_of_both_sides() {
    // Mean 0.9 of 100 test images: √(0.9 · 0.1 ÷ 100) = 0.03. The values spread by 0.03.
    let cells = Cells::new(&[&[0.87, 0.9, 0.93], &[0.77, 0.8, 0.83]]);
    let spread = cells.first(Quantity::SpreadBeyondChance, Looks::Once);
    assert!(near(&[spread.estimate(0.95).unwrap().point], &[1.0]));
    // Validation accuracy is 0.8 + 0.001 of 64 images on the left, test accuracy 0.9 of 100 on the
    // right: √(0.801 · 0.199 ÷ 64 + 0.0009) = 0.0582532; the mean difference is −0.099.
    let mut test = test(
        Quantity::DistanceBeyondChance,
        ABOVE,
        vec![comparison("c", vec![cells.pair(1, 0)])],
    );
    test.left = reading("validation_accuracy", Moment::Last);
    let found = cells.sample(&test, Looks::Once).estimate(0.95).unwrap();
    let deviation = (0.801f64 * 0.199 / 64.0 + 0.0009).sqrt();
    assert!(near(&[found.point], &[0.099 / deviation]), "{found:?}");
    // Far from 0 the lower bound is not cut off; 1.959964 is the normal quantile.
    test.left = reading("test_accuracy", Moment::Last);
    let far = Cells::new(&[&[0.9], &[0.1]]);
    let found = far.sample(&test, Looks::Once).estimate(0.95).unwrap();
    // 0.8 ÷ √(2 · 0.0009).
    let point = 0.8 / 0.0018f64.sqrt();
    assert!(near(&[found.point], &[point]));
    let reach = 1.959963984540054;
    let interval = found.interval.unwrap();
    assert!((interval.low - (point - reach)).abs() < 1e-9, "{found:?}");
    assert!((interval.high - (point + reach)).abs() < 1e-9, "{found:?}");
    assert_eq!(found.n, 1);
}

#[test]
fn chance_of_several_pairs_is_that_of_the_mean_variance() {
    // Variances of 100 images: 0.0009 at 0.9, 0.0025 at 0.5; of both pairs 0.0017 on average.
    let cells = Cells::new(&[&[0.9, 0.9], &[0.5, 0.5], &[0.0, 0.0]]);
    let pairs = vec![alone(&cells.arms[0]), alone(&cells.arms[1])];
    let of = |pairs, only: Option<f64>| {
        let mut test = test(
            Quantity::SpreadBeyondChance,
            ABOVE,
            vec![comparison("c", pairs)],
        );
        test.only = only.map(|at_least| Threshold {
            reading: reading("test_accuracy", Moment::Last),
            at_least,
        });
        cells.sample(&test, Looks::Once).chance
    };
    let found = of(pairs.clone(), None).unwrap();
    assert!(near(&[found], &[0.0017f64.sqrt()]), "{found}");
    // A cell that is left out has no part in it.
    let found = of(pairs, Some(0.6)).unwrap();
    assert!(near(&[found], &[0.03]), "{found}");
    // No chance at all explains nothing.
    assert_eq!(of(vec![alone(&cells.arms[2])], None), None);
}

#[test]
fn a_missing_cell_does_not_hide_what_chance_explains_elsewhere() {
    let cells = Cells::new(&[&[0.87, 0.9, 0.93], &[]]);
    let pairs = vec![alone(&cells.arms[0]), alone(&cells.arms[1])];
    let test = test(
        Quantity::SpreadBeyondChance,
        ABOVE,
        vec![comparison("c", pairs)],
    );
    let sample = cells.sample(&test, Looks::Once);
    assert_eq!(sample.missing, 1);
    assert!(near(&[sample.estimate(0.95).unwrap().point], &[1.0]));
}
