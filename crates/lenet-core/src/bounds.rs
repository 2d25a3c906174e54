//! Which values a setting may have, with the words that say so.
//!
//! Readers of files and [`Trial::validate`](crate::Trial::validate) check the same bounds, so that
//! each range stands in one place.

use crate::problem::Problem;

/// The numbers that a setting may have.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    holds: fn(f64) -> bool,
    /// What to give instead of a number outside the bounds.
    pub hint: &'static str,
}

impl Bounds {
    /// Bounds given by a test that NaN must fail.
    pub const fn new(holds: fn(f64) -> bool, hint: &'static str) -> Self {
        Self { holds, hint }
    }

    /// Whether a number lies within the bounds.
    #[must_use]
    pub fn hold(&self, value: f64) -> bool {
        (self.holds)(value)
    }

    /// The problem at `path` where the number lies outside.
    #[must_use]
    pub fn check(&self, path: &str, value: f64) -> Option<Problem> {
        (!self.hold(value)).then(|| Problem::new(path, format!("{value}: {}", self.hint)))
    }
}

/// The counts that a setting may have, both ends included.
#[derive(Debug, Clone, Copy)]
pub struct Counts {
    /// Smallest count.
    pub least: usize,
    /// Largest count that is believed to be meant.
    pub most: usize,
}

impl Counts {
    /// Whether a count lies within the bounds.
    #[must_use]
    pub const fn hold(&self, value: usize) -> bool {
        self.least <= value && value <= self.most
    }

    /// What to give instead of a count outside the bounds.
    #[must_use]
    pub fn hint(&self) -> String {
        format!("give a whole number from {} to {}", self.least, self.most)
    }

    /// The problem at `path` where the count lies outside.
    #[must_use]
    pub fn check(&self, path: &str, value: usize) -> Option<Problem> {
        (!self.hold(value)).then(|| Problem::new(path, format!("{value}: {}", self.hint())))
    }
}

fn positive(value: f64) -> bool {
    value.is_finite() && value > 0.0
}

fn not_negative(value: f64) -> bool {
    value.is_finite() && value >= 0.0
}

fn below_one(value: f64) -> bool {
    (0.0..1.0).contains(&value)
}

/// Base learning rate.
pub const LEARNING_RATE: Bounds = Bounds::new(positive, "give a finite number above 0, e.g. 0.1");
/// Rate of dropout.
pub const DROPOUT_RATE: Bounds = Bounds::new(below_one, "give a share from 0 to below 1");
/// A decay of an optimizer's moment.
pub const MOMENT_DECAY: Bounds = Bounds::new(below_one, "give a number from 0 to below 1");
/// What an optimizer adds to a divisor.
pub const EPSILON: Bounds = Bounds::new(positive, "give a finite number above 0");
/// Weight decay.
pub const WEIGHT_DECAY: Bounds = Bounds::new(not_negative, "give a finite number, 0 or above");
/// Epochs of warm-up.
pub const WARM_UP: Bounds = Bounds::new(not_negative, "give a number of epochs, 0 or above");
/// Length of a schedule's period, in epochs.
pub const PERIOD: Bounds = Bounds::new(positive, "give a number of epochs above 0");
/// Factor of a step schedule.
pub const STEP_FACTOR: Bounds = Bounds::new(positive, "give a factor above 0, e.g. 0.1");
/// Factor at the end of a cosine schedule.
pub const FLOOR: Bounds = Bounds::new(|v| (0.0..=1.0).contains(&v), "give a share from 0 to 1");
/// How much a loss must fall to count as an improvement.
pub const IMPROVEMENT: Bounds = Bounds::new(not_negative, "give a finite loss, 0 or above");

/// Filters or units of a layer.
pub const UNITS: Counts = Counts {
    least: 1,
    most: 65_536,
};
/// Side of a kernel, which must be odd besides.
pub const KERNEL: Counts = Counts {
    least: 1,
    most: 255,
};
/// Stride of the convolutions.
pub const STRIDE: Counts = Counts {
    least: 1,
    most: 255,
};
/// Threads of a step. A system that must start many times as many may refuse some.
pub const THREADS: Counts = Counts {
    least: 1,
    most: 1024,
};
/// Trials that are trained together.
pub const TOGETHER: Counts = Counts {
    least: 1,
    most: 65_536,
};
/// Images, epochs or seeds.
pub const MANY: Counts = Counts {
    least: 1,
    most: u32::MAX as usize,
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_and_nan() {
        let cases: [(&Bounds, &[f64], &[f64]); 4] = [
            (
                &LEARNING_RATE,
                &[1e-300, 1e300],
                &[0.0, -1.0, f64::INFINITY],
            ),
            (&DROPOUT_RATE, &[0.0, 0.999], &[1.0, -0.1]),
            (&WEIGHT_DECAY, &[0.0, 5.0], &[-1e-9, f64::INFINITY]),
            (&FLOOR, &[0.0, 1.0], &[1.001, -0.001]),
        ];
        for (bounds, inside, outside) in cases {
            assert!(inside.iter().all(|&v| bounds.hold(v)), "{bounds:?}");
            assert!(!outside.iter().any(|&v| bounds.hold(v)), "{bounds:?}");
            assert!(!bounds.hold(f64::NAN), "{bounds:?}");
        }
        for (counts, most) in [
            (UNITS, 65_536),
            (KERNEL, 255),
            (STRIDE, 255),
            (THREADS, 1024),
            (TOGETHER, 65_536),
            (MANY, 4_294_967_295),
        ] {
            let held = [0, 1, most - 1, most, most + 1].map(|count| counts.hold(count));
            assert_eq!(held, [false, true, true, true, false], "{counts:?}");
        }
        let problem = UNITS.check("hidden", 0).unwrap().to_string();
        assert_eq!(problem, "`hidden`: 0: give a whole number from 1 to 65536");
    }
}
