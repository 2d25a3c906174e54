//! Which training images are held out for validation, and whether they can stand for the set.

pub(crate) mod warning;

pub use warning::ValidationWarning;

use lenet_core::random::{permutation, stream};
use lenet_core::{Validation, ValidationDraw};

use crate::set::ImageSet;

/// Classes that a label, which is one byte, can name.
const CLASSES: usize = 256;

/// Indices of the held-out images and of the rest, both ascending. The set must have at least as
/// many images as are held out.
pub(crate) fn held_out(set: &ImageSet, validation: Validation, seed: u64) -> (Vec<u32>, Vec<u32>) {
    let order = match validation.draw {
        ValidationDraw::First => set.indices(),
        ValidationDraw::Seed => permutation(&mut stream(seed, "data/validation"), set.len()),
    };
    let (mut held_out, mut rest) = if validation.stratified {
        let mut wanted = stratified_counts(&class_counts(set.labels()), validation.count);
        order.into_iter().partition(|&index| {
            let wanted = &mut wanted[usize::from(set.labels()[index as usize])];
            let takes = *wanted > 0;
            *wanted -= usize::from(takes);
            takes
        })
    } else {
        let mut held_out = order;
        let rest = held_out.split_off(validation.count);
        (held_out, rest)
    };
    held_out.sort_unstable();
    rest.sort_unstable();
    (held_out, rest)
}

/// Number of images of each class.
fn class_counts(labels: &[u8]) -> [usize; CLASSES] {
    let mut counts = [0; CLASSES];
    for &label in labels {
        counts[usize::from(label)] += 1;
    }
    counts
}

/// How many of `count` held-out images each class gives, in proportion to its size, by the method
/// of largest remainders (A. Hamilton, 1792). Of classes with equal remainders the one with the
/// lower number goes first. No class gives more images than it has, because `count` is at most
/// the number of all images.
fn stratified_counts(sizes: &[usize; CLASSES], count: usize) -> [usize; CLASSES] {
    let all = sizes.iter().sum::<usize>().max(1) as u64;
    // Both factors are below 2^32.
    let products = sizes.map(|size| size as u64 * count as u64);
    let mut counts = products.map(|product| (product / all) as usize);
    let left = count - counts.iter().sum::<usize>();
    let mut by_remainder: Vec<usize> = (0..CLASSES).collect();
    by_remainder.sort_by_key(|&class| (std::cmp::Reverse(products[class] % all), class));
    for &class in &by_remainder[..left] {
        counts[class] += 1;
    }
    counts
}

#[cfg(test)]
mod tests;
