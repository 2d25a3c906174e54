//! What can be wrong with a data set, each with the file or setting and a hint.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// What can be wrong with a data set.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DataError {
    /// A file or folder that the system does not let us read.
    #[error("{path}: cannot be read: {error}", path = path.display())]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// A folder without one of the four files.
    #[error(
        "{folder}: no {pattern}; a data folder holds four IDX files (training and test images and \
         labels), plain or gzip",
        folder = folder.display()
    )]
    Missing {
        /// The folder.
        folder: PathBuf,
        /// How the file that is not there is called.
        pattern: &'static str,
    },
    /// A folder with several files for one of the four.
    #[error(
        "{folder}: {found} are each {pattern}; leave one of them in the folder",
        folder = folder.display(),
        found = found.join(", ")
    )]
    Ambiguous {
        /// The folder.
        folder: PathBuf,
        /// How the file is called.
        pattern: &'static str,
        /// The names that fit, sorted.
        found: Vec<String>,
    },
    /// A folder whose files belong to different sets, going by what precedes `train` or `test`.
    #[error(
        "{folder}: {first} and {other} are files of different sets; give all four the same prefix",
        folder = folder.display()
    )]
    MixedNames {
        /// The folder.
        folder: PathBuf,
        /// Name of the training images.
        first: String,
        /// Name of a file with another prefix.
        other: String,
    },
    /// A file that is not the IDX file that it should be.
    #[error("{path}: {problem}", path = path.display())]
    Idx {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: IdxProblem,
    },
    /// Images and labels of different number.
    #[error(
        "{images_path} holds {images} images, {labels_path} {labels} labels; the two files do not \
         belong together",
        images_path = images_path.display(),
        labels_path = labels_path.display()
    )]
    CountsDiffer {
        /// The file of images.
        images_path: PathBuf,
        /// Its number of images.
        images: usize,
        /// The file of labels.
        labels_path: PathBuf,
        /// Its number of labels.
        labels: usize,
    },
    /// Training and test images of different size.
    #[error(
        "{title}: training images are {}, test images {} (channels x height x width); they must \
         be of one size",
        Shape(*train),
        Shape(*test)
    )]
    ShapesDiffer {
        /// What the data set is called.
        title: String,
        /// `[channels, height, width]` of the training images.
        train: [usize; 3],
        /// The same of the test images.
        test: [usize; 3],
    },
    /// Pixels that are not a whole set of the images announced.
    #[error("{pixels} pixels are not {labels} images of {}", Shape(*shape))]
    PixelCount {
        /// Bytes given.
        pixels: usize,
        /// Labels given.
        labels: usize,
        /// `[channels, height, width]`.
        shape: [usize; 3],
    },
    /// An image without a pixel.
    #[error("images of {} (channels x height x width) have no pixels", Shape(*shape))]
    EmptyImage {
        /// `[channels, height, width]`.
        shape: [usize; 3],
    },
    /// More images than a position can count.
    #[error("{images} images are more than the 4294967295 that a set can hold")]
    TooManyImages {
        /// Labels given.
        images: usize,
    },
    /// A set without images.
    #[error("{title}: the {set} set holds no images")]
    NoImages {
        /// What the data set is called.
        title: String,
        /// `training` or `test`.
        set: &'static str,
    },
    /// A label that the network has no output for.
    #[error(
        "label {label} of image {index} is out of range: the network has {classes} classes, so \
         labels go from 0 to {}",
        i64::try_from(*classes).unwrap_or(i64::MAX) - 1
    )]
    LabelOutOfRange {
        /// Position of the image in its set.
        index: usize,
        /// Its label.
        label: u8,
        /// Classes expected.
        classes: usize,
    },
    /// A validation split that leaves nothing to train on.
    #[error(
        "validation = {validation} leaves nothing to train on: there are {available} training \
         images"
    )]
    ValidationTooLarge {
        /// Images asked for.
        validation: usize,
        /// Training images of the data set.
        available: usize,
    },
    /// A number of training samples that cannot be drawn.
    #[error("samples = {samples}, but it must be from 1 to {available}, the images to draw from")]
    Samples {
        /// Images asked for.
        samples: usize,
        /// Training images without those held out for validation.
        available: usize,
    },
    /// An element of a tensor that stands for no byte.
    #[cfg(feature = "candle-datasets")]
    #[error("{value} times {scale} is not a whole number from 0 to 255, as pixels and labels are")]
    NotAByte {
        /// The element.
        value: f64,
        /// 255 for pixels, 1 for labels.
        scale: f64,
    },
    /// A refusal of candle.
    #[cfg(feature = "candle-datasets")]
    #[error(transparent)]
    Candle(#[from] candle_core::Error),
}

/// What can be wrong with an IDX file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IdxProblem {
    /// Another kind of file.
    #[error("not an IDX file: it starts with {found:02x?}, not with two zero bytes")]
    Magic {
        /// The first four bytes.
        found: [u8; 4],
    },
    /// Elements that are not bytes.
    #[error(
        "elements are {}, but images and labels must be unsigned bytes (type 0x08)",
        element_type(*code)
    )]
    ElementType {
        /// The third byte of the file.
        code: u8,
    },
    /// Labels, or something else again, where images are expected.
    #[error(
        "{rank} {} where images are expected, which have 3 (image, row, column) or 4 (image, \
         channel, row, column){}",
        dimensions(*rank),
        if *rank == 1 { "; is this the file of labels?" } else { "" }
    )]
    NotImages {
        /// Dimensions of the file.
        rank: u8,
    },
    /// Images, or something else again, where labels are expected.
    #[error(
        "{rank} {} where labels are expected, which have 1{}",
        dimensions(*rank),
        if matches!(rank, 3 | 4) { "; is this the file of images?" } else { "" }
    )]
    NotLabels {
        /// Dimensions of the file.
        rank: u8,
    },
    /// A file that ends within its header.
    #[error("the file ends within its header; it is truncated")]
    NoHeader,
    /// Dimensions whose product no machine holds.
    #[error("dimensions {dimensions:?} are too large")]
    TooLarge {
        /// As the header has them.
        dimensions: Vec<u32>,
    },
    /// Images without pixels, or none at all.
    #[error("dimensions {dimensions:?} hold nothing")]
    Empty {
        /// As the header has them.
        dimensions: Vec<u32>,
    },
    /// Fewer elements than the header announces.
    #[error("truncated: the header announces {expected} bytes of data, the file holds {found}")]
    Truncated {
        /// Bytes announced.
        expected: u64,
        /// Bytes found; for a gzip file the most that it can hold or those before it ends.
        found: u64,
    },
    /// More bytes than the header announces.
    #[error("the file goes on after the {expected} bytes of data that its header announces")]
    TrailingBytes {
        /// Bytes announced.
        expected: u64,
    },
    /// A gzip stream that does not decompress.
    #[error("damaged gzip data: {0}")]
    Gzip(io::Error),
}

/// Prints `1x28x28`.
struct Shape([usize; 3]);

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [channels, height, width] = self.0;
        write!(f, "{channels}x{height}x{width}")
    }
}

fn dimensions(rank: u8) -> &'static str {
    if rank == 1 { "dimension" } else { "dimensions" }
}

fn element_type(code: u8) -> String {
    let name = match code {
        0x09 => "signed bytes",
        0x0b => "16-bit integers",
        0x0c => "32-bit integers",
        0x0d => "32-bit floats",
        0x0e => "64-bit floats",
        _ => return format!("of unknown type 0x{code:02x}"),
    };
    format!("{name} (type 0x{code:02x})")
}
