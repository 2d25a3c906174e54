//! `bench-runtime` through the binary, on a grid of seconds.

mod common;

use std::fs;
use std::path::Path;

use common::{Ran, files_below, run, succeed};
use serde_json::{Value, json};

/// Two batch sizes with and without dropout, as a study.
const STUDY: &str = "name = \"tiny\"\n[[figure]]\nid = \"a\"\nmeasure = \"runtime\"\nrepeats = 2\n\
warm_up_samples = 32\nphase_passes = 1\n[figure.set]\nsamples = 128\nvalidation = 64\n[figure.axes]\n\
filters = [2]\nbatch_size = [64, 16]\ndropout = [0, 0.5]\n";

/// The same as it was written before studies had figures of runtimes.
const GRID: &str = "name = \"tiny\"\nfilters = [2]\nbatch_size = [64, 16]\ndropout = [0, 0.5]\n\
samples = 128\nvalidation = 64\nlearning_rate = 0.1\nseed = 1\nrepeats = 2\n\
warm_up_samples = 32\nphase_passes = 1\n";

/// The binary under test is a debug build as often as not.
fn bench(folder: &Path, arguments: &str) -> Ran {
    run(
        folder,
        &format!("bench-runtime --allow-debug --config study.toml --device cpu {arguments}"),
    )
}

fn rows(path: &Path) -> Vec<Vec<String>> {
    let text = fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let cells = |line: &str| line.split(',').map(str::to_owned).collect();
    text.lines().map(cells).collect()
}

#[test]
fn a_study_is_measured_written_and_gone_on_with() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::write(root.join("study.toml"), STUDY).unwrap();
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
    // The study, what it declared, records and two locks; the page, five tables, a list of the report's
    // files, and three figures in two formats.
    assert_eq!(files.len(), 2 + 4 + 2 + 1 + 5 + 1 + 3 * 2, "{files:?}");
    let page = results.join("report/index.html");
    assert!(
        first.stdout.ends_with("report/index.html\n"),
        "{}",
        first.stdout
    );
    let page = fs::read_to_string(page).unwrap();
    assert!(page.contains("<title>tiny</title>") && page.contains("Figure a · "));
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

/// Sessions, and the session of each sample, of every record in a folder.
fn sessions(results: &Path) -> Vec<(usize, Vec<u64>)> {
    let folder = results.join("runtime");
    let names = files_below(&folder)
        .into_iter()
        .filter(|name| name.ends_with(".json"));
    let read = |name: String| -> Value {
        serde_json::from_str(&fs::read_to_string(folder.join(name)).unwrap()).unwrap()
    };
    let of = |record: Value| {
        let samples = record["samples"].as_array().unwrap().iter();
        let own = samples.map(|sample| sample["session"].as_u64().unwrap());
        (record["sessions"].as_array().unwrap().len(), own.collect())
    };
    names.map(|name| of(read(name))).collect()
}

#[test]
fn every_round_has_a_process_and_with_it_a_session_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::write(root.join("study.toml"), STUDY).unwrap();
    let ran = bench(root, "--quiet --over 0.001");
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    // Two rounds, and the passes that time phases.
    assert_eq!(
        sessions(&root.join("results/tiny")),
        vec![(3, vec![0, 1]); 4]
    );
}

#[test]
fn an_old_grid_is_measured_and_told_how_it_is_written_today() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::write(root.join("study.toml"), STUDY).unwrap();
    fs::write(root.join("grid.toml"), GRID).unwrap();
    let command = "bench-runtime --allow-debug --device cpu --config";
    let old = run(root, &format!("{command} grid.toml --out same"));
    assert_eq!(old.code, Some(0), "{}", old.stderr);
    for part in [
        "grid.toml is a grid without figures",
        "id = \"batch-64\"",
        "0/12",
    ] {
        assert!(old.stderr.contains(part), "{part}: {}", old.stderr);
    }
    // The study of today finds all of it done.
    let new = run(root, &format!("{command} study.toml --out same"));
    assert_eq!((new.code, new.stderr.as_str()), (Some(0), ""));
    assert_eq!(sessions(&root.join("same")).len(), 4);
}

fn idx(dimensions: &[u32], data: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0, 0, 8, dimensions.len() as u8];
    bytes.extend(dimensions.iter().flat_map(|d| d.to_be_bytes()));
    bytes.extend(data);
    bytes
}

/// Images of one's own: 60 to train and 20 to test, of 8×8 in five classes.
fn own_images(folder: &Path) {
    fs::create_dir(folder).unwrap();
    for (name, images) in [("train", 60), ("t10k", 20)] {
        let pixels: Vec<u8> = (0..images * 64).map(|i| (i * 37 % 251) as u8).collect();
        let labels: Vec<u8> = (0..images).map(|i| (i % 5) as u8).collect();
        let file = |kind: &str| folder.join(format!("{name}-{kind}-ubyte"));
        let sides = [images as u32, 8, 8];
        fs::write(file("images-idx3"), idx(&sides, &pixels)).unwrap();
        fs::write(file("labels-idx1"), idx(&sides[..1], &labels)).unwrap();
    }
}

