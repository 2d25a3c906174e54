//! Paths that cannot be written.

use super::*;

#[test]
fn unwritable_paths_are_refused_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing/x.csv");
    for path in [folder.path(), &missing] {
        let error = OutputFile::create(path).unwrap_err().to_string();
        assert!(error.contains(&path.display().to_string()), "{error}");
    }
}
