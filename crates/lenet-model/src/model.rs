//! The network as a candle module.

mod disk;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use candle_core::{DType, Device, Error, ModuleT, Result, Shape, Tensor};
use candle_nn::{Init, VarBuilder};
use lenet_core::{Backend, Geometry};
use lenet_ops::dropout::Mask;

use crate::classifier::{Classifier, PredictError, Prediction};
use crate::config::{self, LeNetConfig};
use crate::init::{BIAS, WEIGHT_STANDARD_DEVIATION};
use crate::input::{Input, image_shape, leading_axis};
use crate::parameters::Parameters;
use crate::summary::Summary;

/// A layer's weight and bias.
#[derive(Debug, Clone)]
struct Layer {
    weight: Tensor,
    bias: Tensor,
}

impl Layer {
    /// Takes `weight` of this shape and `bias` of its first side from the builder.
    fn new(vb: &VarBuilder, name: &str, shape: Vec<usize>) -> Result<Self> {
        let weights = Init::Randn {
            mean: 0.0,
            stdev: WEIGHT_STANDARD_DEVIATION,
        };
        let vb = vb.pp(name);
        let biases = Init::Const(f64::from(BIAS));
        Ok(Self {
            bias: vb.get_with_hints(shape[0], "bias", biases)?,
            weight: vb.get_with_hints(shape, "weight", weights)?,
        })
    }
}

/// Number of training calls so far; a copy goes on from where the original stands.
#[derive(Debug, Default)]
struct Calls(AtomicU64);

impl Clone for Calls {
    fn clone(&self) -> Self {
        Self(AtomicU64::new(self.0.load(Ordering::Relaxed)))
    }
}

/// Scaled-down LeNet: see the [crate].
///
/// Images are `[N, C, H, W]` tensors of the network's floating-point type (or `[N, C·H·W]`; for
/// one channel `[N, H, W]` too); logits are `[N, classes]`. The network is a [`ModuleT`], not a
/// `Module`, because candle lets a type be only one of them and what it does depends on whether
/// it is trained. Where a `Module` is asked for, a closure is one:
/// `|images: &Tensor| network.forward(images)`.
///
/// A clone shares the tensors, so it is cheap, and training one trains the other.
///
/// ```
/// use candle_core::{DType, Device, Tensor};
/// use candle_nn::{Optimizer, SGD, VarBuilder, VarMap, loss::cross_entropy};
/// use lenet_model::{LeNet, LeNetConfig};
///
/// // Any loop of candle trains it.
/// let variables = VarMap::new();
/// let vb = VarBuilder::from_varmap(&variables, DType::F32, &Device::Cpu);
/// let network = LeNet::new(vb.pp("digits"), &LeNetConfig::lab_2017(4))?;
/// let mut optimizer = SGD::new(variables.all_vars(), 0.1)?;
/// let images = Tensor::rand(0f32, 1.0, (8, 1, 28, 28), &Device::Cpu)?;
/// let labels = Tensor::new(&[0u32, 1, 2, 3, 4, 5, 6, 7], &Device::Cpu)?;
/// let loss = cross_entropy(&network.forward(&images)?, &labels)?;
/// optimizer.backward_step(&loss)?;
/// # Ok::<(), candle_core::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct LeNet {
    config: LeNetConfig,
    geometry: Geometry,
    dropout_seed: u64,
    training_calls: Calls,
    backend: Backend,
    stages: Vec<Layer>,
    hidden: Vec<Layer>,
    output: Layer,
    /// Made by the first prediction of a network whose tensors no optimizer can change.
    frozen: OnceLock<Arc<Classifier>>,
}

