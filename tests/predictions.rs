//! What networks say of the test images: kept with each trial, told in the report.

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::{run, succeed};
use lenet_data::Dataset;
use lenet_results::{Store, TrialRecord};

/// Two cells of two seeds, one of which cannot learn much.
const STUDY: &str = r#"
name = "small"
seeds = 2
[base]
filters = [3, 3]
hidden = 16
samples = 1000
validation = 300
batch_size = 16
epochs = 2
optimizer = "adam"
[[figure]]
id = "1"
[figure.axes]
learning_rate = [0.003, 0.00003]
"#;

fn with_study(text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("study.toml"), text).unwrap();
    folder
}

/// A finished study of this text: its folder, and that of its records.
fn carried_out(text: &str, flags: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = with_study(text);
    let command = format!("experiments --config study.toml --out records --quiet {flags}");
    succeed(folder.path(), &command);
    let records = folder.path().join("records");
    (folder, records)
}

fn read(path: impl AsRef<Path>) -> String {
    let path = path.as_ref();
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Rows of a table of whole numbers and shares, without its headings.
fn rows(path: impl AsRef<Path>) -> Vec<Vec<f64>> {
    let number = |field: &str| field.parse().unwrap();
    let text = read(path);
    let lines = text.lines().skip(1);
    lines
        .map(|line| line.split(',').map(number).collect())
        .collect()
}

fn file(records: &Path, record: &TrialRecord) -> PathBuf {
    let store = Store::open(records).unwrap();
    store.trial(&record.identity).published().to_owned()
}

/// The section on mistakes.
fn section(report: &Path) -> String {
    let page = read(report.join("index.html"));
    let (_, section) = page.split_once("Mistakes</h2>").expect("there is one");
    section.split("<h2").next().unwrap().to_owned()
}

fn best_cell(records: &[TrialRecord]) -> Vec<&TrialRecord> {
    let best = records.iter().filter(|r| r.config.learning_rate == 0.003);
    best.collect()
}

#[test]
fn files_records_and_report_agree() {
    let (folder, path) = carried_out(STUDY, "--jobs 2");
    let store = Store::open(&path).unwrap();
    let records = store.records().unwrap();
    let labels = Dataset::mnist().test.labels().to_vec();
    assert_eq!(records.len(), 4);
    for record in &records {
        let said = store.trial(&record.identity).read_predictions().unwrap();
        let said = said.expect("it was kept");
        assert!(said.is_of(&labels));
        let accuracy = said.correct(&labels) as f64 / 10_000.0;
        let last = record.epochs.last().unwrap().test_accuracy;
        assert_eq!(accuracy.to_bits(), last.to_bits(), "{}", record.config);
        assert_eq!(said.kernels().shape, [3, 1, 3, 3]);
        // Two bytes per image, 27 weights, and less than 400 bytes around them; in base64.
        let line = read(file(&path, record)).lines().nth(1).unwrap().len();
        let length = line * 3 / 4;
        assert!((20_108..20_608).contains(&length), "{length} bytes");
    }

    let best = best_cell(&records);
    let report = path.join("report");
    let counts = rows(report.join("confusion.csv"));
    assert_eq!(counts.len(), 100);
    assert_eq!(counts.iter().map(|row| row[2]).sum::<f64>(), 20_000.0);
    let correct: f64 = counts.iter().filter(|r| r[0] == r[1]).map(|r| r[2]).sum();
    let accuracies = best.iter().map(|r| r.epochs.last().unwrap().test_accuracy);
    assert_eq!(
        correct,
        accuracies.map(|a| (a * 10_000.0).round()).sum::<f64>()
    );

    let wrong = rows(report.join("mistakes.csv"));
    let seeds: f64 = wrong.iter().map(|row| row[3]).sum();
    assert_eq!(seeds, 20_000.0 - correct, "each mistake is a seed of a row");
    for row in &wrong {
        assert_eq!(f64::from(labels[row[0] as usize]), row[1], "{row:?}");
        assert!(row[2] != row[1] && (0.1..=1.0).contains(&row[5]), "{row:?}");
    }

    let section = section(&report);
    for words in [
        "rate 0.003 (figure 1)",
        "seeds 1 and 2, 2 of 2 planned",
        "Expected calibration error",
        "voting together",
        "McNemar 1947",
    ] {
        assert!(section.contains(words), "{words}");
    }
    assert_eq!(section.matches("data:image/png;base64,").count(), 40);
    for name in ["confusion", "reliability", "filters"] {
        for kind in ["svg", "png"] {
            assert!(
                report.join(format!("figure-{name}.{kind}")).exists(),
                "{name}.{kind}"
            );
        }
    }

    // Records alone give the same page.
    succeed(folder.path(), "report --records records --out again");
    assert_eq!(
        read(folder.path().join("again/index.html")),
        read(report.join("index.html"))
    );
}

#[test]
fn threads_and_resumption_change_no_byte() {
    let bytes = |path: &Path| -> Vec<String> {
        let records = Store::open(path).unwrap().records().unwrap();
        let said = |r: &TrialRecord| read(file(path, r)).lines().nth(1).unwrap().to_owned();
        records.iter().map(said).collect()
    };
    let (_one, one) = carried_out(STUDY, "--jobs 1 --threads 1");
    let (_two, two) = carried_out(STUDY, "--jobs 2 --threads 2");
    assert_eq!(bytes(&one), bytes(&two));
}

#[test]
fn a_flag_or_the_file_leaves_them_out() {
    let short = STUDY.replace("samples = 1000", "samples = 100");
    let (_kept, kept) = carried_out(&short, "");
    let (_flag, by_flag) = carried_out(&short, "--no-predictions");
    let (_file, by_file) = carried_out(&format!("predictions = false{short}"), "");
    for path in [by_flag, by_file] {
        for record in Store::open(&path).unwrap().records().unwrap() {
            assert_eq!(read(file(&path, &record)).lines().count(), 1);
        }
        assert_eq!(common::epochs_csv(&path), common::epochs_csv(&kept));
        let section = section(&path.join("report"));
        assert!(
            section.contains("None of its networks has predictions"),
            "{section}"
        );
        assert!(!path.join("report/confusion.csv").exists());
    }
}

#[test]
fn a_damaged_file_is_named_and_the_rest_is_told() {
    let (folder, path) = carried_out(STUDY, "");
    let records = Store::open(&path).unwrap().records().unwrap();
    let best = best_cell(&records);
    let damaged = file(&path, best[0]);
    let line = |text: &str, number: usize| text.lines().nth(number).unwrap().to_owned();
    let (own, other) = (read(&damaged), read(file(&path, best[1])));
    let mut said = line(&own, 1);
    let changed = if &said[5000..=5000] == "A" { "B" } else { "A" };
    said.replace_range(5000..=5000, changed);
    fs::write(&damaged, format!("{}\n{said}\n", line(&own, 0))).unwrap();
    let ran = run(folder.path(), "report --records records --out again");
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let identity = best[0].identity.as_str();
    assert!(ran.stderr.contains(identity), "{}", ran.stderr);
    let told = ".jsonl: not readable predictions: its contents do not match its digest";
    assert!(ran.stderr.contains(told), "{}", ran.stderr);
    let section = section(&folder.path().join("again"));
    let left_out = format!("Left out: seed {}, as no predictions", best[0].config.seed);
    assert!(section.contains(&left_out), "{section}");
    assert!(section.contains("1 of 2 planned"), "{section}");

    // Another trial's predictions in their place is no better.
    fs::write(
        &damaged,
        format!("{}\n{}\n", line(&own, 0), line(&other, 1)),
    )
    .unwrap();
    let ran = run(folder.path(), "report --records records --out again");
    assert!(
        ran.stderr.contains("belongs to another configuration"),
        "{}",
        ran.stderr
    );

    // The study is done all the same.
    let again = run(
        folder.path(),
        "experiments --config study.toml --out records",
    );
    assert_eq!(again.code, Some(0), "{}", again.stderr);
    assert!(again.stderr.contains("4 done before"), "{}", again.stderr);
}

/// Images of 8×8 whose class is a bright half.
fn write_own_set(folder: &Path) {
    let idx = |dimensions: &[u32], data: &[u8]| {
        let mut bytes = vec![0, 0, 8, dimensions.len() as u8];
        bytes.extend(dimensions.iter().flat_map(|side| side.to_be_bytes()));
        bytes.extend(data);
        bytes
    };
    fs::create_dir(folder).unwrap();
    for (name, count) in [("train", 120u32), ("t10k", 40)] {
        let (mut pixels, mut labels) = (Vec::new(), Vec::new());
        for image in 0..count {
            let class = image * 7 % 2;
            labels.push(class as u8);
            for at in 0..64 {
                let bright = (at % 8 < 4) == (class == 0);
                pixels.push(if bright { 180 } else { 20 } + (image * 31 + at * 17) as u8 % 60);
            }
        }
        let images = idx(&[count, 8, 8], &pixels);
        fs::write(folder.join(format!("{name}-images-idx3-ubyte")), images).unwrap();
        let labels = idx(&[count], &labels);
        fs::write(folder.join(format!("{name}-labels-idx1-ubyte")), labels).unwrap();
    }
}

#[test]
fn own_images_are_shown_where_they_can_be_had() {
    let study = STUDY.replace(
        "samples = 1000\nvalidation = 300",
        "validation = 20\ndata = \"own\"",
    );
    let folder = with_study(&study);
    write_own_set(&folder.path().join("own"));
    succeed(
        folder.path(),
        "experiments --config study.toml --out records --quiet",
    );
    let report = folder.path().join("records/report");
    let here = section(&report);
    assert!(
        here.contains("Which class is taken for which</h3>"),
        "{here}"
    );

    let alone = "report --records records --out alone";
    succeed(folder.path(), alone);
    let away = section(&folder.path().join("alone"));
    assert!(away.contains("The test images of <code>idx:"), "{away}");
    assert!(
        away.contains("are not here") && away.contains("figure-filters.svg"),
        "{away}"
    );
    for flag in ["--data-dir own", "--config study.toml"] {
        succeed(folder.path(), &format!("{alone} {flag}"));
        assert_eq!(section(&folder.path().join("alone")), here, "{flag}");
    }
    let refused = run(
        folder.path(),
        "report --records records --out x --data-dir nowhere",
    );
    assert_eq!(refused.code, Some(2), "{}", refused.stderr);
    assert!(refused.stderr.contains("nowhere"), "{}", refused.stderr);
}
