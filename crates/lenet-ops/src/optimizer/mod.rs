//! Optimizer updates over one flat buffer of all parameters.
//!
//! Each is one pass that reads the gradients and writes parameters and moments; formulas as in
//! PyTorch, whose values the tests hold them to. `t` counts steps from 1.

#[cfg(feature = "cuda")]
pub(crate) mod cuda;

use lenet_core::{Optimizer, Rule};

use crate::simd::{FlushDenormals, Kernel, Level, Simd, WithSimd};

/// One update of `parameters` from `gradients`; `moments` holds [`Optimizer::moments`] buffers, one
/// after the other, zero before step 1.
///
/// Every operation is rounded by itself and no sum is taken, so the result is the same at every
/// level. Denormal numbers count as 0.
///
/// # Panics
/// Where the lengths do not fit each other or this machine lacks the level.
pub fn update(
    level: Level,
    optimizer: &Optimizer,
    learning_rate: f64,
    step: u64,
    parameters: &mut [f32],
    gradients: &[f32],
    moments: &mut [f32],
) {
    let mut update = Update::new(
        optimizer,
        learning_rate,
        step,
        parameters,
        gradients,
        moments,
    );
    let _flush = FlushDenormals::new();
    update.apply(level);
}

/// One step of an optimizer: its rule with the step's numbers.
#[derive(Clone, Copy)]
pub(crate) enum Step {
    Sgd {
        rate: f32,
    },
    Momentum {
        rate: f32,
        momentum: f32,
        nesterov: bool,
    },
    Adam(Adam),
    RmsProp {
        rate: f32,
        alpha: f32,
        rest: f32,
        epsilon: f32,
    },
    Lion {
        rate: f32,
        /// 1 − ηλ.
        keep: f32,
        betas: [f32; 2],
        /// 1 − β.
        rests: [f32; 2],
    },
}

impl Step {
    /// Step `step`, from 1.
    pub(crate) fn new(optimizer: &Optimizer, learning_rate: f64, step: u64) -> Self {
        let rate = learning_rate as f32;
        match optimizer.rule {
            Rule::Sgd => Self::Sgd { rate },
            Rule::Momentum { momentum } => Self::Momentum {
                rate,
                momentum: momentum as f32,
                nesterov: false,
            },
            Rule::Nesterov { momentum } => Self::Momentum {
                rate,
                momentum: momentum as f32,
                nesterov: true,
            },
            Rule::Adam {
                beta1,
                beta2,
                epsilon,
            }
            | Rule::AdamW {
                beta1,
                beta2,
                epsilon,
            } => Self::Adam(Adam::new(
                learning_rate,
                step,
                [beta1, beta2],
                epsilon,
                if optimizer.decays_apart() {
                    optimizer.weight_decay
                } else {
                    0.0
                },
            )),
            Rule::Lion { beta1, beta2 } => Self::Lion {
                rate,
                keep: (1.0 - learning_rate * optimizer.weight_decay) as f32,
                betas: [beta1 as f32, beta2 as f32],
                rests: [(1.0 - beta1) as f32, (1.0 - beta2) as f32],
            },
            Rule::RmsProp { alpha, epsilon } => Self::RmsProp {
                rate,
                alpha: alpha as f32,
                rest: (1.0 - alpha) as f32,
                epsilon: epsilon as f32,
            },
        }
    }
}

/// Weight decay that is added to the gradient.
fn coupled_decay(optimizer: &Optimizer) -> f32 {
    if optimizer.decays_apart() {
        return 0.0;
    }
    optimizer.weight_decay as f32
}

/// What `update.cu` is told of a step.
#[cfg(feature = "cuda")]
impl Step {
    /// Number of the rule, and its constants, which do not change from step to step.
    pub(crate) fn rule(self) -> (u32, [f32; 5]) {
        match self {
            Self::Sgd { .. } => (0, [0.0; 5]),
            Self::Momentum {
                momentum, nesterov, ..
            } => (1 + u32::from(nesterov), [momentum, 0.0, 0.0, 0.0, 0.0]),
            Self::Adam(Adam {
                betas: [beta1, beta2],
                rests: [rest1, rest2],
                epsilon,
                ..
            }) => (3, [beta1, beta2, rest1, rest2, epsilon]),
            Self::RmsProp {
                alpha,
                rest,
                epsilon,
                ..
            } => (4, [alpha, rest, epsilon, 0.0, 0.0]),
            Self::Lion {
                betas: [beta1, beta2],
                rests: [rest1, rest2],
                ..
            } => (5, [beta1, beta2, rest1, rest2, 0.0]),
        }
    }

    /// Learning rate, Adam's √(1 − β₂ᵗ), the factor of parameters that decay by themselves, and the
    /// weight decay that is added to the gradient.
    pub(crate) fn rates(self, optimizer: &Optimizer) -> [f32; 4] {
        let decay = coupled_decay(optimizer);
        match self {
            Self::Sgd { rate } | Self::Momentum { rate, .. } | Self::RmsProp { rate, .. } => {
                [rate, 1.0, 1.0, decay]
            }
            Self::Lion { rate, keep, .. } => [rate, 1.0, keep, decay],
            Self::Adam(adam) => [adam.rate, adam.correction, adam.keep, decay],
        }
    }
}

#[derive(Clone, Copy)]
pub(crate) struct Adam {
    /// 1 − ηλ.
    keep: f32,
    betas: [f32; 2],
    /// 1 − β.
    rests: [f32; 2],
    /// η/(1 − β₁ᵗ).
    rate: f32,
    /// √(1 − β₂ᵗ).
    correction: f32,
    epsilon: f32,
}