impl LeNet {
    /// Builds the network from the builder's tensors `conv1.weight`, `conv1.bias`, …,
    /// `fc1.weight`, …, with the faster [`Backend`] for the builder's device and type. A builder that
    /// makes variables (candle's `VarMap`) is told to draw weights with σ = 0.1 and to set biases
    /// to 0.1, but draws without a seed: [`Parameters`] start from one.
    ///
    /// # Errors
    /// A configuration that describes no network; a tensor missing or of another shape.
    pub fn new(vb: VarBuilder, config: &LeNetConfig) -> Result<Self> {
        let backend = config::faster_backend(vb.device(), vb.dtype());
        Self::with_backend(vb, config, backend)
    }

    /// As [`Self::new`], computed by the backend given.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn with_backend(vb: VarBuilder, config: &LeNetConfig, backend: Backend) -> Result<Self> {
        let geometry = config.geometry().map_err(Error::wrap)?;
        let mut stages = Vec::new();
        for (stage, &filters) in geometry.filters.iter().enumerate() {
            let [channels, ..] = geometry.stage_input(stage);
            let shape = vec![filters, channels, geometry.kernel, geometry.kernel];
            stages.push(Layer::new(&vb, &format!("conv{}", stage + 1), shape)?);
        }
        let mut dense = Vec::new();
        for (index, (inputs, outputs)) in geometry.dense_layers().into_iter().enumerate() {
            let name = format!("fc{}", index + 1);
            dense.push(Layer::new(&vb, &name, vec![outputs, inputs])?);
        }
        let output = dense.pop().expect("a geometry has an output layer");
        Ok(Self {
            config: config.clone(),
            geometry,
            dropout_seed: 0,
            training_calls: Calls::default(),
            backend,
            stages,
            hidden: dense,
            output,
            frozen: OnceLock::new(),
        })
    }

    /// This network with another last layer, for other classes: its weight and bias come from
    /// the builder under the layer's own name (`fc2` in the study's network), everything before
    /// it is shared. With a `VarMap` of its own, an optimizer trains the new layer alone.
    ///
    /// # Errors
    /// A number of classes out of range; a tensor missing or of another shape.
    pub fn with_output(&self, vb: VarBuilder, classes: usize) -> Result<Self> {
        let config = self.config.clone().with_classes(classes);
        let geometry = config.geometry().map_err(Error::wrap)?;
        let name = format!("fc{}", geometry.hidden.len() + 1);
        let inputs = self.output.weight.dim(1)?;
        Ok(Self {
            output: Layer::new(&vb, &name, vec![classes, inputs])?,
            config,
            geometry,
            frozen: OnceLock::new(),
            ..self.clone()
        })
    }

    /// A copy whose tensors are variables, and these variables: a loaded network, made ready
    /// for training as a whole.
    ///
    /// # Errors
    /// The device's.
    pub fn trainable(&self) -> Result<(Self, Parameters)> {
        let named = self.named_parameters();
        let parameters = Parameters::of(named.into_iter(), self.dtype(), self.device())?;
        let network = Self::with_backend(parameters.var_builder(), &self.config, self.backend)?;
        let network = network.with_dropout_seed(self.dropout_seed);
        Ok((network, parameters))
    }

    /// Sets the seed of the dropout masks that [`ModuleT::forward_t`] draws; 0 at first.
    #[must_use]
    pub fn with_dropout_seed(mut self, seed: u64) -> Self {
        self.dropout_seed = seed;
        self
    }

    /// What the network was made from.
    #[must_use]
    pub fn config(&self) -> &LeNetConfig {
        &self.config
    }

    /// Type of the network's tensors.
    #[must_use]
    pub fn dtype(&self) -> DType {
        self.output.weight.dtype()
    }

    /// Device of the network's tensors.
    #[must_use]
    pub fn device(&self) -> &Device {
        self.output.weight.device()
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

    /// Multiplications and additions of one image's forward pass; see
    /// [`Geometry::forward_flops`].
    #[must_use]
    pub fn flops(&self) -> u64 {
        self.geometry.forward_flops()
    }

    /// The layers as a table.
    #[must_use]
    pub fn summary(&self) -> Summary {
        Summary::new(&self.geometry)
    }

    /// The class of one image, computed on the CPU in f32 whatever the network's device and type.
    ///
    /// The weights are copied and checked for NaN at the first call, or, where they are variables
    /// that training may change, at every call: keep a [`Self::classifier`] then.
    ///
    /// # Errors
    /// A [`PredictError`]: not an image of this network, weights that are not finite.
    pub fn predict<'a>(
        &self,
        image: impl Into<Input<'a>>,
    ) -> std::result::Result<Prediction, PredictError> {
        self.classifier()?.predict(image)
    }

    /// The classes of several images, as [`Self::predict`]; for large batches on a GPU use
    /// [`Self::forward`].
    ///
    /// # Errors
    /// As [`Self::predict`].
    pub fn predict_batch<'a>(
        &self,
        images: impl Into<Input<'a>>,
    ) -> std::result::Result<Vec<Prediction>, PredictError> {
        self.classifier()?.predict_batch(images)
    }

    /// The weights as they are now, with what computes them.
    ///
    /// # Errors
    /// Weights that are not finite; the device's; as [`Classifier::new`].
    pub fn classifier(&self) -> std::result::Result<Arc<Classifier>, PredictError> {
        if let Some(frozen) = self.frozen.get() {
            return Ok(Arc::clone(frozen));
        }
        let made = Arc::new(Classifier::new(&self.config, self.to_flat()?)?);
        let named = self.named_parameters();
        if named.iter().any(|(_, tensor)| tensor.is_variable()) {
            return Ok(made);
        }
        Ok(Arc::clone(self.frozen.get_or_init(|| made)))
    }

    /// All parameters as f32, in the order of [`Geometry::parameters`].
    ///
    /// # Errors
    /// The device's.
    pub fn to_flat(&self) -> Result<Vec<f32>> {
        let mut values = Vec::with_capacity(self.parameter_count());
        for (_, tensor) in self.named_parameters() {
            let tensor = tensor.detach().to_dtype(DType::F32)?;
            values.extend(tensor.flatten_all()?.to_vec1::<f32>()?);
        }
        Ok(values)
    }

    /// Activations of the last hidden layer, `[N, units]`; where there is none, the last pooled
    /// maps, `[N, F·H·W]`. What a network for another task can build on.
    ///
    /// # Errors
    /// Images that do not fit the network; the device's.
    pub fn hidden_activations(&self, images: &Tensor) -> Result<Tensor> {
        let mut x = self.images(images)?;
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
    pub fn forward_train(&self, images: &Tensor, dropout: Option<Mask>) -> Result<Tensor> {
        let mut hidden = self.hidden_activations(images)?;
        if let Some(Mask { rate, seed, step }) = dropout {
            hidden = if self.backend == Backend::Fused && hidden.device().is_cpu() {
                lenet_ops::dropout::dropout(&hidden, rate, seed, step)?
            } else {
                stock_dropout(&hidden, rate, seed, step)?
            };
        }
        self.logits_from_hidden(&hidden)
    }

    /// The images as `[N, C, H, W]`.
    fn images(&self, images: &Tensor) -> Result<Tensor> {
        let [channels, height, width] = image_shape(&self.geometry);
        let count = leading_axis(images.dims(), &self.geometry).ok().flatten();
        match count {
            Some(count) => images.reshape((count, channels, height, width)),
            None => Err(Error::UnexpectedShape {
                msg: "images of this network, at least one".to_owned(),
                expected: Shape::from((images.dim(0).unwrap_or(1).max(1), channels, height, width)),
                got: images.shape().clone(),
            }),
        }
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
        let dropout = (train && self.config.dropout > 0.0).then(|| Mask {
            rate: self.config.dropout,
            seed: self.dropout_seed,
            step: self.training_calls.0.fetch_add(1, Ordering::Relaxed) + 1,
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
