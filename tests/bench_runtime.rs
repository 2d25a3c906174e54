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
    let first = bench(root, "--trials 1,8");
    assert_eq!(first.code, Some(0), "{}\n{}", first.stdout, first.stderr);
    assert!(first.stderr.contains("0/12"), "{}", first.stderr);
    assert!(
        first.stderr.contains("several trials on the cpu"),
        "{}",
        first.stderr
    );

    let results = root.join("results/tiny");
    let files = files_below(&results);
    // Records and the lock; the page, five tables, and four figures in two formats.
    assert_eq!(files.len(), 4 + 1 + 1 + 5 + 4 * 2, "{files:?}");
    let page = results.join("report/index.html");
    assert!(
        first.stdout.ends_with("report/index.html\n"),
        "{}",
        first.stdout
    );
    let page = fs::read_to_string(page).unwrap();
    assert!(page.contains("Training runtime against network size") && page.contains("<svg"));
    let summary = rows(&results.join("report/runtime.csv"));
    assert_eq!(summary.len(), 1 + 4);
    assert_eq!(
        summary[0][..12],
        [
            "device",
            "backend",
            "data_placement",
            "filters",
            "parameters",
            "batch_size",
            "dropout",
            "samples",
            "trials",
            "median",
            "low",
            "high"
        ]
    );
    for row in &summary[1..] {
        let median = summary[0].iter().position(|name| name == "median").unwrap();
        let seconds: f64 = row[median].parse().unwrap();
        assert!(seconds > 0.0 && seconds.is_finite(), "{row:?}");
        assert_eq!(row.len(), summary[0].len());
    }
    let samples = rows(&results.join("report/runtime-samples.csv"));
    assert_eq!(samples.len(), 1 + 4 * 2);

    // More rounds are added to the samples that there are.
    let second = bench(root, "--repeats 3 --quiet");
    assert_eq!(second.code, Some(0), "{}", second.stderr);
    assert_eq!(second.stderr, "");
    let more = rows(&results.join("report/runtime-samples.csv"));
    assert_eq!(more.len(), 1 + 4 * 3);
    let times = |rows: &[Vec<String>]| -> Vec<String> {
        let first_rounds = rows[1..].iter().filter(|row| row[9] != "3");
        first_rounds.map(|row| row[12].clone()).collect()
    };
    assert_eq!(times(&samples), times(&more), "old samples are kept");
}

#[test]
fn the_report_joins_runtimes_of_several_folders() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::write(root.join("grid.toml"), GRID).unwrap();
    for (out, filters) in [("a", "2"), ("b", "3"), ("c", "2")] {
        let ran = bench(
            root,
            &format!("--quiet --repeats 1 --filters {filters} --out {out}"),
        );
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    }
    let told = succeed(
        root,
        "report --records a --records b --records a --out joint",
    );
    assert!(told.starts_with("report of 12 runtimes: joint"), "{told}");
    let summary = rows(&root.join("joint/runtime.csv"));
    assert_eq!(summary.len(), 1 + 4 + 4, "a folder given twice counts once");
    // Another measurement of the same points is held against the first.
    succeed(root, "report --records a --records c --out twice");
    assert_eq!(rows(&root.join("twice/runtime.csv")).len(), 1 + 4);
    let page = fs::read_to_string(root.join("twice/index.html")).unwrap();
    assert!(page.contains("Measured again") && page.contains(" of 4 medians"));

    let record = files_below(&root.join("a/runtime"));
    let record = record.iter().find(|name| name.ends_with(".json")).unwrap();
    fs::write(root.join("a/runtime").join(record), "{}").unwrap();
    let refused = run(root, "report --records a --out x");
    assert_eq!(refused.code, Some(2));
    assert!(
        refused.stderr.contains("runtime record"),
        "{}",
        refused.stderr
    );
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
        ("--trials 0", "`trials`"),
        ("--device cpu --trials 8", "several trials on the cpu"),
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
