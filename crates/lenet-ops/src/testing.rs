//! What the tests share: numbers, comparison, central differences and oracle files.

pub mod weighted;

use candle_core::{Device, Tensor};
use serde::de::DeserializeOwned;

use crate::real::Real;

/// Numbers in [−1, 1) that every f32 holds exactly, the same as `numbers` in the oracle scripts:
/// x ← 6364136223846793005·x + 1442695040888963407 mod 2⁶⁴ from x = seed; the top 24 bits of each
/// x, over 2²³, less 1.
pub fn numbers<T: Real>(seed: u64, count: usize) -> Vec<T> {
    let mut state = seed;
    let next = |_| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        T::from_f64((state >> 40) as f64 / f64::from(1 << 23) - 1.0)
    };
    (0..count).map(next).collect()
}

/// Bytes below `bound` from the same generator: the top 31 bits mod `bound`.
pub fn labels(seed: u64, count: usize, bound: u64) -> Vec<u8> {
    let mut state = seed;
    let next = |_| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((state >> 33) % bound) as u8
    };
    (0..count).map(next).collect()
}

/// Gathers comparisons over many cases and fails once, telling of every one that failed.
#[derive(Debug, Default)]
pub struct Comparison {
    compared: usize,
    failures: Vec<String>,
}

impl Comparison {
    /// Expects every `|got − want| ≤ relative · max(|want|, rms(want))`, all of them finite. The
    /// root mean square stands in where an element is a sum that nearly cancels, since its
    /// rounding error is that of its terms.
    pub fn close<T: Real>(&mut self, what: &str, got: &[T], want: &[f64], relative: f64) {
        self.compared += 1;
        if got.len() != want.len() {
            self.failures
                .push(format!("{what}: {} values, not {}", got.len(), want.len()));
            return;
        }
        let squares: f64 = want.iter().map(|w| w * w).sum();
        let rms = (squares / want.len().max(1) as f64).sqrt();
        let differs = |&(_, (got, want)): &(usize, (&T, &f64))| {
            let near = (got.to_f64() - want).abs() <= relative * want.abs().max(rms);
            !(near && rms.is_finite())
        };
        let bad: Vec<_> = got.iter().zip(want).enumerate().filter(differs).collect();
        if let Some((at, (got_at, want_at))) = bad.first() {
            let (count, of) = (bad.len(), want.len());
            self.failures.push(format!(
                "{what}: {count} of {of} values differ, first [{at}]: {got_at:?}, not {want_at:?}"
            ));
        }
    }

    /// Expects equal values.
    pub fn equal<T: PartialEq + std::fmt::Debug>(&mut self, what: &str, got: &T, want: &T) {
        self.compared += 1;
        if got != want {
            self.failures.push(format!("{what}: {got:?}, not {want:?}"));
        }
    }

    /// Panics with every failure, and where nothing was compared.
    pub fn finish(self) {
        assert!(self.compared > 0, "nothing was compared");
        let (failed, of) = (self.failures.len(), self.compared);
        assert!(
            failed == 0,
            "{failed} of {of} comparisons fail:\n{}",
            self.failures.join("\n")
        );
    }
}

/// Gradient of `f` at `at` by central differences of step 1e-6, for functions of moderate
/// curvature near numbers of order 1: good to about 1e-9.
pub fn central_differences(at: &[f64], mut f: impl FnMut(&[f64]) -> f64) -> Vec<f64> {
    const STEP: f64 = 1e-6;
    let mut point = at.to_vec();
    let mut difference = |i: usize| {
        point[i] = at[i] + STEP;
        let above = f(&point);
        point[i] = at[i] - STEP;
        let below = f(&point);
        point[i] = at[i];
        (above - below) / (2.0 * STEP)
    };
    (0..at.len()).map(&mut difference).collect()
}

/// Σ aᵢ·bᵢ.
pub fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// A file that an `oracle.py` wrote.
#[derive(Debug, serde::Deserialize)]
pub struct Oracle<C> {
    /// The script, as its header names it.
    pub script: String,
    /// What each number was computed in.
    pub dtype: String,
    /// The cases.
    pub cases: Vec<C>,
}

impl<C: DeserializeOwned> Oracle<C> {
    /// Reads a file's text.
    pub fn parse(text: &str) -> Self {
        let oracle: Self =
            serde_json::from_str(text).expect("an oracle.json as its script writes it");
        assert_eq!(oracle.dtype, "float64", "{}", oracle.script);
        assert!(!oracle.cases.is_empty(), "{} wrote no cases", oracle.script);
        oracle
    }
}

/// A candle tensor on the CPU.
pub fn tensor<T: candle_core::WithDType>(values: &[T], shape: &[usize]) -> Tensor {
    Tensor::from_vec(values.to_vec(), shape, &Device::Cpu).expect("a shape that fits the values")
}

/// A tensor's elements in row order.
pub fn values<T: candle_core::WithDType>(tensor: &Tensor) -> Vec<T> {
    tensor
        .flatten_all()
        .and_then(|t| t.to_vec1())
        .expect("a CPU tensor of the type asked for")
}

mod tests;
