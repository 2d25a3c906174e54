//! How the images that a network was trained on looked.

use serde::{Deserialize, Serialize};

/// How the images that a network was trained on looked, so that others can be brought to that form.
/// A weights file keeps it in its metadata.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TrainingImages {
    /// Which is light, the ink or the ground.
    pub polarity: Polarity,
    /// Where in an image its ink lies.
    #[serde(default, skip_serializing_if = "Framing::is_centred")]
    pub framing: Framing,
    /// What the network takes for a pixel.
    #[serde(default, skip_serializing_if = "Normalization::is_none")]
    pub normalization: Normalization,
}

/// Where in an image its ink lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Framing {
    /// Its centre of mass is the image's centre, as in MNIST: a picture is cut to its ink, scaled and
    /// centred.
    #[default]
    Centred,
    /// Anywhere: a picture is scaled as a whole.
    Free,
}

impl Framing {
    fn is_centred(&self) -> bool {
        *self == Self::Centred
    }
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
        framing: Framing::Centred,
        normalization: Normalization::NONE,
    };

    /// Looks at images of `[channels, height, width]` bytes, one after the other. The border of
    /// nearly all of them (95 %) is light, or dark, or they are [`Polarity::Mixed`]. The centre of
    /// mass of nearly all (90 %) is the image's, or they are [`Framing::Free`]. Pixels are bytes
    /// divided by 255.
    #[must_use]
    pub fn of(pixels: &[u8], shape: [usize; 3]) -> Self {
        let [channels, height, width] = shape;
        let size = channels * height * width;
        let (mut images, mut light, mut centred) = (0u64, 0u64, 0u64);
        if size > 0 {
            for image in pixels.chunks_exact(size) {
                images += 1;
                let has_light_border = has_light_border(image, height, width);
                light += u64::from(has_light_border);
                centred += u64::from(is_centred(image, height, width, has_light_border));
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
            framing: if 10 * centred >= 9 * images {
                Framing::Centred
            } else {
                Framing::Free
            },
            normalization: Normalization::NONE,
        }
    }
}

/// Whether the centre of the ink of all planes lies within 6 % of the sides from the image's centre.
fn is_centred(image: &[u8], height: usize, width: usize, on_light: bool) -> bool {
    let (mut mass, mut moment) = (0.0f64, [0.0f64; 2]);
    for (at, &byte) in image.iter().enumerate() {
        let ink = f64::from(if on_light { 255 - byte } else { byte });
        mass += ink;
        moment[0] += ink * ((at / width % height) as f64 + 0.5);
        moment[1] += ink * ((at % width) as f64 + 0.5);
    }
    [height, width].iter().zip(moment).all(|(&side, moment)| {
        let side = side as f64;
        (moment / mass.max(1.0) - side / 2.0).abs() <= (0.06 * side).max(1.0)
    })
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
