//! The op in its plainest loops.

use super::shape::DenseShape;
use crate::gradients::Gradients;
use crate::real::Real;

/// Computes the output from input, weight and bias.
///
/// # Panics
/// A buffer is shorter than its shape needs.
pub fn forward<T: Real>(
    shape: &DenseShape,
    input: &[T],
    weight: &[T],
    bias: &[T],
    output: &mut [T],
) {
    for row in 0..shape.batch {
        let input = &input[row * shape.inputs..][..shape.inputs];
        for out in 0..shape.outputs {
            let weight = &weight[out * shape.inputs..][..shape.inputs];
            let sum: T = input.iter().zip(weight).map(|(&x, &w)| x * w).sum();
            let value = sum + bias[out];
            output[row * shape.outputs + out] = if shape.relu { value.relu() } else { value };
        }
    }
}

/// Computes the gradients from `upstream`, the loss's gradient with respect to the output.
///
/// # Panics
/// A buffer is shorter than its shape needs.
pub fn backward<T: Real>(
    shape: &DenseShape,
    input: &[T],
    weight: &[T],
    output: &[T],
    upstream: &[T],
    mut gradients: Gradients<'_, T>,
) {
    gradients.fill(T::ZERO);
    for row in 0..shape.batch {
        for out in 0..shape.outputs {
            let at = row * shape.outputs + out;
            if shape.relu && output[at] <= T::ZERO {
                continue;
            }
            gradients.bias[out] += upstream[at];
            for i in 0..shape.inputs {
                let (in_at, weight_at) = (row * shape.inputs + i, out * shape.inputs + i);
                gradients.weight[weight_at] += upstream[at] * input[in_at];
                if let Some(input) = &mut gradients.input {
                    input[in_at] += upstream[at] * weight[weight_at];
                }
            }
        }
    }
}
