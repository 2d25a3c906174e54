//! Between planes of filters in lanes and a row of features in (filter, row, column) order.

use super::ChannelStage;
use crate::simd::{Kernel, Simd, lanes, lanes_mut};

/// From the places of [`ChannelStage::pooled`] to a row.
pub(crate) struct ReadRow<'a, V> {
    pub(crate) stage: &'a ChannelStage,
    pub(crate) planes: &'a [V],
    pub(crate) row: &'a mut [f32],
}

/// And back; lanes without a filter keep what they hold.
pub(crate) struct WriteRow<'a, V> {
    pub(crate) stage: &'a ChannelStage,
    pub(crate) row: &'a [f32],
    pub(crate) planes: &'a mut [V],
}

/// First places of squares of `lanes` places that cover all; the last ones may overlap. `None`
/// where there are too few places for a square.
fn squares(places: usize, lanes: usize) -> Option<impl Iterator<Item = usize>> {
    let last = places.checked_sub(lanes)?;
    let starts = (0..places).step_by(lanes);
    Some(starts.map(move |start| start.min(last)))
}

impl<S: Simd> Kernel<S> for ReadRow<'_, S::Vector> {
    type Output = ();

    #[inline(always)]
    fn run(self, simd: S) {
        let places = self.stage.places();
        let row = &mut self.row[..self.stage.filters * places];
        let rows = row.chunks_mut(S::LANES * places);
        for (row, plane) in rows.zip(self.planes.chunks_exact(places)) {
            if let (true, Some(squares)) =
                (row.len() == S::LANES * places, squares(places, S::LANES))
            {
                for start in squares {
                    let mut square = [simd.splat(0.0); 16];
                    let square = &mut square[..S::LANES];
                    square.copy_from_slice(&plane[start..][..S::LANES]);
                    simd.transpose(square);
                    for (to, &values) in row.chunks_exact_mut(places).zip(&*square) {
                        simd.store(values, &mut to[start..]);
                    }
                }
                continue;
            }
            let plane = lanes::<S>(plane);
            for (lane, to) in row.chunks_exact_mut(places).enumerate() {
                let from = plane[lane..].iter().step_by(S::LANES);
                to.iter_mut().zip(from).for_each(|(to, &value)| *to = value);
            }
        }
    }
}

impl<S: Simd> Kernel<S> for WriteRow<'_, S::Vector> {
    type Output = ();

    #[inline(always)]
    fn run(self, simd: S) {
        let places = self.stage.places();
        let row = &self.row[..self.stage.filters * places];
        let rows = row.chunks(S::LANES * places);
        for (row, plane) in rows.zip(self.planes.chunks_exact_mut(places)) {
            if let (true, Some(squares)) =
                (row.len() == S::LANES * places, squares(places, S::LANES))
            {
                for start in squares {
                    let mut square = [simd.splat(0.0); 16];
                    let square = &mut square[..S::LANES];
                    for (values, from) in square.iter_mut().zip(row.chunks_exact(places)) {
                        *values = simd.load(&from[start..]);
                    }
                    simd.transpose(square);
                    plane[start..][..S::LANES].copy_from_slice(square);
                }
                continue;
            }
            let plane = lanes_mut::<S>(plane);
            for (lane, from) in row.chunks_exact(places).enumerate() {
                let to = plane[lane..].iter_mut().step_by(S::LANES);
                to.zip(from).for_each(|(to, &value)| *to = value);
            }
        }
    }
}
