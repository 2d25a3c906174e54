//! Reading the text files that a person writes.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;

/// Bytes of the largest text that is read.
pub const MOST_TEXT_BYTES: u64 = 16 << 20;

/// How long a pipe's writer may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// The text of a file, at most [`MOST_TEXT_BYTES`] long, without a byte order mark. A pipe, as a shell's
/// `<(…)` is one, is read if something is written to it within ten seconds.
///
/// # Errors
/// Why it cannot be read, in words that go after the file's name.
pub fn read_text(path: &Path) -> Result<String, String> {
    let kind = fs::metadata(path).map_err(|error| error.to_string())?;
    if kind.is_dir() {
        return Err("it is a folder, not a file".to_owned());
    }
    let bytes = match kind.is_file() {
        true => contents(path),
        false => with_patience(path)?,
    };
    whole(bytes.map_err(|error| error.to_string())?)
}

fn whole(bytes: Vec<u8>) -> Result<String, String> {
    if bytes.len() as u64 > MOST_TEXT_BYTES {
        return Err(format!("it has more than {MOST_TEXT_BYTES} bytes"));
    }
    decode(bytes)
}

/// The text that comes from standard input, as [`read_text`] takes it.
pub(crate) fn read_standard_input() -> Result<String, String> {
    let mut bytes = Vec::new();
    let read = io::stdin()
        .lock()
        .take(MOST_TEXT_BYTES + 1)
        .read_to_end(&mut bytes);
    read.map_err(|error| error.to_string())?;
    whole(bytes)
}

fn contents(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let file = File::open(path)?;
    file.take(MOST_TEXT_BYTES + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Reads what may never begin or end, such as a pipe that nobody writes to.
fn with_patience(path: &Path) -> Result<io::Result<Vec<u8>>, String> {
    let (sender, receiver) = mpsc::channel();
    let own = path.to_owned();
    // Where the pipe stays silent, the thread ends with the process.
    let reader = std::thread::Builder::new().name("pipe".to_owned());
    let started = reader.spawn(move || sender.send(contents(&own)));
    started.map_err(|error| error.to_string())?;
    let seconds = PATIENCE.as_secs();
    let late = |_| format!("it is no file, and nothing came from it within {seconds} seconds");
    receiver.recv_timeout(PATIENCE).map_err(late)
}

fn decode(mut bytes: Vec<u8>) -> Result<String, String> {
    if let [0xff, 0xfe, ..] | [0xfe, 0xff, ..] = bytes[..] {
        return Err("it is UTF-16 (hint: save it as UTF-8)".to_owned());
    }
    if bytes.starts_with(&[0xef, 0xbb, 0xbf]) {
        bytes.drain(..3);
    }
    String::from_utf8(bytes).map_err(|error| {
        let offset = error.utf8_error().valid_up_to();
        let bytes = error.as_bytes();
        let line = bytes[..offset].iter().filter(|&&b| b == b'\n').count() + 1;
        format!(
            "it is not UTF-8: byte {offset}, in line {line}, is 0x{:02x} (hint: save it as UTF-8)",
            bytes[offset]
        )
    })
}

#[cfg(test)]
mod tests;
