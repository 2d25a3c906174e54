//! What a path holds before, during and after a write.

use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::process::Command;

use tempfile::TempDir;

use super::*;

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.collect()
}

#[test]
fn records_are_read_up_to_their_longest() {
    let folder = folder();
    let path = folder.path().join("record");
    let file = fs::File::create(&path).unwrap();
    for (length, is_read) in [(LONGEST - 1, true), (LONGEST, true), (LONGEST + 1, false)] {
        // A hole of zeros, which takes no space.
        file.set_len(length).unwrap();
        let read = read_if_present(&path).map(|text| text.unwrap().len() as u64);
        match is_read {
            true => assert_eq!(read.unwrap(), length),
            false => assert!(
                read.unwrap_err()
                    .to_string()
                    .contains("longer than 268435456")
            ),
        }
    }
}

#[test]
fn a_file_appears_whole_or_not_at_all() {
    let folder = folder();
    let path = folder.path().join("x.csv");
    drop(NewFile::create(&path).unwrap());
    assert!(names(folder.path()).is_empty());
    write_whole(&path, b"a,b\n").unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"a,b\n");
    assert_eq!(names(folder.path()), ["x.csv"]);
}

#[test]
fn an_interrupted_write_leaves_the_old_file() {
    let folder = folder();
    let path = folder.path().join("x");
    fs::write(&path, "old").unwrap();
    let mut file = NewFile::create(&path).unwrap();
    let temporary = file.temporary.as_mut().unwrap();
    temporary.write_all(b"half of the n").unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"old");
    drop(file);
    assert_eq!(fs::read(&path).unwrap(), b"old");
    assert_eq!(names(folder.path()), ["x"]);
}

#[test]
fn a_failed_write_leaves_no_temporary_file() {
    let folder = folder();
    let path = folder.path().join("x");
    let file = NewFile::create(&path).unwrap();
    fs::create_dir(&path).unwrap();
    assert!(file.write(b"new").is_err());
    assert_eq!(names(folder.path()), ["x"]);
}

#[test]
fn permissions_are_kept_and_otherwise_those_of_a_new_file() {
    let folder = folder();
    let path = folder.path().join("x");
    for permissions in [0o600, 0o640, 0o444, 0o755] {
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(permissions)).unwrap();
        write_whole(&path, b"new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(mode(&path), permissions, "{permissions:o}");
        fs::remove_file(&path).unwrap();
    }
    write_whole(&path, b"new").unwrap();
    let ordinary = folder.path().join("ordinary");
    fs::write(&ordinary, "").unwrap();
    assert_eq!(mode(&path), mode(&ordinary));
}

#[test]
fn a_link_stays_and_its_target_is_replaced() {
    let folder = folder();
    let (target, link) = (folder.path().join("target"), folder.path().join("link"));
    fs::write(&target, "old").unwrap();
    std::os::unix::fs::symlink("target", &link).unwrap();
    write_whole(&link, b"new").unwrap();
    assert!(link.is_symlink());
    assert_eq!(fs::read(&target).unwrap(), b"new");
}

#[test]
fn devices_and_pipes_are_written_directly() {
    let null = Path::new("/dev/null");
    write_whole(null, b"gone").unwrap();
    let kind = fs::symlink_metadata(null).unwrap().file_type();
    assert!(kind.is_char_device(), "{kind:?}");

    let folder = folder();
    let pipe = folder.path().join("pipe");
    let made = Command::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    let reader = std::thread::spawn({
        let pipe = pipe.clone();
        move || fs::read(pipe).unwrap()
    });
    write_whole(&pipe, b"through").unwrap();
    assert_eq!(reader.join().unwrap(), b"through");
    let kind = fs::symlink_metadata(&pipe).unwrap().file_type();
    assert!(kind.is_fifo(), "{kind:?}");
}

#[test]
fn a_full_device_and_a_missing_folder_are_errors_with_the_path() {
    let folder = folder();
    for path in [Path::new("/dev/full"), &folder.path().join("missing/x")] {
        let error = write_whole(path, b"x").unwrap_err().to_string();
        assert!(error.contains(&path.display().to_string()), "{error}");
    }
}
