//! Philox4x32-10, a counter-based random number generator.
//!
//! Source: Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
//! The tests hold the authors' known-answer vectors.

use super::mask::Mask;

const MULTIPLIERS: [u32; 2] = [0xD251_1F53, 0xCD9E_8D57];
const KEY_INCREMENTS: [u32; 2] = [0x9E37_79B9, 0xBB67_AE85];
const ROUNDS: usize = 10;

/// The four random words of a counter under a key.
#[must_use]
#[inline]
pub fn philox4x32_10(counter: [u32; 4], key: [u32; 2]) -> [u32; 4] {
    let mut c = counter;
    let mut k = key;
    for _ in 0..ROUNDS {
        let first = u64::from(MULTIPLIERS[0]) * u64::from(c[0]);
        let second = u64::from(MULTIPLIERS[1]) * u64::from(c[2]);
        c = [
            high(second) ^ c[1] ^ k[0],
            second as u32,
            high(first) ^ c[3] ^ k[1],
            first as u32,
        ];
        k = [
            k[0].wrapping_add(KEY_INCREMENTS[0]),
            k[1].wrapping_add(KEY_INCREMENTS[1]),
        ];
    }
    c
}

/// The words of units 4·`block` to 4·`block` + 3 of image `image`.
pub(super) fn block_of_units(mask: Mask, image: u32, block: u32) -> [u32; 4] {
    let Mask { seed, step, .. } = mask;
    philox4x32_10(
        [block, image, step as u32, high(step)],
        [seed as u32, high(seed)],
    )
}

fn high(word: u64) -> u32 {
    (word >> 32) as u32
}
