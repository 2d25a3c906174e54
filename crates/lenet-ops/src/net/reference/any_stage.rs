//! A stage with any padding, stride and pool, in plain loops.

use lenet_core::Geometry;

use crate::conv_pool::{Gradients, Pooled};
use crate::real::Real;

/// Sizes of one stage for a batch.
pub(super) struct AnyStage {
    batch: usize,
    /// `[channels, rows, columns]` of the input.
    input: [usize; 3],
    filters: usize,
    kernel: usize,
    stride: usize,
    zeros: usize,
    pools: bool,
    /// `[rows, columns]` of the output.
    output: [usize; 2],
}

impl AnyStage {
    pub fn new(geometry: &Geometry, stage: usize, batch: usize) -> Self {
        let [_, rows, columns] = geometry.stage_input(stage + 1);
        Self {
            batch,
            input: geometry.stage_input(stage),
            filters: geometry.filters[stage],
            kernel: geometry.kernel,
            stride: geometry.stages.stride,
            zeros: geometry.stages.zeros(stage, geometry.kernel),
            pools: geometry.pools_after(stage),
            output: [rows, columns],
        }
    }

    /// Output, and the place of each maximum in its window (0 without a pool), as
    /// [`conv_pool`](crate::conv_pool) gives them.
    pub fn forward<T: Real>(&self, input: &[T], weight: &[T], bias: &[T]) -> (Vec<T>, Vec<u8>) {
        let mut output = Vec::new();
        let mut argmax = Vec::new();
        self.for_each_output(|image, filter, row, column| {
            let (mut best, mut place) = (T::ZERO, 0);
            for code in 0..if self.pools { 4 } else { 1 } {
                let mut sum = T::ZERO;
                let [y, x] = self.convolved(row, column, code);
                self.for_each_tap(image, filter, y, x, |in_at, weight_at| {
                    sum += input[in_at] * weight[weight_at];
                });
                let value = (sum + bias[filter]).relu();
                if code == 0 || value > best || value.is_nan() {
                    (best, place) = (value, code);
                }
            }
            output.push(best);
            argmax.push(place as u8);
        });
        (output, argmax)
    }

    /// Gradients from `upstream`, the loss's gradient with respect to the output.
    pub fn backward<T: Real>(
        &self,
        input: &[T],
        weight: &[T],
        pooled: Pooled<'_, T>,
        upstream: &[T],
        mut gradients: Gradients<'_, T>,
    ) {
        gradients.fill(T::ZERO);
        let mut at = 0;
        self.for_each_output(|image, filter, row, column| {
            let (value, code, upstream) = (pooled.output[at], pooled.argmax[at], upstream[at]);
            at += 1;
            if value <= T::ZERO {
                return;
            }
            gradients.bias[filter] += upstream;
            let [y, x] = self.convolved(row, column, usize::from(code));
            self.for_each_tap(image, filter, y, x, |in_at, weight_at| {
                gradients.weight[weight_at] += upstream * input[in_at];
                if let Some(gradient) = &mut gradients.input {
                    gradient[in_at] += upstream * weight[weight_at];
                }
            });
        });
    }

    /// `[row, column]` of the convolution's output that place `code` of a pool's window is.
    fn convolved(&self, row: usize, column: usize, code: usize) -> [usize; 2] {
        let window = if self.pools { 2 } else { 1 };
        [window * row + code / 2, window * column + code % 2]
    }

    /// Calls `f(image, filter, row, column)` for each output in order.
    fn for_each_output(&self, mut f: impl FnMut(usize, usize, usize, usize)) {
        let [rows, columns] = self.output;
        for image in 0..self.batch {
            for filter in 0..self.filters {
                for row in 0..rows {
                    for column in 0..columns {
                        f(image, filter, row, column);
                    }
                }
            }
        }
    }

    /// Calls `f(index of the input, index of the weight)` for each product of the convolution at
    /// (`y`, `x`), without those of the padding.
    fn for_each_tap(
        &self,
        image: usize,
        filter: usize,
        y: usize,
        x: usize,
        mut f: impl FnMut(usize, usize),
    ) {
        let [channels, height, width] = self.input;
        let (kernel, zeros) = (self.kernel, self.zeros);
        for channel in 0..channels {
            for r in 0..kernel {
                for s in 0..kernel {
                    let (in_y, in_x) = (self.stride * y + r, self.stride * x + s);
                    if (zeros..height + zeros).contains(&in_y)
                        && (zeros..width + zeros).contains(&in_x)
                    {
                        let plane = image * channels + channel;
                        let in_at = (plane * height + in_y - zeros) * width + in_x - zeros;
                        f(
                            in_at,
                            ((filter * channels + channel) * kernel + r) * kernel + s,
                        );
                    }
                }
            }
        }
    }
}
