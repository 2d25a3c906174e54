//! The network as a candle module.

use std::sync::atomic::{AtomicU64, Ordering};

use candle_core::{ModuleT, Result, Tensor};
use candle_nn::{Init, VarBuilder};
use lenet_ops::Geometry;
use lenet_ops::net::Dropout;

use crate::config::{Backend, LeNetConfig};
use crate::init::{BIAS, WEIGHT_STANDARD_DEVIATION};

/// A layer's weight and bias.
#[derive(Debug, Clone)]
struct Layer {
    weight: Tensor,
    bias: Tensor,
}

/// Scaled-down LeNet: see the [crate].
///
/// Images are `[N, C, H, W]` tensors, or any shape of N rows of C·H·W pixels in that order;
/// logits are `[N, classes]`. The network is a [`ModuleT`], not a `Module`, because candle lets a
/// type be only one of them and what it does depends on whether it is trained.
#[derive(Debug)]
pub struct LeNet {
    geometry: Geometry,
    dropout_rate: f64,
    dropout_seed: u64,
    training_calls: AtomicU64,
    backend: Backend,
    stages: Vec<Layer>,
    hidden: Vec<Layer>,
    output: Layer,
}

impl LeNet {
    /// Builds the network from the builder's tensors `conv1.weight`, `conv1.bias`, …,
    /// `fc1.weight`, …. A builder that makes variables (candle's `VarMap`) is told to draw
    /// weights with σ = 0.1 and to set biases to 0.1, but draws without a seed:
    /// [`Parameters`](crate::Parameters) start from one.
    ///
    /// # Errors
    /// A configuration that describes no network; a tensor missing or of another shape.
    pub fn new(vb: VarBuilder, config: &LeNetConfig, backend: Backend) -> Result<Self> {
        let geometry = config.geometry().map_err(candle_core::Error::wrap)?;
        let weights = Init::Randn {
            mean: 0.0,
            stdev: WEIGHT_STANDARD_DEVIATION,
        };
        let biases = Init::Const(f64::from(BIAS));
        let layer = |name: String, shape: Vec<usize>| -> Result<Layer> {
            let vb = vb.pp(name);
            Ok(Layer {
                bias: vb.get_with_hints(shape[0], "bias", biases)?,
                weight: vb.get_with_hints(shape, "weight", weights)?,
            })
        };
        let mut stages = Vec::new();
        for (stage, &filters) in geometry.filters.iter().enumerate() {
            let [channels, ..] = geometry.stage_input(stage);
            let shape = vec![filters, channels, geometry.kernel, geometry.kernel];
            stages.push(layer(format!("conv{}", stage + 1), shape)?);
        }
        let mut dense = Vec::new();
        for (index, (inputs, outputs)) in geometry.dense_layers().into_iter().enumerate() {
            dense.push(layer(format!("fc{}", index + 1), vec![outputs, inputs])?);
        }
        let output = dense.pop().expect("a geometry has an output layer");
        Ok(Self {
            geometry,
            dropout_rate: config.dropout,
            dropout_seed: 0,
            training_calls: AtomicU64::new(0),
            backend,
            stages,
            hidden: dense,
            output,
        })
    }

    /// Sets the seed of the dropout masks that [`ModuleT::forward_t`] draws; 0 at first.
    #[must_use]
    pub fn with_dropout_seed(mut self, seed: u64) -> Self {
        self.dropout_seed = seed;
        self
    }

    /// The network's shape.
    #[must_use]
    pub fn geometry(&self) -> &Geometry {
        &self.geometry
    }

    /// Names and tensors of all parameters in the order of [`Geometry::parameters`].
    #[must_use]
    pub fn named_parameters(&self) -> Vec<(String, &Tensor)> {
        let stages = self
            .stages
            .iter()
            .enumerate()
            .map(|(i, l)| (format!("conv{}", i + 1), l));
        let dense = self.hidden.iter().chain([&self.output]).enumerate();
        let dense = dense.map(|(i, l)| (format!("fc{}", i + 1), l));
        stages
            .chain(dense)
            .flat_map(|(name, layer)| {
                [
                    (format!("{name}.weight"), &layer.weight),
                    (format!("{name}.bias"), &layer.bias),
                ]
            })
            .collect()
    }

    /// Number of trainable parameters.
    #[must_use]
    pub fn parameter_count(&self) -> usize {
        self.geometry.parameter_count()
    }