impl Adam {
    fn new(rate: f64, step: u64, betas: [f64; 2], epsilon: f64, weight_decay: f64) -> Self {
        let corrections = betas.map(|beta| 1.0 - libm::pow(beta, step as f64));
        Self {
            keep: (1.0 - rate * weight_decay) as f32,
            betas: betas.map(|beta| beta as f32),
            rests: betas.map(|beta| (1.0 - beta) as f32),
            rate: (rate / corrections[0]) as f32,
            correction: libm::sqrt(corrections[1]) as f32,
            epsilon: epsilon as f32,
        }
    }
}

/// Plain loops, which the compiler vectorizes with each level's instructions.
pub(crate) struct Update<'a> {
    step: Step,
    /// Weight decay that is added to the gradient.
    decay: f32,
    parameters: &'a mut [f32],
    gradients: &'a [f32],
    /// Moments; empty where the rule has none.
    first: &'a mut [f32],
    second: &'a mut [f32],
}

impl<'a> Update<'a> {
    /// As for [`update`].
    pub(crate) fn new(
        optimizer: &Optimizer,
        learning_rate: f64,
        step: u64,
        parameters: &'a mut [f32],
        gradients: &'a [f32],
        moments: &'a mut [f32],
    ) -> Self {
        assert_eq!(parameters.len(), gradients.len());
        assert_eq!(moments.len(), optimizer.moments() * parameters.len());
        let (first, second) = match optimizer.moments() {
            2 => moments.split_at_mut(parameters.len()),
            _ => (moments, &mut [][..]),
        };
        Self {
            step: Step::new(optimizer, learning_rate, step),
            decay: coupled_decay(optimizer),
            parameters,
            gradients,
            first,
            second,
        }
    }

    /// The same as one or more updates, of `len` parameters each but the last.
    pub(crate) fn split(mut self, len: usize) -> Vec<Self> {
        let mut parts = vec![];
        while self.parameters.len() > len {
            let (gradients, rest) = self.gradients.split_at(len);
            self.gradients = rest;
            parts.push(Self {
                step: self.step,
                decay: self.decay,
                parameters: take(&mut self.parameters, len),
                gradients,
                first: take(&mut self.first, len),
                second: take(&mut self.second, len),
            });
        }
        parts.push(self);
        parts
    }

    /// # Panics
    /// Where this machine lacks the level.
    pub(crate) fn apply(&mut self, level: Level) {
        let done = level.dispatch(self);
        assert!(done.is_ok(), "{}: this machine lacks it", level.name());
    }
}

/// The first `len` elements of a buffer, or of an empty one none; leaves the rest.
fn take<'a>(buffer: &mut &'a mut [f32], len: usize) -> &'a mut [f32] {
    let len = len.min(buffer.len());
    buffer.split_off_mut(..len).unwrap_or_default()
}

impl WithSimd for &mut Update<'_> {
    type Output = ();

    fn with<S: Simd>(self, simd: S) {
        simd.vectorize(self);
    }
}

impl<S: Simd> Kernel<S> for &mut Update<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self, _: S) {
        if self.decay == 0.0 {
            self.loops(|_, g| g);
        } else {
            let decay = self.decay;
            self.loops(|p, g| g + decay * p);
        }
    }
}

impl Update<'_> {
    /// The rule's loop over all parameters; `decayed` makes the gradient that it follows of a
    /// parameter and its gradient.
    #[inline(always)]
    fn loops(&mut self, decayed: impl Fn(f32, f32) -> f32) {
        let pairs = self.parameters.iter_mut().zip(self.gradients);
        let pairs = pairs.map(|(p, &g)| {
            let g = decayed(*p, g);
            (p, g)
        });
        match self.step {
            Step::Sgd { rate } => {
                for (p, g) in pairs {
                    *p -= rate * g;
                }
            }
            Step::Momentum {
                rate,
                momentum,
                nesterov: false,
            } => {
                for ((p, g), v) in pairs.zip(&mut *self.first) {
                    *v = momentum * *v + g;
                    *p -= rate * *v;
                }
            }
            Step::Momentum {
                rate,
                momentum,
                nesterov: true,
            } => {
                for ((p, g), v) in pairs.zip(&mut *self.first) {
                    *v = momentum * *v + g;
                    *p -= rate * (g + momentum * *v);
                }
            }
            Step::Adam(Adam {
                keep,
                betas,
                rests,
                rate,
                correction,
                epsilon,
            }) => {
                for (((p, g), m), s) in pairs.zip(&mut *self.first).zip(&mut *self.second) {
                    *m = betas[0] * *m + rests[0] * g;
                    *s = betas[1] * *s + rests[1] * (g * g);
                    *p = keep * *p - rate * *m / (s.sqrt() / correction + epsilon);
                }
            }
            Step::Lion {
                rate,
                keep,
                betas,
                rests,
            } => {
                for ((p, g), m) in pairs.zip(&mut *self.first) {
                    let direction = betas[0] * *m + rests[0] * g;
                    // NaN stays NaN, so that a network that dies of it is seen.
                    let sign = if direction == 0.0 || direction.is_nan() {
                        direction
                    } else {
                        1f32.copysign(direction)
                    };
                    *m = betas[1] * *m + rests[1] * g;
                    *p = keep * *p - rate * sign;
                }
            }
            Step::RmsProp {
                rate,
                alpha,
                rest,
                epsilon,
            } => {
                for ((p, g), s) in pairs.zip(&mut *self.first) {
                    *s = alpha * *s + rest * (g * g);
                    *p -= rate * g / (s.sqrt() + epsilon);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
