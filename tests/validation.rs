//! Validation images of a set that is sorted by class: warned of, drawn by seed, stratified.

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use common::{finished, run, run_args, succeed};

/// An IDX file of bytes: dimensions, then data.
fn idx(dimensions: &[u32], data: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0, 0, 8, dimensions.len() as u8];
    bytes.extend(dimensions.iter().flat_map(|d| d.to_be_bytes()));
    bytes.extend(data);
    bytes
}

/// Writes a folder of IDX files: 60 training images of 12×12, twenty of each of three classes, class
/// by class, and six test images.
fn write_sorted(root: &Path) {
    let folder = root.join("sorted");
    fs::create_dir(&folder).unwrap();
    for (name, count, in_a_row) in [("train", 60, 20), ("t10k", 6, 2)] {
        let labels: Vec<u8> = (0..count).map(|image| (image / in_a_row) as u8).collect();
        let pixels: Vec<u8> = labels
            .iter()
            .flat_map(|&label| (0..144).map(move |at| (at * 7 + usize::from(label) * 80) as u8))
            .collect();
        let images = idx(&[count, 12, 12], &pixels);
        fs::write(folder.join(format!("{name}-images-idx3-ubyte")), images).unwrap();
        let labels = idx(&[count], &labels);
        fs::write(folder.join(format!("{name}-labels-idx1-ubyte")), labels).unwrap();
    }
}

const TRAIN: &str = "train --data-dir sorted --filters 2 --set hidden=4 --epochs 1 --batch-size 8 \
                     --quiet";
const STRATIFIED: &str = "{ count = 9, draw = \"seed\", stratified = true }";
const WARNING: &str = "warning: sorted: validation = 9 lacks classes 1, 2 and is mostly class 0, \
                       which makes up less than half of the set (hint: validation = { count = 9, \
                       draw = \"seed\", stratified = true })\n";

/// Trains and saves a network with these validation images and this seed; gives standard error before that.
fn train(root: &Path, validation: &str, seed: &str) -> String {
    let mut arguments: Vec<&str> = TRAIN.split_whitespace().collect();
    arguments.extend(["--validation", validation, "--seed", seed]);
    arguments.extend(["--save", "net.safetensors", "--force"]);
    let ran = run_args(root, &arguments);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let (told, saved) = ran
        .stderr
        .split_at(ran.stderr.find("saved ").unwrap_or_default());
    assert_eq!(saved, "saved the weights after epoch 1: net.safetensors\n");
    told.to_owned()
}

/// The images and labels that a validation split holds.
fn held_out(root: &Path, validation: &str, seed: &str) -> BTreeMap<u32, u8> {
    let mut arguments = vec!["evaluate", "--checkpoint", "net.safetensors"];
    arguments.extend(["--data-dir", "sorted", "--split", "validation"]);
    arguments.extend(["--validation", validation, "--seed", seed]);
    arguments.extend(["--csv", "rows.csv"]);
    let ran = run_args(root, &arguments);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let rows = fs::read_to_string(root.join("rows.csv")).unwrap();
    let row = |line: &str| {
        let mut cells = line.split(',');
        let mut number = || cells.next().unwrap().parse().unwrap();
        (number(), number() as u8)
    };
    rows.lines().skip(1).map(row).collect()
}

#[test]
fn a_set_sorted_by_class_is_warned_of_and_trains_with_the_draw() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    write_sorted(root);
    assert_eq!(train(root, "9", "1"), WARNING);
    assert!(held_out(root, "9", "1").values().all(|&label| label == 0));

    let mut draws = Vec::new();
    for seed in ["1", "2"] {
        assert_eq!(train(root, STRATIFIED, seed), "");
        let images = held_out(root, STRATIFIED, seed);
        let mut labels: Vec<u8> = images.values().copied().collect();
        labels.sort_unstable();
        assert_eq!(labels, [0, 0, 0, 1, 1, 1, 2, 2, 2]);
        draws.push(images);
    }
    assert_ne!(draws[0], draws[1]);
}

