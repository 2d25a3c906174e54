//! All records of a folder as one file: JSON Lines, compressed with gzip.
//!
//! Each line says what it holds in its member `kind`: the `study`, a `registration`, a `trial`, the
//! `predictions` of the trial in the line before, or a `runtime`. The lines of a trial are those of its file
//! in the store.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;

use flate2::Compression;
use flate2::bufread::MultiGzDecoder;
use flate2::write::GzEncoder;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::checksum::{Lines, sealed};
use crate::error::StoreError;
use crate::files::{LONGEST, NewFile, io_error, malformed, regular};
use crate::format::{self, SEALED_STUDY, STUDY_FORMAT};
use crate::merge::conflict;
use crate::predictions;
use crate::published::{self, Kind};
use crate::registration::{REGISTRATION_FORMAT, Registration, register, registrations};
use crate::runtime::{RUNTIME_FORMAT, RuntimeRecord};
use crate::runtime_store::{find_runtimes, write_runtime};
use crate::store::{Store, read_study, write_study};
use crate::study::StudyRecord;
use crate::trial::parse_record;

/// What a pack holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Packed {
    /// Trials that have ended.
    pub trials: usize,
    /// Records of runtimes.
    pub runtimes: usize,
    /// Bytes of its lines before compression.
    pub bytes: u64,
}

/// Writes all records of a folder into one file, whole or not at all. Gives what it holds, and what is wrong
/// with records that are damaged, which it leaves out.
///
/// # Errors
/// A record that the operating system refuses to read or that a later version wrote; the file cannot be
/// written.
pub fn pack(folder: &Path, out: &Path) -> Result<(Packed, Vec<StoreError>), StoreError> {
    let file = NewFile::create(out).map_err(io_error(out, "write"))?;
    let mut packed = Packed::default();
    let mut damaged = Vec::new();
    file.write_with(|file| {
        let mut lines = Writer {
            gz: GzEncoder::new(file, Compression::default()),
            packed: &mut packed,
        };
        let found = lines.all(folder, &mut damaged);
        lines.gz.finish()?;
        Ok(found)
    })
    .map_err(io_error(out, "write"))??;
    Ok((packed, damaged))
}

struct Writer<'p, W: Write> {
    gz: GzEncoder<W>,
    packed: &'p mut Packed,
}

impl<W: Write> Writer<'_, W> {
    fn line(&mut self, line: &str) -> io::Result<()> {
        self.packed.bytes += line.len() as u64;
        self.gz.write_all(line.as_bytes())
    }

    fn all(&mut self, folder: &Path, damaged: &mut Vec<StoreError>) -> Result<(), StoreError> {
        let failed = io_error(folder, "pack");
        let mut texts = Vec::new();
        if let Some(study) = read_study(folder)? {
            texts.push(line_of("study", &study, STUDY_FORMAT));
        }
        for registration in registrations(folder)? {
            texts.push(line_of("registration", &registration, REGISTRATION_FORMAT));
        }
        let (runtimes, bad) = find_runtimes(folder)?;
        damaged.extend(bad);
        self.packed.runtimes = runtimes.len();
        texts.extend(
            runtimes
                .iter()
                .map(|r| line_of("runtime", r, RUNTIME_FORMAT)),
        );
        let write = |lines: &mut Self| texts.iter().try_for_each(|text| lines.line(text));
        write(self).map_err(failed)?;
        if folder.join("trials").is_dir() {
            self.trials(&Store::open(folder)?, damaged)?;
        }
        Ok(())
    }

    fn trials(&mut self, store: &Store, damaged: &mut Vec<StoreError>) -> Result<(), StoreError> {
        for identity in store.identities()? {
            let trial = store.trial(&identity);
            let record = match trial.read_record() {
                Ok(Some(record)) => record,
                Ok(None) => continue,
                Err(error) if error.is_damage() => {
                    damaged.push(error);
                    continue;
                }
                Err(error) => return Err(error),
            };
            let mut text = published::line(&record);
            match trial.read_predictions() {
                Ok(Some(said)) => {
                    text += &published::predictions_line(&identity, &predictions::to_bytes(&said));
                }
                Ok(None) => {}
                Err(error) if error.is_damage() => damaged.push(error),
                Err(error) => return Err(error),
            }
            self.line(&text)
                .map_err(io_error(trial.published(), "pack"))?;
            self.packed.trials += 1;
        }
        for path in store.listing()?.conflicts {
            if let Some(line) = published::read_line(&path, 1)? {
                self.line(&line).map_err(io_error(&path, "pack"))?;
            }
        }
        Ok(())
    }
}

fn line_of(kind: &'static str, record: &impl Serialize, format: u32) -> String {
    sealed(&Kind { kind, record }, format, Lines::One)
}

