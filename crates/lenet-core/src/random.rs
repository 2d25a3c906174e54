//! Named, seeded random streams.
//!
//! Everything random in a trial is drawn from a stream that is fixed by the trial's seed and
//! the stream's name, so that one seed gives the same numbers whatever the thread count, the
//! order of construction or the device. The generator is ChaCha with 8 rounds from
//! `rand_chacha`; its key is the SHA-256 digest of seed and name, so streams of different
//! names are independent.
//!
//! ```
//! use lenet_core::random::{permutation, stream};
//!
//! let mut shuffles = stream(7, "shuffle");
//! let order = permutation(&mut shuffles, 5);
//! assert_eq!(order.len(), 5);
//! assert_eq!(order, permutation(&mut stream(7, "shuffle"), 5));
//! ```

use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rand_distr::{Distribution, StandardNormal};
use sha2::{Digest, Sha256};

pub use rand_chacha::ChaCha8Rng;

/// The key of the stream `name` of `seed`: 32 bytes, SHA-256 over a domain tag, the seed (eight
/// bytes, little-endian) and the name.
#[must_use]
pub fn key(seed: u64, name: &str) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(b"lenet-rng 1\0");
    hash.update(seed.to_le_bytes());
    hash.update(name.as_bytes());
    hash.finalize().into()
}

/// The generator of the stream `name` of `seed`.
#[must_use]
pub fn stream(seed: u64, name: &str) -> ChaCha8Rng {
    ChaCha8Rng::from_seed(key(seed, name))
}

/// The first eight bytes of [`key`] as a number: a seed for a counter-based generator.
#[must_use]
pub fn derived_seed(seed: u64, name: &str) -> u64 {
    let key = key(seed, name);
    u64::from_le_bytes(std::array::from_fn(|i| key[i]))
}

/// A number from 0 to below 1.
pub fn uniform(rng: &mut ChaCha8Rng) -> f64 {
    rng.random()
}

/// A number from the normal distribution of mean 0 and standard deviation 1.
pub fn standard_normal(rng: &mut ChaCha8Rng) -> f64 {
    StandardNormal.sample(rng)
}

/// A uniformly drawn order of `0..n` (Fisher–Yates).
#[must_use]
pub fn permutation(rng: &mut ChaCha8Rng, n: usize) -> Vec<u32> {
    let n = u32::try_from(n).expect("a data set has fewer than 2^32 samples");
    let mut order: Vec<u32> = (0..n).collect();
    order.shuffle(rng);
    order
}

/// Fills `out` from the normal distribution of mean 0 and the given standard deviation,
/// redrawing each value that falls beyond two standard deviations (TensorFlow's
/// `truncated_normal`).
pub fn truncated_normal(rng: &mut ChaCha8Rng, standard_deviation: f64, out: &mut [f32]) {
    for value in out {
        *value = loop {
            let z: f64 = StandardNormal.sample(rng);
            if z.abs() <= 2.0 {
                break (z * standard_deviation) as f32;
            }
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::RngCore as _;

    #[test]
    fn streams_are_fixed_and_distinct() {
        let draw = |seed, name| stream(seed, name).next_u64();
        assert_eq!(draw(1, "a"), draw(1, "a"));
        assert_ne!(draw(1, "a"), draw(1, "b"));
        assert_ne!(draw(1, "a"), draw(2, "a"));
    }

    /// Records on disk are only comparable while these values stay.
    #[test]
    fn first_values_never_change() {
        let order = permutation(&mut stream(0, "shuffle"), 8);
        let mut weights = [0f32; 3];
        truncated_normal(&mut stream(0, "conv1.weight"), 0.1, &mut weights);
        let frozen = (order, weights.map(f32::to_bits), derived_seed(0, "dropout"));
        assert_eq!(frozen, (FROZEN_ORDER.to_vec(), FROZEN_WEIGHTS, FROZEN_SEED));
    }

    const FROZEN_ORDER: [u32; 8] = [6, 4, 2, 7, 3, 1, 0, 5];
    const FROZEN_WEIGHTS: [u32; 3] = [1_037_512_370, 1_030_755_122, 3_164_615_907];
    const FROZEN_SEED: u64 = 8_869_368_351_627_749_515;

    /// Proposals of searches, and with them the identities of their trials, stay while these values do.
    #[test]
    fn single_numbers_never_change() {
        let mut rng = stream(0, "single");
        let drawn = [uniform(&mut rng), standard_normal(&mut rng)];
        assert_eq!(drawn.map(f64::to_bits), FROZEN_SINGLE);
        let mean = (0..10_000).map(|_| uniform(&mut rng)).sum::<f64>() / 1e4;
        assert!((mean - 0.5).abs() < 0.012, "{mean}");
        let squares = (0..10_000).map(|_| standard_normal(&mut rng).powi(2));
        let variance = squares.sum::<f64>() / 1e4;
        assert!((variance - 1.0).abs() < 0.06, "{variance}");
    }

    const FROZEN_SINGLE: [u64; 2] = [4_594_336_109_204_495_676, 4_609_043_368_549_906_394];

    #[test]
    fn truncated_normal_has_its_moments() {
        let mut values = vec![0f32; 100_000];
        truncated_normal(&mut stream(3, "x"), 0.1, &mut values);
        assert!(values.iter().all(|v| v.abs() <= 0.2));
        let n = values.len() as f64;
        let mean = values.iter().map(|&v| f64::from(v)).sum::<f64>() / n;
        let variance = values.iter().map(|&v| f64::from(v).powi(2)).sum::<f64>() / n;
        // Standard deviation of a normal cut at two: 0.8796 of the uncut one.
        assert!(mean.abs() < 0.001, "{mean}");
        assert!((variance.sqrt() - 0.08796).abs() < 0.001, "{variance}");
    }

    #[test]
    fn permutations_hold_each_index_once() {
        let mut order = permutation(&mut stream(9, "p"), 1000);
        assert_ne!(order[..10], (0..10).collect::<Vec<u32>>()[..]);
        order.sort_unstable();
        assert_eq!(order, (0..1000).collect::<Vec<u32>>());
    }
}
