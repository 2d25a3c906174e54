//! Errors of data sets. Each names the file or setting and says what to do.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// An error of a data set.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DataError {
    /// The operating system cannot read a file or folder.
    #[error("{path}: cannot be read: {error}", path = path.display())]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// The operating system's error.
        error: io::Error,
    },
    /// One of the four files is missing.
    #[error(
        "{folder}: no {pattern}; a data folder holds four IDX files (training and test images and \
         labels), plain or gzip",
        folder = folder.display()
    )]
    Missing {
        /// The folder.
        folder: PathBuf,
        /// Pattern of the missing file's name.
        pattern: &'static str,
    },
    /// Several files match one of the four.
    #[error(
        "{folder}: {found} are each {pattern}; leave one of them in the folder",
        folder = folder.display(),
        found = found.join(", ")
    )]
    Ambiguous {
        /// The folder.
        folder: PathBuf,
        /// Pattern of the file's name.
        pattern: &'static str,
        /// The matching names, sorted.
        found: Vec<String>,
    },
    /// A folder holds several sets.
    #[error(
        "{folder}: it holds the sets {found} (hint: take one of them by its name, as in {folder}/{first} \
         or --data-set {first})",
        folder = folder.display(),
        found = found.join(", "),
        first = found.iter().find(|set| !set.is_empty()).map_or("", String::as_str)
    )]
    SeveralSets {
        /// The folder.
        folder: PathBuf,
        /// Names of the sets, sorted.
        found: Vec<String>,
    },
    /// A folder does not hold the set that was asked for, or several whose names end so.
    #[error(
        "{folder}: there is no one set {name}; it holds {found}",
        folder = folder.display(),
        found = found.join(", ")
    )]
    NoSuchSet {
        /// The folder.
        folder: PathBuf,
        /// The name asked for.
        name: String,
        /// Names of the sets, sorted.
        found: Vec<String>,
    },
    /// Several folders below hold sets.
    #[error(
        "{folder}: there are sets in several folders below it: {found} (hint: give one of them)",
        folder = folder.display(),
        found = found.iter().map(|f| f.display().to_string()).collect::<Vec<_>>().join(", ")
    )]
    SeveralFolders {
        /// The folder.
        folder: PathBuf,
        /// The folders with sets.
        found: Vec<PathBuf>,
    },
    /// A file and its gzip do not hold the same.
    #[error(
        "{plain} and {zipped} do not hold the same (hint: remove the wrong one)",
        plain = plain.display(),
        zipped = zipped.display()
    )]
    CopiesDiffer {
        /// The file.
        plain: PathBuf,
        /// Its gzip.
        zipped: PathBuf,
    },
    /// The prefixes of the file names (the part before `train` or `test`) differ.
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
    /// A file is not the IDX file that it should be.
    #[error("{path}: {problem}", path = path.display())]
    Idx {
        /// The file.
        path: PathBuf,
        /// What is wrong with the file.
        problem: IdxProblem,
    },
    /// The numbers of images and labels differ.
    #[error(
        "{images_path} holds {images} images, {labels_path} {labels} labels; the two files do not \
         belong together",
        images_path = images_path.display(),
        labels_path = labels_path.display()
    )]
    CountsDiffer {
        /// The file of images.
        images_path: PathBuf,
        /// Number of images.
        images: usize,
        /// The file of labels.
        labels_path: PathBuf,
        /// Number of labels.
        labels: usize,
    },
    /// Training and test images differ in size.
    #[error(
        "{title}: training images are {}, test images {} (channels x height x width); they must \
         be of one size",
        Shape(*train),
        Shape(*test)
    )]
    ShapesDiffer {
        /// Title of the data set.
        title: String,
        /// `[channels, height, width]` of the training images.
        train: [usize; 3],
        /// `[channels, height, width]` of the test images.
        test: [usize; 3],
    },
    /// The number of pixels is not that of the labelled images.
    #[error("{pixels} pixels are not {labels} images of {}", Shape(*shape))]
    PixelCount {
        /// Bytes given.
        pixels: usize,
        /// Labels given.
        labels: usize,
        /// `[channels, height, width]`.
        shape: [usize; 3],
    },
    /// Images have no pixels.
    #[error("images of {} (channels x height x width) have no pixels", Shape(*shape))]
    EmptyImage {
        /// `[channels, height, width]`.
        shape: [usize; 3],
    },
    /// There are more images than a `u32` can index.
    #[error("{images} images are more than the 4294967295 that a set can hold")]
    TooManyImages {
        /// Labels given.
        images: usize,
    },
    /// A set has no images.
    #[error("{title}: the {set} set holds no images")]
    NoImages {
        /// Title of the data set.
        title: String,
        /// `training` or `test`.
        set: &'static str,
    },
    /// The network has no output for a label.
    #[error(
        "label {label} of image {index} is out of range: the network has {classes} classes, so \
         labels go from 0 to {}",
        i64::try_from(*classes).unwrap_or(i64::MAX) - 1
    )]
    LabelOutOfRange {
        /// Index of the image in its set.
        index: usize,
        /// The image's label.
        label: u8,
        /// Number of classes of the network.
        classes: usize,
    },
    /// The validation split leaves nothing to train on.
    #[error(
        "validation = {validation} leaves nothing to train on: there are {available} training \
         images{}",
        fewer(*available)
    )]
    ValidationTooLarge {
        /// Images asked for.
        validation: usize,
        /// Training images of the data set.
        available: usize,
    },
    /// This number of training samples cannot be drawn.
    #[error("samples = {samples}, but it must be from 1 to {available}, the images to draw from")]
    Samples {
        /// Images asked for.
        samples: usize,
        /// Training images without those held out for validation.
        available: usize,
    },
    /// A set that is known by its name cannot be had.
    #[error(
        "{set}: it cannot be had from the Hugging Face hub: {reason} (hint: load it once where there is a network; \
         HF_HOME says where it is kept, HF_ENDPOINT where it comes from; or give a folder of IDX files)"
    )]
    Hub {
        /// Its name.
        set: &'static str,
        /// Why not.
        reason: String,
    },
    /// A set that is known by its name, in a build that cannot load such sets.
    #[error(
        "{set}: this program is built without candle-datasets, which loads it (hint: build it with its default \
         features, or give a folder of IDX files)"
    )]
    NotBuiltIn {
        /// Its name.
        set: &'static str,
    },
    /// An element of a tensor does not fit a byte.
    #[cfg(feature = "candle-datasets")]
    #[error("{value} times {scale} is not a whole number from 0 to 255, as pixels and labels are")]
    NotAByte {
        /// The element.
        value: f64,
        /// 255 for pixels, 1 for labels.
        scale: f64,
    },
    /// candle reports an error.
    #[cfg(feature = "candle-datasets")]
    #[error(transparent)]
    Candle(#[from] candle_core::Error),
}

