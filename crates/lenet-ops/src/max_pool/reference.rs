//! The op in its plainest loops.

use super::MaxPoolShape;
use crate::real::Real;

/// Computes the maximum of each window and its place, 0 to 3 in row order; of several NaN the last
/// counts.
///
/// # Panics
/// A buffer is shorter than its shape needs.
pub fn forward<T: Real>(shape: &MaxPoolShape, input: &[T], output: &mut [T], argmax: &mut [u8]) {
    for_each_output(shape, |corner, at| {
        (output[at], argmax[at]) = (input[corner], 0);
        for code in 1..4 {
            let value = input[place(shape, corner, code)];
            if value > output[at] || value.is_nan() {
                (output[at], argmax[at]) = (value, code);
            }
        }
    });
}

/// Computes the gradient of the input from `upstream`, the loss's gradient with respect to the output.
///
/// # Panics
/// A buffer is shorter than its shape needs.
pub fn backward<T: Real>(shape: &MaxPoolShape, argmax: &[u8], upstream: &[T], gradient: &mut [T]) {
    gradient.fill(T::ZERO);
    for_each_output(shape, |corner, at| {
        gradient[place(shape, corner, argmax[at])] = upstream[at];
    });
}

/// Calls `f(index of the window's first element, index of the output)` for each output.
fn for_each_output(shape: &MaxPoolShape, mut f: impl FnMut(usize, usize)) {
    let [rows, columns] = shape.pooled();
    let mut at = 0;
    for plane in 0..shape.planes {
        for row in 0..rows {
            for column in 0..columns {
                f(
                    (plane * shape.height + 2 * row) * shape.width + 2 * column,
                    at,
                );
                at += 1;
            }
        }
    }
}

/// Index of the window's element `code`.
fn place(shape: &MaxPoolShape, corner: usize, code: u8) -> usize {
    corner + usize::from(code / 2) * shape.width + usize::from(code % 2)
}
