//! Flags for saved weights and for folders of images, with what their files do not say.

use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use lenet_model::{Normalization, Padding, Polarity, Pooling};

/// Saved weights. A file that this program wrote says the rest itself.
#[derive(Debug, Args)]
pub struct Checkpoint {
    /// Weights (safetensors with PyTorch's names)
    #[arg(long = "checkpoint", value_name = "FILE")]
    pub path: PathBuf,
    /// Images of the network, where the file does not say
    #[arg(long, value_name = "H[xW]")]
    pub images: Option<Sides>,
    /// Convolutions that are padded, where the file does not say
    #[arg(long, value_name = "WHICH", value_parser = named(&Padding::ALL.map(|p| (p.name(), p))))]
    pub padding: Option<Padding>,
    /// Stride of the convolutions, where the file does not say
    #[arg(long, value_name = "N")]
    pub stride: Option<usize>,
    /// Convolutions that a max-pool follows, where the file does not say
    #[arg(long, value_name = "WHICH", value_parser = named(&Pooling::ALL.map(|p| (p.name(), p))))]
    pub pooling: Option<Pooling>,
    /// How the training images looked, where the file does not say
    #[arg(long, value_name = "HOW", value_parser = named(&Polarity::ALL.map(|p| (p.name(), p))))]
    pub polarity: Option<Polarity>,
    /// Mean and deviation that pixels were normalized by, where the file does not say
    #[arg(long, value_name = "MEAN,DEV", allow_negative_numbers = true)]
    pub normalize: Option<MeanAndDeviation>,
}

/// A folder of images.
#[derive(Debug, Args)]
pub struct Data {
    /// Folder of IDX files instead of MNIST
    #[arg(long, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// Which of several sets in the folder: letters, of emnist-letters-…
    #[arg(long, value_name = "NAME", requires = "data_dir")]
    pub data_set: Option<String>,
    /// Exchange rows and columns of every image, as EMNIST's files need it
    #[arg(long, requires = "data_dir")]
    pub transpose: bool,
}

/// A parser of one of several names.
fn named<T: Copy + Send + Sync + 'static>(
    names: &[(&'static str, T)],
) -> impl TypedValueParser<Value = T> + use<T> {
    let known = names.to_vec();
    PossibleValuesParser::new(names.iter().map(|(name, _)| *name)).map(move |text| {
        let found = known.iter().find(|(name, _)| *name == text);
        found.expect("the parser lets no other name through").1
    })
}

/// `28` or `28x20`: rows and columns.
#[derive(Debug, Clone, Copy)]
pub struct Sides(pub [usize; 2]);

impl FromStr for Sides {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (height, width) = text.split_once(['x', '×']).unwrap_or((text, text));
        let side = |text: &str| text.trim().parse().ok().filter(|&side| side > 0);
        match (side(height), side(width)) {
            (Some(height), Some(width)) => Ok(Self([height, width])),
            _ => Err("give rows and columns, e.g. 28 or 28x20"),
        }
    }
}

/// `0.1307,0.3081`: what pixels in [0, 1] were normalized by.
#[derive(Debug, Clone, Copy)]
pub struct MeanAndDeviation(pub Normalization);

impl FromStr for MeanAndDeviation {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let numbers = text.split_once(',');
        let given = numbers.and_then(|(mean, deviation)| {
            Some(Normalization {
                mean: mean.trim().parse().ok()?,
                deviation: deviation.trim().parse().ok()?,
            })
        });
        given
            .filter(Normalization::is_valid)
            .map(Self)
            .ok_or("give mean and deviation, e.g. 0.1307,0.3081")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_normalizations() {
        for (text, want) in [
            ("28", Some([28, 28])),
            ("28x20", Some([28, 20])),
            ("28×20", Some([28, 20])),
            ("0", None),
            ("28x", None),
            ("28x20x3", None),
            ("-1", None),
        ] {
            assert_eq!(text.parse::<Sides>().ok().map(|s| s.0), want, "{text}");
        }
        let half = Normalization {
            mean: 0.5,
            deviation: 0.25,
        };
        for (text, want) in [
            ("0.5,0.25", Some(half)),
            (" 0.5 , 0.25 ", Some(half)),
            ("0.5", None),
            ("0.5,0", None),
            ("nan,1", None),
            ("0.5,-1", None),
            ("0.5,inf", None),
        ] {
            let found = text.parse::<MeanAndDeviation>().ok().map(|n| n.0);
            assert_eq!(found, want, "{text}");
        }
    }
}
