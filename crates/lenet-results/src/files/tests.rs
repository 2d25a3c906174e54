//! What a path holds before, during and after a write.
#![cfg(unix)]

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

/// Devices are not handed to [`write_whole`]: where that is wrong, root would lose them.
#[test]
fn devices_and_pipes_are_written_directly() {
    for stream in [
        "/dev/null",
        "/dev/full",
        "/dev/stdout",
        "/dev/stderr",
        "/dev/fd/1",
        "/proc/self/fd/1",
    ] {
        assert!(is_written_directly(Path::new(stream)), "{stream}");
    }
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
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    for replaced in [&file, folder.path(), &folder.path().join("missing")] {
        assert!(!is_written_directly(replaced), "{}", replaced.display());
    }
}

#[test]
fn a_full_device_and_a_missing_folder_are_errors() {
    let full = write_directly(Path::new("/dev/full"), b"x").unwrap_err();
    assert_eq!(full.kind(), io::ErrorKind::StorageFull);
    write_directly(Path::new("/dev/null"), b"x").unwrap();
    let path = folder().path().join("missing/x");
    let error = write_whole(&path, b"x").unwrap_err().to_string();
    let expected = format!("{}: cannot write: ", path.display());
    assert!(error.starts_with(&expected), "{error}");
}

/// Each step of a write that must outlast a loss of power, in its order.
#[test]
fn what_is_written_reaches_the_disk_before_its_name() {
    let folder = folder();
    let path = folder.path().join("x");
    seen::take();
    write_whole(&path, b"new").unwrap();
    assert_eq!(
        seen::take(),
        ["sync x", "rename to x", "sync the folder of x"]
    );
    set_aside(&path).unwrap();
    assert_eq!(
        seen::take(),
        ["rename to x.aside-1", "sync the folder of x"]
    );
    crate::lines::append_line(&path, &crate::samples::epoch(1), 2).unwrap();
    assert_eq!(seen::take(), ["sync x", "sync the folder of x"]);
    crate::lines::append_line(&path, &crate::samples::epoch(2), 2).unwrap();
    assert_eq!(seen::take(), ["sync x"], "its name is on the disk");
    // Nothing is torn, so nothing is written.
    crate::lines::drop_torn_line(&path).unwrap();
    assert!(seen::take().is_empty());
    remove_if_present(&path).unwrap();
    assert_eq!(seen::take(), ["remove x"]);
    assert!(!path.exists());
}

/// Whoever has the old file open goes on reading it whole: it is replaced, not written into.
#[test]
fn a_reader_of_the_old_file_sees_nothing_of_the_new_one() {
    let folder = folder();
    let path = folder.path().join("x");
    fs::write(&path, "old").unwrap();
    let mut reader = fs::File::open(&path).unwrap();
    write_whole(&path, b"brand new").unwrap();
    let mut text = String::new();
    reader.read_to_string(&mut text).unwrap();
    assert_eq!(text, "old");
    assert_eq!(fs::read(&path).unwrap(), b"brand new");
}

#[test]
fn the_folder_of_a_bare_name_is_this_one() {
    for (path, folder) in [("x", "."), ("a/x", "a"), ("/x", "/"), ("./x", ".")] {
        assert_eq!(operations::folder_of(Path::new(path)), Path::new(folder));
    }
    let name = format!("bare-{}.tmp", std::process::id());
    write_whole(Path::new(&name), b"x").unwrap();
    assert_eq!(fs::read(&name).unwrap(), b"x");
    fs::remove_file(&name).unwrap();
}

#[test]
fn what_is_set_aside_takes_the_first_free_number() {
    let folder = folder();
    let path = folder.path().join("x");
    assert_eq!(set_aside(&path).unwrap(), None);
    for (number, text) in [(1, "a"), (2, "b"), (3, "c")] {
        fs::write(&path, text).unwrap();
        let kept = folder.path().join(format!("x.aside-{number}"));
        assert_eq!(set_aside(&path).unwrap(), Some(kept.clone()));
        assert_eq!(fs::read_to_string(kept).unwrap(), text);
        assert!(!path.exists());
    }
    fs::remove_file(folder.path().join("x.aside-2")).unwrap();
    fs::write(&path, "d").unwrap();
    let kept = set_aside(&path).unwrap();
    assert_eq!(kept, Some(folder.path().join("x.aside-2")));
}

struct Leftover {
    name: String,
    /// Hours since it was written.
    hours: u64,
    stays: bool,
}

