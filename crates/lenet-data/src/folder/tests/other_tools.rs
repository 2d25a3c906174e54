//! Folders as torchvision, Kaggle and EMNIST's archive leave them.

use super::*;

fn read(folder: &Path) -> Result<Dataset, DataError> {
    Dataset::from_folder(folder)
}

fn source() -> String {
    read(folder(NAMES).path()).unwrap().source
}

/// Moves the files of `folder(names)` to a folder below a new one.
fn below(names: [&str; 4], path: &str) -> TempDir {
    let whole = tempfile::tempdir().unwrap();
    let to = whole.path().join(path);
    fs::create_dir_all(&to).unwrap();
    let from = folder(names);
    for name in names {
        fs::copy(from.path().join(name), to.join(name)).unwrap();
    }
    whole
}

#[test]
fn a_file_beside_its_gzip_is_read_once_if_both_are_the_same() {
    let folder = folder(NAMES);
    for name in NAMES {
        let bytes = fs::read(folder.path().join(name)).unwrap();
        fs::write(folder.path().join(format!("{name}.gz")), gzip(&bytes)).unwrap();
    }
    assert_eq!(read(folder.path()).unwrap().source, source());
    for (name, other) in [(NAMES[0], idx(&[6, 3, 2], 7)), (NAMES[3], idx(&[4], 3))] {
        let zipped = folder.path().join(format!("{name}.gz"));
        let kept = fs::read(&zipped).unwrap();
        fs::write(&zipped, gzip(&other)).unwrap();
        let refused = read(folder.path()).unwrap_err();
        assert!(
            matches!(refused, DataError::CopiesDiffer { .. }),
            "{refused}"
        );
        assert!(refused.to_string().contains(name), "{refused}");
        fs::write(&zipped, kept).unwrap();
    }
}

#[test]
fn folders_of_the_files_names() {
    // Beside the files, and empty.
    let dotted = NAMES.map(|name| name.replace("-idx", ".idx"));
    let beside = folder(dotted.each_ref().map(String::as_str));
    for name in NAMES {
        fs::create_dir(beside.path().join(name)).unwrap();
    }
    assert_eq!(read(beside.path()).unwrap().source, source());
    // The file within.
    let within = tempfile::tempdir().unwrap();
    let files = folder(NAMES);
    for name in NAMES {
        fs::create_dir(within.path().join(name)).unwrap();
        fs::copy(files.path().join(name), within.path().join(name).join(name)).unwrap();
    }
    assert_eq!(read(within.path()).unwrap().source, source());
}

#[test]
fn files_further_down() {
    for path in ["raw", "MNIST/raw", "gzip", "a/b"] {
        let whole = below(NAMES, path);
        assert_eq!(read(whole.path()).unwrap().source, source(), "{path}");
    }
    let deep = below(NAMES, "a/b/c");
    let refused = read(deep.path()).unwrap_err();
    assert!(matches!(refused, DataError::Missing { .. }), "{refused}");
    // Two sets in two folders are not guessed between.
    let two = below(NAMES, "MNIST/raw");
    let other = two.path().join("FashionMNIST/raw");
    fs::create_dir_all(&other).unwrap();
    for name in NAMES {
        fs::copy(two.path().join("MNIST/raw").join(name), other.join(name)).unwrap();
    }
    let text = read(two.path()).unwrap_err().to_string();
    assert!(
        text.contains("FashionMNIST/raw, ") && text.contains("/MNIST/raw"),
        "{text}"
    );
    assert_eq!(read(&two.path().join("MNIST")).unwrap().source, source());
}

#[test]
fn one_of_several_sets() {
    let names =
        |set: &str| NAMES.map(|name| format!("emnist-{set}-{name}").replace("t10k", "test"));
    let letters = names("letters");
    let folder = folder(letters.each_ref().map(String::as_str));
    for set in ["digits", "balanced", "mnist"] {
        for (name, from) in names(set).iter().zip(&letters) {
            let bytes = fs::read(folder.path().join(from)).unwrap();
            fs::write(folder.path().join(name), bytes).unwrap();
        }
    }
    // The set that is different.
    fs::write(folder.path().join(&names("digits")[3]), idx(&[4], 1)).unwrap();

    let text = read(folder.path()).unwrap_err().to_string();
    for set in ["letters", "digits", "balanced", "mnist"] {
        assert!(text.contains(&format!("emnist-{set}")), "{text}");
    }
    assert!(text.contains("--data-set emnist-balanced"), "{text}");
    for name in ["letters", "emnist-letters"] {
        let found = Dataset::from_folder_of_sets(folder.path(), name).unwrap();
        assert_eq!(
            (&*found.set, &*found.title),
            ("emnist-letters", "emnist-letters")
        );
        assert_eq!(found.source, source());
    }
    let found = read(&folder.path().join("emnist-digits")).unwrap();
    assert_eq!(found.test.labels(), [0; 4]);
    for name in ["etters", "byclass", ""] {
        let refused = Dataset::from_folder_of_sets(folder.path(), name).unwrap_err();
        assert!(
            matches!(refused, DataError::NoSuchSet { .. }),
            "{name}: {refused}"
        );
    }
    let refused = read(&folder.path().join("emnist-byclass")).unwrap_err();
    assert!(matches!(refused, DataError::Unreadable { .. }), "{refused}");
}

/// A pipe would be waited for without end.
#[cfg(unix)]
#[test]
fn pipes_are_no_files() {
    let folder = folder(NAMES);
    let pipe = folder.path().join(NAMES[1]);
    fs::remove_file(&pipe).unwrap();
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    let refused = read(folder.path()).unwrap_err();
    assert!(matches!(refused, DataError::Missing { .. }), "{refused}");
}
