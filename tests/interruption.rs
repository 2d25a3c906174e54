//! Ctrl-C: a clean stop, a partial report, and the same command goes on. Closed pipes.
#![cfg(unix)]

mod common;

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

use common::{Ran, epochs_csv, run, succeed, xtask};

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
    let mut child = xtask(folder)
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
