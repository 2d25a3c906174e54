//! The last part of a step: the gradients as sums over a batch's segments and images.

use crate::dense::cpu::WeightGradient;
use crate::simd::Simd;

/// A share of the gradients, which one thread sums.
pub(super) enum GradientShare<'a> {
    /// Some of a dense layer's outputs.
    Dense {
        weight: WeightGradient<'a>,
        bias: &'a mut [f32],
    },
    /// Parameters of the convolutions, from number `first` on.
    Convolutions {
        /// Sums of each segment, `[segments, len]`.
        segments: &'a [f32],
        len: usize,
        first: usize,
        to: &'a mut [f32],
    },
}

impl GradientShare<'_> {
    pub(super) fn run<S: Simd>(&mut self, simd: S) {
        match self {
            Self::Dense { weight, bias } => {
                bias.fill(0.0);
                for row in weight.gradient.chunks_exact(weight.gradient_stride) {
                    add(bias, &row[weight.first..]);
                }
                simd.vectorize(weight);
            }
            Self::Convolutions {
                segments,
                len,
                first,
                to,
            } => {
                to.fill(0.0);
                for segment in segments.chunks_exact(*len) {
                    add(to, &segment[*first..]);
                }
            }
        }
    }
}

/// Adds values to sums, element by element.
fn add(sums: &mut [f32], values: &[f32]) {
    for (sum, &value) in sums.iter_mut().zip(values) {
        *sum += value;
    }
}
