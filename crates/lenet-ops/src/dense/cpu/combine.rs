//! Input gradient on rows: combinations of the weights' rows, features in the lanes.

use crate::simd::{Kernel, Simd};

/// A layer's weights in panels of a few vectors of inputs: `[outputs, vectors]` each, zero beyond the
/// inputs. In place, every row of a panel would lie in a page of its own, more pages than a processor
/// keeps at hand.
#[derive(Debug)]
pub(crate) struct Panels<V> {
    values: Vec<V>,
    inputs: usize,
    outputs: usize,
}

impl<V: Copy> Panels<V> {
    pub(crate) fn new<S: Simd<Vector = V>>(simd: S, inputs: usize, outputs: usize) -> Self {
        let len = inputs.div_ceil(S::LANES) * outputs;
        Self {
            values: vec![simd.splat(0.0); len],
            inputs,
            outputs,
        }
    }

    /// What takes over weights `[outputs, inputs]`, in any order.
    pub(crate) fn fill<'a, S: Simd<Vector = V>>(
        &'a mut self,
        simd: S,
        weight: &'a [f32],
    ) -> impl Iterator<Item = impl FnMut() + Send + 'a>
    where
        V: Send + 'a,
    {
        let &mut Self {
            inputs, outputs, ..
        } = self;
        let shares = self.values.chunks_mut(SHARE * outputs).enumerate();
        shares.map(move |(share, values)| {
            move || {
                simd.vectorize(Fill {
                    first: share * SHARE,
                    values: &mut *values,
                    inputs,
                    outputs,
                    weight,
                });
            }
        })
    }
}

/// Vectors of inputs in a share of the filling: whole panels, whichever their width.
const SHARE: usize = 12;

/// Width of the panel that begins at vector `first` of `vectors`: as many as stay in registers
/// beside the sums, then what is left.
#[inline(always)]
fn width<S: Simd>(first: usize, vectors: usize) -> usize {
    let left = vectors - first;
    match left {
        4.. if S::WIDE => 4,
        3.. => 3,
        _ => left,
    }
}

struct Fill<'a, V> {
    /// The first vector of inputs.
    first: usize,
    values: &'a mut [V],
    inputs: usize,
    outputs: usize,
    weight: &'a [f32],
}

impl<S: Simd> Kernel<S> for Fill<'_, S::Vector> {
    type Output = ();

    #[inline(always)]
    fn run(self, simd: S) {
        let vectors = self.inputs.div_ceil(S::LANES);
        let mut first = self.first;
        let mut rest = self.values;
        while !rest.is_empty() {
            let width = width::<S>(first, vectors);
            let (panel, after) = rest.split_at_mut(width * self.outputs);
            rest = after;
            let rows = self.weight.chunks_exact(self.inputs);
            for (to, row) in panel.chunks_exact_mut(width).zip(rows) {
                let row = row[first * S::LANES..].chunks(S::LANES);
                for (to, from) in to.iter_mut().zip(row) {
                    if from.len() == S::LANES {
                        *to = simd.load(from);
                    } else {
                        let to = crate::simd::lanes_mut::<S>(std::slice::from_mut(to));
                        to[..from.len()].copy_from_slice(from);
                    }
                }
            }
            first += width;
        }
    }
}

/// output[n, i] = Σ_o gradient[n, o] · weight[o, i].
pub(crate) struct Combine<'a, V> {
    pub(crate) images: usize,
    /// Gradient of the layer's output, `[images, gradient_stride]`.
    pub(crate) gradient: &'a [f32],
    pub(crate) gradient_stride: usize,
    pub(crate) weight: &'a Panels<V>,
    /// `[images, output_stride]`, with room for whole vectors.
    pub(crate) output: &'a mut [f32],
    pub(crate) output_stride: usize,
}

impl<S: Simd> Kernel<S> for Combine<'_, S::Vector> {
    type Output = ();

    #[inline(always)]
    fn run(mut self, simd: S) {
        let outputs = self.weight.outputs;
        assert!(self.images > 0 && outputs > 0 && outputs <= self.gradient_stride);
        assert!(self.gradient.len() >= (self.images - 1) * self.gradient_stride + outputs);
        let vectors = self.weight.inputs.div_ceil(S::LANES);
        let mut first = 0;
        while first < vectors {
            let width = width::<S>(first, vectors);
            let mut image = 0;
            while image < self.images {
                image += match (self.images - image, width) {
                    (6.., 4) if S::WIDE => self.tile::<S, 6, 4>(simd, image, first),
                    (_, 4) if S::WIDE => self.tile::<S, 1, 4>(simd, image, first),
                    (4.., 3) => self.tile::<S, 4, 3>(simd, image, first),
                    (2.., 3) => self.tile::<S, 2, 3>(simd, image, first),
                    (_, 3) => self.tile::<S, 1, 3>(simd, image, first),
                    (6.., 2) => self.tile::<S, 6, 2>(simd, image, first),
                    (2.., 2) => self.tile::<S, 2, 2>(simd, image, first),
                    (_, 2) => self.tile::<S, 1, 2>(simd, image, first),
                    (8.., _) => self.tile::<S, 8, 1>(simd, image, first),
                    (2.., _) => self.tile::<S, 2, 1>(simd, image, first),
                    _ => self.tile::<S, 1, 1>(simd, image, first),
                };
            }
            first += width;
        }
    }
}

impl<V: Copy> Combine<'_, V> {
    /// `N` images and a panel of `M` vectors, `N·M` sums in registers. Returns `N`.
    #[inline(always)]
    fn tile<S: Simd<Vector = V>, const N: usize, const M: usize>(
        &mut self,
        simd: S,
        image: usize,
        first: usize,
    ) -> usize {
        let outputs = self.weight.outputs;
        let panel = &self.weight.values[first * outputs..][..M * outputs];
        let mut sums = [[simd.splat(0.0); M]; N];
        for (output, weights) in panel.chunks_exact(M).enumerate() {
            for (n, sums) in sums.iter_mut().enumerate() {
                let at = (image + n) * self.gradient_stride + output;
                debug_assert!(at < self.gradient.len());
                // SAFETY: `run` has checked the last image's last output.
                let gradient = simd.splat(unsafe { *self.gradient.get_unchecked(at) });
                for (sum, &weight) in sums.iter_mut().zip(weights) {
                    *sum = simd.mul_add(gradient, weight, *sum);
                }
            }
        }
        for (n, sums) in sums.iter().enumerate() {
            let to = &mut self.output[(image + n) * self.output_stride + first * S::LANES..];
            for (m, &sum) in sums.iter().enumerate() {
                simd.store(sum, &mut to[m * S::LANES..]);
            }
        }
        N
    }
}
