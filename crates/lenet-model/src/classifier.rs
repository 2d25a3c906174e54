//! A trained network as a function from images to classes, for many threads at once.

use std::borrow::Cow;
use std::sync::{Mutex, PoisonError};

use candle_core::{Device, Error as TensorError, Tensor};
use lenet_core::Geometry;
use lenet_ops::net::{Images, Network};
use lenet_ops::{Level, OpsError};

use crate::config::{ConfigError, LeNetConfig};
use crate::input::{Input, ReadError, image_shape};
use crate::input_error::InputError;
use crate::layers;
use crate::parameters;
use crate::training_images::TrainingImages;

/// The class of an image, as a network sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct Prediction {
    /// The most probable class; of equally probable ones the first.
    pub class: usize,
    /// Probability of each class: the softmax of the logits.
    pub probabilities: Vec<f32>,
}

impl Prediction {
    /// From one image's logits, all finite.
    fn new(logits: &[f32]) -> Self {
        let mut class = 0;
        for (i, &logit) in logits.iter().enumerate() {
            if logit > logits[class] {
                class = i;
            }
        }
        let exponentials = logits
            .iter()
            .map(|&logit| libm::expf(logit - logits[class]));
        let sum: f32 = exponentials.clone().sum();
        Self {
            class,
            probabilities: exponentials.map(|value| value / sum).collect(),
        }
    }

    /// Probability of the predicted class.
    #[must_use]
    pub fn confidence(&self) -> f32 {
        self.probabilities[self.class]
    }
}

/// Why there is no prediction.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PredictError {
    /// The input is not an image of this network.
    #[error(transparent)]
    Input(#[from] InputError),
    /// The configuration describes no network.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A parameter is NaN or infinite, so a prediction would mean nothing.
    #[error(
        "tensor `{tensor}` holds {count} values that are NaN or infinite (the training diverged)"
    )]
    NotFinite {
        /// Name of the parameter's tensor.
        tensor: String,
        /// Number of values that are not finite.
        count: usize,
    },
    /// A logit is not finite: the numbers in the network exceed f32.
    #[error("image {image}: the logits are not finite (its pixels or the weights are too large)")]
    Overflow {
        /// Index of the image among those given.
        image: usize,
    },
    /// A buffer has the wrong length, `LENET_SIMD` names no instruction set of this machine, or
    /// memory ran out.
    #[error(transparent)]
    Ops(#[from] OpsError),
    /// A tensor, of the input or of the network, cannot be read.
    #[error("the tensors cannot be read")]
    Tensor(#[from] TensorError),
}

impl From<ReadError> for PredictError {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Input(error) => Self::Input(error),
            ReadError::Tensor(error) => Self::Tensor(error),
        }
    }
}

/// Frozen weights and the working memory that computes with them on the CPU, in f32. A call runs on
/// the calling thread and allocates little more than its result (less than 4 KB for one image);
/// networks of other stages than [`Stages::USUAL`](crate::Stages::USUAL) are computed by candle's ops.
///
/// It is `Sync`: any number of threads may call it at once. Each has working memory of its own,
/// which stays for the next call. [`LeNet::predict`](crate::LeNet::predict) uses a classifier;
/// [`LeNet::classifier`](crate::LeNet::classifier) gives it.
///
/// ```
/// use lenet_model::{Classifier, LeNetConfig, init};
///
/// let config = LeNetConfig::lab_2017(8);
/// let classifier = Classifier::new(&config, init::initial_parameters(&config.geometry()?, 1))?;
/// let mut logits = [0.0; 10];
/// classifier.logits(&[0u8; 784], &mut logits)?;
/// assert!(logits.iter().all(|logit| logit.is_finite()));
/// # Ok::<(), lenet_model::PredictError>(())
/// ```
#[derive(Debug)]
pub struct Classifier {
    geometry: Geometry,
    engine: Engine,
    training_images: Option<TrainingImages>,
}

/// What computes the logits.
#[derive(Debug)]
enum Engine {
    /// The fused code, for the usual stages.
    Fused {
        parameters: Vec<f32>,
        level: Level,
        idle: Mutex<Vec<Network>>,
    },
    /// candle's ops, for any others. The tensors are in the order of [`Geometry::parameters`].
    Stock { tensors: Vec<Tensor> },
}

impl Classifier {
    /// Makes a classifier from all parameters, in the order of [`Geometry::parameters`].
    ///
    /// # Errors
    /// The configuration describes no network, the number of parameters is wrong, a parameter is not
    /// finite, or `LENET_SIMD` names no instruction set of this machine.
    pub fn new(config: &LeNetConfig, parameters: Vec<f32>) -> Result<Self, PredictError> {
        let geometry = config.geometry()?;
        let want = geometry.parameter_count();
        if parameters.len() != want {
            return Err(OpsError::Length {
                op: "Classifier::new",
                buffer: "parameters",
                got: parameters.len(),
                want,
            }
            .into());
        }
        for parameter in geometry.parameters() {
            let values = &parameters[parameter.range()];
            let count = values.iter().filter(|value| !value.is_finite()).count();
            if count > 0 {
                let tensor = parameter.name;
                return Err(PredictError::NotFinite { tensor, count });
            }
        }
        let level = Level::from_environment()?;
        let engine = if geometry.stages.is_usual() {
            let first = Network::new(&geometry, level, 1)?;
            Engine::Fused {
                parameters,
                level,
                idle: Mutex::new(vec![first]),
            }
        } else {
            let tensors = parameters::tensors(&geometry, &parameters, &Device::Cpu)?;
            let tensors = tensors.into_iter().map(|(_, tensor)| tensor).collect();
            Engine::Stock { tensors }
        };
        Ok(Self {
            geometry,
            engine,
            training_images: None,
        })
    }

