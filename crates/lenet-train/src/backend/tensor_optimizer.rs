//! Optimizers as tensor operations, for the stock backend on any device.
//!
//! The formulas are those of [`lenet_ops::optimizer`]; a test compares the two. The crate
//! `candle-optimisers` (0.10.2) is no alternative: it depends on candle 0.10, whose types differ
//! from ours, and its moments are private, but exact resumption must save and restore them.

use candle_core::{Device, Result, Tensor, Var};
use lenet_core::{Geometry, Optimizer, Rule};

/// An optimizer and its moments of every parameter tensor.
#[derive(Debug)]
pub(super) struct TensorOptimizer {
    optimizer: Optimizer,
    /// Per moment, one variable per parameter tensor.
    moments: Vec<Vec<Var>>,
}

impl TensorOptimizer {
    /// `moments` holds the moments one after the other, each as long as all parameters.
    pub fn new(
        geometry: &Geometry,
        optimizer: Optimizer,
        moments: &[f32],
        device: &Device,
    ) -> Result<Self> {
        let count = geometry.parameter_count();
        let moments = moments
            .chunks_exact(count)
            .map(|flat| {
                let tensors = geometry.parameters().into_iter().map(|p| {
                    Var::from_tensor(&Tensor::from_slice(
                        &flat[p.range()],
                        p.shape.as_slice(),
                        device,
                    )?)
                });
                tensors.collect()
            })
            .collect::<Result<_>>()?;
        Ok(Self { optimizer, moments })
    }

    /// The moments one after the other, each as long as all parameters.
    pub fn moments(&self) -> Result<Vec<f32>> {
        let mut flat = Vec::new();
        for var in self.moments.iter().flatten() {
            flat.extend(var.as_tensor().detach().flatten_all()?.to_vec1::<f32>()?);
        }
        Ok(flat)
    }

    /// Updates the `index`-th parameter tensor; `step` counts from 1.
    pub fn update(
        &mut self,
        index: usize,
        parameter: &Var,
        gradient: &Tensor,
        learning_rate: f64,
        step: u64,
    ) -> Result<()> {
        let theta = parameter.as_tensor().detach();
        let mut g = gradient.detach();
        let weight_decay = self.optimizer.weight_decay;
        if weight_decay != 0.0 && !self.optimizer.decays_apart() {
            g = (g + (&theta * weight_decay)?)?;
        }
        let moment = |m: usize| &self.moments[m][index];
        let theta = match self.optimizer.rule {
            Rule::Sgd => (theta - (g * learning_rate)?)?,
            Rule::Momentum { momentum } => {
                let v = advance(moment(0), momentum, &g)?;
                (theta - (v * learning_rate)?)?
            }
            Rule::Nesterov { momentum } => {
                let v = advance(moment(0), momentum, &g)?;
                (theta - ((g + (v * momentum)?)? * learning_rate)?)?
            }
            Rule::Adam {
                beta1,
                beta2,
                epsilon,
            } => {
                let direction = self.adam_direction(index, &g, [beta1, beta2], epsilon, step)?;
                (theta - (direction * learning_rate)?)?
            }
            Rule::AdamW {
                beta1,
                beta2,
                epsilon,
            } => {
                let direction = self.adam_direction(index, &g, [beta1, beta2], epsilon, step)?;
                let decayed = (theta * (1.0 - learning_rate * weight_decay))?;
                (decayed - (direction * learning_rate)?)?
            }
            Rule::Lion { beta1, beta2 } => {
                let m = moment(0).as_tensor().detach();
                let direction = ((m * beta1)? + (&g * (1.0 - beta1))?)?.sign()?;
                advance(moment(0), beta2, &(g * (1.0 - beta2))?)?;
                let decayed = (theta * (1.0 - learning_rate * weight_decay))?;
                (decayed - (direction * learning_rate)?)?
            }
            Rule::RmsProp { alpha, epsilon } => {
                let s = advance(moment(0), alpha, &(g.sqr()? * (1.0 - alpha))?)?;
                (theta - ((g / (s.sqrt()? + epsilon)?)? * learning_rate)?)?
            }
        };
        parameter.set(&theta)
    }

    /// Updates both moments with the gradient and returns m̂/(√ŝ + ε).
    fn adam_direction(
        &self,
        index: usize,
        g: &Tensor,
        [beta1, beta2]: [f64; 2],
        epsilon: f64,
        step: u64,
    ) -> Result<Tensor> {
        let m = advance(&self.moments[0][index], beta1, &(g * (1.0 - beta1))?)?;
        let s = advance(&self.moments[1][index], beta2, &(g.sqr()? * (1.0 - beta2))?)?;
        let correction = |beta: f64| 1.0 - libm::pow(beta, step as f64);
        let root = ((s / correction(beta2))?.sqrt()? + epsilon)?;
        (m / correction(beta1))? / root
    }
}

/// Sets moment ← decay · moment + addend and returns the new value.
fn advance(moment: &Var, decay: f64, addend: &Tensor) -> Result<Tensor> {
    let next = ((moment.as_tensor().detach() * decay)? + addend)?;
    moment.set(&next)?;
    Ok(next)
}
