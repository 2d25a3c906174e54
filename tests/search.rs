//! Studies that search, from the command line: whatever the jobs and kills, the same trials and the same best.
#![cfg(unix)]

mod common;

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use common::{epochs_csv, finished, run, succeed, xtask};

/// Nine proposals on rungs of 1, 3 and 9 epochs, and a Parzen estimator.
const STUDY: &str = r#"
name = "tiny"
[base]
hidden = 8
samples = 200
validation = 50
batch_size = 20
[[figure]]
id = "halving"
[figure.set]
epochs = 9
filters = 2
[figure.search]
kind = "halving"
trials = 9
[figure.search.space]
learning_rate = { from = 1e-3, to = 0.5, scale = "log" }
optimizer = ["sgd", "adam"]
[[figure]]
id = "tpe"
[figure.set]
epochs = 1
[figure.search]
kind = "tpe"
seed = 2
trials = 9
startup = 4
round = 3
[figure.search.space]
learning_rate = { from = 1e-3, to = 0.5, scale = "log" }
filters = { from = 2, to = 5 }
"#;

fn command(out: &str, jobs: usize) -> String {
    format!("experiments --config tiny.toml --jobs {jobs} --quiet --out {out}")
}

/// What must not depend on how a study was carried out.
fn left(results: &Path) -> (Vec<String>, serde_json::Value, String, usize) {
    let read = |name: &str| fs::read_to_string(results.join(name)).unwrap();
    let study: serde_json::Value = serde_json::from_str(&read("study.json")).unwrap();
    assert!(
        !results.join("continuations").exists(),
        "no checkpoint is left"
    );
    let names = finished(results).into_iter();
    let names = names.map(|file| file.file_stem().unwrap().to_string_lossy().into_owned());
    (
        names.collect(),
        study["figures"].clone(),
        epochs_csv(results),
        read("registrations.jsonl").lines().count(),
    )
}

#[test]
fn jobs_and_kills_change_neither_proposals_nor_the_best() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::write(root.join("tiny.toml"), STUDY).unwrap();
    let told = succeed(root, &command("one", 1));
    let lines: Vec<&str> = told
        .lines()
        .filter(|l| l.starts_with("search   "))
        .collect();
    assert_eq!(lines.len(), 2, "{told}");
    let halving = "search   figure halving (halving): best of 9 proposals in 21 epochs: ";
    assert!(lines[0].starts_with(halving), "{}", lines[0]);
    assert!(lines[0].contains("which is optimistic, since it is the best of 9; test accuracy 0."));
    assert!(
        lines[1].contains("best of 9 proposals in 9 epochs: "),
        "{}",
        lines[1]
    );
    let one = left(&root.join("one"));
    assert_eq!(one.0.len(), 9 + 3 + 1 + 9);
    assert_eq!(one.1[0]["search"]["complete"], true);
    assert_eq!(one.3, 1, "declared once");
    let page = fs::read_to_string(root.join("one/report/index.html")).unwrap();
    assert!(page.contains("What the searches found"));
    assert!(root.join("one/report/figure-halving.svg").exists());

    succeed(root, &command("two", 2));
    assert_eq!(left(&root.join("two")), one);

    // Killed in the first stage, and in a later one.
    for until in [5, 15] {
        let mut child = xtask(root)
            .args(command("killed", 2).split_whitespace())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        while finished(&root.join("killed")).len() < until {
            assert!(child.try_wait().unwrap().is_none(), "it ended early");
            std::thread::sleep(Duration::from_millis(2));
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }
    succeed(root, &command("killed", 2));
    assert_eq!(left(&root.join("killed")), one);
    // Once more there is nothing to do, and the report from the study's file is that of the records.
    succeed(root, &command("killed", 1));
    assert_eq!(left(&root.join("killed")), one);
    succeed(
        root,
        "report --records one --config tiny.toml --out again/report",
    );
    assert_eq!(epochs_csv(&root.join("again")), one.2);
}

#[test]
fn a_dry_run_says_what_is_proposed_first_and_the_most() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::write(root.join("tiny.toml"), STUDY).unwrap();
    let told = succeed(root, &(command("none", 1) + " --dry-run"));
    let expected = "figure halving searches (halving, budget 9 proposals): 9 proposals first, at most 9 in all, 13 \
                    trials, 21 epochs of training";
    assert!(told.contains(expected), "{told}");
    assert!(
        told.contains("figure tpe searches (tpe, budget 9 proposals): 4 proposals first"),
        "{told}"
    );
    assert!(!root.join("none").exists());
}

#[test]
fn what_a_search_cannot_do_is_refused_before_any_work() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::write(root.join("tiny.toml"), STUDY).unwrap();
    let claim = format!(
        "{STUDY}[[claim]]\ntext = \"Rates matter.\"\nleft = {{ optimizer = \"adam\" }}\nright = {{ optimizer = \"sgd\" }}\n\
         below = 0\n"
    );
    fs::write(root.join("claim.toml"), claim).unwrap();
    let cases = [
        (
            command("x", 1) + " --executor workers",
            "--executor: figure halving searches stage by stage",
        ),
        (
            command("x", 1) + " --shard 1/2",
            "--shard: figure halving searches stage by stage",
        ),
        (
            command("x", 1) + " --set learning_rate=0.1",
            "learning_rate is an axis of figure halving and cannot be overridden",
        ),
        (
            "experiments --config claim.toml --out x".to_owned(),
            "a claim cannot speak of the cells of a search, which nobody knows beforehand",
        ),
        (
            command("x", 1) + " --set schedule=cosine --epochs 0",
            "--epochs",
        ),
    ];
    for (command, expected) in cases {
        let ran = run(root, &command);
        assert_eq!(ran.code, Some(2), "{command}: {}", ran.stderr);
        assert!(ran.stderr.contains(expected), "{command}: {}", ran.stderr);
        assert!(!root.join("x").exists());
    }
}

#[test]
fn workers_take_a_random_search() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let random = STUDY.replace("kind = \"tpe\"", "kind = \"random\"");
    let random = random.replace("startup = 4\nround = 3\n", "");
    fs::write(root.join("tiny.toml"), random).unwrap();
    let only = " --only tpe";
    succeed(root, &(command("here", 2) + only));
    succeed(root, &(command("there", 2) + only + " --executor workers"));
    succeed(root, "worker --out there --only tpe --quiet");
    let names = |out: &str| {
        let files = finished(&root.join(out)).into_iter();
        let names = files.map(|file| file.file_name().unwrap().to_owned());
        names.collect::<Vec<_>>()
    };
    assert_eq!(names("here").len(), 9);
    assert_eq!(names("here"), names("there"));
}
