//! What workers took: one note a process, `workers/<name>.json`, written anew while it works.
//!
//! A note says how many cores a worker was given and how long, and how much of that it computed. No record
//! of a trial depends on it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use crate::checksum::{Lines, sealed};
use crate::environment::host;
use crate::error::StoreError;
use crate::files::{io_error, read_if_present, write_whole};
use crate::format;
use crate::scheduler::Scheduler;

/// The format of `workers/<name>.json`.
pub const WORKER_FORMAT: u32 = 1;

const FOLDER: &str = "workers";

/// Least time between two notes of one worker, but for the last.
const PAUSE: Duration = Duration::from_secs(30);

/// What one worker took.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WorkerNote {
    /// Version of this type.
    pub format: u32,
    /// Host name, or `"unknown"`.
    pub host: String,
    /// Its number there.
    pub process: u32,
    /// The job that it is part of; `None` outside of all schedulers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheduler: Option<Scheduler>,
    /// When it began, in seconds since 1970-01-01 UTC.
    pub started_unix: u64,
    /// When it wrote this, likewise.
    pub seen_unix: u64,
    /// Whether it has ended. One that was killed has not, for all that it says.
    pub ended: bool,
    /// Cores that it takes of those that it may use.
    pub cores: usize,
    /// Seconds of all its threads on a core; `None` where the system does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu_seconds: Option<f64>,
}

impl WorkerNote {
    /// Seconds of all its cores until it was last seen.
    #[must_use]
    pub fn allocated_seconds(&self) -> f64 {
        self.seen_unix.saturating_sub(self.started_unix) as f64 * self.cores as f64
    }

    fn of_this_process(cores: usize) -> Self {
        let now = unix();
        Self {
            format: WORKER_FORMAT,
            host: host(),
            process: std::process::id(),
            scheduler: Scheduler::of_this_process(),
            started_unix: now,
            seen_unix: now,
            ended: false,
            cores,
            cpu_seconds: cpu_seconds(),
        }
    }
}

/// Keeps the note of this process. Any thread may say that the worker was seen.
#[derive(Debug)]
pub struct WorkerLog {
    path: PathBuf,
    state: Mutex<(WorkerNote, Instant)>,
}

impl WorkerLog {
    /// Writes the first note of this process beside the records in `folder`. It takes so many cores, which may
    /// be fewer than it is given.
    ///
    /// # Errors
    /// [`StoreError::Io`].
    pub fn begin(folder: &Path, cores: usize) -> Result<Self, StoreError> {
        let note = WorkerNote::of_this_process(cores);
        let folder = folder.join(FOLDER);
        fs::create_dir_all(&folder).map_err(io_error(&folder, "create the folder"))?;
        let plain = |c: char| {
            if c.is_ascii_alphanumeric() || c == '-' {
                c
            } else {
                '_'
            }
        };
        let host: String = note.host.chars().take(100).map(plain).collect();
        // The time tells two processes of one number apart.
        let name = format!("{host}-{}-{}.json", note.process, note.started_unix);
        let log = Self {
            path: folder.join(name),
            state: Mutex::new((note, Instant::now())),
        };
        log.write(false)?;
        Ok(log)
    }

    /// Writes the note anew, unless that was done half a minute ago or later. A failure is the next one's
    /// concern: nothing depends on a note.
    pub fn seen(&self) {
        let is_due = {
            let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            state.1.elapsed() >= PAUSE
        };
        if is_due {
            let _ = self.write(false);
        }
    }

    /// Writes the last note.
    ///
    /// # Errors
    /// [`StoreError::Io`].
    pub fn end(&self) -> Result<(), StoreError> {
        self.write(true)
    }

    fn write(&self, ended: bool) -> Result<(), StoreError> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let (note, written) = &mut *state;
        note.seen_unix = unix().max(note.started_unix);
        note.cpu_seconds = cpu_seconds();
        note.ended = ended;
        *written = Instant::now();
        let text = sealed(note, WORKER_FORMAT, Lines::Many);
        write_whole(&self.path, text.as_bytes())
    }
}