    /// Says how the images of the training looked: bytes and pictures are brought to that form.
    /// Without it they are taken to be like MNIST's.
    #[must_use]
    pub fn with_training_images(mut self, images: TrainingImages) -> Self {
        self.training_images = Some(images);
        self
    }

    /// How the images of the training looked, if it is known.
    #[must_use]
    pub fn training_images(&self) -> Option<TrainingImages> {
        self.training_images
    }

    /// The shape of the network.
    #[must_use]
    pub fn geometry(&self) -> &Geometry {
        &self.geometry
    }

    /// Predicts the class of one image.
    ///
    /// # Errors
    /// [`InputError`] where the input is not one image of this network; [`PredictError::Overflow`].
    pub fn predict<'a>(&self, image: impl Into<Input<'a>>) -> Result<Prediction, PredictError> {
        // Classes are at most 256.
        let mut logits = [0.0; 256];
        let logits = &mut logits[..self.geometry.classes];
        self.logits(image, logits)?;
        check_finite(logits, self.geometry.classes)?;
        Ok(Prediction::new(logits))
    }

    /// Predicts the class of each image, of which there is at least one.
    ///
    /// # Errors
    /// [`InputError`] where the input is not images of this network; [`PredictError::Overflow`].
    pub fn predict_batch<'a>(
        &self,
        images: impl Into<Input<'a>>,
    ) -> Result<Vec<Prediction>, PredictError> {
        let classes = self.geometry.classes;
        let look = self.look();
        let logits = images.into().read(&self.geometry, look, |images, count| {
            let mut logits = vec![0.0; count * classes];
            let computed = self.compute(images, &mut logits);
            computed.map(|()| logits)
        })??;
        check_finite(&logits, classes)?;
        Ok(logits.chunks_exact(classes).map(Prediction::new).collect())
    }

    /// Writes the logits of each image into `logits`, `[images, classes]` row by row.
    ///
    /// # Errors
    /// [`InputError`] where the input is not images of this network, with [`InputError::Several`]
    /// where `logits` has one row and there are more images. [`OpsError::Length`] where `logits` has
    /// another number of rows than there are images.
    pub fn logits<'a>(
        &self,
        images: impl Into<Input<'a>>,
        logits: &mut [f32],
    ) -> Result<(), PredictError> {
        let rows = logits.len() / self.geometry.classes;
        let look = self.look();
        images.into().read(&self.geometry, look, |images, count| {
            if rows == 1 && count > 1 {
                return Err(InputError::Several { images: count }.into());
            }
            if logits.len() != count * self.geometry.classes {
                return Err(OpsError::Length {
                    op: "Classifier::logits",
                    buffer: "logits",
                    got: logits.len(),
                    want: count * self.geometry.classes,
                }
                .into());
            }
            self.compute(images, logits)
        })?
    }

    fn look(&self) -> TrainingImages {
        self.training_images.unwrap_or(TrainingImages::MNIST)
    }

    fn compute(&self, images: Images<'_>, logits: &mut [f32]) -> Result<(), PredictError> {
        let (parameters, level, idle) = match &self.engine {
            Engine::Fused {
                parameters,
                level,
                idle,
            } => (parameters, *level, idle),
            Engine::Stock { tensors } => {
                let pixels = as_floats(images);
                let shape = image_shape(&self.geometry);
                let shape = (
                    logits.len() / self.geometry.classes,
                    shape[0],
                    shape[1],
                    shape[2],
                );
                let images = Tensor::from_slice(&pixels, shape, &Device::Cpu)?;
                let computed = layers::logits(&self.geometry, tensors, &images)?;
                logits.copy_from_slice(&computed.flatten_all()?.to_vec1::<f32>()?);
                return Ok(());
            }
        };
        let idle = || idle.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = idle().pop();
        let mut network = match taken {
            Some(network) => network,
            None => Network::new(&self.geometry, level, 1)?,
        };
        let result = network.logits(parameters, images, logits);
        idle().push(network);
        Ok(result?)
    }
}

/// The pixels of all images as a network takes them.
fn as_floats(images: Images<'_>) -> Cow<'_, [f32]> {
    match images {
        Images::Floats(pixels) => Cow::Borrowed(pixels),
        // Bytes come with the indices of all images, in order.
        Images::Bytes { pixels, .. } => {
            Cow::Owned(pixels.iter().map(|&byte| f32::from(byte) / 255.0).collect())
        }
    }
}

fn check_finite(logits: &[f32], classes: usize) -> Result<(), PredictError> {
    match logits.iter().position(|logit| !logit.is_finite()) {
        None => Ok(()),
        Some(at) => Err(PredictError::Overflow {
            image: at / classes,
        }),
    }
}

#[cfg(test)]
mod tests;
