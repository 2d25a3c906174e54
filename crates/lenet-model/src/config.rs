//! What determines a network: its shape and its dropout rate.

use candle_core::{DType, Device};
use lenet_core::{Backend, Geometry};
use lenet_ops::OpsError;
use serde::{Deserialize, Serialize};

/// Chooses a [`Backend`] for a device. Bring it into scope to call `Backend::for_device`.
pub trait ForDevice {
    /// The faster code that runs on a device, for f32.
    #[must_use]
    fn for_device(device: &Device) -> Self;
}

impl ForDevice for Backend {
    fn for_device(device: &Device) -> Self {
        faster_backend(device, DType::F32)
    }
}

/// The faster code for a device and a type.
pub(crate) fn faster_backend(device: &Device, dtype: DType) -> Backend {
    let fused = match device {
        Device::Cpu => true,
        Device::Cuda(_) => cfg!(feature = "cuda") && dtype == DType::F32,
        Device::Metal(_) => false,
    };
    if fused {
        Backend::Fused
    } else {
        Backend::Stock
    }
}

/// A LeNet's shape and dropout rate.
///
/// ```
/// use lenet_model::LeNetConfig;
///
/// // Letters instead of digits, on images of 32×32.
/// let config = LeNetConfig::lab_2017(16)
///     .with_images(1, 32, 32)
///     .with_classes(26)
///     .with_dropout(0.5);
/// config.validate()?;
/// assert!(config.with_kernel(4).validate().is_err());
/// # Ok::<(), lenet_model::ConfigError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeNetConfig {
    /// Channels of an image.
    pub channels: usize,
    /// Rows of an image.
    pub height: usize,
    /// Columns of an image.
    pub width: usize,
    /// Filters of each convolution, at least one stage.
    pub filters: Vec<usize>,
    /// Side of the square kernels, odd.
    pub kernel: usize,
    /// Units of each hidden dense layer; may be empty.
    pub hidden: Vec<usize>,
    /// Classes, from 2 to 256.
    pub classes: usize,
    /// Probability that a unit of the last hidden layer is zeroed in training, in [0, 1).
    pub dropout: f64,
}

/// A [`LeNetConfig`] that describes no network.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// A size is out of range.
    #[error(transparent)]
    Geometry(#[from] OpsError),
    /// The dropout rate is no probability below 1.
    #[error("network: `dropout`: {rate} is not in [0, 1)")]
    Dropout {
        /// The rate given.
        rate: f64,
    },
    /// The network has more parameters than memory has addresses.
    #[error("network: its sizes multiply to more parameters than can be counted")]
    TooLarge,
    /// There is no hidden layer for dropout to act on.
    #[error("network: `dropout`: there is no hidden layer to drop units of (set it to 0)")]
    NothingToDrop,
}

impl LeNetConfig {
    /// The study's network for `filters` filters, without dropout: 28×28×1, two stages, 3×3,
    /// 128 hidden units, ten classes.
    #[must_use]
    pub fn lab_2017(filters: usize) -> Self {
        Self::new(&Geometry::lab_2017(filters), 0.0)
    }

    /// The sizes of LeNet-5 (LeCun et al. 1998): 6 and 16 filters of 5×5, 120 and 84 hidden units,
    /// 28×28×1, ten classes. Not that network itself: here convolutions keep an image's size
    /// (its second one shrinks it by 4), units are rectified and pooling takes the maximum.
    #[must_use]
    pub fn lenet5_sizes() -> Self {
        Self::lab_2017(6)
            .with_filters([6, 16])
            .with_kernel(5)
            .with_hidden([120, 84])
    }

    /// For images of this many channels, rows and columns.
    #[must_use]
    pub fn with_images(mut self, channels: usize, height: usize, width: usize) -> Self {
        (self.channels, self.height, self.width) = (channels, height, width);
        self
    }

    /// With a convolution and pooling for each entry, of that many filters.
    #[must_use]
    pub fn with_filters(mut self, filters: impl Into<Vec<usize>>) -> Self {
        self.filters = filters.into();
        self
    }

    /// With kernels of this side, an odd number.
    #[must_use]
    pub fn with_kernel(mut self, kernel: usize) -> Self {
        self.kernel = kernel;
        self
    }

    /// With a hidden dense layer for each entry, of that many units.
    #[must_use]
    pub fn with_hidden(mut self, hidden: impl Into<Vec<usize>>) -> Self {
        self.hidden = hidden.into();
        self
    }

    /// With this many classes.
    #[must_use]
    pub fn with_classes(mut self, classes: usize) -> Self {
        self.classes = classes;
        self
    }

    /// With this probability that a unit of the last hidden layer is zeroed in training.
    #[must_use]
    pub fn with_dropout(mut self, rate: f64) -> Self {
        self.dropout = rate;
        self
    }

    /// A network of this shape.
    #[must_use]
    pub fn new(geometry: &Geometry, dropout: f64) -> Self {
        let Geometry {
            channels,
            height,
            width,
            filters,
            kernel,
            hidden,
            classes,
        } = geometry.clone();
        Self {
            channels,
            height,
            width,
            filters,
            kernel,
            hidden,
            classes,
            dropout,
        }
    }

