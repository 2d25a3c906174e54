//! Initial weights as in the study, each tensor's from a random stream of its own.
//!
//! Weights are normal with σ = 0.1, redrawn beyond 2σ; biases are 0.1. A tensor's values are
//! fixed by the seed and the tensor's name, so no order of construction can change them.

use lenet_core::Geometry;
use lenet_core::random::{stream, truncated_normal};

/// Standard deviation of the weights before the redraw beyond 2σ.
pub const WEIGHT_STANDARD_DEVIATION: f64 = 0.1;
/// Initial value of every bias.
pub const BIAS: f32 = 0.1;

/// Initial values of all parameters in the order of [`Geometry::parameters`]. The weights of
/// tensor `name` come from the stream `weights/<name>` of the seed.
#[must_use]
pub fn initial_parameters(geometry: &Geometry, seed: u64) -> Vec<f32> {
    let mut values = vec![BIAS; geometry.parameter_count()];
    for parameter in geometry.parameters() {
        if parameter.shape.len() > 1 {
            let mut rng = stream(seed, &format!("weights/{}", parameter.name));
            truncated_normal(
                &mut rng,
                WEIGHT_STANDARD_DEVIATION,
                &mut values[parameter.range()],
            );
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tensors_depend_on_seed_and_name_alone() {
        let small = Geometry::lab_2017(4);
        let deep = Geometry {
            hidden: vec![128, 128],
            ..small.clone()
        };
        let (a, b) = (initial_parameters(&small, 1), initial_parameters(&deep, 1));
        let fc1 = small.parameters()[4].range();
        assert_eq!(a[fc1.clone()], b[fc1.clone()]);
        let other = initial_parameters(&small, 2);
        assert_ne!(a[fc1.clone()], other[fc1]);
    }

    #[test]
    fn biases_are_constant_and_weights_within_two_sigma() {
        let geometry = Geometry::lab_2017(4);
        let values = initial_parameters(&geometry, 3);
        for parameter in geometry.parameters() {
            let values = &values[parameter.range()];
            if parameter.name.ends_with(".bias") {
                assert!(values.iter().all(|&v| v == 0.1), "{}", parameter.name);
            } else {
                assert!(values.iter().all(|&v| v.abs() <= 0.2), "{}", parameter.name);
                assert_ne!(values[0], values[1]);
            }
        }
    }
}
