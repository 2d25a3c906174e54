//! Threads, jobs and kills leave no trace in the numbers.

mod common;

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use common::{epochs_csv, finished, record, succeed, xtask};

/// Two trials with dropout; an epoch long enough that a kill falls into one.
const STUDY: &str = r#"
name = "two"
seeds = 2
[base]
filters = 8
hidden = 32
batch_size = 50
epochs = 3
samples = 4000
validation = 200
dropout = 0.5
[[figure]]
id = "a"
[figure.axes]
optimizer = ["adam"]
"#;

fn csv_of(folder: &Path, out: &str, flags: &str) -> String {
    succeed(
        folder,
        &format!("experiments --config two.toml --quiet --out {out} {flags}"),
    );
    epochs_csv(&folder.join(out))
}

#[test]
fn the_same_numbers_whatever_the_machine_does() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("two.toml"), STUDY).unwrap();
    let unbroken = csv_of(folder, "plain", "--jobs 1 --threads 1");
    assert_eq!(unbroken.lines().count(), 1 + 2 * 3);

    assert_eq!(csv_of(folder, "threads", "--jobs 1 --threads 2"), unbroken);
    assert_eq!(csv_of(folder, "jobs", "--jobs 2 --threads 1"), unbroken);

    kill_in_an_epoch(folder);
    let resumed = csv_of(folder, "killed", "--jobs 1 --threads 1");
    assert_eq!(resumed, unbroken);
    let runs: Vec<usize> = finished(&folder.join("killed"))
        .iter()
        .map(|file| record(file)["runs"].as_array().unwrap().len())
        .collect();
    assert!(
        runs.contains(&2),
        "the killed trial went on in a second run: {runs:?}"
    );
}

/// Starts the study and kills it, without warning, a little after its first epoch is on disk.
fn kill_in_an_epoch(folder: &Path) {
    let arguments = "experiments --config two.toml --quiet --out killed --jobs 1 --threads 1";
    let mut child = xtask(folder)
        .args(arguments.split_whitespace())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let begun = Instant::now();
    while !has_an_epoch(&folder.join("killed/trials")) {
        assert!(
            begun.elapsed() < Duration::from_secs(120),
            "no epoch after two minutes"
        );
        assert!(
            child.try_wait().unwrap().is_none(),
            "it ended before it could be killed"
        );
        std::thread::sleep(Duration::from_millis(2));
    }
    std::thread::sleep(Duration::from_millis(20));
    child.kill().unwrap();
    child.wait().unwrap();
    let done = finished(&folder.join("killed")).len();
    assert_eq!(done, 0, "it was killed within its first trial");
}

fn has_an_epoch(trials: &Path) -> bool {
    let Ok(trials) = fs::read_dir(trials) else {
        return false;
    };
    trials.flatten().any(|trial| {
        fs::metadata(trial.path().join("epochs.jsonl")).is_ok_and(|file| file.len() > 0)
    })
}
