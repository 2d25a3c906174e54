//! Where a stage's gradients are: the maxima's places, filter by filter.

use super::{ChannelStage, DEAD, Planes};
use crate::simd::{Kernel, Simd, lanes_mut};

/// The gradients of one image that are not zero, for each filter in the order of their places,
/// and where the corner of a gradient's kernel lies in the planes of the input: an element of the
/// first block, from which other blocks lie at the same distance for all.
#[derive(Debug)]
pub(crate) struct Lists<V> {
    /// Elements, whole numbers by their bits.
    corners: Vec<f32>,
    gradients: Vec<f32>,
    lengths: Vec<usize>,
    /// Entries that a filter has room for.
    room: usize,
    stage: ChannelStage,
    /// The gradients with zeros where a place is dead, `[filter blocks, places]`.
    alive: Vec<V>,
    /// For each vector of places the corners that the four codes stand for.
    tables: Vec<[V; 4]>,
}

impl<V: Copy> Lists<V> {
    /// Room for an image of a stage.
    pub(crate) fn new<S: Simd<Vector = V>>(simd: S, stage: ChannelStage) -> Self {
        let places = stage.places();
        // Vectors are written whole.
        let room = places.next_multiple_of(S::LANES) + S::LANES;
        let ChannelStage { input, pooled, .. } = stage;
        let corner = |place: usize, code: usize| {
            let (row, column) = (place / pooled.columns, place % pooled.columns);
            input.corner(0, 2 * row + code / 2, 2 * column + code % 2)
        };
        let table = |first: usize| {
            let mut table = [simd.splat(0.0); 4];
            for (code, corners) in table.iter_mut().enumerate() {
                let lanes = lanes_mut::<S>(std::slice::from_mut(corners));
                for (lane, place) in lanes.iter_mut().zip(first..places) {
                    *lane = f32::from_bits(corner(place, code) as u32);
                }
            }
            table
        };
        Self {
            corners: vec![0.0; stage.filters * room],
            gradients: vec![0.0; stage.filters * room],
            lengths: vec![0; stage.filters],
            room,
            stage,
            alive: vec![simd.splat(0.0); stage.filters.div_ceil(S::LANES) * places],
            tables: (0..places).step_by(S::LANES).map(table).collect(),
        }
    }

    /// Takes an image's argmax codes, in the places of [`ChannelStage::pooled`], and the gradient of its
    /// pooled output, in those of `planes`.
    pub(crate) fn fill<S: Simd<Vector = V>>(
        &mut self,
        simd: S,
        codes: &[V],
        gradient: &[V],
        planes: Planes,
    ) {
        simd.vectorize(Fill {
            lists: self,
            codes,
            gradient,
            planes,
        });
    }

    /// The stage that the gradients belong to.
    pub(super) fn stage(&self) -> &ChannelStage {
        &self.stage
    }

    /// The gradients, `[filter blocks, places]`, zero where a place is dead.
    pub(super) fn alive(&self) -> &[V] {
        &self.alive
    }

    /// A filter's gradients, each with its corner: that of 3×3 places within the input's planes.
    #[inline(always)]
    pub(super) fn of(&self, filter: usize) -> impl Iterator<Item = (usize, f32)> {
        let range = filter * self.room..filter * self.room + self.lengths[filter];
        let corners = self.corners[range.clone()].iter();
        let corners = corners.map(|corner| corner.to_bits() as usize);
        corners.zip(self.gradients[range].iter().copied())
    }
}

struct Fill<'a, V> {
    lists: &'a mut Lists<V>,
    codes: &'a [V],
    gradient: &'a [V],
    planes: Planes,
}

impl<S: Simd> Kernel<S> for Fill<'_, S::Vector> {
    type Output = ();

    #[inline(always)]
    fn run(self, simd: S) {
        let (lists, zero) = (self.lists, simd.splat(0.0));
        let ChannelStage {
            filters, pooled, ..
        } = lists.stage;
        let places = pooled.plane;
        let codes = &self.codes[..lists.alive.len()];
        for (row, codes) in codes.chunks_exact(pooled.columns).enumerate() {
            let (block, row) = (row / pooled.rows, row % pooled.rows);
            let gradient = &self.gradient[self.planes.at(block, row, 0)..][..codes.len()];
            let alive = &mut lists.alive[pooled.at(block, row, 0)..][..codes.len()];
            for ((alive, &code), &gradient) in alive.iter_mut().zip(codes).zip(gradient) {
                *alive = simd.select(simd.below(code, DEAD), gradient, zero);
            }
        }
        lists.lengths.fill(0);
        // Room for a square of vectors each.
        const { assert!(S::LANES <= 16) };
        let (mut codes_here, mut alive_here) = ([zero; 16], [zero; 16]);
        let (codes_here, alive_here) = (&mut codes_here[..S::LANES], &mut alive_here[..S::LANES]);
        for block in 0..filters.div_ceil(S::LANES) {
            for (vector, table) in lists.tables.iter().enumerate() {
                let first = vector * S::LANES;
                let here = S::LANES.min(places - first);
                let at = block * places + first;
                codes_here[..here].copy_from_slice(&codes[at..at + here]);
                alive_here[..here].copy_from_slice(&lists.alive[at..at + here]);
                alive_here[here..].fill(zero);
                simd.transpose(codes_here);
                simd.transpose(alive_here);
                let here = codes_here.iter().zip(&*alive_here);
                let filters = block * S::LANES..filters;
                for (filter, (&code, &gradient)) in filters.zip(here) {
                    let kept = simd.ne(gradient, zero);
                    let corner = choose(simd, code, table);
                    let at = filter * lists.room + lists.lengths[filter];
                    simd.store(simd.front(kept, corner), &mut lists.corners[at..]);
                    simd.store(simd.front(kept, gradient), &mut lists.gradients[at..]);
                    lists.lengths[filter] += simd.count(kept);
                }
            }
        }
    }
}

/// Each lane of the vector that its code names.
#[inline(always)]
pub(super) fn choose<S: Simd>(simd: S, code: S::Vector, of: &[S::Vector; 4]) -> S::Vector {
    let upper = simd.select(simd.below(code, 1), of[0], of[1]);
    let lower = simd.select(simd.below(code, 3), of[2], of[3]);
    simd.select(simd.below(code, 2), upper, lower)
}
