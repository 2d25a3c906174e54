//! The parameters of one convolution or dense layer.

use candle_core::{Result, Tensor};
use candle_nn::{Init, VarBuilder};

use crate::init::{BIAS, WEIGHT_STANDARD_DEVIATION};

/// Weight and bias of a convolution (`[F, C, K, K]` and `[F]`) or of a dense layer
/// (`[out, in]` and `[out]`).
#[derive(Debug, Clone)]
pub(super) struct Affine {
    pub weight: Tensor,
    pub bias: Tensor,
}

impl Affine {
    /// Takes `weight` of this shape and `bias` of its first side from the builder.
    pub fn new(vb: &VarBuilder, name: &str, shape: Vec<usize>) -> Result<Self> {
        let weights = Init::Randn {
            mean: 0.0,
            stdev: WEIGHT_STANDARD_DEVIATION,
        };
        let biases = Init::Const(f64::from(BIAS));
        let vb = vb.pp(name);
        Ok(Self {
            bias: vb.get_with_hints(shape[0], "bias", biases)?,
            weight: vb.get_with_hints(shape, "weight", weights)?,
        })
    }
}