#[test]
fn optimizer_kernel_and_own_images_are_axes_of_a_figure_of_runtimes() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    own_images(&root.join("mine"));
    let study = STUDY.replace(
        "samples = 128\nvalidation = 64",
        "samples = 30\nvalidation = 10",
    );
    let axes = "optimizer = [\"sgd\", \"adam\"]\nkernel = [3, 5]\ndata = [\"mnist\", \"mine\"]\n";
    let study = study.replace("batch_size = [64, 16]\ndropout = [0, 0.5]\n", axes);
    fs::write(root.join("study.toml"), study).unwrap();
    let ran = bench(root, "");
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let rows = ran
        .stdout
        .lines()
        .filter(|line| line.contains("optimizer = adam, data = mine"));
    assert_eq!(rows.count(), 2 + 2, "{}", ran.stdout);
    assert_eq!(
        sessions(&root.join("results/tiny")),
        vec![(3, vec![0, 1]); 8]
    );
    let text = fs::read_to_string(root.join("results/tiny/study.json")).unwrap();
    let study: Value = serde_json::from_str(&text).unwrap();
    let figure = &study["figures"][0];
    assert_eq!(
        figure["axes"],
        json!(["device", "filters", "optimizer", "kernel", "data"])
    );
    assert_eq!(figure["runtime"]["repeats"], 2);
    let cells = figure["cells"].as_array().unwrap();
    assert_eq!(cells.len(), 8);
    assert_eq!(cells[7]["config"]["network"]["kernel"], 5);
    assert_eq!(
        cells[7]["images"],
        json!({"train": 30, "validation": 10, "test": 20})
    );
    assert_eq!(cells[7]["execution"]["placement"], "streamed");
    assert_eq!(cells[7]["trials"], json!([]));
    // Points of other settings are told apart in the table.
    let table = rows_of(&root.join("results/tiny/report/runtime.csv"));
    assert_eq!(
        table.last().map(String::as_str),
        Some("kernel = 5, optimizer = adam")
    );
}

/// The last column of a table, sorted.
fn rows_of(path: &Path) -> Vec<String> {
    let text = fs::read_to_string(path).unwrap();
    let last = text
        .lines()
        .skip(1)
        .map(|line| line.rsplit_once(",\"").map_or("", |l| l.1));
    let mut last: Vec<String> = last.map(|cell| cell.trim_matches('"').to_owned()).collect();
    last.sort();
    last
}

#[test]
fn two_commands_share_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let trained = "[[figure]]\nid = \"t\"\n[figure.set]\nfilters = 2\nsamples = 64\nvalidation = 64\n\
                   [figure.axes]\nlearning_rate = [0.1, 0.01]\n";
    fs::write(root.join("study.toml"), format!("{STUDY}{trained}")).unwrap();
    succeed(root, "experiments --config study.toml --epochs 1 --quiet");
    let both = bench(root, "--quiet --repeats 1 --filters 3");
    assert_eq!(both.code, Some(0), "{}", both.stderr);
    let results = root.join("results/tiny");
    let text = fs::read_to_string(results.join("study.json")).unwrap();
    let study: Value = serde_json::from_str(&text).unwrap();
    let figures = study["figures"].as_array().unwrap();
    assert_eq!(figures.len(), 2);
    assert_eq!(
        figures[0]["cells"][0]["config"]["network"]["filters"],
        json!([3, 3])
    );
    assert_eq!(
        figures[1]["cells"][0]["config"]["epochs"], 1,
        "as it was trained"
    );
    let page = fs::read_to_string(results.join("report/index.html")).unwrap();
    assert!(page.contains("2 of 2 trials done") && page.contains("4 runtimes of 1 series"));
    let status = succeed(root, "status --out results/tiny");
    assert!(status.ends_with("2 trials of tiny: 2 done\n"), "{status}");

    // Another study's record stays.
    fs::write(root.join("study.toml"), STUDY.replace("tiny", "other")).unwrap();
    let other = bench(root, "--quiet --repeats 1 --out results/tiny");
    assert_eq!(other.code, Some(0), "{}", other.stderr);
    assert!(
        other.stderr.contains("is of the study tiny"),
        "{}",
        other.stderr
    );
    assert_eq!(
        fs::read_to_string(results.join("study.json")).unwrap(),
        text
    );
}

#[test]
fn the_report_joins_runtimes_of_several_folders() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::write(root.join("study.toml"), STUDY).unwrap();
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
    let partial = run(root, "report --records a --out x");
    assert_eq!(partial.code, Some(1), "{}", partial.stderr);
    assert!(
        partial.stderr.contains("left out") && partial.stderr.contains("runtime record"),
        "{}",
        partial.stderr
    );
    // It is set aside, and measured anew.
    let again = bench(root, "--quiet --repeats 1 --filters 2 --out a");
    assert_eq!(again.code, Some(0), "{}", again.stderr);
    assert!(again.stderr.contains("kept as"), "{}", again.stderr);
    let kept = root.join("a/runtime").join(format!("{record}.aside-1"));
    assert_eq!(fs::read_to_string(kept).unwrap(), "{}");
    succeed(root, "report --records a --out x");
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
    fs::write(root.join("study.toml"), STUDY).unwrap();
    fs::write(root.join("key.toml"), STUDY.replace("repeats", "repeat")).unwrap();
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
        ("--out study.toml", "study.toml"),
        ("--threads 0", "--threads 0"),
        ("--over=-1", "--over -1"),
        ("--only b", "figure \"b\""),
        ("--config lab-2017 --only 1", "(hint: experiments --only 1)"),
        ("--config smoke", "measure = \"runtime\""),
        ("--set epochs=2", "one epoch"),
        ("--set filters=2", "is an axis of figure a"),
        (
            "--batch-size 8 --set batch_size=9",
            "--batch-size gives it too",
        ),
        ("--set kernel=4", "odd number"),
    ] {
        let config = if arguments.contains("--config") {
            ""
        } else {
            "--config study.toml"
        };
        let ran = run(
            root,
            &format!("bench-runtime --allow-debug {config} {arguments}"),
        );
        assert_eq!(ran.code, Some(2), "{arguments}: {}", ran.stderr);
        assert!(ran.stderr.contains(reason), "{arguments}: {}", ran.stderr);
    }
    assert_eq!(files_below(root), ["key.toml", "study.toml"]);
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
