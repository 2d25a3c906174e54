//! Every error of an IDX file, as bytes in memory and as a file.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::*;

/// The header of a file of bytes with these dimensions.
fn header(dimensions: &[u32]) -> Vec<u8> {
    let mut bytes = vec![0, 0, UNSIGNED_BYTE, dimensions.len() as u8];
    bytes.extend(dimensions.iter().flat_map(|side| side.to_be_bytes()));
    bytes
}

/// A file with these dimensions and the elements 0, 1, 2, …
fn file(dimensions: &[u32]) -> Vec<u8> {
    let mut bytes = header(dimensions);
    bytes.extend((0..dimensions.iter().product()).map(|i| i as u8));
    bytes
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Reads `bytes` from a real file.
fn read_bytes(bytes: &[u8], content: Content) -> Result<Array, DataError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    fs::write(&path, bytes).unwrap();
    read_file(&path, content)
}

fn problem(bytes: &[u8], content: Content) -> IdxProblem {
    match read_bytes(bytes, content) {
        Err(DataError::Idx { path, problem }) => {
            assert!(path.ends_with("file"));
            problem
        }
        other => panic!("not refused as an IDX problem: {other:?}"),
    }
}

#[test]
fn plain_and_gzip_read_the_same() {
    for (dimensions, content, shape) in [
        (&[5u32, 3, 2][..], Content::Images, Some([1, 3, 2])),
        (&[2, 4, 3, 2], Content::Images, Some([4, 3, 2])),
        (&[300], Content::Labels, None),
    ] {
        let bytes = file(dimensions);
        let array = read_bytes(&bytes, content).unwrap();
        assert_eq!(array.bytes, bytes[4 + 4 * dimensions.len()..]);
        assert_eq!(
            array.dimensions,
            dimensions.iter().map(|&d| d as usize).collect::<Vec<_>>()
        );
        if let Some(shape) = shape {
            assert_eq!(array.image_shape(), shape);
        }
        assert_eq!(read_bytes(&gzip(&bytes), content).unwrap(), array);
    }
}

#[test]
fn every_truncation_is_told() {
    let bytes = file(&[2, 3, 2]);
    for length in 0..bytes.len() {
        let problem = problem(&bytes[..length], Content::Images);
        match problem {
            IdxProblem::NoHeader => assert!(length < 16, "{length}"),
            IdxProblem::Truncated {
                expected: 12,
                found,
            } => {
                assert_eq!(found as usize, length - 16);
            }
            other => panic!("{length}: {other}"),
        }
        // The same bytes in a gzip file.
        let zipped = gzip(&bytes[..length]);
        let problem = self::problem(&zipped, Content::Images);
        assert!(
            matches!(problem, IdxProblem::NoHeader | IdxProblem::Truncated { .. }),
            "{length}: {problem}"
        );
    }
}

#[test]
fn every_cut_of_a_gzip_file_is_told() {
    let zipped = gzip(&file(&[2, 3, 2]));
    for length in 2..zipped.len() {
        let problem = problem(&zipped[..length], Content::Images);
        assert!(
            matches!(
                problem,
                IdxProblem::NoHeader | IdxProblem::Truncated { .. } | IdxProblem::Gzip(_)
            ),
            "{length}: {problem}"
        );
    }
}

#[test]
fn bytes_beyond_the_announced_are_told() {
    let mut bytes = file(&[7]);
    bytes.push(0);
    for bytes in [&bytes, &gzip(&bytes)] {
        let problem = problem(bytes, Content::Labels);
        assert!(
            matches!(problem, IdxProblem::TrailingBytes { expected: 7 }),
            "{problem}"
        );
    }
}

#[test]
fn images_and_labels_are_told_apart() {
    let labels = problem(&file(&[7]), Content::Images);
    assert!(matches!(labels, IdxProblem::NotImages { rank: 1 }));
    assert!(
        labels.to_string().ends_with("is this the file of labels?"),
        "{labels}"
    );
    let images = problem(&file(&[1, 2, 2]), Content::Labels);
    assert!(matches!(images, IdxProblem::NotLabels { rank: 3 }));
    assert!(
        images.to_string().ends_with("is this the file of images?"),
        "{images}"
    );
    for rank in [0, 2, 5] {
        let bytes = file(&vec![1; rank]);
        assert!(matches!(
            problem(&bytes, Content::Images),
            IdxProblem::NotImages { .. }
        ));
        assert!(matches!(
            problem(&bytes, Content::Labels),
            IdxProblem::NotLabels { .. }
        ));
    }
}