#[test]
fn a_study_is_warned_of_before_it_runs() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    write_sorted(root);
    let text = format!(
        "name = \"x\"\nseeds = 2\n[base]\ndata = \"sorted\"\nfilters = 2\nhidden = 4\nepochs = 1\n\
         [[figure]]\nid = \"1\"\n[figure.axes]\nvalidation = [9, {STRATIFIED}]\n"
    );
    fs::write(root.join("study.toml"), text).unwrap();
    let dry = run(root, "experiments --config study.toml --dry-run");
    assert_eq!(dry.code, Some(0));
    assert!(dry.stderr.starts_with(WARNING), "{}", dry.stderr);
    for label in [
        ": validation 9 ",
        ": validation 9 (drawn by seed, stratified)",
    ] {
        assert!(dry.stdout.contains(label), "{label}: {}", dry.stdout);
    }
    let ran = run(root, "experiments --config study.toml --quiet --out out");
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), WARNING));
}

/// The usual 5,000 images are more than the set has. Only what needs them is refused.
#[test]
fn a_small_set_is_evaluated_without_validation_images() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    write_sorted(root);
    train(root, STRATIFIED, "1");
    let evaluate = "evaluate --checkpoint net.safetensors --data-dir sorted";
    let tested = succeed(root, evaluate);
    assert!(tested.contains("\"samples\":6"), "{tested}");
    let all = succeed(root, &format!("{evaluate} --split train --validation 0"));
    assert!(all.contains("\"samples\":60"), "{all}");

    let refusal = "validation = 5000 leaves nothing to train on: there are 60 training images \
                   (hint: validation = 6)\n";
    let study = "experiments --config smoke --set data=sorted --set validation=5000 --dry-run";
    for (command, place) in [
        (TRAIN.to_owned(), ""),
        (format!("{evaluate} --split validation"), ""),
        (format!("{evaluate} --split train"), ""),
        (study.to_owned(), "cell learning_rate = 0.1: "),
    ] {
        let ran = run(root, &command);
        let want = format!("error: {place}{refusal}");
        assert_eq!((ran.code, ran.stderr), (Some(2), want), "{command}");
    }
    let ran = run(
        root,
        &format!("{evaluate} --split validation --validation many"),
    );
    assert_eq!(ran.code, Some(2));
    assert!(
        ran.stderr
            .contains("--validation: `validation` is a string"),
        "{}",
        ran.stderr
    );
}

/// Labels that start at 1 and a class that is in the test images alone are named by every command that
/// trains, and a study turns the images that come with rows and columns exchanged.
#[test]
fn a_studys_data_set_is_warned_of_and_turned() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    write_sorted(root);
    let labels =
        |count: u32| -> Vec<u8> { (0..count).map(|image| 1 + (image % 3) as u8).collect() };
    let write = |name: &str, count: u32, labels: &[u8]| {
        let path = root.join(format!("sorted/{name}-labels-idx1-ubyte"));
        fs::write(path, idx(&[count], labels)).unwrap();
    };
    write("train", 60, &labels(60));
    write("t10k", 6, &[1, 2, 3, 4, 1, 2]);
    let study = |data: &str| {
        let text = format!(
            "name = \"x\"\n[base]\ndata = {data}\nvalidation = 6\nfilters = 2\nhidden = 4\nepochs = 1\n\
             [[figure]]\nid = \"1\"\n[figure.axes]\nlearning_rate = [0.1]\n"
        );
        fs::write(root.join("study.toml"), text).unwrap();
        let ran = run(root, "experiments --config study.toml --quiet --out out");
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        ran.stderr
    };
    let told = study("\"sorted\"");
    assert!(
        told.contains("labels start at 1, so the network has a class 0"),
        "{told}"
    );
    assert!(
        told.contains("test images have class 4, which no training image has"),
        "{told}"
    );
    assert_eq!(told.matches("warning: ").count(), 2, "{told}");

    let turned = study("{ folder = \"sorted\", transpose = true }");
    assert!(
        turned.contains("sorted (transposed): labels start at 1"),
        "{turned}"
    );
    // The same images turned are other trials.
    assert_eq!(finished(&root.join("out")).len(), 2);
}
