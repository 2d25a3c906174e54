//! A network to and from a weights file.

use std::path::Path;

use candle_core::{DType, Device};
use candle_nn::VarBuilder;

use super::LeNet;
use crate::parameters::tensors;
use crate::weights::{self, Precision, Weights, WeightsError};

impl LeNet {
    /// Reads a network from a safetensors file: one of ours, whose metadata say its shape, or a
    /// PyTorch `state_dict`, whose tensors do (see [`weights::load_any`]). Its tensors are f32 on
    /// the device, and fixed: [`Self::trainable`] makes variables of them.
    ///
    /// # Errors
    /// A [`WeightsError`] naming the file and, where one is at fault, the tensor.
    pub fn load(path: impl AsRef<Path>, device: &Device) -> Result<Self, WeightsError> {
        let path = path.as_ref();
        Self::from_weights(&weights::load_any(path)?, device, path)
    }

    /// Reads a network from the contents of a weights file, as [`Self::load`].
    ///
    /// # Errors
    /// As [`Self::load`].
    pub fn from_bytes(bytes: &[u8], device: &Device) -> Result<Self, WeightsError> {
        let weights = Weights::from_bytes(bytes)?;
        Self::from_weights(&weights, device, Path::new(weights::IN_MEMORY))
    }

    /// The network of this project's own weights: F = 16, trained on MNIST, whose README says
    /// how, and with what accuracy (`pretrained/README.md` in this crate).
    ///
    /// ```
    /// use candle_core::Device;
    /// use lenet_model::LeNet;
    ///
    /// let network = LeNet::pretrained(&Device::Cpu)?;
    /// assert_eq!(network.parameter_count(), 104_250);
    /// // A blank image is some digit too; probabilities say how sure that is.
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
            Self::new(vb, &weights.config())
        };
        build().map_err(|error| WeightsError::device(origin, error))
    }

    /// Writes the network as f32 safetensors with PyTorch's names and layouts, and its
    /// configuration in the metadata; the file appears whole or not at all.
    ///
    /// # Errors
    /// A file that cannot be written; the device's.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), WeightsError> {
        let path = path.as_ref();
        self.weights(path)?.save(path, Precision::F32)
    }

    /// The contents of the file that [`Self::save`] writes.
    ///
    /// # Errors
    /// The device's.
    pub fn to_bytes(&self) -> Result<Vec<u8>, WeightsError> {
        self.weights(Path::new(weights::IN_MEMORY))?
            .to_bytes(Precision::F32)
    }

    fn weights(&self, path: &Path) -> Result<Weights, WeightsError> {
        Ok(Weights {
            geometry: self.geometry.clone(),
            dropout: Some(self.config.dropout),
            parameters: self
                .to_flat()
                .map_err(|error| WeightsError::device(path, error))?,
        })
    }
}
