//! `experiments --until-decided`: the same trials and verdicts whatever the jobs and interruptions.
#![cfg(unix)]

mod common;

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use common::{run, succeed, xtask};

/// Two claims that three seeds do not decide, and a cell of which none speaks.
const STUDY: &str = r#"
name = "tiny"
[base]
filters = 2
hidden = 8
samples = 200
validation = 50
batch_size = 20
epochs = 2
[[figure]]
id = "1"
title = "Learning rates"
[figure.axes]
learning_rate = [0.2, 0.1, 0.001, 0.0005]

[[claim]]
id = "learns"
text = "At 0.2 the loss is lower than at 0.001."
left = { learning_rate = 0.2 }
right = { learning_rate = 0.001 }
measure = "train_loss"
below = 0

[[claim]]
id = "open"
text = "At 0.2 the loss is lower than at 0.1."
left = { learning_rate = 0.2 }
right = { learning_rate = 0.1 }
measure = "test_loss"
below = 0
"#;

const MOST: usize = 7;

fn command(out: &str, jobs: usize) -> String {
    format!(
        "experiments --config tiny.toml --until-decided --max-seeds {MOST} --jobs {jobs} --quiet \
         --out {out}"
    )
}

/// Trials with a result, by their identities.
fn finished(results: &Path) -> Vec<String> {
    let files = common::finished(results).into_iter();
    files
        .map(|file| file.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect()
}

/// What must not depend on how a study was carried out.
#[derive(Debug, PartialEq)]
struct Left {
    trials: Vec<String>,
    /// Seeds of each cell in `study.json`.
    seeds: Vec<Vec<u64>>,
    claims: String,
    epochs: String,
    register: usize,
}

fn left(results: &Path) -> Left {
    let read = |name: &str| fs::read_to_string(results.join(name)).unwrap();
    let study: serde_json::Value = serde_json::from_str(&read("study.json")).unwrap();
    assert_eq!(study["until_decided"], MOST);
    let cells = study["figures"][0]["cells"].as_array().unwrap();
    let seeds = cells.iter().map(|cell| {
        let trials = cell["trials"].as_array().unwrap().iter();
        trials
            .map(|trial| trial["seed"].as_u64().unwrap())
            .collect()
    });
    Left {
        trials: finished(results),
        seeds: seeds.collect(),
        claims: read("report/claims.json"),
        epochs: read("report/epochs.csv"),
        register: read("registrations.jsonl").lines().count(),
    }
}

#[test]
fn jobs_and_a_kill_change_neither_trials_nor_verdicts() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::write(root.join("tiny.toml"), STUDY).unwrap();
    let told = succeed(root, &command("one", 1));
    assert!(
        told.contains("learns  ") && told.contains("open  "),
        "{told}"
    );
    let one = left(&root.join("one"));
    assert!(
        one.trials.len() > 3 * 3,
        "the first look decided all: {one:?}"
    );
    assert_eq!(one.register, 1);
    let counts: Vec<usize> = one.seeds.iter().map(Vec::len).collect();
    assert_eq!(counts.iter().sum::<usize>(), one.trials.len());
    assert!(counts.iter().all(|n| (3..=MOST).contains(n)), "{counts:?}");
    assert_eq!(counts[3], 3, "no claim needs its seeds");

    succeed(root, &command("two", 2));
    assert_eq!(left(&root.join("two")), one);

    // Killed twice: in the first stage, and in a later one.
    for until in [2, 4 * 3 + 2] {
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
    assert!(finished(&root.join("killed")).len() < one.trials.len());
    succeed(root, &command("killed", 2));
    assert_eq!(left(&root.join("killed")), one);

    // Once more there is nothing to do.
    succeed(root, &command("killed", 1));
    assert_eq!(left(&root.join("killed")), one);
    // The records tell the same verdicts.
    let again = succeed(root, "claims --records killed --json");
    assert_eq!(again, one.claims);
}

#[test]
fn a_later_run_with_fixed_seeds_goes_on_allowing_for_looks() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::write(root.join("tiny.toml"), STUDY).unwrap();
    succeed(root, &command("out", 2));
    let ran = run(
        root,
        "experiments --config tiny.toml --seeds 3 --out out --quiet",
    );
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(
        ran.stderr
            .contains("go on allowing for a look after every seed"),
        "{}",
        ran.stderr
    );
    let study = fs::read_to_string(root.join("out/study.json")).unwrap();
    assert!(
        study.contains(&format!("\"until_decided\": {MOST}")),
        "{study}"
    );
}
