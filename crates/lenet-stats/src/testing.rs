//! What the tests share: expected numbers from the scripts in `oracle`, comparison, and seeded normal values.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution, StandardNormal};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::estimate::Interval;

const TOLERANCE: f64 = 1e-9;

/// Bounds of an interval, if there is one.
pub(crate) type Bounds = Option<[f64; 2]>;

#[derive(Deserialize)]
pub(crate) struct Oracle {
    /// Degrees of freedom, tail, t above it, chi-square below it, chi-square above it.
    pub(crate) quantiles: Vec<(usize, f64, f64, f64, f64)>,
    pub(crate) deviations: Vec<Sample>,
    pub(crate) proportions: Vec<Proportion>,
    pub(crate) bounded_means: Vec<Sample>,
    pub(crate) holm: Vec<Family>,
    /// n, level, half-width in standard deviations.
    pub(crate) half_widths: Vec<(usize, f64, Option<f64>)>,
    pub(crate) sequences: Vec<Sequence>,
    pub(crate) observations: Vec<Observations>,
}

#[derive(Deserialize)]
pub(crate) struct Sample {
    pub(crate) values: Vec<f64>,
    pub(crate) level: f64,
    pub(crate) interval: Bounds,
}

#[derive(Deserialize)]
pub(crate) struct Proportion {
    pub(crate) successes: usize,
    pub(crate) n: usize,
    pub(crate) level: f64,
    pub(crate) interval: Bounds,
}

#[derive(Deserialize)]
pub(crate) struct Family {
    pub(crate) p: Vec<f64>,
    pub(crate) adjusted: Vec<f64>,
}

/// Intervals after each value.
#[derive(Deserialize)]
pub(crate) struct Sequence {
    pub(crate) values: Vec<f64>,
    pub(crate) level: f64,
    pub(crate) mean: Vec<Bounds>,
    pub(crate) deviation: Vec<Bounds>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Observations {
    pub(crate) deviation: f64,
    pub(crate) distance: f64,
    pub(crate) level: f64,
    pub(crate) plain: Option<usize>,
    pub(crate) in_sequence: Option<usize>,
}

pub(crate) fn oracle() -> Oracle {
    serde_json::from_str(include_str!("../oracle/oracle.json")).expect("oracle.py wrote it")
}

/// The cases of a part of what `oracle/variance.py` wrote.
pub(crate) fn variance_oracle<T: DeserializeOwned>(part: &str) -> Vec<T> {
    cases(include_str!("../oracle/variance.json"), part)
}

/// The cases of a part of what `oracle/classifier.py` wrote.
pub(crate) fn classifier_oracle<T: DeserializeOwned>(part: &str) -> Vec<T> {
    cases(include_str!("../oracle/classifier.json"), part)
}

/// The cases of a part of what a script wrote.
pub(crate) fn cases<T: DeserializeOwned>(text: &str, part: &str) -> Vec<T> {
    let mut parts: serde_json::Value = serde_json::from_str(text).expect("a script wrote it");
    let cases: Vec<T> =
        serde_json::from_value(parts[part].take()).expect("the cases are of that type");
    assert!(!cases.is_empty(), "{part} has cases");
    cases
}

/// Differences that a test found; all are reported at once.
#[derive(Default)]
pub(crate) struct Differences(Vec<String>);

impl Differences {
    /// Notes a relative difference above the tolerance.
    pub(crate) fn close(&mut self, case: &str, found: f64, expected: f64) {
        if !((found - expected).abs() <= TOLERANCE * expected.abs()) {
            self.0
                .push(format!("{case}: {found:e} is not {expected:e}"));
        }
    }

    /// Notes bounds that differ, or an interval on one side alone.
    pub(crate) fn bounds(&mut self, case: &str, found: Option<Interval>, expected: Bounds) {
        match (found, expected) {
            (Some(found), Some([low, high])) => {
                self.close(&format!("{case}, low"), found.low, low);
                self.close(&format!("{case}, high"), found.high, high);
            }
            (None, None) => {}
            _ => self
                .0
                .push(format!("{case}: {found:?} is not {expected:?}")),
        }
    }

    /// Notes values that are not equal.
    pub(crate) fn equal<T: PartialEq + std::fmt::Debug>(
        &mut self,
        case: &str,
        found: T,
        expected: T,
    ) {
        if found != expected {
            self.0
                .push(format!("{case}: {found:?} is not {expected:?}"));
        }
    }

    pub(crate) fn none(self) {
        assert!(self.0.is_empty(), "{}", self.0.join("\n"));
    }
}

/// Sequences of 30 standard normal values.
pub(crate) fn normal_sequences(seed: u64, count: usize) -> Vec<Vec<f64>> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut sequence = || -> Vec<f64> {
        let draws = (0..30).map(|_| StandardNormal.sample(&mut random));
        draws.collect()
    };
    (0..count).map(|_| sequence()).collect()
}
