//! Forward pass of a later stage by Winograd's F(2×2, 3×3) (Lavin and Gray, "Fast Algorithms for
//! Convolutional Neural Networks", 2015).
//!
//! A tile of 4×4 inputs d and a kernel g give 2×2 places, Aᵀ[(G g Gᵀ) ⊙ (Bᵀ d B)]A: 16
//! multiplications for 36. Over channels and filters each of the 16 elements is a matrix product
//! of tiles × channels and channels × filters. The places are just a window of the pool, so they
//! never leave the registers.
//!
//! A place depends on its own 3×3 inputs alone here too, whatever their values: each transformed
//! element that a place sums holds no other. So places whose inputs are zero are exactly equal,
//! as are those of a patch that is constant along rows, along columns, or all over, and the first
//! maximum is the first.

mod panels;

pub(super) use panels::{TransformWeights, panels};

use super::pool::pool;
use super::{ChannelStage, Planes};
use crate::simd::{Kernel, Simd, lanes};

/// Elements of a transformed tile or kernel.
pub(super) const ELEMENTS: usize = 16;

/// Bytes that the tiles of a round may take, transformed and multiplied.
const ROUND_BYTES: usize = 96 << 10;

/// Bytes of a panel's weights up to which they are gone through again for every few tiles, which
/// themselves stay in the first cache meanwhile.
const PANEL_BYTES: usize = 128 << 10;

/// Scratch of a round of tiles.
#[derive(Debug)]
pub(crate) struct Tiles<V> {
    /// `[tiles, channel blocks, 16]`, each tile followed by a gap.
    transformed: Vec<V>,
    /// `[tiles, filter blocks, 16]`, likewise.
    products: Vec<V>,
}

impl<V: Copy> Tiles<V> {
    /// Room for a round of each of the stages.
    pub(crate) fn new<S: Simd<Vector = V>>(simd: S, stages: &[ChannelStage]) -> Self {
        let (mut transformed, mut products) = (0, 0);
        for round in stages.iter().map(Round::new::<S>) {
            transformed = transformed.max(round.tiles * round.transformed);
            products = products.max(round.tiles * round.products);
        }
        Self {
            transformed: vec![simd.splat(0.0); transformed],
            products: vec![simd.splat(0.0); products],
        }
    }
}

/// Sizes of a stage's round.
#[derive(Debug, Clone, Copy)]
struct Round {
    tiles: usize,
    channel_blocks: usize,
    filter_blocks: usize,
    /// Vectors from a tile to the next one.
    transformed: usize,
    products: usize,
}

impl Round {
    fn new<S: Simd>(stage: &ChannelStage) -> Self {
        let blocks = |count: usize| count.div_ceil(S::LANES);
        let (channel_blocks, filter_blocks) = (blocks(stage.channels), blocks(stage.filters));
        let tile = ELEMENTS * (channel_blocks + filter_blocks) * S::LANES * size_of::<f32>();
        // A multiple of every number of tiles that a panel takes at a time.
        let unit = if S::WIDE { 24 } else { 12 };
        // The gap keeps the tiles' rows in different sets of the cache.
        Self {
            tiles: (ROUND_BYTES / tile / unit).clamp(1, 4) * unit,
            channel_blocks,
            filter_blocks,
            transformed: ELEMENTS * channel_blocks + 2,
            products: ELEMENTS * filter_blocks + 2,
        }
    }
}

/// One stage of some images.
pub(crate) struct WinogradForward<'a, V> {
    pub(crate) stage: &'a ChannelStage,
    pub(crate) images: usize,
    /// The images, each in the places of [`ChannelStage::input`].
    pub(crate) input: &'a [V],
    /// As [`TransformWeights`] makes them.
    pub(crate) weight: &'a [V],
    /// `[filter blocks]`.
    pub(crate) bias: &'a [V],
    /// The pooled output; only the inside of the border is written.
    pub(crate) output: &'a mut [V],
    pub(crate) output_planes: Planes,
    /// Argmax codes, in the places of [`ChannelStage::pooled`].
    pub(crate) codes: &'a mut [V],
    pub(crate) tiles: &'a mut Tiles<V>,
}

