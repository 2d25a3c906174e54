//! Gradient of a later stage's input.
//!
//! With few registers, each gradient is added in memory to the nine places around its maximum, filter
//! by filter; a filter's weights stay in registers. With many registers, the 4×4 places around a window
//! of the pool stay in registers while the gradients of all filters are added. Each gradient is added
//! to all 16 places, with weights that are zero where its kernel does not reach.

use super::lists::choose;
use super::{ChannelStage, Lists, TAPS};
use crate::simd::{Kernel, Simd, lanes_mut, prefetch};

/// Places of the input around a window of the pool.
pub(super) const SLOTS: usize = 16;

/// Slots before a block's first filter: a kernel moved down and right by one begins so far before.
pub(super) const MARGIN: usize = 5;

/// Most filters that are gone through with a window in registers: moving it costs as much as a few
/// gradients, and their weights have to stay in the first cache.
const GROUP: usize = 32;

/// Filters gone through together.
fn group_len(stage: &ChannelStage) -> usize {
    GROUP.min(stage.filters.next_multiple_of(16))
}

/// Elements of the weights for the backward pass.
pub(super) fn weight_len<S: Simd>(stage: &ChannelStage) -> usize {
    let blocks = stage.channels.div_ceil(S::LANES);
    if S::WIDE {
        blocks * (MARGIN + stage.filters * SLOTS)
    } else {
        stage.filters * blocks * TAPS
    }
}

/// Vector of a filter's weights for a block of channels at one tap.
pub(super) fn weight_at<S: Simd>(
    stage: &ChannelStage,
    filter: usize,
    block: usize,
    tap: usize,
) -> usize {
    if S::WIDE {
        let block = block * (MARGIN + stage.filters * SLOTS) + MARGIN;
        // Rows of four and four rows: the fourth of each is zero.
        block + filter * SLOTS + tap / 3 * 4 + tap % 3
    } else {
        (filter * stage.channels.div_ceil(S::LANES) + block) * TAPS + tap
    }
}

/// The gradients of an image that are not zero, place by place.
#[derive(Debug)]
pub(crate) struct Windows<V> {
    /// For each gradient the first of the 16 slots it is multiplied with, a whole number by its
    /// bits: `[groups of filters, places, filters of a group]`.
    slots: Vec<f32>,
    gradients: Vec<f32>,
    /// `[groups of filters, places]`.
    counts: Vec<u32>,
    /// Filters of a group.
    group: usize,
    /// For each block of a group of filters the slots that the four codes stand for.
    tables: Vec<[V; 4]>,
}

impl<V: Copy> Windows<V> {
    /// Room for an image of a stage.
    pub(crate) fn new<S: Simd<Vector = V>>(simd: S, stage: &ChannelStage) -> Self {
        let group = group_len(stage);
        let counts = if S::WIDE {
            stage.filters.div_ceil(group) * stage.places()
        } else {
            0
        };
        let table = |first: usize| {
            let mut table = [simd.splat(0.0); 4];
            for (code, slots) in table.iter_mut().enumerate() {
                let slots = lanes_mut::<S>(std::slice::from_mut(slots));
                for (lane, slot) in slots.iter_mut().enumerate() {
                    let first = (first + lane) * SLOTS + MARGIN - (code / 2 * 4 + code % 2);
                    *slot = f32::from_bits(first as u32);
                }
            }
            table
        };
        Self {
            slots: vec![0.0; counts * group],
            gradients: vec![0.0; counts * group],
            counts: vec![0; counts],
            group,
            tables: (0..group).step_by(S::LANES).map(table).collect(),
        }
    }
}

/// The gradient of one image's input.
pub(crate) struct LaterInputGradient<'a, V> {
    pub(crate) lists: &'a Lists<V>,
    /// Argmax codes, in the places of [`ChannelStage::pooled`].
    pub(crate) codes: &'a [V],
    /// In the places of [`weight_at`].
    pub(crate) weight: &'a [V],
    pub(crate) windows: &'a mut Windows<V>,
    /// As the input; what its border receives means nothing.
    pub(crate) output: &'a mut [V],
}

impl<S: Simd> Kernel<S> for LaterInputGradient<'_, S::Vector> {
    type Output = ();

    #[inline(always)]
    fn run(mut self, simd: S) {
        let stage = self.lists.stage();
        let blocks = stage.channels.div_ceil(S::LANES);
        assert!(self.output.len() >= stage.input.len(blocks));
        assert!(self.weight.len() >= weight_len::<S>(stage));
        if S::WIDE {
            self.fill_windows(simd);
            for block in 0..blocks {
                for group in 0..stage.filters.div_ceil(self.windows.group) {
                    self.group(simd, block, group);
                }
            }
        } else {
            self.output.fill(simd.splat(0.0));
            for block in 0..blocks {
                self.block(simd, block);
            }
        }
    }
}

