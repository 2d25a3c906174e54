//! A trained network as a function: images in, classes out, from many threads at once.

use std::sync::{Mutex, PoisonError};

use candle_core::Error as TensorError;
use lenet_ops::net::Network;
use lenet_ops::{Geometry, Level, OpsError};

use crate::config::{ConfigError, LeNetConfig};
use crate::input::{Input, ReadError};
use crate::input_error::InputError;

/// What a network says about an image.
#[derive(Debug, Clone, PartialEq)]
pub struct Prediction {
    /// The likeliest class, of equally likely ones the first.
    pub class: usize,
    /// Probability of each class; they sum to 1.
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
    /// What was given is not an image of this network.
    #[error(transparent)]
    Input(#[from] InputError),
    /// The configuration describes no network.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A parameter is NaN or infinite, so nothing that the network says means anything.
    #[error(
        "tensor `{tensor}` holds {count} values that are NaN or infinite (the training diverged)"
    )]
    NotFinite {
        /// The tensor.
        tensor: String,
        /// Values that are not finite.
        count: usize,
    },
    /// The numbers in the network grew beyond f32.
    #[error("image {image}: the logits are not finite (its pixels or the weights are too large)")]
    Overflow {
        /// Place of the image among those given.
        image: usize,
    },
    /// A buffer does not fit, `LENET_SIMD` names no instruction set of this machine, or it has no
    /// memory.
    #[error(transparent)]
    Ops(#[from] OpsError),
    /// The tensors given, or the network's, cannot be read.
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

/// A network's weights, frozen, with what computes them on the CPU: a call takes the thread it is
/// called on and allocates little more than its result (less than 4 KB for one image).
///
/// It is `Sync`: any number of threads may call at once, each with working memory of its own,
/// which is kept for the next call. [`LeNet::predict`](crate::LeNet::predict) uses one; take it
/// from [`LeNet::classifier`](crate::LeNet::classifier), or make it from parameters.
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
    /// From all parameters, in the order of [`Geometry::parameters`].
    ///
    /// # Errors
    /// A configuration that describes no network; parameters of another number, or not finite; a
    /// `LENET_SIMD` that this machine cannot follow.
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

    /// The network's shape.
    #[must_use]
    pub fn geometry(&self) -> &Geometry {
        &self.geometry
    }

    /// The class of one image.
    ///
    /// # Errors
    /// [`InputError`] where it is not one image of this network; [`PredictError::Overflow`].
    pub fn predict<'a>(&self, image: impl Into<Input<'a>>) -> Result<Prediction, PredictError> {
        // Classes are at most 256.
        let mut logits = [0.0; 256];
        let logits = &mut logits[..self.geometry.classes];
        self.logits(image, logits)?;
        check_finite(logits, self.geometry.classes)?;
        Ok(Prediction::new(logits))
    }

    /// The classes of several images, at least one, on this thread.
    ///
    /// # Errors
    /// [`InputError`] where they are not images of this network; [`PredictError::Overflow`].
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

    /// Writes the logits of one image or several into `logits`, `[images, classes]` row by row.
    ///
    /// # Errors
    /// [`InputError`] where they are not images of this network, or not as many as `logits` has
    /// rows ([`InputError::Several`] where it has one row).
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

    /// Lends an idle network, or makes one where all are at work.
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
