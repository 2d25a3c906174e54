//! Initial weights as in the 2017 study.
//!
//! Weights are normal with σ = 0.1 and are redrawn beyond 2σ; biases are 0.1. Each tensor draws from
//! a random stream of its own, which its name and the seed determine, so the order of construction
//! changes nothing.

use lenet_core::Geometry;
use lenet_core::random::{stream, truncated_normal};

/// Standard deviation σ of the weights, before values beyond 2σ are redrawn.
pub const WEIGHT_STANDARD_DEVIATION: f64 = 0.1;
/// Initial value of every bias.
pub const BIAS: f32 = 0.1;

/// Initial values of all parameters, in the order of [`Geometry::parameters`]. The weights of
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
mod tests;