impl<V: Copy> LaterInputGradient<'_, V> {
    /// A block of channels, filter by filter.
    #[inline(always)]
    fn block<S: Simd<Vector = V>>(&mut self, simd: S, block: usize) {
        let stage = self.lists.stage();
        let planes = stage.input;
        let output = &mut self.output[block * planes.plane..];
        for filter in 0..stage.filters {
            let weight = &self.weight[weight_at::<S>(stage, filter, block, 0)..][..TAPS];
            let weight: [S::Vector; TAPS] = weight.try_into().expect("nine of nine");
            for (corner, gradient) in self.lists.of(filter) {
                let gradient = simd.splat(gradient);
                debug_assert!(corner + 2 * planes.row + 2 < planes.plane);
                for (tap, &weight) in weight.iter().enumerate() {
                    let at = corner + tap / 3 * planes.row + tap % 3;
                    // SAFETY: corners are those of 3×3 places within a plane, which `run` has
                    // seen.
                    let place = unsafe { output.get_unchecked_mut(at) };
                    *place = simd.mul_add(gradient, weight, *place);
                }
            }
        }
    }

    #[inline(always)]
    fn fill_windows<S: Simd<Vector = V>>(&mut self, simd: S) {
        const { assert!(16_usize.is_multiple_of(S::LANES)) };
        let places = self.lists.stage().places();
        let (alive, windows) = (self.lists.alive(), &mut *self.windows);
        let codes = &self.codes[..alive.len()];
        windows.counts.fill(0);
        for (block, (codes, alive)) in codes
            .chunks_exact(places)
            .zip(alive.chunks_exact(places))
            .enumerate()
        {
            let table = &windows.tables[block % windows.tables.len()];
            let group = block / windows.tables.len() * places;
            for (place, (&code, &gradient)) in codes.iter().zip(alive).enumerate() {
                let kept = simd.ne(gradient, simd.splat(0.0));
                let slots = choose(simd, code, table);
                let count = &mut windows.counts[group + place];
                let at = (group + place) * windows.group + *count as usize;
                simd.store(simd.front(kept, slots), &mut windows.slots[at..]);
                simd.store(simd.front(kept, gradient), &mut windows.gradients[at..]);
                *count += simd.count(kept) as u32;
            }
        }
    }

    /// A block of channels and a group of filters, window by window. Of a window's columns the
    /// right half is the next one's left half.
    #[inline(always)]
    fn group<S: Simd<Vector = V>>(&mut self, simd: S, block: usize, group: usize) {
        let stage = *self.lists.stage();
        let (planes, pooled) = (stage.input, stage.pooled);
        let zero = simd.splat(0.0);
        let size = self.windows.group;
        let first = weight_at::<S>(&stage, group * size, block, 0) - MARGIN;
        let filters = size.min(stage.filters - group * size);
        let weight = &self.weight[first..][..MARGIN + filters * SLOTS];
        // The next group's come from afar where a stage is large.
        let next = &self.weight[first + weight.len()..];
        let next = &next[..next.len().min(size * SLOTS)];
        let mut next = next.chunks((size * SLOTS).div_ceil(pooled.plane.max(1)));
        let output = &mut self.output[block * planes.plane..][..planes.plane];
        for row in 0..pooled.rows {
            // The group before has been here, or the row before in the upper half.
            let halves = [group > 0 || row > 0, group > 0];
            let mut window = [zero; SLOTS];
            for column in 0..=pooled.columns {
                let corner = planes.corner(0, 2 * row, 2 * column);
                if column > 0 {
                    // The left half moves out, and the right one takes its place.
                    for y in 0..4 {
                        let to = &mut output[corner - 2 + y * planes.row..][..2];
                        to.copy_from_slice(&window[4 * y..][..2]);
                        window[4 * y] = window[4 * y + 2];
                        window[4 * y + 1] = window[4 * y + 3];
                    }
                } else {
                    for y in 0..4 {
                        let from = &output[corner + y * planes.row..][..2];
                        let read = halves[y / 2];
                        window[4 * y] = if read { from[0] } else { zero };
                        window[4 * y + 1] = if read { from[1] } else { zero };
                    }
                }
                if column == pooled.columns {
                    for y in 0..4 {
                        let to = &mut output[corner + y * planes.row..][..2];
                        to.copy_from_slice(&window[4 * y..][..2]);
                    }
                    break;
                }
                for y in 0..4 {
                    let from = &output[corner + 2 + y * planes.row..][..2];
                    let read = halves[y / 2];
                    window[4 * y + 2] = if read { from[0] } else { zero };
                    window[4 * y + 3] = if read { from[1] } else { zero };
                }
                if let Some(next) = next.next() {
                    prefetch(next);
                }
                let place = group * pooled.plane + pooled.at(0, row, column);
                let range = place * size..place * size + self.windows.counts[place] as usize;
                let slots = &self.windows.slots[range.clone()];
                for (slot, &gradient) in slots.iter().zip(&self.windows.gradients[range]) {
                    let slot = slot.to_bits() as usize;
                    let gradient = simd.splat(gradient);
                    debug_assert!(slot + SLOTS <= weight.len());
                    for (at, sum) in window.iter_mut().enumerate() {
                        // SAFETY: slots are those of the group's filters, whose weights and
                        // margin are there.
                        let weight = unsafe { *weight.get_unchecked(slot + at) };
                        *sum = simd.mul_add(gradient, weight, *sum);
                    }
                }
            }
        }
    }
}
