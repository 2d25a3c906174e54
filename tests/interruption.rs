//! Ctrl-C: a clean stop, a partial report, and the same command goes on. Closed pipes.
#![cfg(unix)]

mod common;

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use common::{Ran, epochs_csv, finished, interruptible, run, succeed, xtask};

/// One trial too long to be over before the signal comes.
const STUDY: &str = r#"
name = "long"
[base]
filters = 4
hidden = 16
samples = 3000
validation = 100
epochs = 4
[[figure]]
id = "a"
[figure.axes]
learning_rate = [0.1, 0.05]
"#;

#[test]
fn first_ctrl_c_stops_cleanly_and_the_same_command_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("long.toml"), STUDY).unwrap();
    let command = "experiments --config long.toml --jobs 1 --out stopped";
    let mut child = interruptible(folder)
        .args(command.split_whitespace())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The self-check is over when its line comes, so the first trial begins.
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut seen = String::new();
    while !seen.contains("self-check") {
        assert!(
            stderr.read_line(&mut seen).unwrap() > 0,
            "it ended early: {seen}"
        );
    }
    let signalled = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(signalled.success());
    stderr.read_to_string(&mut seen).unwrap();
    let stopped: Ran = child.wait_with_output().unwrap().into();
    assert_eq!(stopped.code, Some(130), "{seen}");
    assert!(seen.contains("give the same command again"), "{seen}");
    assert!(folder.join("stopped/report/index.html").exists());

    let status = succeed(folder, "status --out stopped");
    assert!(status.contains("missing"), "{status}");
    let resumed = run(folder, command);
    assert_eq!(resumed.code, Some(0), "{}", resumed.stderr);
    succeed(
        folder,
        "experiments --config long.toml --jobs 1 --out whole --quiet",
    );
    assert_eq!(
        epochs_csv(&folder.join("stopped")),
        epochs_csv(&folder.join("whole"))
    );
    assert_eq!(
        predictions(&folder.join("stopped")),
        predictions(&folder.join("whole"))
    );
}

/// Every trial's predictions, as its file has them.
fn predictions(results: &Path) -> Vec<String> {
    let files = finished(results);
    assert_eq!(files.len(), 2, "one per trial");
    let read = |file: &PathBuf| {
        let text = fs::read_to_string(file).unwrap();
        text.lines().nth(1).expect("they are kept").to_owned()
    };
    files.iter().map(read).collect()
}

/// A study of runtimes whose rounds take long enough to be met within one.
const RUNTIMES: &str = r#"
name = "runtimes"
[[figure]]
id = "a"
measure = "runtime"
repeats = 2
warm_up_samples = 32
phase_passes = 1
[figure.set]
samples = 2000
validation = 100
[figure.axes]
filters = [2, 3]
dropout = [0, 0.5]
"#;

const MEASURE: &str = "bench-runtime --allow-debug --config runtimes.toml --device cpu --out out";

/// Rounds of the samples of each record with the sessions that took them, whole files only.
fn samples(folder: &Path) -> Vec<Vec<(u64, u64)>> {
    let Ok(entries) = fs::read_dir(folder.join("out/runtime")) else {
        return Vec::new();
    };
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| {
        path.extension()
            .is_some_and(|extension| extension == "json")
    });
    paths.sort();
    let read = |path: &PathBuf| -> Vec<(u64, u64)> {
        let text = fs::read_to_string(path).unwrap();
        let record: serde_json::Value = serde_json::from_str(&text).unwrap();
        let number = |sample: &serde_json::Value, key: &str| sample[key].as_u64().unwrap();
        let samples = record["samples"].as_array().unwrap().iter();
        samples
            .map(|s| (number(s, "round"), number(s, "session")))
            .collect()
    };
    paths.iter().map(read).collect()
}

/// Starts the measurement and waits until so many samples are on disk.
fn start(folder: &Path, arguments: &str, until: usize) -> Child {
    fs::write(folder.join("runtimes.toml"), RUNTIMES).unwrap();
    let mut child = interruptible(folder)
        .args(format!("{MEASURE} {arguments}").split_whitespace())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    while samples(folder).iter().map(Vec::len).sum::<usize>() < until {
        assert!(child.try_wait().unwrap().is_none(), "it ended early");
        std::thread::sleep(Duration::from_millis(2));
    }
    child
}

/// The same command again gives every round once; what was on disk is kept.
fn goes_on(folder: &Path, before: &[Vec<(u64, u64)>]) {
    let ran = run(folder, &format!("{MEASURE} --quiet"));
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let after = samples(folder);
    assert_eq!(after.len(), 4);
    for taken in &after {
        let rounds: Vec<u64> = taken.iter().map(|(round, _)| *round).collect();
        assert_eq!(rounds, [1, 2], "{after:?}");
        assert!(
            taken[0].1 < taken[1].1,
            "each round has its session: {after:?}"
        );
    }
    for taken in before {
        let same = |now: &&Vec<(u64, u64)>| now.starts_with(taken);
        assert!(after.iter().any(|now| same(&now)), "{before:?} {after:?}");
    }
}

#[test]
fn a_measurement_killed_between_rounds_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    // The second round would begin in half an hour.
    let mut parent = start(folder, "--over 60", 4);
    parent.kill().unwrap();
    parent.wait().unwrap();
    let before = samples(folder);
    assert_eq!(before, vec![vec![(1, 0)]; 4]);
    goes_on(folder, &before);
    assert_eq!(samples(folder), vec![vec![(1, 0), (2, 1)]; 4]);
}

#[test]
fn a_measurement_killed_within_a_round_ends_its_child_and_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let mut parent = start(folder, "", 1);
    parent.kill().unwrap();
    parent.wait().unwrap();
    goes_on(folder, &samples(folder));
}

#[test]
fn ctrl_c_ends_the_round_and_its_parent() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let parent = start(folder, "", 1);
    let signalled = Command::new("kill")
        .args(["-INT", &parent.id().to_string()])
        .status()
        .unwrap();
    assert!(signalled.success());
    let stopped: Ran = parent.wait_with_output().unwrap().into();
    assert_eq!(stopped.code, Some(130), "{}", stopped.stderr);
    let told = "stopping at the next step";
    assert_eq!(
        stopped.stderr.matches(told).count(),
        1,
        "{}",
        stopped.stderr
    );
    assert!(
        stopped.stderr.contains("the same command goes on"),
        "{}",
        stopped.stderr
    );
    let before = samples(folder);
    assert!(before.iter().flatten().count() < 8, "{before:?}");
    goes_on(folder, &before);
}

#[test]
fn a_reader_that_leaves_is_no_error() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = xtask(folder.path())
        .args("experiments --config smoke --dry-run".split_whitespace())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let ran: Ran = child.wait_with_output().unwrap().into();
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(!ran.stderr.contains("panicked"), "{}", ran.stderr);
}
