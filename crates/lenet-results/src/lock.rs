//! One writer at a time, on file systems with locks and without.
//!
//! A writer holds the operating system's lock on a file, where there are such locks, and always a lease: a
//! second file beside it, made exclusively, that names its owner and whose time its owner moves on. Some
//! file systems refuse locks, and some grant them to every machine; the lease holds there, too. A lease
//! means nothing once its owner is dead, if that was on this machine, or once its time has stood still for
//! [`STALE`], on any other, or if the owner was stopped. Readers look at the lease alone.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use std::time::{Duration, SystemTime};

use lenet_core::identity::digest;

use crate::environment::host;
use crate::error::StoreError;
use crate::files::{
    io_error, read_if_present, regular, remove_if_present, set_aside, temporary_prefix,
};
use crate::owner::{began, is_alive, is_stopped, machine};

/// How often the time of a lease is moved on.
const HEARTBEAT: Duration = Duration::from_millis(if cfg!(test) { 20 } else { 5000 });
/// How long the time of another machine's lease may stand still.
pub(crate) const STALE: Duration = Duration::from_secs(60);
/// How far another machine's clock may be ahead.
const AHEAD: Duration = Duration::from_secs(60 * 60);

/// Enters the digest of a dead lease.
const TAG: &str = "lenet-lab lease 1\n";
/// What every lease begins with.
const FIRST: &[u8] = b"process ";

/// Held by the one writer; dropping it lets the next one in.
#[derive(Debug)]
pub(crate) struct Lock {
    /// With the operating system's lock, where it gives any.
    _file: File,
    lease: PathBuf,
    text: String,
    _beating: Arc<File>,
}

impl Lock {
    /// Takes the lock of this file, which is made if need be. What else has its name is set aside.
    ///
    /// # Errors
    /// [`StoreError::Locked`] while another writer lives; [`StoreError::Io`].
    pub(crate) fn take(path: &Path) -> Result<Self, StoreError> {
        if regular(path).is_err_and(|error| error.is_damage()) {
            set_aside(path)?;
        }
        let mut options = OpenOptions::new();
        let options = options.read(true).write(true).create(true).truncate(false);
        let mut file = options.open(path).map_err(io_error(path, "open"))?;
        let lease = lease_path(path);
        // Another error is that of a file system without locks, where the lease is all there is. A process that
        // stands still keeps its lock, and its lease grows stale.
        if let Err(TryLockError::WouldBlock) = file.try_lock()
            && !is_stale(&lease)
        {
            return Err(Self::refuse(path));
        }
        let (text, beating) = take_lease(path, &lease)?;
        let first = text.lines().next().unwrap_or_default();
        file.set_len(0)
            .and_then(|()| file.write_all(format!("{first}\n").as_bytes()))
            .map_err(io_error(path, "write"))?;
        Ok(Self {
            _file: file,
            lease,
            text,
            _beating: beating,
        })
    }

    /// The error of a lock that another writer holds.
    pub(crate) fn refuse(path: &Path) -> StoreError {
        locked(path, owner(&lease_path(path)).or_else(|| owner(path)))
    }

    /// Refuses to go on once another writer has taken over, as it may after this process stood still.
    ///
    /// # Errors
    /// [`StoreError::Locked`].
    pub(crate) fn check(&self) -> Result<(), StoreError> {
        match read_if_present(&self.lease) {
            Ok(Some(text)) if text == self.text => Ok(()),
            Err(error) if !error.is_damage() => Err(error),
            _ => Err(locked(&self.lease, owner(&self.lease))),
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if self.check().is_ok() {
            // A lease that stays is taken over later.
            let _ = fs::remove_file(&self.lease);
        }
    }
}

/// Whether a writer holds the lock of this file. Takes nothing and waits for nothing.
pub(crate) fn is_held(path: &Path) -> bool {
    let lease = lease_path(path);
    let Ok(Some(text)) = read_if_present(&lease) else {
        return false;
    };
    lives(&text, &lease, SystemTime::now)
}

/// Who holds a lock, as its lease says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// For example `process 12 on n1`.
    pub owner: String,
    /// When it last said that it lives, by the clock of the machine that keeps the file.
    pub heartbeat: Option<SystemTime>,
}

/// Who holds the lock of this file; `None` where nobody does. Takes nothing and waits for nothing.
pub(crate) fn holder(path: &Path) -> Option<Holder> {
    let lease = lease_path(path);
    if !is_held(path) {
        return None;
    }
    Some(Holder {
        owner: owner(&lease)?,
        heartbeat: fs::metadata(&lease).and_then(|found| found.modified()).ok(),
    })
}

/// Whether there is a lease whose owner no longer lives.
fn is_stale(lease: &Path) -> bool {
    let text = read_if_present(lease);
    matches!(text, Ok(Some(text)) if !lives(&text, lease, || now_in(lease)))
}

fn lease_path(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".lease");
    path.with_file_name(name)
}

fn locked(path: &Path, owner: Option<String>) -> StoreError {
    StoreError::Locked {
        path: path.to_owned(),
        owner: owner.unwrap_or_else(|| "another process".to_owned()),
    }
}

