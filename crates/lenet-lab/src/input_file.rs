//! The contents of a file that somebody names, which may be no file.

use std::fs::{self, File};
use std::io::{Read, stdin};
use std::path::Path;

use anyhow::{Context, ensure};

/// Bytes of the largest picture that is read.
const MOST: u64 = 256 << 20;

/// The contents of a file, or of standard input where it is `-`. A pipe that nobody writes to would be
/// waited for without end, and a device may have no end: neither is read as a file.
///
/// # Errors
/// It is no file, cannot be read, or is too large; the error names it.
pub fn contents(path: &Path) -> anyhow::Result<Vec<u8>> {
    let name = path.display();
    let cannot = || format!("{name}: cannot be read");
    if path == Path::new("-") {
        return limited(stdin().lock(), MOST).context("standard input: cannot be read");
    }
    let kind = fs::metadata(path).with_context(cannot)?.file_type();
    ensure!(
        kind.is_file() || kind.is_dir(),
        "{name}: this is a device or a pipe, not a file (hint: - reads standard input)"
    );
    limited(File::open(path).with_context(cannot)?, MOST).with_context(cannot)
}

/// All that a reader gives, if it is not more than `most` bytes.
fn limited(reader: impl Read, most: u64) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.take(most + 1).read_to_end(&mut bytes)?;
    ensure!(
        bytes.len() as u64 <= most,
        "there are more than {most} bytes, which no picture of a digit needs"
    );
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_and_what_has_no_end_are_refused() {
        for path in ["/dev/zero", "/dev/null"] {
            let error = contents(Path::new(path)).unwrap_err().to_string();
            assert!(error.contains("not a file"), "{error}");
        }
        for (length, is_read) in [(MOST - 1, true), (MOST, true), (MOST + 1, false)] {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("picture");
            // A hole of zeros, which takes no space.
            File::create(&path).unwrap().set_len(length).unwrap();
            assert_eq!(contents(&path).is_ok(), is_read, "{length}");
        }
        assert_eq!(limited(&[7u8; 10][..], 10).unwrap(), [7; 10]);
        let error = limited(std::io::repeat(0), 10).unwrap_err().to_string();
        assert!(error.contains("more than 10 bytes"), "{error}");
    }
}
