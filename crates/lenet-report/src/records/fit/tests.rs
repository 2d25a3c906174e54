//! Lines through exact and impossible points.

use super::*;
use crate::testing::{Grid, in_series, record};

#[test]
fn a_line_is_found_again() {
    let exact = [1e6, 5e6, 3e8].map(|flops| (flops, 2e-3 + flops / 5e10));
    let (fixed, rate) = line(&exact).unwrap();
    assert!((fixed / 2e-3 - 1.0).abs() < 1e-9, "{fixed}");
    assert!((rate / 5e10 - 1.0).abs() < 1e-9, "{rate}");
}

#[test]
fn a_cost_below_nothing_is_nothing() {
    let (fixed, rate) = line(&[(1.0, 0.5), (2.0, 2.5), (3.0, 4.0)]).unwrap();
    assert_eq!(fixed, 0.0);
    assert!(rate > 0.0);
}

#[test]
fn what_has_no_line_has_none() {
    assert_eq!(line(&[(1.0, 1.0), (2.0, 2.0), (2.0, 2.0)]), None);
    assert_eq!(line(&[(1.0, 1.0), (2.0, f64::NAN), (3.0, 1.0)]), None);
    assert_eq!(line(&[(1.0, 1.0), (2.0, 0.0), (3.0, 1.0)]), None);
    assert!(Fit::new(&[]).is_none());
}

#[test]
fn rounds_give_the_interval() {
    // 157 steps of 64; each round is slower than the one before.
    let records: Vec<_> = [8, 32, 128]
        .iter()
        .map(|&filters| {
            let point = Grid::cpu().point(filters, 64, 0.0);
            let flops = record(&point, &[]).work.train_flops as f64;
            let times = [1.0, 1.1, 1.2].map(|slower| slower * (157.0 * 1e-3 + flops / 2e10) / 0.75);
            record(&point, &times)
        })
        .collect();
    let runtimes = in_series(&records);
    let points: Vec<_> = runtimes.points.iter().collect();
    let fit = Fit::new(&points).unwrap();
    assert!((fit.fixed.point / 1.1e-3 - 1.0).abs() < 1e-9, "{fit:?}");
    assert!(
        (fit.rate.point / (2e10 / 1.1) - 1.0).abs() < 1e-9,
        "{fit:?}"
    );
    assert!((fit.fixed.low().unwrap() / 1e-3 - 1.0).abs() < 1e-9);
    assert!((fit.rate.high().unwrap() / 2e10 - 1.0).abs() < 1e-9);
    assert!(fit.worst < 1e-9);
    let step = Step::of(points[0]).unwrap();
    assert!((fit.seconds(step.flops) / step.seconds - 1.0).abs() < 1e-9);
}
