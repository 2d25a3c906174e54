//! The loops of forward pass and input gradient: 2×2 places of several output planes.

use super::Planes;
use crate::simd::Simd;

/// A convolution's weights as the loop walks them.
#[derive(Clone, Copy)]
pub(super) struct Weights<'a> {
    pub(super) values: &'a [f32],
    /// From an output plane's first weight to the next plane's.
    pub(super) output: usize,
    /// From an input plane's first weight to the next plane's.
    pub(super) input: usize,
    pub(super) kernel: usize,
}

/// Input of the loop: a bordered stack.
#[derive(Clone, Copy)]
pub(super) struct Input<'a, V> {
    pub(super) values: &'a [V],
    pub(super) planes: Planes,
    pub(super) count: usize,
}

/// Sums of `N` output planes from `first` on, at the four places of the window whose upper left
/// corner is (`row`, `column`), in row order; `start` is what each plane's sums begin with.
///
/// `K` is the kernel's side, or 0 to read it from `weights`; `FLIP` turns the kernel by half.
/// The tile is `4·N` sums, `N` weights and one input in registers.
///
/// # Safety
/// `weights` must hold planes up to `first + N` for `input.count` input planes, and the window
/// with the kernel around it must lie in the bordered input.
#[inline(always)]
pub(super) unsafe fn sums<S: Simd, const N: usize, const K: usize, const FLIP: bool>(
    simd: S,
    input: Input<'_, S::Vector>,
    weights: Weights<'_>,
    first: usize,
    (row, column): (usize, usize),
    start: [S::Vector; N],
) -> [[S::Vector; 4]; N] {
    let kernel = if K > 0 { K } else { weights.kernel };
    let mut sums = start.map(|start| [start; 4]);
    let mut corner = input.planes.corner(0, row, column);
    let mut weight = first * weights.output;
    let stride = input.planes.row;
    for _ in 0..input.count {
        for r in 0..kernel {
            for s in 0..kernel {
                let tap = r * kernel + s;
                let tap = if FLIP { kernel * kernel - 1 - tap } else { tap };
                let mut factors = start;
                for (n, factor) in factors.iter_mut().enumerate() {
                    let at = weight + n * weights.output + tap;
                    debug_assert!(at < weights.values.len());
                    // SAFETY: the caller vouches for planes `first..first + N`.
                    *factor = simd.splat(unsafe { *weights.values.get_unchecked(at) });
                }
                for place in 0..4 {
                    let at = corner + (r + place / 2) * stride + s + place % 2;
                    debug_assert!(at < input.values.len());
                    // SAFETY: the caller vouches for the window with the kernel around it.
                    let value = unsafe { *input.values.get_unchecked(at) };
                    for (sums, &factor) in sums.iter_mut().zip(&factors) {
                        sums[place] = simd.mul_add(factor, value, sums[place]);
                    }
                }
            }
        }
        corner += input.planes.plane;
        weight += weights.input;
    }
    sums
}

/// Width of the next tile where `left` output planes remain. The compiler keeps the
/// window's 16 inputs in registers as it can: with 16 registers a third plane makes it spill sums
/// (measured: half the speed), with 32 it does not. Never one plane alone if the tile before can
/// give one up, since four sums do not hide the latency of their additions.
#[inline(always)]
fn tile_width<S: Simd>(left: usize) -> usize {
    match (S::WIDE, left) {
        (_, 0..=2) => left,
        (true, 4) | (false, _) => 2,
        (true, _) => 3,
    }
}

/// An op that computes tiles: `N` output planes at the 2×2 places of one window.
pub(super) trait Tiled<V> {
    /// Computes planes `first` to `first + N` at `window`, a row and a column of windows. `K` is the
    /// kernel's side, or 0 for any.
    fn tile<S: Simd<Vector = V>, const N: usize, const K: usize>(
        &mut self,
        simd: S,
        first: usize,
        window: (usize, usize),
    );
}

/// Has every tile computed, of `planes` output planes at `windows`, rows and columns of windows.
#[inline(always)]
pub(super) fn for_each_tile<S: Simd>(
    simd: S,
    kernel: usize,
    windows: [usize; 2],
    planes: usize,
    op: &mut impl Tiled<S::Vector>,
) {
    match kernel {
        3 => walk::<S, 3>(simd, windows, planes, op),
        _ => walk::<S, 0>(simd, windows, planes, op),
    }
}

#[inline(always)]
fn walk<S: Simd, const K: usize>(
    simd: S,
    [rows, columns]: [usize; 2],
    planes: usize,
    op: &mut impl Tiled<S::Vector>,
) {
    for row in 0..rows {
        for column in 0..columns {
            let mut first = 0;
            while first < planes {
                let width = tile_width::<S>(planes - first);
                match width {
                    1 => op.tile::<S, 1, K>(simd, first, (row, column)),
                    2 => op.tile::<S, 2, K>(simd, first, (row, column)),
                    3 if S::WIDE => op.tile::<S, 3, K>(simd, first, (row, column)),
                    _ => unreachable!("tile_width gives no other"),
                }
                first += width;
            }
        }
    }
}