impl<V: Copy> WinogradForward<'_, V> {
    pub(crate) fn run<S: Simd<Vector = V>>(self, simd: S) {
        let round = Round::new::<S>(self.stage);
        let mut place = Place::default();
        let mut left = self.images * self.stage.places();
        while left > 0 {
            let tiles = left.min(round.tiles);
            left -= tiles;
            let first = place;
            simd.vectorize(Transform {
                stage: self.stage,
                round,
                tiles,
                place: &mut place,
                input: self.input,
                output: &mut self.tiles.transformed,
            });
            simd.vectorize(Multiply {
                round,
                tiles,
                channels: self.stage.channels,
                input: lanes::<S>(&self.tiles.transformed),
                weight: self.weight,
                output: &mut self.tiles.products,
            });
            simd.vectorize(Finish {
                stage: self.stage,
                round,
                tiles,
                place: first,
                input: &self.tiles.products,
                bias: self.bias,
                output: &mut *self.output,
                output_planes: self.output_planes,
                codes: &mut *self.codes,
            });
        }
    }
}

/// Image, row and column of a tile.
#[derive(Debug, Clone, Copy, Default)]
struct Place {
    image: usize,
    row: usize,
    column: usize,
}

impl Place {
    #[inline(always)]
    fn advance(&mut self, stage: &ChannelStage) {
        self.column += 1;
        if self.column == stage.pooled.columns {
            self.column = 0;
            self.row += 1;
            if self.row == stage.pooled.rows {
                self.row = 0;
                self.image += 1;
            }
        }
    }
}

/// Bᵀ d B with Bᵀ = [1 0 −1 0; 0 1 1 0; 0 −1 1 0; 0 1 0 −1].
struct Transform<'a, V> {
    stage: &'a ChannelStage,
    round: Round,
    tiles: usize,
    place: &'a mut Place,
    input: &'a [V],
    output: &'a mut [V],
}

impl<S: Simd> Kernel<S> for Transform<'_, S::Vector> {
    type Output = ();

    #[inline(always)]
    fn run(self, simd: S) {
        let planes = self.stage.input;
        let blocks = self.round.channel_blocks;
        let tiles = self.output.chunks_exact_mut(self.round.transformed);
        for tile in tiles.take(self.tiles) {
            let place = &mut *self.place;
            let corner = planes.corner(0, 2 * place.row, 2 * place.column);
            let corner = place.image * planes.len(blocks) + corner;
            for (block, to) in tile.chunks_exact_mut(ELEMENTS).take(blocks).enumerate() {
                let patch = &self.input[corner + block * planes.plane..][..3 * planes.row + 4];
                let first = &patch[..4];
                let second = &patch[planes.row..][..4];
                let third = &patch[2 * planes.row..][..4];
                let fourth = &patch[3 * planes.row..][..4];
                for line in 0..4 {
                    let mut columns = [first[0]; 4];
                    for (x, column) in columns.iter_mut().enumerate() {
                        *column = match line {
                            0 => simd.sub(first[x], third[x]),
                            1 => simd.add(second[x], third[x]),
                            2 => simd.sub(third[x], second[x]),
                            _ => simd.sub(second[x], fourth[x]),
                        };
                    }
                    let [a, b, c, d] = columns;
                    to[4 * line] = simd.sub(a, c);
                    to[4 * line + 1] = simd.add(b, c);
                    to[4 * line + 2] = simd.sub(c, b);
                    to[4 * line + 3] = simd.sub(b, d);
                }
            }
            place.advance(self.stage);
        }
    }
}

/// The 16 matrix products.
struct Multiply<'a, V> {
    round: Round,
    tiles: usize,
    channels: usize,
    input: &'a [f32],
    weight: &'a [V],
    output: &'a mut [V],
}

impl<S: Simd> Kernel<S> for Multiply<'_, S::Vector> {
    type Output = ();

    #[inline(always)]
    fn run(mut self, simd: S) {
        assert!(self.input.len() >= self.round.tiles * self.round.transformed * S::LANES);
        for panel in panels(self.round.filter_blocks) {
            match (panel.1, S::WIDE) {
                (1, false) => self.panel::<S, 1, 12>(simd, panel.0),
                (2, false) => self.panel::<S, 2, 6>(simd, panel.0),
                (3, false) => self.panel::<S, 3, 4>(simd, panel.0),
                (1, true) => self.panel::<S, 1, 24>(simd, panel.0),
                (2, true) => self.panel::<S, 2, 12>(simd, panel.0),
                (3, true) => self.panel::<S, 3, 8>(simd, panel.0),
                _ => unreachable!("a panel has one to three blocks"),
            }
        }
    }
}