#[test]
fn temporary_files_of_the_living_stay() {
    let leftover = |name: String, hours, stays| Leftover { name, hours, stays };
    let me = std::process::id();
    let dead = u32::MAX - 1;
    let here = machine();
    let cases = [
        leftover(format!(".writing-{here}-{me}-abc"), 90, true),
        leftover(format!(".writing-{here}-{dead}-abc"), 0, false),
        leftover(format!(".writing-elsewhere-{dead}-abc"), 23, true),
        leftover(format!(".writing-elsewhere-{me}-abc"), 25, false),
        // Not as this program names them, as versions before it did.
        leftover(format!(".writing-{here}-{me}"), 0, false),
        leftover(".writing-elsewhere-x-abc".to_owned(), 0, false),
        leftover(".writing-abc".to_owned(), 0, false),
        // Anything else.
        leftover("result.json".to_owned(), 90, true),
        leftover(".leasing-abc".to_owned(), 90, true),
        leftover(format!("x.writing-{here}-{dead}-abc"), 90, true),
    ];
    let folder = folder();
    for Leftover { name, hours, .. } in &cases {
        let file = fs::File::create(folder.path().join(name)).unwrap();
        let age = Duration::from_secs(hours * 60 * 60);
        file.set_modified(std::time::SystemTime::now() - age)
            .unwrap();
    }
    let subfolder = format!(".writing-{here}-{dead}-folder");
    fs::create_dir(folder.path().join(&subfolder)).unwrap();
    remove_temporary(folder.path());
    assert!(folder.path().join(subfolder).is_dir());
    let left = names(folder.path());
    let wrong = cases
        .iter()
        .filter(|case| left.contains(&case.name) != case.stays);
    let wrong: Vec<_> = wrong.map(|case| &case.name).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    // A folder that is not there has nothing to remove.
    remove_temporary(&folder.path().join("missing"));
}

#[test]
fn temporary_files_name_their_owner_and_lie_beside_their_target() {
    let folder = folder();
    let file = NewFile::create(&folder.path().join("x")).unwrap();
    let beside = fs::read_dir(folder.path()).unwrap().count();
    // A file system may keep it without a name until it is renamed.
    assert_eq!(beside, 1);
    let owner = format!(".writing-{}-{}-", machine(), std::process::id());
    assert!(names(folder.path())[0].starts_with(&owner));
    remove_temporary(folder.path());
    file.write(b"whole").unwrap();
    assert_eq!(fs::read(folder.path().join("x")).unwrap(), b"whole");
}

struct Unreadable {
    what: &'static str,
    make: fn(&Path),
    words: &'static str,
}

#[test]
fn what_cannot_be_read_is_named() {
    let cases = [
        Unreadable {
            what: "a folder",
            make: |path| fs::create_dir(path).unwrap(),
            words: "not a regular file",
        },
        Unreadable {
            what: "no text",
            make: |path| fs::write(path, [0xff]).unwrap(),
            words: "not a readable record: invalid utf-8",
        },
        Unreadable {
            what: "longer than a record",
            make: |path| {
                fs::File::create(path)
                    .unwrap()
                    .set_len(LONGEST + 1)
                    .unwrap()
            },
            words: "not a readable record: it is longer than 268435456 bytes",
        },
        Unreadable {
            what: "a name without end",
            make: |path| std::os::unix::fs::symlink(path, path).unwrap(),
            words: "cannot read",
        },
    ];
    for Unreadable { what, make, words } in cases {
        let folder = folder();
        let path = folder.path().join("x");
        assert_eq!(read_if_present(&path).unwrap(), None);
        make(&path);
        let error = read_if_present(&path).unwrap_err().to_string();
        assert!(
            error.contains(words) && error.contains("/x: "),
            "{what}: {error}"
        );
    }
}

#[test]
fn only_what_is_there_is_removed() {
    let folder = folder();
    let path = folder.path().join("x");
    remove_if_present(&path).unwrap();
    fs::create_dir(&path).unwrap();
    let error = remove_if_present(&path).unwrap_err().to_string();
    assert!(error.contains("/x: cannot remove: "), "{error}");
}

/// Root may read everything, so this tells others only.
#[test]
fn what_may_not_be_read_is_not_missing() {
    let folder = folder();
    let path = folder.path().join("x");
    fs::write(&path, "secret").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::File::open(&path).is_err() {
        let error = read_if_present(&path).unwrap_err().to_string();
        assert!(error.contains("/x: cannot read: "), "{error}");
    }
}
