//! Each example is run, and does what it says.
#![allow(dead_code, reason = "the examples' own `main`")]

use std::fs;
use std::path::Path;

use lenet_data::Dataset;

#[path = "../examples/classify.rs"]
mod classify;
#[path = "../examples/features.rs"]
mod features;
#[path = "../examples/fine_tune.rs"]
mod fine_tune;
#[path = "../examples/threads.rs"]
mod threads;
#[path = "../examples/train.rs"]
mod train;

#[test]
fn classify_reads_a_drawn_five() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/five.png");
    let prediction = classify::run(&file).unwrap();
    assert_eq!(prediction.class, 5);
    assert!(prediction.confidence() > 0.9, "{prediction:?}");
}

#[test]
fn train_learns_its_strokes() {
    let (before, after) = (train::run(0).unwrap(), train::run(5).unwrap());
    assert!(before < 0.7 && after > 0.95, "{before} {after}");
}

/// An IDX file of bytes.
fn idx(dimensions: &[usize], data: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0, 0, 8, dimensions.len() as u8];
    bytes.extend(dimensions.iter().flat_map(|&d| (d as u32).to_be_bytes()));
    bytes.extend(data);
    bytes
}

#[test]
fn fine_tune_learns_other_classes() {
    // Digits in groups: 0 to 3, 4 to 6, 7 to 9.
    let folder = tempfile::tempdir().unwrap();
    let test = Dataset::mnist().test;
    for (name, images) in [("train", 0..2000), ("t10k", 2000..2500)] {
        let labels: Vec<u8> = images
            .clone()
            .map(|i| test.labels()[i].saturating_sub(1) / 3)
            .collect();
        let pixels = &test.pixels()[images.start * 784..images.end * 784];
        let write = |kind: &str, bytes: Vec<u8>| {
            fs::write(folder.path().join(format!("{name}-{kind}-ubyte")), bytes).unwrap();
        };
        write("images-idx3", idx(&[images.len(), 28, 28], pixels));
        write("labels-idx1", idx(&[labels.len()], &labels));
    }
    let accuracy = fine_tune::run(folder.path(), 5).unwrap();
    assert!(accuracy > 0.9, "{accuracy}");
}

#[test]
fn threads_get_right_answers_in_order() {
    let labels = Dataset::mnist().test.labels()[..400].to_vec();
    let alone = threads::run(400, 1).unwrap();
    assert_eq!(threads::run(400, 4).unwrap(), alone);
    let right = alone
        .iter()
        .zip(&labels)
        .filter(|(a, b)| **a == usize::from(**b));
    assert!(right.count() > 390);
}

#[test]
fn features_bring_like_digits_together() {
    let test = Dataset::mnist().test;
    let nearest = features::run(500).unwrap();
    let alike = nearest.iter().enumerate().filter(|(image, neighbour)| {
        assert_ne!(image, *neighbour);
        test.labels()[*image] == test.labels()[**neighbour]
    });
    assert!(alike.count() > 450);
}

#[test]
fn examples_are_short() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let mut count = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "rs") {
            let lines = fs::read_to_string(&path).unwrap().lines().count();
            assert!(lines < 60, "{}: {lines} lines", path.display());
            count += 1;
        }
    }
    assert_eq!(count, 5);
}
