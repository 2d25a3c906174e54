//! Roots, and how soon they are found.

use std::cell::Cell;

use super::*;

/// The root of a function, and how often it was computed.
fn counted(start: f64, function: impl Fn(f64) -> (f64, f64)) -> (f64, usize) {
    let count = Cell::new(0);
    let found = root(start, |x| {
        count.set(count.get() + 1);
        function(x)
    });
    (found, count.get())
}

/// In powers of x, Newton's steps in its logarithm are exact; each end is looked at first.
#[test]
fn powers_take_one_step() {
    for (power, target) in [(1.0, 3.0), (2.5, 0.2), (0.1, 7.0), (3.0, 1.0)] {
        let (found, count) = counted(1.0, |x: f64| (power * (x / target).ln(), power));
        assert!((found / target - 1.0).abs() <= 1e-15, "{found} {target}");
        assert!(count <= 6, "{target}: {count}");
    }
}

/// Where the slope misleads, halving finds the root all the same.
#[test]
fn a_slope_that_misleads_costs_only_time() {
    for slope in [1e-9, -1.0, f64::NAN] {
        let (found, _) = counted(1.0, |x: f64| ((x / 3.0).ln(), slope));
        assert!((found / 3.0 - 1.0).abs() <= 1e-12, "{slope}: {found}");
    }
}

#[test]
fn roots_far_from_the_start_are_found() {
    for target in [1e-200, 1e-20, 1.0, 1e20, 1e200] {
        let (found, count) = counted(1.0, |x: f64| ((x / target).ln(), 1.0));
        assert!((found / target - 1.0).abs() <= 1e-12, "{target}: {found}");
        // Sixteenfold steps first.
        assert!(count <= 180, "{target}: {count}");
    }
}
