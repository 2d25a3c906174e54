//! The transformed weights, and the panels of filters that they are multiplied in.

use crate::conv_pool::cpu::channels::TAPS;
use crate::simd::{Kernel, Simd};

/// Widths in blocks of the panels that `blocks` blocks of filters are multiplied in, each with
/// its first block.
pub(crate) fn panels(blocks: usize) -> impl Iterator<Item = (usize, usize)> {
    let mut first = 0;
    std::iter::from_fn(move || {
        let width = match blocks - first {
            0 => return None,
            3 => 3,
            1 => 1,
            _ => 2,
        };
        first += width;
        Some((first - width, width))
    })
}

/// Transforms a block of filters' weights `[C, 9]` to G g Gᵀ with G = [1 0 0; ½ ½ ½; ½ −½ ½; 0 0 1],
/// in its places of a panel `[16, C, width]`.
pub(crate) struct TransformWeights<'a, V> {
    pub(crate) weight: &'a [V],
    pub(crate) width: usize,
    /// The block's place in the panel.
    pub(crate) block: usize,
    pub(crate) panel: &'a mut [V],
}

impl<S: Simd> Kernel<S> for TransformWeights<'_, S::Vector> {
    type Output = ();

    #[inline(always)]
    fn run(self, simd: S) {
        let half = simd.splat(0.5);
        let channels = self.weight.len() / TAPS;
        for (channel, kernel) in self.weight.chunks_exact(TAPS).enumerate() {
            let mut columns = [[half; 4]; 3];
            for (s, column) in columns.iter_mut().enumerate() {
                *column = transform_line(simd, half, [kernel[s], kernel[3 + s], kernel[6 + s]]);
            }
            let [first, second, third] = columns;
            let lines = first.into_iter().zip(second).zip(third);
            for (r, ((a, b), c)) in lines.enumerate() {
                let line = transform_line(simd, half, [a, b, c]);
                for (s, &value) in line.iter().enumerate() {
                    let row = (4 * r + s) * channels + channel;
                    self.panel[row * self.width + self.block] = value;
                }
            }
        }
    }
}

/// G times three.
#[inline(always)]
fn transform_line<S: Simd>(simd: S, half: S::Vector, [a, b, c]: [S::Vector; 3]) -> [S::Vector; 4] {
    let outer = simd.mul(half, simd.add(a, c));
    let middle = simd.mul(half, b);
    [a, simd.add(outer, middle), simd.sub(outer, middle), c]
}
