//! The machine's own limit: fused multiply-adds a second, measured.
//!
//! A share of this peak says more of a kernel than images a second do, and moves less from
//! machine to machine. The loop keeps twelve independent chains in registers, enough to cover
//! four cycles of latency on two units, and touches no memory.

use std::hint::black_box;
use std::time::{Duration, Instant};

use crate::simd::Level;

const CHAINS: usize = 12;
const ROUNDS: usize = 20_000;

/// Floating-point operations a second (two for each lane of a fused multiply-add) that one
/// thread reaches with `level`'s instructions: the best of `repeats` short runs, in FLOP/s.
/// The portable level counts a multiplication and an addition, as its kernels use them.
///
/// # Panics
/// Where the machine lacks the level.
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

/// Floating-point operations of one [`run`].
#[must_use]
pub fn operations(level: Level) -> usize {
    let lanes = match level {
        Level::Portable | Level::Neon => 4,
        Level::Avx2 => 8,
        Level::Avx512 => 16,
    };
    2 * lanes * CHAINS * ROUNDS
}

/// Some tens of microseconds of `level`'s multiply-adds in registers.
///
/// # Panics
/// Where the machine lacks the level.
pub fn run(level: Level) {
    assert!(
        Level::available().contains(&level),
        "this machine lacks {}",
        level.name()
    );
    match level {
        Level::Portable => portable(),
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the assertion above has seen AVX2 and FMA on this machine.
        Level::Avx2 => unsafe { avx2() },
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the assertion above has seen AVX-512F on this machine.
        Level::Avx512 => unsafe { avx512() },
        #[cfg(target_arch = "aarch64")]
        // SAFETY: the assertion above has seen NEON on this machine.
        Level::Neon => unsafe { neon() },
        #[allow(unreachable_patterns)]
        _ => unreachable!("a level of another architecture is never available"),
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn avx2() {
    use std::arch::x86_64::{_mm256_fmadd_ps, _mm256_set1_ps};
    let (a, b) = (
        black_box(_mm256_set1_ps(0.999)),
        black_box(_mm256_set1_ps(0.001)),
    );
    let mut sums = [a; CHAINS];
    for _ in 0..ROUNDS {
        for sum in &mut sums {
            *sum = _mm256_fmadd_ps(*sum, a, b);
        }
    }
    black_box(sums);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
fn avx512() {
    use std::arch::x86_64::{_mm512_fmadd_ps, _mm512_set1_ps};
    let (a, b) = (
        black_box(_mm512_set1_ps(0.999)),
        black_box(_mm512_set1_ps(0.001)),
    );
    let mut sums = [a; CHAINS];
    for _ in 0..ROUNDS {
        for sum in &mut sums {
            *sum = _mm512_fmadd_ps(*sum, a, b);
        }
    }
    black_box(sums);
}

#[cfg(target_arch = "aarch64")]
#[target_feature(enable = "neon")]
fn neon() {
    use std::arch::aarch64::{vdupq_n_f32, vfmaq_f32};
    let (a, b) = (black_box(vdupq_n_f32(0.999)), black_box(vdupq_n_f32(0.001)));
    let mut sums = [a; CHAINS];
    for _ in 0..ROUNDS {
        for sum in &mut sums {
            *sum = vfmaq_f32(b, *sum, a);
        }
    }
    black_box(sums);
}

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

    /// No machine of this century does fewer than 0.1 or more than 2,000 GFLOP/s a thread.
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