impl<V: Copy> Multiply<'_, V> {
    /// A panel of `W` blocks, `T` tiles at a time, `T·W` sums in registers. The last tiles may be
    /// void: their places exist and are not read again.
    #[inline(always)]
    fn panel<S: Simd<Vector = V>, const W: usize, const T: usize>(
        &mut self,
        simd: S,
        first: usize,
    ) {
        let weight = first * ELEMENTS * self.channels;
        let weight = &self.weight[weight..][..ELEMENTS * self.channels * W];
        let output = first * ELEMENTS;
        if size_of_val(weight) <= PANEL_BYTES {
            for tile in (0..self.tiles).step_by(T) {
                for element in 0..ELEMENTS {
                    self.product::<S, W, T>(simd, weight, output, (tile, element));
                }
            }
        } else {
            for element in 0..ELEMENTS {
                for tile in (0..self.tiles).step_by(T) {
                    self.product::<S, W, T>(simd, weight, output, (tile, element));
                }
            }
        }
    }

    #[inline(always)]
    fn product<S: Simd<Vector = V>, const W: usize, const T: usize>(
        &mut self,
        simd: S,
        weight: &[V],
        output: usize,
        (tile, element): (usize, usize),
    ) {
        let pitch = self.round.transformed * S::LANES;
        let weight = &weight[element * self.channels * W..][..self.channels * W];
        let mut sums = [[simd.splat(0.0); W]; T];
        for (block, weight) in weight.chunks(S::LANES * W).enumerate() {
            let row = tile * pitch + (block * ELEMENTS + element) * S::LANES;
            for (lane, weight) in weight.chunks_exact(W).enumerate() {
                for (tile, sums) in sums.iter_mut().enumerate() {
                    let at = row + tile * pitch + lane;
                    debug_assert!(at < self.input.len());
                    // SAFETY: `run` has checked that all tiles of a round are there, whose number
                    // is a multiple of `T`.
                    let value = simd.splat(unsafe { *self.input.get_unchecked(at) });
                    for (sum, &weight) in sums.iter_mut().zip(weight) {
                        *sum = simd.mul_add(value, weight, *sum);
                    }
                }
            }
        }
        let to = &mut self.output[tile * self.round.products + output + element..];
        for (t, sums) in sums.iter().enumerate() {
            for (w, &sum) in sums.iter().enumerate() {
                to[t * self.round.products + w * ELEMENTS] = sum;
            }
        }
    }
}

/// Aᵀ m A with Aᵀ = [1 1 1 0; 0 1 −1 −1], bias, ReLU and pool.
struct Finish<'a, V> {
    stage: &'a ChannelStage,
    round: Round,
    tiles: usize,
    place: Place,
    input: &'a [V],
    bias: &'a [V],
    output: &'a mut [V],
    output_planes: Planes,
    codes: &'a mut [V],
}

impl<S: Simd> Kernel<S> for Finish<'_, S::Vector> {
    type Output = ();

    #[inline(always)]
    fn run(mut self, simd: S) {
        let (planes, pooled) = (self.output_planes, self.stage.pooled);
        let blocks = self.round.filter_blocks;
        let tiles = self.input.chunks_exact(self.round.products);
        for tile in tiles.take(self.tiles) {
            let place = self.place;
            let output = place.image * planes.len(blocks) + planes.at(0, place.row, place.column);
            let codes = place.image * pooled.len(blocks) + pooled.at(0, place.row, place.column);
            let products = tile.chunks_exact(ELEMENTS).zip(self.bias).enumerate();
            for (block, (products, &bias)) in products {
                let mut lines = [[products[0]; 4]; 2];
                for r in 0..4 {
                    let line = &products[4 * r..][..4];
                    [lines[0][r], lines[1][r]] = reduce(simd, [line[0], line[1], line[2], line[3]]);
                }
                let [upper_left, lower_left] = reduce(simd, lines[0]);
                let [upper_right, lower_right] = reduce(simd, lines[1]);
                let places = [upper_left, upper_right, lower_left, lower_right];
                let (value, code) = pool(simd, places, Some(bias));
                self.output[output + block * planes.plane] = value;
                self.codes[codes + block * pooled.plane] = code;
            }
            self.place.advance(self.stage);
        }
    }
}

/// Aᵀ times four.
#[inline(always)]
fn reduce<S: Simd>(simd: S, [a, b, c, d]: [S::Vector; 4]) -> [S::Vector; 2] {
    let first = simd.add(simd.add(a, b), c);
    [first, simd.sub(simd.sub(b, c), d)]
}