/// An error in an IDX file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IdxProblem {
    /// The file is of another kind.
    #[error("not an IDX file: it starts with {found:02x?}, not with two zero bytes")]
    Magic {
        /// The first four bytes.
        found: [u8; 4],
    },
    /// The elements are not unsigned bytes.
    #[error(
        "elements are {}, but images and labels must be unsigned bytes (type 0x08)",
        element_type(*code)
    )]
    ElementType {
        /// The file's third byte, the type code.
        code: u8,
    },
    /// The file does not hold images, but labels or something else.
    #[error(
        "{rank} {} where images are expected, which have 3 (image, row, column) or 4 (image, \
         channel, row, column){}",
        dimensions(*rank),
        if *rank == 1 { "; is this the file of labels?" } else { "" }
    )]
    NotImages {
        /// Number of dimensions in the file.
        rank: u8,
    },
    /// The file does not hold labels, but images or something else.
    #[error(
        "{rank} {} where labels are expected, which have 1{}",
        dimensions(*rank),
        if matches!(rank, 3 | 4) { "; is this the file of images?" } else { "" }
    )]
    NotLabels {
        /// Number of dimensions in the file.
        rank: u8,
    },
    /// The file ends within its header.
    #[error("the file ends within its header; it is truncated")]
    NoHeader,
    /// The product of the dimensions exceeds [`MOST_BYTES`](crate::MOST_BYTES).
    #[error(
        "dimensions {dimensions:?} are more than the {} bytes that a file may hold (hint: keep fewer images)",
        crate::MOST_BYTES
    )]
    TooLarge {
        /// The header's dimensions.
        dimensions: Vec<u32>,
    },
    /// A dimension is zero: there are no images, or images have no pixels.
    #[error("dimensions {dimensions:?} hold nothing")]
    Empty {
        /// The header's dimensions.
        dimensions: Vec<u32>,
    },
    /// The file holds fewer bytes than its header announces.
    #[error("truncated: the header announces {expected} bytes of data, the file holds {found}")]
    Truncated {
        /// Bytes announced.
        expected: u64,
        /// Bytes found. For a gzip file: the bytes decompressed before it ended, or an upper bound
        /// on what it can hold.
        found: u64,
    },
    /// The file holds more bytes than its header announces.
    #[error("the file goes on after the {expected} bytes of data that its header announces")]
    TrailingBytes {
        /// Bytes announced.
        expected: u64,
    },
    /// The gzip stream does not decompress.
    #[error("damaged gzip data: {0}")]
    Gzip(io::Error),
}

/// The hint of a number of validation images that would do, a tenth of the training images. One
/// training image cannot be split.
fn fewer(available: usize) -> String {
    match available {
        0 | 1 => String::new(),
        _ => format!(" (hint: validation = {})", (available / 10).max(1)),
    }
}

/// Formats a shape, for example as `1x28x28`.
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

#[cfg(test)]
mod tests;
