//! Permissions, and what is not a regular file.

use super::*;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};

#[test]
fn permissions_and_devices_stay() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("w");
    fs::write(&path, "old").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    write_atomically(&path, b"new").unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"new");
    assert_eq!(
        fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o640
    );

    let null = Path::new("/dev/null");
    write_atomically(null, b"gone").unwrap();
    let kind = fs::symlink_metadata(null).unwrap().file_type();
    assert!(kind.is_char_device(), "{kind:?}");
}
