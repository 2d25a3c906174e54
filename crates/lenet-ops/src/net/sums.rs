//! The last part of a step: sums over a batch's segments and images.

use super::engine::Layout;
use crate::dense::cpu::WeightGradient;

/// A share of the gradients.
pub(super) enum Sum<'a> {
    /// Some of a dense layer's outputs.
    Dense {
        weight: WeightGradient<'a>,
        bias: &'a mut [f32],
    },
    /// The convolutions' parameters from the `first` on.
    Convolutions {
        /// `len` each.
        segments: &'a [f32],
        len: usize,
        first: usize,
        to: &'a mut [f32],
    },
}

impl Sum<'_> {
    pub(super) fn run<L: Layout>(&mut self, layout: &L) {
        match self {
            Self::Dense { weight, bias } => {
                bias.fill(0.0);
                for row in weight.gradient.chunks_exact(weight.gradient_stride) {
                    add(bias, &row[weight.first..]);
                }
                layout.weight_gradient(weight);
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

/// Adds to each sum the value in its place.
fn add(sums: &mut [f32], values: &[f32]) {
    for (sum, &value) in sums.iter_mut().zip(values) {
        *sum += value;
    }
}
