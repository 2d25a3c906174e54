//! A study of somebody's own: own images as IDX files, own published numbers as CSV, own claim, and a figure of
//! runtimes with optimizer, kernel and images as axes.

mod common;

use std::fs;
use std::path::Path;

use common::{run, succeed};

const STUDY: &str = r#"
name = "mine"
title = "Do two optimizers agree on shapes?"
seeds = 3

[base]
data = "shapes"
validation = 20
filters = 6
hidden = 32
batch_size = 8
epochs = 3

[[figure]]
id = "rates"
title = "Optimizers, 比較"
published = "paper"
[figure.axes]
optimizer = ["sgd", "adam"]

[[figure]]
id = "speed"
title = "What an epoch takes"
measure = "runtime"
repeats = 2
warm_up_samples = 0
phase_passes = 0
[figure.set]
samples = 64
[figure.axes]
device = ["cpu"]
optimizer = ["sgd", "adam"]
kernel = [3, 5]
data = ["shapes", "mnist"]

[[published]]
id = "paper"
file = "numbers/paper.csv"
source = "a paper of ours"
precision = "two digits"

[[claim]]
id = "learns"
text = "SGD learns these shapes."
where = { optimizer = "sgd" }
above = 0.6

[[claim]]
id = "slow"
text = "A larger kernel takes a thousand times as long."
where = { data = "shapes" }
measure = "seconds"
left = { kernel = 5 }
right = { kernel = 3 }
how = "ratio"
above = 1000
"#;

const PAPER: &str = "optimizer,epoch,validation_accuracy,test_accuracy\n\
                     sgd,1,0.70,0.71\nsgd,2,0.80,0.81\nsgd,3,0.90,0.91\nlion,1,0.10,0.10\n";

/// An IDX file of bytes: dimensions, then data.
fn idx(dimensions: &[u32], data: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0, 0, 8, dimensions.len() as u8];
    bytes.extend(dimensions.iter().flat_map(|d| d.to_be_bytes()));
    bytes.extend(data);
    bytes
}

/// Two classes that anybody tells apart: a bright left half and a bright right half.
fn write_shapes(folder: &Path) {
    fs::create_dir(folder).unwrap();
    for (name, count) in [("train", 220_u32), ("t10k", 40)] {
        let labels: Vec<u8> = (0..count).map(|image| (image % 2) as u8).collect();
        let pixel = |label: u8, image: usize, at: usize| match (at % 12 < 6) == (label == 0) {
            true => 200 + ((image * 7 + at) % 50) as u8,
            false => ((image * 3 + at) % 30) as u8,
        };
        let pixels: Vec<u8> = labels
            .iter()
            .enumerate()
            .flat_map(|(image, &label)| (0..144).map(move |at| pixel(label, image, at)))
            .collect();
        let images = idx(&[count, 12, 12], &pixels);
        fs::write(folder.join(format!("{name}-images-idx3-ubyte")), images).unwrap();
        let labels = idx(&[count], &labels);
        fs::write(folder.join(format!("{name}-labels-idx1-ubyte")), labels).unwrap();
    }
}

#[test]
fn a_strangers_study_has_its_verdicts_and_its_dashed_curve() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    write_shapes(&root.join("shapes"));
    fs::create_dir(root.join("numbers")).unwrap();
    fs::write(root.join("numbers/paper.csv"), PAPER).unwrap();
    fs::write(root.join("mine.toml"), STUDY).unwrap();

    let ran = run(root, "experiments --config mine.toml --quiet --out out");
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let told = ran.stdout;
    let boxes = "warning: the PNG of figure rates shows boxes in place of '比', '較'";
    assert_eq!(ran.stderr.matches(boxes).count(), 1, "{}", ran.stderr);
    let again = run(root, "report --records out --out again");
    assert!(again.stderr.contains(boxes), "{}", again.stderr);
    assert!(told.contains("learns  holds: 1.0000"), "{told}");
    assert!(told.contains("  slow  not measured here"), "{told}");
    let svg = fs::read_to_string(root.join("out/report/figure-rates.svg")).unwrap();
    assert!(svg.contains("dashed: a paper of ours"));
    // Three epochs of one published curve in each panel; lion is in no cell.
    assert_eq!(
        svg.matches("stroke-dasharray").count(),
        2 + 1,
        "a line each, and its legend"
    );
    let results = fs::read_to_string(root.join("out/report/results.csv")).unwrap();
    // No field of this table has a comma.
    let mut lines = results
        .lines()
        .map(|line| line.split(',').collect::<Vec<_>>());
    let header = lines.next().unwrap();
    let rows: Vec<Vec<&str>> = lines.collect();
    let at = |name: &str| header.iter().position(|column| *column == name).unwrap();
    let columns = [
        at("published_test_accuracy"),
        at("difference"),
        at("test_accuracy"),
    ];
    let row = |cell: &str| {
        let row = rows.iter().find(|row| row[at("cell")] == cell).unwrap();
        columns.map(|column| row[column])
    };
    let sgd = row("optimizer = sgd");
    assert_eq!(sgd[0], "0.91");
    let difference: f64 = sgd[1].parse().unwrap();
    let mean: f64 = sgd[2].parse().unwrap();
    assert!((difference - (mean - 0.91)).abs() <= 1e-12, "{sgd:?}");
    assert_eq!(row("optimizer = adam")[..2], ["", ""]);

    let measured = run(
        root,
        "bench-runtime --allow-debug --config mine.toml --quiet --out out",
    );
    assert_eq!(measured.code, Some(0), "{}", measured.stderr);
    let claims = succeed(root, "claims --records out");
    // The clock of a busy machine decides nothing here: the claim is measured, and does not hold up.
    let slow = claims
        .lines()
        .find(|line| line.starts_with("  slow  "))
        .unwrap();
    assert!(
        !slow.contains("slow  holds") && !slow.contains("not measured"),
        "{slow}"
    );
    assert!(
        slow.contains(", n = 2"),
        "two rounds of a process each: {slow}"
    );
    let svg = fs::read_to_string(root.join("out/report/figure-speed.svg")).unwrap();
    for curve in [
        "optimizer = sgd, data = shapes",
        "optimizer = adam, data = mnist",
    ] {
        assert!(svg.contains(curve), "{curve}");
    }
    // Both claims were declared before the first trial, the second before the first round.
    let table = succeed(root, "claims --records out --markdown");
    assert_eq!(table.matches("before the data").count(), 2, "{table}");
}
