//! The network as a candle module.

mod affine;
mod calls;
mod disk;
mod forward;

use std::sync::{Arc, OnceLock};

use candle_core::{DType, Device, Error, Result, Tensor};
use candle_nn::VarBuilder;
use lenet_core::{Backend, Geometry};

use crate::backend::faster_backend;
use crate::classifier::{Classifier, PredictError, Prediction};
use crate::config::LeNetConfig;
use crate::input::Input;
use crate::parameters::{Parameters, flatten};
use crate::summary::Summary;
use crate::training_images::TrainingImages;
pub use forward::WithDropout;

use affine::Affine;
use calls::Calls;

/// Scaled-down LeNet: see the [crate].
///
/// Images are `[N, C, H, W]` tensors of the network's floating-point type; `[N, C·H·W]` and, for one
/// channel, `[N, H, W]` do too. Logits are `[N, classes]`. The network is a
/// [`Module`](candle_core::Module), which computes without dropout, so `candle_nn::seq().add(network)` takes it.
/// Dropout acts in [`LeNet::forward_t`], and where candle wants a [`ModuleT`](candle_core::ModuleT), in
/// [`LeNet::with_dropout`].
///
/// A clone is cheap, since it shares the tensors: training one trains the other.
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
    stages: Vec<Affine>,
    hidden: Vec<Affine>,
    output: Affine,
    /// Made by the first prediction, if no tensor is a variable, which an optimizer can change.
    frozen: OnceLock<Arc<Classifier>>,
    /// How the images of its training looked, if it is known.
    training_images: Option<TrainingImages>,
}

impl LeNet {
    /// Builds the network from the tensors `conv1.weight`, `conv1.bias`, …, `fc1.weight`, … of the
    /// builder, with the faster [`Backend`] for its device, type and stages. A builder that makes variables
    /// (candle's `VarMap`) draws weights with σ = 0.1 and sets biases to 0.1. It draws without a
    /// seed; [`Parameters::drawn`] takes one.
    ///
    /// # Errors
    /// The configuration describes no network, or a tensor is missing or has another shape.
    pub fn new(vb: VarBuilder, config: &LeNetConfig) -> Result<Self> {
        let backend = if config.stages.is_usual() {
            faster_backend(vb.device(), vb.dtype())
        } else {
            Backend::Stock
        };
        Self::with_backend(vb, config, backend)
    }

