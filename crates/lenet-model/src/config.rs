//! The shape and dropout rate of a network.

use lenet_core::{Geometry, Padding, Pooling, Stages};
use lenet_ops::OpsError;
use serde::{Deserialize, Serialize};

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
    /// Channels of an image, 1 for grey.
    pub channels: usize,
    /// Rows of an image, in pixels.
    pub height: usize,
    /// Columns of an image, in pixels.
    pub width: usize,
    /// Number of filters of each convolution; at least one convolution.
    pub filters: Vec<usize>,
    /// Side of the square kernels in pixels, an odd number where a convolution is padded.
    pub kernel: usize,
    /// Number of units of each hidden dense layer; may be empty.
    pub hidden: Vec<usize>,
    /// Number of classes, from 2 to 256.
    pub classes: usize,
    /// Probability that training zeroes a unit of the last hidden layer, in [0, 1).
    pub dropout: f64,
    /// Padding, stride and pools of the stages; usually padded, at stride 1, a pool after each.
    #[serde(default, skip_serializing_if = "Stages::is_usual")]
    pub stages: Stages,
}

/// A [`LeNetConfig`] that describes no network.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// A size is out of range.
    #[error(transparent)]
    Geometry(#[from] OpsError),
    /// The dropout rate is not in [0, 1).
    #[error("network: `dropout`: {rate} is not in [0, 1)")]
    Dropout {
        /// The rate given.
        rate: f64,
    },
    /// The images, activations or parameters do not fit in an address space.
    #[error("network: its sizes multiply to more parameters than can be counted")]
    TooLarge,
    /// The dropout rate is above 0, but there is no hidden layer.
    #[error("network: `dropout`: there is no hidden layer to drop units of (set it to 0)")]
    NothingToDrop,
}

impl LeNetConfig {
    /// The network of the 2017 study: two convolutions of `filters` filters of 3×3, 128 hidden
    /// units, ten classes, images of 1×28×28, no dropout.
    #[must_use]
    pub fn lab_2017(filters: usize) -> Self {
        Self::new(&Geometry::lab_2017(filters), 0.0)
    }

    /// The sizes of LeNet-5 (LeCun et al. 1998): 6 and 16 filters of 5×5, 120 and 84 hidden units,
    /// ten classes, images of 1×28×28. It is not LeNet-5 itself: here convolutions keep the size of
    /// an image (those of LeNet-5 shrink it by 4; [`Self::with_padding`]), units are rectified, and pooling takes
    /// the maximum.
    #[must_use]
    pub fn lenet5_sizes() -> Self {
        Self::lab_2017(6)
            .with_filters([6, 16])
            .with_kernel(5)
            .with_hidden([120, 84])
    }

    /// Sets the channels, rows and columns of an image.
    #[must_use]
    pub fn with_images(mut self, channels: usize, height: usize, width: usize) -> Self {
        (self.channels, self.height, self.width) = (channels, height, width);
        self
    }

    /// Sets the number of filters of each convolution; max-pool follows each.
    #[must_use]
    pub fn with_filters(mut self, filters: impl Into<Vec<usize>>) -> Self {
        self.filters = filters.into();
        self
    }

    /// Sets the side of the kernels, an odd number.
    #[must_use]
    pub fn with_kernel(mut self, kernel: usize) -> Self {
        self.kernel = kernel;
        self
    }

    /// Sets which convolutions are padded.
    #[must_use]
    pub fn with_padding(mut self, padding: Padding) -> Self {
        self.stages.padding = padding;
        self
    }

    /// Sets which convolutions a max-pool follows.
    #[must_use]
    pub fn with_pooling(mut self, pooling: Pooling) -> Self {
        self.stages.pooling = pooling;
        self
    }

    /// Sets the stride of the convolutions.
    #[must_use]
    pub fn with_stride(mut self, stride: usize) -> Self {
        self.stages.stride = stride;
        self
    }

    /// Sets the number of units of each hidden dense layer.
    #[must_use]
    pub fn with_hidden(mut self, hidden: impl Into<Vec<usize>>) -> Self {
        self.hidden = hidden.into();
        self
    }

    /// Sets the number of classes.
    #[must_use]
    pub fn with_classes(mut self, classes: usize) -> Self {
        self.classes = classes;
        self
    }

    /// Sets the probability that training zeroes a unit of the last hidden layer.
    #[must_use]
    pub fn with_dropout(mut self, rate: f64) -> Self {
        self.dropout = rate;
        self
    }

    /// A network of this shape and dropout rate.
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
            stages,
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
            stages,
        }
    }

    /// Checks every field.
    ///
    /// # Errors
    /// A [`ConfigError`] that names the first field out of range and what it may be.
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

    /// The shape of the network.
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
        let [_, rows, columns] = self.unchecked_geometry().stage_input(self.filters.len());
        let mut inputs = channels.saturating_mul(rows.saturating_mul(columns));
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
            stages: self.stages,
        }
    }
}

#[cfg(test)]
mod tests;
