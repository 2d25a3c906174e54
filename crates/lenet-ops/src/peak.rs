//! The machine's own limit: fused multiply-adds per second, measured.
//!
//! A kernel's share of this peak says more about the kernel than images per second, and varies less
//! between machines. The loop keeps twelve independent chains in registers, enough to cover four
//! cycles of latency on two units, and touches no memory.

use std::hint::black_box;
use std::time::{Duration, Instant};

use crate::simd::{Kernel, Level, Simd, WithSimd};

const CHAINS: usize = 12;
const ROUNDS: usize = 20_000;

/// Floating-point operations per second that one thread reaches with `level`'s instructions: the best
/// of `repeats` short runs, in FLOP/s. A fused multiply-add counts as two operations per lane, as do
/// the multiplication and the addition of the portable level.
///
/// # Panics
/// This machine lacks the level.
#[must_use]
pub fn flops_per_second(level: Level, repeats: usize) -> f64 {
    let mut best = Duration::MAX;
    for _ in 0..repeats.max(1) {
        let start = Instant::now();
        run(level);
        best = best.min(start.elapsed());
    }
    operations(level) as f64 / best.as_secs_f64()
}

/// Number of floating-point operations of one [`run`].
#[must_use]
pub fn operations(level: Level) -> usize {
    let lanes = match level {
        Level::Portable | Level::Neon => 4,
        Level::Avx2 => 8,
        Level::Avx512 => 16,
    };
    2 * lanes * CHAINS * ROUNDS
}

/// Runs `level`'s multiply-adds in registers for some tens of microseconds.
///
/// # Panics
/// This machine lacks the level.
pub fn run(level: Level) {
    assert!(
        Level::available().contains(&level),
        "this machine lacks {}",
        level.name()
    );
    if level == Level::Portable {
        return portable();
    }
    let done = level.dispatch(Chains);
    debug_assert!(done.is_ok(), "the level is available");
}

/// The multiply-adds of the levels with vector instructions.
struct Chains;

impl WithSimd for Chains {
    type Output = ();

    fn with<S: Simd>(self, simd: S) {
        simd.vectorize(self);
    }
}

impl<S: Simd> Kernel<S> for Chains {
    type Output = ();

    #[inline(always)]
    fn run(self, simd: S) {
        let a = black_box(simd.splat(0.999));
        let b = black_box(simd.splat(0.001));
        let mut sums = [a; CHAINS];
        for _ in 0..ROUNDS {
            for sum in &mut sums {
                *sum = simd.mul_add(*sum, a, b);
            }
        }
        black_box(sums);
    }
}

/// Four lanes, as the compiler's target has them.
fn portable() {
    let (a, b) = (black_box([0.999f32; 4]), black_box([0.001f32; 4]));
    let mut sums = [a; CHAINS];
    for _ in 0..ROUNDS {
        for sum in &mut sums {
            *sum = std::array::from_fn(|lane| sum[lane] * a[lane] + b[lane]);
        }
    }
    black_box(sums);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// No machine of this century does fewer than 0.1 or more than 2,000 GFLOP/s per thread.
    #[test]
    fn every_level_has_a_credible_peak() {
        for level in Level::available() {
            let gflops = flops_per_second(level, 5) / 1e9;
            println!("{}: {gflops:.0} GFLOP/s", level.name());
            assert!(
                (0.1..2000.0).contains(&gflops),
                "{}: {gflops}",
                level.name()
            );
        }
    }
}
