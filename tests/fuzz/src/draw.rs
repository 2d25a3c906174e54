//! Random choices of a case, each keyed by seed, target and number: a case can be made again alone.

use rand_chacha::ChaCha8Rng;
use rand_core::{RngCore, SeedableRng};

/// The random numbers of one case.
#[derive(Debug)]
pub struct Draw(ChaCha8Rng);

impl Draw {
    /// Those of the case `number` of a target.
    #[must_use]
    pub fn of_case(seed: u64, target: &str, number: u64) -> Self {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        key[8..16].copy_from_slice(&number.to_le_bytes());
        for (place, byte) in key[16..].iter_mut().zip(target.bytes()) {
            *place = byte;
        }
        Self(ChaCha8Rng::from_seed(key))
    }

    /// A number below `end`; 0 where `end` is 0.
    pub fn below(&mut self, end: usize) -> usize {
        match end {
            0 => 0,
            // The bias of a remainder does not matter here.
            end => (self.0.next_u64() % end as u64) as usize,
        }
    }

    /// Whether the event of one in `of` happens.
    pub fn one_in(&mut self, of: usize) -> bool {
        self.below(of) == 0
    }

    /// One of several.
    pub fn of<'c, T>(&mut self, choices: &'c [T]) -> &'c T {
        &choices[self.below(choices.len())]
    }

    /// A range within `0..length`, short more often than long.
    pub fn range(&mut self, length: usize) -> std::ops::Range<usize> {
        let start = self.below(length + 1);
        let most = (length - start).min(1 << self.below(12));
        start..start + self.below(most + 1)
    }
}
