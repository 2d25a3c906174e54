//! A trained network as a function from images to classes, for many threads at once.

use std::sync::{Mutex, PoisonError};

use candle_core::Error as TensorError;
use lenet_core::Geometry;
use lenet_ops::net::Network;
use lenet_ops::{Level, OpsError};

use crate::config::{ConfigError, LeNetConfig};
use crate::input::{Input, ReadError};
use crate::input_error::InputError;

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
/// the calling thread and allocates little more than its result (less than 4 KB for one image).
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
    parameters: Vec<f32>,
    level: Level,
    idle: Mutex<Vec<Network>>,
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
        let first = Network::new(&geometry, level, 1)?;
        Ok(Self {
            geometry,
            parameters,
            level,
            idle: Mutex::new(vec![first]),
        })
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
        let logits = images.into().read(&self.geometry, |images, count| {
            let mut logits = vec![0.0; count * classes];
            let computed =
                self.with_network(|network| network.logits(&self.parameters, images, &mut logits));
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
        images.into().read(&self.geometry, |images, count| {
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
            self.with_network(|network| network.logits(&self.parameters, images, logits))
        })?
    }

    /// Lends idle working memory to `work`, or new memory where all is in use.
    fn with_network<R>(
        &self,
        work: impl FnOnce(&mut Network) -> Result<R, OpsError>,
    ) -> Result<R, PredictError> {
        let idle = || self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = idle().pop();
        let mut network = match taken {
            Some(network) => network,
            None => Network::new(&self.geometry, self.level, 1)?,
        };
        let result = work(&mut network);
        idle().push(network);
        Ok(result?)
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