    /// Checks every field.
    ///
    /// # Errors
    /// [`ConfigError`] naming the first field that is out of range and what would do.
    pub fn validate(&self) -> Result<(), ConfigError> {
        self.unchecked_geometry()
            .validate()
            .map_err(OpsError::from)?;
        if !self.can_be_counted() {
            return Err(ConfigError::TooLarge);
        }
        if !(0.0..1.0).contains(&self.dropout) {
            return Err(ConfigError::Dropout { rate: self.dropout });
        }
        if self.dropout > 0.0 && self.hidden.is_empty() {
            return Err(ConfigError::NothingToDrop);
        }
        Ok(())
    }

    /// The shape alone.
    ///
    /// # Errors
    /// As [`Self::validate`].
    pub fn geometry(&self) -> Result<Geometry, ConfigError> {
        self.validate()?;
        Ok(self.unchecked_geometry())
    }

    /// Whether images, activations and parameters, at most four times over, fit an address space.
    fn can_be_counted(&self) -> bool {
        let product = |sizes: &[usize]| -> Option<usize> {
            let mut sizes = sizes.iter();
            sizes.try_fold(16, |all: usize, &size| all.checked_mul(size))
        };
        let mut channels = self.channels;
        let area = [self.height, self.width];
        let mut total = product(&[channels, area[0], area[1]]);
        let mut add = |sizes: &[usize]| {
            total = total.and_then(|total| total.checked_add(product(sizes)?));
        };
        for &filters in &self.filters {
            add(&[channels, filters, self.kernel, self.kernel]);
            add(&[filters, area[0], area[1]]);
            channels = filters;
        }
        let scale = self.filters.len().min(63) as u32;
        let pooled = area.map(|side| side.checked_shr(scale).unwrap_or(0));
        let mut inputs = channels.saturating_mul(pooled[0].saturating_mul(pooled[1]));
        for &outputs in self.hidden.iter().chain([&self.classes]) {
            add(&[inputs, outputs]);
            inputs = outputs;
        }
        total.is_some_and(|total| isize::try_from(total).is_ok())
    }

    fn unchecked_geometry(&self) -> Geometry {
        Geometry {
            channels: self.channels,
            height: self.height,
            width: self.width,
            filters: self.filters.clone(),
            kernel: self.kernel,
            hidden: self.hidden.clone(),
            classes: self.classes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shape_survives_the_round_trip() {
        let geometry = Geometry {
            channels: 3,
            height: 20,
            width: 31,
            ..Geometry::lab_2017(5)
        };
        assert_eq!(
            LeNetConfig::new(&geometry, 0.5).geometry().unwrap(),
            geometry
        );
    }

    #[test]
    fn parameters_of_the_presets() {
        let count = |config: LeNetConfig| config.geometry().unwrap().parameter_count();
        assert_eq!(count(LeNetConfig::lab_2017(16)), 104_250);
        // 156 + 2,416 + 784·120 + 120 + 10,164 + 850.
        assert_eq!(count(LeNetConfig::lenet5_sizes()), 107_786);
    }

    #[test]
    fn serde_keeps_everything_and_refuses_what_it_does_not_know() {
        let config = LeNetConfig::lenet5_sizes()
            .with_images(3, 20, 31)
            .with_dropout(0.25);
        let text = serde_json::to_string(&config).unwrap();
        assert_eq!(serde_json::from_str::<LeNetConfig>(&text).unwrap(), config);
        let misspelt = text.replace("\"hidden\"", "\"hiden\"");
        assert!(serde_json::from_str::<LeNetConfig>(&misspelt).is_err());
    }

    #[test]
    fn sizes_beyond_all_memory_are_refused() {
        let half = usize::MAX / 2;
        let good = LeNetConfig::lab_2017(4);
        for bad in [
            good.clone().with_images(half, 28, 28),
            good.clone().with_images(1, half, half),
            good.clone().with_filters([4, half]),
            good.clone().with_hidden([half, half]),
            good.clone().with_kernel(half | 1),
        ] {
            assert_eq!(bad.validate(), Err(ConfigError::TooLarge), "{bad:?}");
        }
    }

    #[test]
    fn bad_fields_are_refused() {
        let good = LeNetConfig::lab_2017(4);
        assert!(good.validate().is_ok());
        for dropout in [-0.1, 1.0, f64::NAN] {
            let bad = LeNetConfig {
                dropout,
                ..good.clone()
            };
            assert!(
                matches!(bad.validate(), Err(ConfigError::Dropout { .. })),
                "{dropout}"
            );
        }
        let bad = LeNetConfig {
            filters: vec![0],
            ..good.clone()
        };
        assert!(bad.validate().unwrap_err().to_string().contains("filters"));
        let bad = LeNetConfig {
            hidden: vec![],
            dropout: 0.5,
            ..good
        };
        assert_eq!(bad.validate(), Err(ConfigError::NothingToDrop));
    }
}
