//! The program that workers run: a copy beside the records, so that a new build changes nothing.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use lenet_core::identity::digest_of_bytes;
use lenet_results::CLUSTER_FOLDER;

use super::error::SlurmError;

/// Enters the digest of a program.
const TAG: &str = "lenet-lab program 1\n";

/// Copies this program into a folder of records, under a name that its contents give, unless it is there.
///
/// # Errors
/// [`SlurmError::Keep`].
pub fn keep_program(out: &Path) -> Result<PathBuf, SlurmError> {
    let own = own_program();
    let read = own.and_then(|own| fs::read(&own).map(|bytes| (own, bytes)));
    let (_, bytes) = read.map_err(|source| SlurmError::Keep {
        path: PathBuf::from("this program"),
        source,
    })?;
    keep(&bytes, &out.join(CLUSTER_FOLDER))
}

/// The file that this process was started from. Linux finds it even when another has its name by now.
fn own_program() -> io::Result<PathBuf> {
    let link = Path::new("/proc/self/exe");
    match link.exists() {
        true => Ok(link.to_owned()),
        false => std::env::current_exe(),
    }
}

fn keep(bytes: &[u8], folder: &Path) -> Result<PathBuf, SlurmError> {
    let path = folder.join(format!("lenet-lab-{}", digest_of_bytes(TAG, bytes)));
    let failed = |source| SlurmError::Keep {
        path: path.clone(),
        source,
    };
    // It is renamed when it is whole, so one of the right length is whole.
    if fs::metadata(&path).is_ok_and(|found| found.is_file() && found.len() == bytes.len() as u64) {
        return Ok(path);
    }
    fs::create_dir_all(folder).map_err(failed)?;
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o755));
    }
    let mut file = builder
        .prefix(".writing-")
        .tempfile_in(folder)
        .map_err(failed)?;
    file.write_all(bytes)
        .and_then(|()| file.as_file().sync_all())
        .map_err(failed)?;
    file.persist(&path).map_err(|error| failed(error.error))?;
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_kept_once_and_can_be_run() {
        let folder = tempfile::tempdir().unwrap();
        let kept = keep(b"#!/bin/sh\nexit 7\n", folder.path()).unwrap();
        assert_eq!(keep(b"#!/bin/sh\nexit 7\n", folder.path()).unwrap(), kept);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        let other = keep(b"#!/bin/sh\nexit 8\n", folder.path()).unwrap();
        assert_ne!(other, kept);
        // One that was cut short is made anew.
        fs::write(&kept, "#!/bin/sh\n").unwrap();
        assert_eq!(keep(b"#!/bin/sh\nexit 7\n", folder.path()).unwrap(), kept);
        #[cfg(unix)]
        assert_eq!(
            std::process::Command::new(&kept).status().unwrap().code(),
            Some(7)
        );
    }

    #[test]
    fn this_program_is_kept_whole() {
        let folder = tempfile::tempdir().unwrap();
        let kept = keep_program(folder.path()).unwrap();
        let own = std::env::current_exe().unwrap();
        assert_eq!(fs::read(kept).unwrap().len(), fs::read(own).unwrap().len());
    }
}
