//! `bench-runtime` through the binary, on a grid of seconds.

mod common;

use std::fs;
use std::path::Path;

use common::{Ran, files_below, run, succeed};

const GRID: &str = "name = \"tiny\"\nfilters = [2]\nbatch_size = [64, 16]\ndropout = [0, 0.5]\n\
samples = 128\nvalidation = 64\nlearning_rate = 0.1\nseed = 1\nrepeats = 2\n\
warm_up_samples = 32\nphase_passes = 1\n";

/// The binary under test is a debug build as often as not.
fn bench(folder: &Path, arguments: &str) -> Ran {
    run(
        folder,
        &format!("bench-runtime --allow-debug --config grid.toml --device cpu {arguments}"),
    )
}

fn rows(path: &Path) -> Vec<Vec<String>> {
    let text = fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let cells = |line: &str| line.split(',').map(str::to_owned).collect();
    text.lines().map(cells).collect()
}

#[test]
fn a_grid_is_measured_written_and_gone_on_with() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::write(root.join("grid.toml"), GRID).unwrap();
    let first = bench(root, "");
    assert_eq!(first.code, Some(0), "{}\n{}", first.stdout, first.stderr);
    assert!(first.stderr.contains("0/12"), "{}", first.stderr);

    let results = root.join("results/tiny");
    let files = files_below(&results);
    // Records, tables and the lock.
    assert_eq!(files.len(), 4 + 2 + 1, "{files:?}");
    let summary = rows(&results.join("runtime.csv"));
    assert_eq!(summary.len(), 1 + 4);
    assert_eq!(
        summary[0][..7],
        [
            "device",
            "backend",
            "placement",
            "threads",
            "level",
            "filters",
            "parameters"
        ]
    );
    for row in &summary[1..] {
        let median = summary[0].iter().position(|name| name == "median").unwrap();
        let seconds: f64 = row[median].parse().unwrap();
        assert!(seconds > 0.0 && seconds.is_finite(), "{row:?}");
        assert_eq!(row.len(), summary[0].len());
    }
    let samples = rows(&results.join("runtime-samples.csv"));
    assert_eq!(samples.len(), 1 + 4 * 2);

    // More rounds are added to the samples that there are.
    let second = bench(root, "--repeats 3 --quiet");
    assert_eq!(second.code, Some(0), "{}", second.stderr);
    assert_eq!(second.stderr, "");
    let more = rows(&results.join("runtime-samples.csv"));
    assert_eq!(more.len(), 1 + 4 * 3);
    let times = |rows: &[Vec<String>]| -> Vec<String> {
        let first_rounds = rows[1..].iter().filter(|row| row[7] != "3");
        first_rounds.map(|row| row[10].clone()).collect()
    };
    assert_eq!(times(&samples), times(&more), "old samples are kept");
}

#[test]
fn a_debug_build_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let ran = run(folder.path(), "bench-runtime --filters 0");
    assert_eq!(ran.code, Some(2));
    // An optimised build refuses what comes next.
    let expected = if cfg!(debug_assertions) {
        "debug build"
    } else {
        "`filters`"
    };
    assert!(ran.stderr.contains(expected), "{}", ran.stderr);
    assert_eq!(files_below(folder.path()), [""; 0]);
}

#[test]
fn what_cannot_be_measured_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::write(root.join("grid.toml"), GRID).unwrap();
    fs::write(root.join("key.toml"), GRID.replace("repeats", "repeat")).unwrap();
    for (arguments, reason) in [
        ("--filters 0", "`filters`"),
        ("--batch-size 0", "`batch_size`"),
        ("--repeats 0", "`repeats`"),
        ("--config nowhere.toml", "nowhere.toml"),
        ("--config key.toml", "did you mean `repeats`?"),
        ("--device cuda:9999", "--device cpu"),
        ("--device tpu", "tpu"),
        ("--out grid.toml", "grid.toml"),
    ] {
        let ran = run(root, &format!("bench-runtime --allow-debug {arguments}"));
        assert_eq!(ran.code, Some(2), "{arguments}: {}", ran.stderr);
        assert!(ran.stderr.contains(reason), "{arguments}: {}", ran.stderr);
    }
    assert_eq!(files_below(root), ["grid.toml", "key.toml"]);
}

#[test]
fn help_has_examples() {
    let folder = tempfile::tempdir().unwrap();
    let help = succeed(folder.path(), "bench-runtime --help");
    assert!(
        help.contains("Examples:") && !help.contains("allow-debug"),
        "{help}"
    );
}
