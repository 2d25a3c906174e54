//! Places of the elements in a stack of planes.

use crate::simd::{Simd, lane, lane_mut};

/// A stack of planes of `rows` × `columns`, each with a border of `border` elements all round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Planes {
    pub(crate) rows: usize,
    pub(crate) columns: usize,
    pub(crate) border: usize,
    /// From a row to the next.
    pub(crate) row: usize,
    /// From a plane to the next.
    pub(crate) plane: usize,
}

impl Planes {
    /// Planes with odd distances, so that places above each other, or of neighbouring channels, do not
    /// all fall into the same few sets of the cache.
    pub(crate) fn new(rows: usize, columns: usize, border: usize) -> Self {
        let row = (columns + 2 * border) | 1;
        let plane = (row * (rows + 2 * border)) | 1;
        Self {
            rows,
            columns,
            border,
            row,
            plane,
        }
    }

    /// Planes without border or gaps.
    pub(crate) fn compact(rows: usize, columns: usize) -> Self {
        Self {
            rows,
            columns,
            border: 0,
            row: columns,
            plane: rows * columns,
        }
    }

    /// Elements of a stack of `planes`.
    pub(crate) fn len(&self, planes: usize) -> usize {
        planes * self.plane
    }

    /// Index of an element; rows and columns count from the first inside the border.
    #[inline(always)]
    pub(crate) fn at(&self, plane: usize, row: usize, column: usize) -> usize {
        plane * self.plane + (row + self.border) * self.row + column + self.border
    }

    /// Index of the corner of the border's square that begins at (`row`, `column`), both counted
    /// from the border's first.
    #[inline(always)]
    pub(crate) fn corner(&self, plane: usize, row: usize, column: usize) -> usize {
        plane * self.plane + row * self.row + column
    }
}

/// Fills one lane of a stack of planes with values in (plane, row, column) order.
pub(crate) fn fill_lane<S: Simd>(
    planes: Planes,
    count: usize,
    stack: &mut [S::Vector],
    lane: usize,
    mut values: impl Iterator<Item = f32>,
) {
    for (plane, row) in (0..count).flat_map(|p| (0..planes.rows).map(move |r| (p, r))) {
        let row = &mut stack[planes.at(plane, row, 0)..][..planes.columns];
        // The lane is first: a `zip` that ends takes one more from what stands first.
        for (place, value) in lane_mut::<S>(row, lane).zip(&mut values) {
            *place = value;
        }
    }
}

/// Writes one lane of a stack of planes in (plane, row, column) order.
pub(crate) fn read_lane<S: Simd>(
    planes: Planes,
    count: usize,
    stack: &[S::Vector],
    at: usize,
    values: &mut [f32],
) {
    let rows = (0..count).flat_map(|p| (0..planes.rows).map(move |r| (p, r)));
    for ((plane, row), to) in rows.zip(values.chunks_exact_mut(planes.columns)) {
        let row = &stack[planes.at(plane, row, 0)..][..planes.columns];
        to.iter_mut()
            .zip(lane::<S>(row, at))
            .for_each(|(to, from)| *to = from);
    }
}

#[cfg(test)]
mod tests {
    use super::Planes;

    #[test]
    fn no_two_elements_share_a_place() {
        for planes in [
            Planes::new(5, 4, 2),
            Planes::new(14, 14, 1),
            Planes::compact(3, 8),
        ] {
            let mut taken = vec![false; planes.len(3)];
            let [rows, columns] =
                [planes.rows, planes.columns].map(|side| side + 2 * planes.border);
            for plane in 0..3 {
                for (row, column) in (0..rows).flat_map(|y| (0..columns).map(move |x| (y, x))) {
                    let at = planes.corner(plane, row, column);
                    assert!(!std::mem::replace(&mut taken[at], true), "{planes:?}");
                }
            }
            assert_eq!(
                planes.at(1, 0, 0),
                planes.corner(1, planes.border, planes.border)
            );
        }
    }
}