/// Whether a path is a regular file that may be a pack, as folders of records are not.
#[must_use]
pub fn is_pack(path: &Path) -> bool {
    path.is_file()
}

/// Makes a folder of records from a pack, compressed or not. Gives what is wrong with its damaged lines,
/// which are left out.
///
/// # Errors
/// The file is no pack, or a later version wrote it; the folder cannot be written.
pub fn unpack(pack: &Path, folder: &Path) -> Result<Vec<StoreError>, StoreError> {
    if regular(pack)?.is_none() {
        let missing = io::Error::from(io::ErrorKind::NotFound);
        return Err(io_error(pack, "read")(missing));
    }
    let file = File::open(pack).map_err(io_error(pack, "read"))?;
    let mut file = BufReader::new(file);
    let start = file.fill_buf().map_err(io_error(pack, "read"))?;
    let is_compressed = start.starts_with(&[0x1f, 0x8b]);
    let mut lines: Box<dyn BufRead> = match is_compressed {
        true => Box::new(BufReader::new(MultiGzDecoder::new(file))),
        false => Box::new(file),
    };
    let mut into = Unpacked {
        pack,
        store: Store::create(folder)?,
        last: None,
        damaged: Vec::new(),
    };
    let mut bytes = Vec::new();
    for number in 1.. {
        bytes.clear();
        let read = lines.by_ref().take(LONGEST).read_until(b'\n', &mut bytes);
        let read = read.map_err(|error| malformed(pack, error.to_string()))?;
        if read == 0 {
            break;
        }
        let place = |reason: String| malformed(pack, format!("line {number}: {reason}"));
        if !bytes.ends_with(b"\n") {
            return Err(place("it is too long, or was cut short".to_owned()));
        }
        let line = std::str::from_utf8(&bytes).map_err(|error| place(error.to_string()))?;
        match into.take(line) {
            Err(error) if error.is_damage() && number > 1 => into.damaged.push(error),
            taken => taken?,
        }
    }
    Ok(into.damaged)
}

/// A folder that a pack's lines go to.
struct Unpacked<'p> {
    pack: &'p Path,
    store: Store,
    /// Identity of the trial whose line came last.
    last: Option<String>,
    damaged: Vec<StoreError>,
}

/// What every line has.
#[derive(Deserialize)]
struct Head {
    kind: String,
    #[serde(default)]
    identity: String,
}

impl Unpacked<'_> {
    fn parse<T: DeserializeOwned>(
        &self,
        line: &str,
        what: &'static str,
        newest: u32,
        sealed: u32,
    ) -> Result<T, StoreError> {
        format::parse(line, self.pack, what, newest, sealed)
    }

    fn take(&mut self, line: &str) -> Result<(), StoreError> {
        let head: Head = serde_json::from_str(line)
            .map_err(|error| malformed(self.pack, format!("it is no pack of records: {error}")))?;
        let last = self.last.take();
        let folder = self.store.folder();
        match head.kind.as_str() {
            "study" => {
                let study: StudyRecord = self.parse(line, "study", STUDY_FORMAT, SEALED_STUDY)?;
                write_study(folder, &study)
            }
            "registration" => {
                let newest = REGISTRATION_FORMAT;
                let declared: Registration = self.parse(line, "register", newest, newest)?;
                register(folder, &declared)
            }
            "runtime" => {
                let newest = RUNTIME_FORMAT;
                let runtime: RuntimeRecord = self.parse(line, "runtime record", newest, newest)?;
                let reason = |reason| StoreError::Contradiction {
                    path: self.pack.to_owned(),
                    reason,
                };
                runtime.validate().map_err(reason)?;
                write_runtime(folder, &runtime)
            }
            "trial" => self.trial(line, head.identity),
            "predictions" if last.as_ref() == Some(&head.identity) => {
                let path = self.store.trial(&head.identity).published().to_owned();
                published::parse_predictions(line, self.pack, &head.identity)?;
                let append = || {
                    let mut file = fs::OpenOptions::new().append(true).open(&path)?;
                    file.write_all(line.as_bytes())
                };
                append().map_err(io_error(&path, "write"))
            }
            other => Err(malformed(
                self.pack,
                format!("a line of the kind {other:?} is out of place"),
            )),
        }
    }

    /// Of two results of one trial the first counts.
    fn trial(&mut self, line: &str, identity: String) -> Result<(), StoreError> {
        let record = parse_record(line, self.pack, &identity)?;
        let place = self.store.trial(&identity);
        if let Some(first) = place.read_record()? {
            return match conflict(&first, &record) {
                None => Ok(()),
                Some(_) => {
                    published::keep_second(place.published(), &first, &record, line).map(drop)
                }
            };
        }
        let path = place.published();
        let write = || {
            fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
            fs::write(path, line)
        };
        write().map_err(io_error(path, "write"))?;
        self.last = Some(identity);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
