//! Folders of IDX files: names, prefixes, duplicates, and files that do not belong together.

use std::fs;
use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use tempfile::TempDir;

use super::roles::TRAIN_IMAGES;
use super::*;

mod other_tools;

/// An IDX file with the elements 0, 1, 2, … modulo `modulus`.
fn idx(dimensions: &[u32], modulus: u32) -> Vec<u8> {
    let mut bytes = vec![0, 0, 8, dimensions.len() as u8];
    bytes.extend(dimensions.iter().flat_map(|side| side.to_be_bytes()));
    bytes.extend((0..dimensions.iter().product()).map(|i| (i % modulus) as u8));
    bytes
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

const NAMES: [&str; 4] = [
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
];

/// Six training and four test images of 3 by 2 pixels, labels 0 to 2, under the given names.
fn folder(names: [&str; 4]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let files = [
        idx(&[6, 3, 2], 256),
        idx(&[6], 3),
        idx(&[4, 3, 2], 256),
        idx(&[4], 2),
    ];
    for (name, file) in names.iter().zip(files) {
        let file = if name.ends_with(".gz") {
            gzip(&file)
        } else {
            file
        };
        fs::write(folder.path().join(name), file).unwrap();
    }
    folder
}

#[test]
fn the_four_files_make_a_data_set() {
    let folder = folder(NAMES);
    let dataset = Dataset::from_folder(folder.path()).unwrap();
    assert_eq!((dataset.train.len(), dataset.test.len()), (6, 4));
    assert_eq!(dataset.train.shape(), [1, 3, 2]);
    assert_eq!(dataset.train.image(1), [6, 7, 8, 9, 10, 11]);
    assert_eq!(dataset.train.labels(), [0, 1, 2, 0, 1, 2]);
    assert_eq!(dataset.test.labels(), [0, 1, 0, 1]);
    assert_eq!(dataset.classes, 3);
    assert_eq!(
        dataset.title,
        folder.path().file_name().unwrap().to_str().unwrap()
    );
}

#[test]
fn other_names_read_the_same() {
    let source = Dataset::from_folder(folder(NAMES).path()).unwrap().source;
    for names in [
        NAMES.map(|name| format!("{name}.gz")),
        NAMES.map(|name| name.replace("-idx", ".idx")),
        NAMES.map(|name| format!("emnist-letters-{name}.gz").replace("t10k", "test")),
    ] {
        let folder = folder(names.each_ref().map(String::as_str));
        assert_eq!(
            Dataset::from_folder(folder.path()).unwrap().source,
            source,
            "{names:?}"
        );
    }
}

#[test]
fn images_of_several_channels() {
    let folder = folder(NAMES);
    for (name, images) in [("train", 6), ("t10k", 4)] {
        fs::remove_file(folder.path().join(format!("{name}-images-idx3-ubyte"))).unwrap();
        let file = folder.path().join(format!("{name}-images-idx4-ubyte"));
        fs::write(file, idx(&[images, 3, 5, 4], 256)).unwrap();
    }
    let dataset = Dataset::from_folder(folder.path()).unwrap();
    assert_eq!(dataset.train.shape(), [3, 5, 4]);
    assert_eq!(dataset.train.image(1)[0], 60);
}

#[test]
fn names_of_other_files_fit_nothing() {
    for name in [
        "train-images-idx1-ubyte",
        "train-images-idx3-ubyte.zip",
        "xtrain-images-idx3-ubyte",
        "train-images",
        "images-idx3-ubyte",
    ] {
        assert_eq!(TRAIN_IMAGES.prefix(name), None, "{name}");
    }
    assert_eq!(
        TRAIN_IMAGES.prefix("a-b-train-images-idx4-ubyte.gz"),
        Some("a-b-")
    );
}

#[test]
fn a_missing_file_is_told() {
    for name in NAMES {
        let folder = folder(NAMES);
        fs::remove_file(folder.path().join(name)).unwrap();
        let refused = Dataset::from_folder(folder.path()).unwrap_err();
        assert!(matches!(refused, DataError::Missing { .. }), "{refused}");
        assert!(refused.to_string().contains(name), "{refused}");
    }
    let refused = Dataset::from_folder(Path::new("no/such/folder")).unwrap_err();
    assert!(matches!(refused, DataError::Unreadable { .. }), "{refused}");
}

#[test]
fn doubles_are_listed() {
    let folder = folder(NAMES);
    fs::write(folder.path().join("t10k-labels.idx1-ubyte"), idx(&[4], 2)).unwrap();
    let refused = Dataset::from_folder(folder.path()).unwrap_err();
    assert!(
        refused
            .to_string()
            .contains("t10k-labels-idx1-ubyte, t10k-labels.idx1-ubyte are each"),
        "{refused}"
    );
}

#[test]
fn files_of_two_sets_are_not_mixed() {
    let names = NAMES.map(|name| format!("emnist-byclass-{name}"));
    let mut names = names.each_ref().map(String::as_str);
    names[1] = "emnist-bymerge-train-labels-idx1-ubyte";
    let refused = Dataset::from_folder(folder(names).path()).unwrap_err();
    assert!(
        matches!(&refused, DataError::MixedNames { other, .. } if other == names[1]),
        "{refused}"
    );
}

/// Three sets, of which none is whole: there is no choice among them.
#[test]
fn parts_of_sets_are_no_sets() {
    let folder = folder(NAMES);
    let parts = [
        ("a", [0, 1, 2].as_slice()),
        ("b", &[1, 2, 3]),
        ("c", &[3, 0]),
    ];
    for (set, roles) in parts {
        for &role in roles {
            let name = folder.path().join(format!("{set}-{}", NAMES[role]));
            fs::copy(folder.path().join(NAMES[role]), name).unwrap();
        }
    }
    // A part of the set that is asked for by its name is missed, whatever the others have.
    let refused = Dataset::from_folder_of_sets(folder.path(), "a").unwrap_err();
    assert!(matches!(refused, DataError::Missing { .. }), "{refused}");
    assert!(refused.to_string().contains("t10k-labels"), "{refused}");
    for name in NAMES {
        fs::remove_file(folder.path().join(name)).unwrap();
    }
    let refused = Dataset::from_folder(folder.path()).unwrap_err();
    assert!(matches!(refused, DataError::Ambiguous { .. }), "{refused}");
}

/// One of the four files is replaced by one that does not fit the others.
#[test]
fn files_that_do_not_fit_are_refused() {
    struct Case {
        file: usize,
        bytes: Vec<u8>,
        refusal: fn(&DataError) -> bool,
    }
    let cases = [
        Case {
            file: 1,
            bytes: idx(&[5], 3),
            refusal: |e| {
                matches!(
                    e,
                    DataError::CountsDiffer {
                        images: 6,
                        labels: 5,
                        ..
                    }
                )
            },
        },
        Case {
            file: 2,
            bytes: idx(&[4, 2, 3], 256),
            refusal: |e| {
                matches!(
                    e,
                    DataError::ShapesDiffer {
                        train: [1, 3, 2],
                        test: [1, 2, 3],
                        ..
                    }
                )
            },
        },
        Case {
            file: 0,
            bytes: idx(&[6], 3),
            refusal: |e| {
                matches!(e, DataError::Idx { path, problem: crate::IdxProblem::NotImages { .. } }
                    if path.ends_with(NAMES[0]))
            },
        },
        Case {
            file: 3,
            bytes: idx(&[4, 3, 2], 256),
            refusal: |e| {
                matches!(e, DataError::Idx { path, problem: crate::IdxProblem::NotLabels { .. } }
                    if path.ends_with(NAMES[3]))
            },
        },
    ];
    for case in cases {
        let folder = folder(NAMES);
        fs::write(folder.path().join(NAMES[case.file]), case.bytes).unwrap();
        let refused = Dataset::from_folder(folder.path()).unwrap_err();
        assert!((case.refusal)(&refused), "{}: {refused}", NAMES[case.file]);
    }
}

/// MNIST, written to a folder as IDX files, reads as the embedded data set.
#[test]
fn mnist_from_a_folder_is_the_embedded_one() {
    let mnist = Dataset::mnist();
    let folder = tempfile::tempdir().unwrap();
    for (set, images, labels) in [
        (&mnist.train, NAMES[0], NAMES[1]),
        (&mnist.test, NAMES[2], NAMES[3]),
    ] {
        let count = set.len() as u32;
        let file = |dimensions: &[u32], elements: &[u8]| {
            let mut bytes = vec![0, 0, 8, dimensions.len() as u8];
            bytes.extend(dimensions.iter().flat_map(|side| side.to_be_bytes()));
            bytes.extend(elements);
            bytes
        };
        fs::write(
            folder.path().join(images),
            file(&[count, 28, 28], set.pixels()),
        )
        .unwrap();
        fs::write(folder.path().join(labels), file(&[count], set.labels())).unwrap();
    }
    let read = Dataset::from_folder(folder.path()).unwrap();
    assert_eq!(read.train, mnist.train);
    assert_eq!(read.test, mnist.test);
    assert_eq!(read.classes, 10);
}