    /// Activations of the last hidden layer, `[N, units]`; where there is none, the features.
    ///
    /// # Errors
    /// Images that do not fit the network; the device's.
    pub fn hidden_activations(&self, images: &Tensor) -> Result<Tensor> {
        let Geometry {
            channels,
            height,
            width,
            ..
        } = self.geometry;
        let count = images.dim(0)?;
        let mut x = images.reshape((count, channels, height, width))?;
        for layer in &self.stages {
            x = match self.backend {
                Backend::Fused => {
                    lenet_ops::conv_pool::conv_pool(&x.contiguous()?, &layer.weight, &layer.bias)?
                }
                Backend::Stock => stock_stage(&x, layer)?,
            };
        }
        let mut x = x.flatten_from(1)?;
        for layer in &self.hidden {
            x = self.dense(&x, layer, true)?;
        }
        Ok(x)
    }

    /// Logits from [`Self::hidden_activations`], after dropout where there is any.
    ///
    /// # Errors
    /// The device's.
    pub fn logits_from_hidden(&self, hidden: &Tensor) -> Result<Tensor> {
        self.dense(hidden, &self.output, false)
    }

    /// Logits without dropout.
    ///
    /// # Errors
    /// As [`Self::hidden_activations`].
    pub fn forward(&self, images: &Tensor) -> Result<Tensor> {
        self.forward_train(images, None)
    }

    /// Logits as in training: where `dropout` is given, units of the last hidden layer are
    /// dropped with its rate (not the configuration's), and the mask is its seed's and step's.
    ///
    /// # Errors
    /// As [`Self::hidden_activations`].
    pub fn forward_train(&self, images: &Tensor, dropout: Option<Dropout>) -> Result<Tensor> {
        let mut hidden = self.hidden_activations(images)?;
        if let Some(Dropout { rate, seed, step }) = dropout {
            hidden = match self.backend {
                Backend::Fused => lenet_ops::dropout::dropout(&hidden, rate, seed, step)?,
                Backend::Stock => stock_dropout(&hidden, rate, seed, step)?,
            };
        }
        self.logits_from_hidden(&hidden)
    }

    fn dense(&self, x: &Tensor, layer: &Layer, relu: bool) -> Result<Tensor> {
        match self.backend {
            Backend::Fused => lenet_ops::dense::dense(x, &layer.weight, &layer.bias, relu),
            Backend::Stock => {
                let y = x.matmul(&layer.weight.t()?)?.broadcast_add(&layer.bias)?;
                if relu { y.relu() } else { Ok(y) }
            }
        }
    }
}

impl ModuleT for LeNet {
    /// Logits; in training with the configuration's dropout, a new mask each call: the n-th call
    /// draws the mask of step n.
    fn forward_t(&self, images: &Tensor, train: bool) -> Result<Tensor> {
        let dropout = (train && self.dropout_rate > 0.0).then(|| Dropout {
            rate: self.dropout_rate,
            seed: self.dropout_seed,
            step: self.training_calls.fetch_add(1, Ordering::Relaxed) + 1,
        });
        self.forward_train(images, dropout)
    }
}

fn stock_stage(x: &Tensor, layer: &Layer) -> Result<Tensor> {
    let filters = layer.bias.dim(0)?;
    let kernel = layer.weight.dim(3)?;
    let y = x.conv2d(&layer.weight, kernel / 2, 1, 1, 1)?;
    let y = y.broadcast_add(&layer.bias.reshape((1, filters, 1, 1))?)?;
    lenet_ops::max_pool::max_pool_2x2(&y.relu()?)
}

/// The same masks as the fused op's, made on the host and multiplied in as a constant.
fn stock_dropout(x: &Tensor, rate: f64, seed: u64, step: u64) -> Result<Tensor> {
    let (images, units) = x.dims2()?;
    let mut mask = vec![0f32; images * units];
    for (image, mask) in mask.chunks_exact_mut(units).enumerate() {
        lenet_ops::dropout::scale_factors(rate, seed, step, image, mask);
        // The scale itself is applied below in the tensor's own precision.
        mask.iter_mut()
            .for_each(|factor| *factor = f32::from(*factor > 0.0));
    }
    let mask = Tensor::from_vec(mask, (images, units), x.device())?.to_dtype(x.dtype())?;
    x.mul(&(mask * (1.0 / (1.0 - rate)))?)
}

#[cfg(test)]
mod tests;