/// The first line of a lock or a lease, which names its owner.
fn owner(path: &Path) -> Option<String> {
    let text = read_if_present(path).ok()??;
    let first = text.lines().next()?.trim();
    (!first.is_empty()).then(|| first.to_owned())
}

/// Makes the lease, unless another one lives.
fn take_lease(path: &Path, lease: &Path) -> Result<(String, Arc<File>), StoreError> {
    let process = std::process::id();
    // The last word tells two leases of one process apart.
    let beginning = began(process).unwrap_or(0);
    let number = next_number();
    let text = format!(
        "process {process} on {}\n{} {process} {beginning} {number}\n",
        host(),
        machine()
    );
    for _ in 0..3 {
        match make(lease, &text) {
            Ok(file) => {
                let file = Arc::new(file);
                keep_alive(&file);
                return Ok((text, file));
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(io_error(lease, "create")(error)),
        }
        let found = match read_if_present(lease) {
            Ok(Some(found)) => found,
            Ok(None) => continue,
            Err(error) if error.is_damage() => String::new(),
            Err(error) => return Err(error),
        };
        if lives(&found, lease, || now_in(lease)) {
            return Err(locked(path, owner(lease)));
        }
        remove_dead(path, lease, &found)?;
    }
    Err(locked(path, owner(lease)))
}

/// Makes a lease with its text at once: whoever sees it can read its owner. What a process leaves that is
/// killed here goes with its other temporary files.
fn make(lease: &Path, text: &str) -> io::Result<File> {
    let folder = lease.parent().unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    let prefix = temporary_prefix();
    let mut temporary = builder.prefix(&prefix).tempfile_in(folder)?;
    temporary.write_all(text.as_bytes())?;
    match temporary.persist_noclobber(lease) {
        Ok(file) => Ok(file),
        Err(error) => Err(error.error),
    }
}

/// Removes a dead lease. Many may find it dead at once, and the first to remove it makes its own in its
/// place. So only the holder of a second lease, which is named after the dead one's text, may remove that,
/// after a second look.
fn remove_dead(path: &Path, lease: &Path, dead: &str) -> Result<(), StoreError> {
    let mut name = lease.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}", digest(TAG, &dead.into())));
    let right = lease.with_file_name(name);
    let _held = take_lease(path, &right)?;
    let removed = match read_if_present(lease) {
        Ok(Some(found)) if found == dead => remove_if_present(lease),
        Err(error) if error.is_damage() => set_aside(lease).map(drop),
        read => read.map(drop),
    };
    remove_if_present(&right)?;
    removed
}

fn next_number() -> u64 {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// Whether the owner of a lease lives.
fn lives(text: &str, lease: &Path, now: impl FnOnce() -> SystemTime) -> bool {
    let second = text.lines().nth(1).unwrap_or_default();
    let mut words = second.split(' ');
    if words.next() == Some(machine()) {
        let process = words.next().and_then(|word| word.parse().ok());
        let beginning: Option<u64> = words.next().and_then(|word| word.parse().ok());
        let Some(process) = process else {
            return false;
        };
        let same = |now: u64| beginning.is_none_or(|then| then == 0 || then == now);
        if !is_alive(process) || !began(process).is_none_or(same) {
            return false;
        }
        if !is_stopped(process) {
            return true;
        }
    }
    let Ok(time) = fs::metadata(lease).and_then(|found| found.modified()) else {
        return false;
    };
    match now().duration_since(time) {
        Ok(age) => age < STALE,
        // That of a clock ahead of ours, unless it is far ahead.
        Err(ahead) => ahead.duration() < AHEAD,
    }
}

/// The time of the machine that keeps the files of this folder; of this one where it does not tell.
fn now_in(lease: &Path) -> SystemTime {
    let folder = lease.parent().unwrap_or(Path::new("."));
    let probe = || tempfile::tempfile_in(folder)?.metadata()?.modified();
    probe().unwrap_or_else(|_| SystemTime::now())
}

/// Moves the time of a lease on for as long as it is held. One thread does so for all.
fn keep_alive(file: &Arc<File>) {
    static HELD: OnceLock<Mutex<Vec<Weak<File>>>> = OnceLock::new();
    let held = HELD.get_or_init(|| {
        let beat = || loop {
            std::thread::sleep(HEARTBEAT);
            let Some(held) = HELD.get() else { continue };
            let mut held = held.lock().unwrap_or_else(PoisonError::into_inner);
            held.retain(|file| match file.upgrade() {
                Some(file) => {
                    // Written anew, so that the time is that of the machine which keeps the file.
                    // Whatever fails now may succeed the next time.
                    let mut file = &*file;
                    let _ = file.rewind().and_then(|()| file.write_all(FIRST));
                    true
                }
                None => false,
            });
        };
        // Without a thread the lease grows stale on other machines, and lives on this one.
        let _ = std::thread::Builder::new()
            .name("lease".to_owned())
            .spawn(beat);
        Mutex::new(Vec::new())
    });
    let mut held = held.lock().unwrap_or_else(PoisonError::into_inner);
    held.push(Arc::downgrade(file));
}

#[cfg(test)]
mod tests;
