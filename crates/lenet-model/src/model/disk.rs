//! A network to and from a weights file.

use std::path::Path;

use candle_core::{DType, Device};
use candle_nn::VarBuilder;

use super::LeNet;
use crate::parameters::tensors;
use crate::weights::{self, Precision, Reading, Weights, WeightsError};

impl LeNet {
    /// Reads a network from a safetensors file. The shape comes from the metadata of a file that
    /// this crate wrote, or from the tensors of a PyTorch `state_dict` (see
    /// [`weights::load_any`]). The network's tensors are f32 and fixed; [`Self::trainable`] makes
    /// variables of them.
    ///
    /// # Errors
    /// A [`WeightsError`] that names the file and, if one is at fault, the tensor.
    pub fn load(path: impl AsRef<Path>, device: &Device) -> Result<Self, WeightsError> {
        let path = path.as_ref();
        Self::from_weights(&weights::load_any(path)?, device, path)
    }

    /// As [`Self::load`], with what the caller knows of the network and the file does not say.
    ///
    /// ```no_run
    /// use candle_core::Device;
    /// use lenet_model::weights::Reading;
    /// use lenet_model::{LeNet, Padding};
    ///
    /// // LeNet-5 as in the original paper, saved by PyTorch.
    /// let reading = Reading::default()
    ///     .with_images(32, 32)
    ///     .with_padding(Padding::Valid);
    /// let network = LeNet::load_as("lenet5.safetensors", &reading, &Device::Cpu)?;
    /// # Ok::<(), lenet_model::WeightsError>(())
    /// ```
    ///
    /// # Errors
    /// As [`Self::load`], or the file contradicts the caller.
    pub fn load_as(
        path: impl AsRef<Path>,
        reading: &Reading,
        device: &Device,
    ) -> Result<Self, WeightsError> {
        let path = path.as_ref();
        Self::from_weights(&weights::read(path, reading)?.weights, device, path)
    }

    /// Reads a network from the contents of a weights file, as [`Self::load`].
    ///
    /// # Errors
    /// As [`Self::load`].
    pub fn from_bytes(bytes: &[u8], device: &Device) -> Result<Self, WeightsError> {
        let weights = Weights::from_bytes(bytes)?;
        Self::from_weights(&weights, device, Path::new(weights::IN_MEMORY))
    }

    /// The digit classifier that comes with this crate: 16 filters, trained on MNIST.
    /// `pretrained/README.md` says how it was trained and how accurate it is.
    ///
    /// ```
    /// use candle_core::Device;
    /// use lenet_model::LeNet;
    ///
    /// let network = LeNet::pretrained(&Device::Cpu)?;
    /// assert_eq!(network.parameter_count(), 104_250);
    /// // A blank image gets a class too; its probability is low.
    /// let prediction = network.predict(&[0u8; 784])?;
    /// assert!(prediction.class < 10 && prediction.confidence() < 0.9);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// The device cannot hold the tensors.
    #[cfg(feature = "pretrained")]
    pub fn pretrained(device: &Device) -> Result<Self, WeightsError> {
        Self::from_bytes(crate::PRETRAINED, device)
    }

    fn from_weights(
        weights: &Weights,
        device: &Device,
        origin: &Path,
    ) -> Result<Self, WeightsError> {
        let build = || {
            let tensors = tensors(&weights.geometry, &weights.parameters, device)?;
            let tensors = tensors.into_iter().collect();
            let vb = VarBuilder::from_tensors(tensors, DType::F32, device);
            let mut network = Self::new(vb, &weights.config())?;
            network.training_images = weights.images;
            Ok(network)
        };
        build().map_err(|error| WeightsError::device(origin, error))
    }

    /// Writes the network as f32 safetensors with PyTorch's names and layouts and with its
    /// configuration in the metadata. The file appears whole or not at all.
    ///
    /// # Errors
    /// The file cannot be written, or the device fails.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), WeightsError> {
        let path = path.as_ref();
        self.weights(path)?.save(path, Precision::F32)
    }

    /// The contents of the file that [`Self::save`] writes.
    ///
    /// # Errors
    /// The device fails.
    pub fn to_bytes(&self) -> Result<Vec<u8>, WeightsError> {
        self.weights(Path::new(weights::IN_MEMORY))?
            .to_bytes(Precision::F32)
    }

    fn weights(&self, path: &Path) -> Result<Weights, WeightsError> {
        Ok(Weights {
            geometry: self.geometry.clone(),
            dropout: Some(self.config.dropout),
            images: self.training_images,
            parameters: self
                .to_flat()
                .map_err(|error| WeightsError::device(path, error))?,
        })
    }
}