/// The notes of all workers of a folder of records, in the order in which they began, and what is wrong with
/// each damaged one.
///
/// # Errors
/// The operating system refuses to read one, or a later version wrote it.
pub fn worker_notes(folder: &Path) -> Result<(Vec<WorkerNote>, Vec<StoreError>), StoreError> {
    let (mut notes, mut damaged) = (Vec::new(), Vec::new());
    let folder = folder.join(FOLDER);
    let entries = match fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok((notes, damaged)),
        Err(error) => return Err(io_error(&folder, "list the folder")(error)),
    };
    for entry in entries {
        let path = entry.map_err(io_error(&folder, "list the folder"))?.path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        match read(&path) {
            Ok(found) => notes.extend(found),
            Err(error) if error.is_damage() => damaged.push(error),
            Err(error) => return Err(error),
        }
    }
    notes.sort_by(|a: &WorkerNote, b| {
        let key = |note: &WorkerNote| (note.started_unix, note.host.clone(), note.process);
        key(a).cmp(&key(b))
    });
    Ok((notes, damaged))
}

fn read(path: &Path) -> Result<Option<WorkerNote>, StoreError> {
    let Some(text) = read_if_present(path)? else {
        return Ok(None);
    };
    format::parse(
        &text,
        path,
        "note of a worker",
        WORKER_FORMAT,
        WORKER_FORMAT,
    )
    .map(Some)
}

fn unix() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.map_or(0, |now| now.as_secs())
}

/// Seconds that this process has computed.
fn cpu_seconds() -> Option<f64> {
    ticks(&fs::read_to_string("/proc/self/stat").ok()?).map(|ticks| ticks as f64 / 100.0)
}

/// Ticks of a process in user mode and in the kernel, from the text of `/proc/<process>/stat`. Linux tells
/// them in hundredths of a second on every machine.
fn ticks(stat: &str) -> Option<u64> {
    // After the name, which may hold anything; the state is the third field of all.
    let mut fields = stat.rsplit(')').next()?.split_whitespace().skip(11);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    Some(user + system)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_written_read_and_ended() {
        let folder = tempfile::tempdir().unwrap();
        assert!(worker_notes(folder.path()).unwrap().0.is_empty());
        let log = WorkerLog::begin(folder.path(), 3).unwrap();
        let first = worker_notes(folder.path()).unwrap().0.remove(0);
        assert!(!first.ended && first.process == std::process::id());
        assert_eq!((first.cores, &first.host), (3, &host()));
        log.seen();
        log.end().unwrap();
        let (notes, damaged) = worker_notes(folder.path()).unwrap();
        assert_eq!((notes.len(), damaged.len()), (1, 0));
        assert!(notes[0].ended && notes[0].cpu_seconds >= first.cpu_seconds);
        let path = fs::read_dir(folder.path().join(FOLDER)).unwrap();
        let path = path.map(|entry| entry.unwrap().path()).next().unwrap();
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, text.replace("\"ended\": true", "\"ended\": false")).unwrap();
        let (notes, damaged) = worker_notes(folder.path()).unwrap();
        assert_eq!((notes.len(), damaged.len()), (0, 1));
    }

    #[test]
    fn a_note_is_not_written_at_every_step() {
        let folder = tempfile::tempdir().unwrap();
        let log = WorkerLog::begin(folder.path(), 3).unwrap();
        fs::remove_file(&log.path).unwrap();
        log.seen();
        assert!(!log.path.exists());
        let long_ago = Instant::now().checked_sub(PAUSE).unwrap();
        log.state.lock().unwrap().1 = long_ago;
        log.seen();
        assert!(log.path.exists());
    }

    #[test]
    fn ticks_are_those_after_the_name() {
        // As proc_pid_stat(5) has them: utime 250, stime 50.
        let stat = "42 (a) b 7) S 1 42 42 0 -1 4194560 9 8 7 6 250 50 3 2 20 0 4 0 999 0 0";
        assert_eq!(ticks(stat), Some(300));
        assert_eq!(ticks("42 (a) S 1"), None);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn computing_takes_time() {
        let before = cpu_seconds().unwrap();
        let began = Instant::now();
        while began.elapsed() < Duration::from_millis(300) {
            std::hint::spin_loop();
        }
        // A machine that is busy gives less than the whole of it.
        let took = cpu_seconds().unwrap() - before;
        assert!(took > 0.02, "{took}");
    }

    #[test]
    fn allocation_is_time_times_cores() {
        let note = WorkerNote {
            started_unix: 100,
            seen_unix: 160,
            cores: 4,
            ..WorkerNote::of_this_process(1)
        };
        assert_eq!(note.allocated_seconds(), 240.0);
    }
}