    /// As [`Self::new`], with a given backend.
    ///
    /// # Errors
    /// As [`Self::new`], or the backend does not compute such [`Stages`](lenet_core::Stages).
    pub fn with_backend(vb: VarBuilder, config: &LeNetConfig, backend: Backend) -> Result<Self> {
        let geometry = config.geometry().map_err(Error::wrap)?;
        if let Some(problem) = geometry.stages.problem(backend) {
            candle_core::bail!("network: {problem}");
        }
        let mut stages = Vec::new();
        for (stage, &filters) in geometry.filters.iter().enumerate() {
            let [channels, ..] = geometry.stage_input(stage);
            let shape = vec![filters, channels, geometry.kernel, geometry.kernel];
            stages.push(Affine::new(&vb, &format!("conv{}", stage + 1), shape)?);
        }
        let mut dense = Vec::new();
        for (index, (inputs, outputs)) in geometry.dense_layers().into_iter().enumerate() {
            let name = format!("fc{}", index + 1);
            dense.push(Affine::new(&vb, &name, vec![outputs, inputs])?);
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
            training_images: None,
        })
    }

    /// This network with a new last layer, for other classes. The layer's weight and bias come from
    /// the builder under the layer's name (`fc2` in the 2017 network); the layers before it are
    /// shared. If the builder belongs to a `VarMap` of its own, an optimizer of that map trains the
    /// new layer alone.
    ///
    /// # Errors
    /// The number of classes is out of range, or a tensor is missing or has another shape.
    pub fn with_output(&self, vb: VarBuilder, classes: usize) -> Result<Self> {
        let config = self.config.clone().with_classes(classes);
        let geometry = config.geometry().map_err(Error::wrap)?;
        let name = format!("fc{}", geometry.hidden.len() + 1);
        let inputs = self.output.weight.dim(1)?;
        Ok(Self {
            output: Affine::new(&vb, &name, vec![classes, inputs])?,
            config,
            geometry,
            frozen: OnceLock::new(),
            ..self.clone()
        })
    }

    /// Copies the network into variables, to train all of it, and returns the copy and its
    /// variables.
    ///
    /// # Errors
    /// The device fails.
    pub fn trainable(&self) -> Result<(Self, Parameters)> {
        let named = self.named_parameters();
        let parameters = Parameters::of(named.into_iter(), self.dtype(), self.device())?;
        let network = Self::with_backend(parameters.var_builder(), &self.config, self.backend)?;
        let mut network = network.with_dropout_seed(self.dropout_seed);
        network.training_images = self.training_images;
        Ok((network, parameters))
    }

    /// Sets the seed (at first 0) of the dropout masks that
    /// [`Self::forward_t`] draws.
    #[must_use]
    pub fn with_dropout_seed(mut self, seed: u64) -> Self {
        self.dropout_seed = seed;
        self
    }

    /// How the images of the network's training looked, where its file says so or
    /// [`Self::with_training_images`] did. Predictions from bytes and pictures depend on it.
    #[must_use]
    pub fn training_images(&self) -> Option<TrainingImages> {
        self.training_images
    }

    /// Says how the images of the network's training looked; [`Self::save`] writes it.
    #[must_use]
    pub fn with_training_images(mut self, images: TrainingImages) -> Self {
        self.training_images = Some(images);
        self.frozen = OnceLock::new();
        self
    }

    /// The configuration of the network.
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

    /// The shape of the network.
    #[must_use]
    pub fn geometry(&self) -> &Geometry {
        &self.geometry
    }

    /// Names and tensors of all parameters, in the order of [`Geometry::parameters`].
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

    /// Number of multiplications and additions of a forward pass per image; see
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

    /// Predicts the class of one image, on the CPU in f32, whatever the network's device and type.
    ///
    /// The first call copies the weights and checks that they are finite. Where the weights are
    /// variables, which training may change, every call does so; keep a [`Self::classifier`] then.
    ///
    /// # Errors
    /// A [`PredictError`]: the input is not an image of this network, or a weight is not finite.
    pub fn predict<'a>(
        &self,
        image: impl Into<Input<'a>>,
    ) -> std::result::Result<Prediction, PredictError> {
        self.classifier()?.predict(image)
    }

    /// Predicts the class of each image, as [`Self::predict`]. For large batches on a GPU use
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

    /// A classifier with the weights as they are now.
    ///
    /// # Errors
    /// A weight is not finite, the device fails, or [`Classifier::new`] does.
    pub fn classifier(&self) -> std::result::Result<Arc<Classifier>, PredictError> {
        if let Some(frozen) = self.frozen.get() {
            return Ok(Arc::clone(frozen));
        }
        let mut made = Classifier::new(&self.config, self.to_flat()?)?;
        if let Some(images) = self.training_images {
            made = made.with_training_images(images);
        }
        let made = Arc::new(made);
        let named = self.named_parameters();
        if named.iter().any(|(_, tensor)| tensor.is_variable()) {
            return Ok(made);
        }
        Ok(Arc::clone(self.frozen.get_or_init(|| made)))
    }

    /// All parameters as f32, in the order of [`Geometry::parameters`].
    ///
    /// # Errors
    /// The device fails.
    pub fn to_flat(&self) -> Result<Vec<f32>> {
        flatten(
            self.named_parameters()
                .into_iter()
                .map(|(_, tensor)| tensor),
        )
    }
}

#[cfg(test)]
mod tests;