#[test]
fn other_files_and_other_elements_are_told() {
    let png = problem(b"\x89PNG\r\n\x1a\n", Content::Images);
    assert!(matches!(png, IdxProblem::Magic { .. }));
    assert_eq!(
        png.to_string(),
        "not an IDX file: it starts with [89, 50, 4e, 47], not with two zero bytes"
    );
    let mut floats = file(&[1, 2, 2]);
    floats[2] = 0x0d;
    let floats = problem(&floats, Content::Images);
    assert!(
        floats
            .to_string()
            .starts_with("elements are 32-bit floats (type 0x0d)"),
        "{floats}"
    );
}

#[test]
fn headers_are_not_believed() {
    // 4 GiB announced in 28 bytes, a product beyond 64 bits, and no elements.
    let large = problem(
        &[header(&[u32::MAX]), vec![0; 20]].concat(),
        Content::Labels,
    );
    assert!(
        matches!(
            large,
            IdxProblem::Truncated {
                expected: 0xffff_ffff,
                found: 20
            }
        ),
        "{large}"
    );
    let endless = problem(&header(&[u32::MAX; 3]), Content::Images);
    assert!(matches!(endless, IdxProblem::TooLarge { .. }), "{endless}");
    for empty in [[0, 28, 28], [3, 0, 28], [3, 28, 0]] {
        let empty = problem(&header(&empty), Content::Images);
        assert!(matches!(empty, IdxProblem::Empty { .. }), "{empty}");
    }
    // No file of this size is read to its end before it is refused.
    let [width, images] = [1 << 10, (MOST_BYTES >> 20) as u32];
    assert_eq!(
        size(&[images, 1 << 10, width], u64::MAX).ok(),
        Some(MOST_BYTES)
    );
    let above = size(&[images, 1 << 10, width + 1], u64::MAX);
    assert!(matches!(above, Err(IdxProblem::TooLarge { .. })));
    // More than deflate can pack into that few bytes: refused before anything is decoded.
    let zipped = gzip(&[header(&[u32::MAX]), vec![0; 100]].concat());
    let limit = zipped.len() as u64 * DEFLATE_RATIO - 8;
    let packed = problem(&zipped, Content::Labels);
    assert!(
        matches!(packed, IdxProblem::Truncated { found, .. } if found == limit),
        "{packed}"
    );
}

/// A gzip file with 64 MiB after the 7 labels that it announces; the reader takes one byte of them.
#[test]
fn a_bomb_is_not_decompressed() {
    struct Counting<R>(R, u64);
    impl<R: Read> Read for Counting<R> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let read = self.0.read(buffer)?;
            self.1 += read as u64;
            Ok(read)
        }
    }
    let bomb = gzip(&[file(&[7]), vec![0; 1 << 26]].concat());
    assert!(bomb.len() < 1 << 17);
    let mut reader = Counting(MultiGzDecoder::new(&bomb[..]), 0);
    let refused = read(&mut reader, u64::MAX, Content::Labels);
    assert!(matches!(
        refused,
        Err(ReadError::Problem(IdxProblem::TrailingBytes { .. }))
    ));
    assert_eq!(reader.1, 8 + 7 + 1);
}

#[test]
fn damaged_gzip_data_is_told() {
    let mut zipped = gzip(&file(&[200]));
    let sum = zipped.len() - 8;
    zipped[sum] ^= 1;
    assert!(matches!(
        problem(&zipped, Content::Labels),
        IdxProblem::Gzip(_)
    ));
}

#[test]
fn a_missing_file_is_told_by_name() {
    let path = PathBuf::from("no/such/file");
    let refused = read_file(&path, Content::Labels).unwrap_err();
    assert!(matches!(refused, DataError::Unreadable { .. }));
    assert!(
        refused
            .to_string()
            .starts_with("no/such/file: cannot be read: "),
        "{refused}"
    );
}

/// Gives some bytes, then an error.
struct Breaking<'a>(&'a [u8], io::ErrorKind);

impl Read for Breaking<'_> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        match self.0.read(to)? {
            0 => Err(self.1.into()),
            read => Ok(read),
        }
    }
}

#[test]
fn a_stream_that_ends_is_truncated_and_one_that_breaks_is_not() {
    // Four labels, of which two come.
    let bytes = [0, 0, 8, 1, 0, 0, 0, 4, 5, 6];
    let broken = |kind| read(Breaking(&bytes, kind), 100, Content::Labels).unwrap_err();
    let ended = broken(io::ErrorKind::UnexpectedEof);
    let truncated = IdxProblem::Truncated {
        expected: 4,
        found: 2,
    };
    let words = match ended {
        ReadError::Problem(problem) => problem.to_string(),
        ReadError::Io(error) => error.to_string(),
    };
    assert_eq!(words, truncated.to_string());
    let other = broken(io::ErrorKind::TimedOut);
    assert!(
        matches!(&other, ReadError::Io(error) if error.kind() == io::ErrorKind::TimedOut),
        "{other:?}"
    );
}
