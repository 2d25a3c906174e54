//! The op in its plainest loops.

use super::shape::{ConvPoolShape, Pooled};
use crate::gradients::Gradients;
use crate::real::Real;

/// Computes output and argmax from input, weight and bias.
///
/// # Panics
/// A buffer is shorter than its shape needs.
pub fn forward<T: Real>(
    shape: &ConvPoolShape,
    input: &[T],
    weight: &[T],
    bias: &[T],
    output: &mut [T],
    argmax: &mut [u8],
) {
    for_each_output(shape, |image, filter, row, column, at| {
        let mut best = T::ZERO;
        let mut place = 0;
        for code in 0..4 {
            let (y, x) = (2 * row + code / 2, 2 * column + code % 2);
            let mut sum = T::ZERO;
            for_each_tap(shape, image, filter, y, x, |in_at, weight_at| {
                sum += input[in_at] * weight[weight_at];
            });
            let value = (sum + bias[filter]).relu();
            if code == 0 || value > best || value.is_nan() {
                (best, place) = (value, code);
            }
        }
        output[at] = best;
        argmax[at] = place as u8;
    });
}

/// Computes the gradients from `upstream`, the loss's gradient with respect to the output.
///
/// # Panics
/// A buffer is shorter than its shape needs.
pub fn backward<T: Real>(
    shape: &ConvPoolShape,
    input: &[T],
    weight: &[T],
    pooled: Pooled<'_, T>,
    upstream: &[T],
    mut gradients: Gradients<'_, T>,
) {
    gradients.fill(T::ZERO);
    for_each_output(shape, |image, filter, row, column, at| {
        if pooled.output[at] <= T::ZERO {
            return;
        }
        let code = usize::from(pooled.argmax[at]);
        let (y, x) = (2 * row + code / 2, 2 * column + code % 2);
        let upstream = upstream[at];
        gradients.bias[filter] += upstream;
        for_each_tap(shape, image, filter, y, x, |in_at, weight_at| {
            gradients.weight[weight_at] += upstream * input[in_at];
            if let Some(input) = &mut gradients.input {
                input[in_at] += upstream * weight[weight_at];
            }
        });
    });
}

/// Calls `f(image, filter, row, column, index of the output)` for each output in order.
fn for_each_output(shape: &ConvPoolShape, mut f: impl FnMut(usize, usize, usize, usize, usize)) {
    let [rows, columns] = shape.pooled();
    let mut at = 0;
    for image in 0..shape.batch {
        for filter in 0..shape.filters {
            for row in 0..rows {
                for column in 0..columns {
                    f(image, filter, row, column, at);
                    at += 1;
                }
            }
        }
    }
}

/// Calls `f(index of the input, index of the weight)` for each product of the convolution at
/// (`y`, `x`), without those of the padding.
fn for_each_tap(
    shape: &ConvPoolShape,
    image: usize,
    filter: usize,
    y: usize,
    x: usize,
    mut f: impl FnMut(usize, usize),
) {
    let &ConvPoolShape {
        channels,
        height,
        width,
        kernel,
        ..
    } = shape;
    let padding = kernel / 2;
    for channel in 0..channels {
        for r in 0..kernel {
            for s in 0..kernel {
                let (in_y, in_x) = (y + r, x + s);
                if (padding..height + padding).contains(&in_y)
                    && (padding..width + padding).contains(&in_x)
                {
                    let plane = image * channels + channel;
                    let in_at = (plane * height + in_y - padding) * width + in_x - padding;
                    f(
                        in_at,
                        ((filter * channels + channel) * kernel + r) * kernel + s,
                    );
                }
            }
        }
    }
}
