//! How the images that a network was trained on looked.

use serde::{Deserialize, Serialize};

/// How the images that a network was trained on looked, so that others can be brought to that form.
/// A weights file keeps it in its metadata.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TrainingImages {
    /// Which is light, the ink or the ground.
    pub polarity: Polarity,
    /// What the network takes for a pixel.
    #[serde(default, skip_serializing_if = "Normalization::is_none")]
    pub normalization: Normalization,
}

/// Which is light, the ink or the ground.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Polarity {
    /// Light ink on a dark ground, as in MNIST.
    LightOnDark,
    /// Dark ink on a light ground, as on paper.
    DarkOnLight,
    /// Neither, as in photographs: pictures are never inverted.
    Mixed,
}

/// What a network takes for a pixel p in [0, 1]: (p − mean) / deviation, for every channel.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Normalization {
    /// Mean, in [0, 1].
    pub mean: f32,
    /// Standard deviation, above 0; 1/255 for a network that takes bytes as they are.
    pub deviation: f32,
}

impl TrainingImages {
    /// Images like those of MNIST: light on dark, pixels in [0, 1].
    pub const MNIST: Self = Self {
        polarity: Polarity::LightOnDark,
        normalization: Normalization::NONE,
    };

    /// Finds the polarity of images of `[channels, height, width]` bytes, one after the other: the
    /// border of nearly all of them (95 %) is light, or dark, or they are [`Polarity::Mixed`]. Pixels
    /// are bytes divided by 255.
    #[must_use]
    pub fn of(pixels: &[u8], shape: [usize; 3]) -> Self {
        let [channels, height, width] = shape;
        let size = channels * height * width;
        let (mut images, mut light) = (0u64, 0u64);
        if size > 0 {
            for image in pixels.chunks_exact(size) {
                images += 1;
                light += u64::from(has_light_border(image, height, width));
            }
        }
        let polarity = if 20 * light <= images {
            Polarity::LightOnDark
        } else if 20 * light >= 19 * images {
            Polarity::DarkOnLight
        } else {
            Polarity::Mixed
        };
        Self {
            polarity,
            normalization: Normalization::NONE,
        }
    }
}

/// Whether the mean of the border of all planes is above half of white.
fn has_light_border(image: &[u8], height: usize, width: usize) -> bool {
    let (mut sum, mut count) = (0u64, 0u64);
    for row in 0..image.len() / width {
        let line = &image[row * width..(row + 1) * width];
        let all = row % height == 0 || row % height + 1 == height;
        let border = if all { line } else { &line[..1] };
        let last = (!all && width > 1).then(|| line[width - 1]);
        for &byte in border.iter().chain(&last) {
            sum += u64::from(byte);
            count += 1;
        }
    }
    2 * sum > 255 * count
}

impl Default for Normalization {
    fn default() -> Self {
        Self::NONE
    }
}

impl Normalization {
    /// Pixels as they are, in [0, 1].
    pub const NONE: Self = Self {
        mean: 0.0,
        deviation: 1.0,
    };

    /// That of PyTorch's basic MNIST example: the mean and standard deviation of MNIST's pixels.
    pub const PYTORCH_MNIST: Self = Self {
        mean: 0.1307,
        deviation: 0.3081,
    };

    /// Whether pixels stay as they are.
    #[must_use]
    pub fn is_none(&self) -> bool {
        *self == Self::NONE
    }

    /// Whether mean and deviation are finite and the deviation is above 0.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.mean.is_finite() && self.deviation.is_finite() && self.deviation > 0.0
    }

    /// What the network takes for a pixel in [0, 1].
    #[must_use]
    pub fn apply(&self, pixel: f32) -> f32 {
        (pixel - self.mean) / self.deviation
    }

    /// The pixel in [0, 1] that the network takes as `value`.
    #[must_use]
    pub fn undo(&self, value: f32) -> f32 {
        value * self.deviation + self.mean
    }
}

impl Polarity {
    /// Every polarity.
    pub const ALL: [Self; 3] = [Self::LightOnDark, Self::DarkOnLight, Self::Mixed];

    /// Its name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::LightOnDark => "light-on-dark",
            Self::DarkOnLight => "dark-on-light",
            Self::Mixed => "mixed",
        }
    }
}

#[cfg(test)]
mod tests;
