//! What determines a network: its shape and its dropout rate.

use lenet_ops::{Geometry, OpsError};
use serde::{Deserialize, Serialize};

/// Which code computes the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Backend {
    /// This project's fused ops; CPU only.
    #[default]
    Fused,
    /// candle's own ops, with max-pool's gradient put right; every device. candle's ReLU turns
    /// NaN into 0, so a network of NaN may give finite numbers here.
    Stock,
}

/// A LeNet's shape and dropout rate.
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
        self.unchecked_geometry().validate()?;
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
