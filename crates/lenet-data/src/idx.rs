//! Reads the IDX format: a header with type and dimensions, then the elements in row-major order.
//!
//! The reader compares a header's dimensions with what the file can contain before it allocates
//! anything.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;

use crate::error::{DataError, IdxProblem};

/// The type code of unsigned bytes.
const UNSIGNED_BYTE: u8 = 0x08;
/// Deflate's largest expansion: a match of 258 bytes in two bits, so 1032 to 1.
const DEFLATE_RATIO: u64 = 1032;

/// Bytes of the largest array that is read. MNIST has 47 million; what takes longer to unpack than a
/// minute is not meant.
pub const MOST_BYTES: u64 = 2 << 30;

/// What a file should hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Content {
    /// Three dimensions (image, row, column) or four (image, channel, row, column).
    Images,
    /// One dimension.
    Labels,
}

/// The contents of an IDX file: dimensions and elements.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Array {
    pub(crate) dimensions: Vec<usize>,
    pub(crate) bytes: Vec<u8>,
}

impl Array {
    /// `[channels, height, width]` of an array of images.
    pub(crate) fn image_shape(&self) -> [usize; 3] {
        match self.dimensions[..] {
            [_, channels, height, width] => [channels, height, width],
            [_, height, width] => [1, height, width],
            _ => unreachable!("images have three or four dimensions"),
        }
    }
}

/// Reads a file, plain or gzip. Its first bytes decide which, not its name.
pub(crate) fn read_file(path: &Path, content: Content) -> Result<Array, DataError> {
    let unreadable = |error| DataError::Unreadable {
        path: path.to_owned(),
        error,
    };
    let mut file = File::open(path).map_err(unreadable)?;
    let length = file.metadata().map_err(unreadable)?.len();
    let mut start = Vec::new();
    file.by_ref()
        .take(2)
        .read_to_end(&mut start)
        .map_err(unreadable)?;
    file.rewind().map_err(unreadable)?;
    let file = BufReader::new(file);
    let array = if start == [0x1f, 0x8b] {
        read(
            MultiGzDecoder::new(file),
            length.saturating_mul(DEFLATE_RATIO),
            content,
        )
        .map_err(|error| error.in_gzip())
    } else {
        read(file, length, content)
    };
    array.map_err(|error| match error {
        ReadError::Problem(problem) => DataError::Idx {
            path: path.to_owned(),
            problem,
        },
        ReadError::Io(error) => unreadable(error),
    })
}

/// Why a stream could not be read: the reader failed, or its contents are wrong.
#[derive(Debug)]
pub(crate) enum ReadError {
    Io(io::Error),
    Problem(IdxProblem),
}

impl ReadError {
    /// Turns an I/O error of a decoder into a problem of its input.
    fn in_gzip(self) -> Self {
        match self {
            Self::Io(error) => Self::Problem(IdxProblem::Gzip(error)),
            problem => problem,
        }
    }
}

impl From<io::Error> for ReadError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<IdxProblem> for ReadError {
    fn from(problem: IdxProblem) -> Self {
        Self::Problem(problem)
    }
}

/// Reads one array from a stream that ends after it and holds at most `limit` bytes.
pub(crate) fn read(
    mut reader: impl Read,
    limit: u64,
    content: Content,
) -> Result<Array, ReadError> {
    let dimensions = read_header(&mut reader, content)?;
    if dimensions.contains(&0) {
        return Err(IdxProblem::Empty { dimensions }.into());
    }
    let size = size(&dimensions, limit)?;
    let mut bytes = Vec::new();
    let read = reader.by_ref().take(size).read_to_end(&mut bytes);
    match read {
        Err(error) if error.kind() != io::ErrorKind::UnexpectedEof => return Err(error.into()),
        _ => {}
    }
    if (bytes.len() as u64) < size {
        let found = bytes.len() as u64;
        return Err(IdxProblem::Truncated {
            expected: size,
            found,
        }
        .into());
    }
    let mut more = Vec::new();
    // Reading past the end also makes the gzip decoder verify its checksum.
    reader.take(1).read_to_end(&mut more)?;
    if !more.is_empty() {
        return Err(IdxProblem::TrailingBytes { expected: size }.into());
    }
    Ok(Array {
        dimensions: dimensions.iter().map(|&side| side as usize).collect(),
        bytes,
    })
}

/// Bytes of an array in a file of at most `limit` bytes.
fn size(dimensions: &[u32], limit: u64) -> Result<u64, IdxProblem> {
    let too_large = || IdxProblem::TooLarge {
        dimensions: dimensions.to_vec(),
    };
    let mut sides = dimensions.iter();
    let size = sides.try_fold(1u64, |product, &side| product.checked_mul(side.into()));
    let expected = size.ok_or_else(too_large)?;
    let found = limit.saturating_sub(4 + 4 * dimensions.len() as u64);
    if expected > found {
        return Err(IdxProblem::Truncated { expected, found });
    }
    if expected > MOST_BYTES {
        return Err(too_large());
    }
    Ok(expected)
}

fn read_header(reader: &mut impl Read, content: Content) -> Result<Vec<u32>, ReadError> {
    let magic = read_word(reader)?;
    let [zero, zero_too, element_type, rank] = magic;
    if (zero, zero_too) != (0, 0) {
        return Err(IdxProblem::Magic { found: magic }.into());
    }
    if element_type != UNSIGNED_BYTE {
        return Err(IdxProblem::ElementType { code: element_type }.into());
    }
    match (content, rank) {
        (Content::Images, 3 | 4) | (Content::Labels, 1) => {}
        (Content::Images, _) => return Err(IdxProblem::NotImages { rank }.into()),
        (Content::Labels, _) => return Err(IdxProblem::NotLabels { rank }.into()),
    }
    (0..rank)
        .map(|_| Ok(u32::from_be_bytes(read_word(reader)?)))
        .collect()
}

fn read_word(reader: &mut impl Read) -> Result<[u8; 4], ReadError> {
    let mut word = [0; 4];
    reader
        .read_exact(&mut word)
        .map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => IdxProblem::NoHeader.into(),
            _ => ReadError::Io(error),
        })?;
    Ok(word)
}

#[cfg(test)]
mod tests;
