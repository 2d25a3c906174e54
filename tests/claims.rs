//! `claims`: the verdicts from records alone, and those of the 2017 study beside a recomputation.

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use common::{run, succeed};
use expect_test::{Expect, expect};
use lenet_core::{Dropout, Optimizer, Trial};
use lenet_report::{JudgedClaim, Records, judge_claims};
use lenet_results::{EpochRecord, Outcome, Store, TRIAL_FORMAT, TrialRecord};
use lenet_stats::Estimate;
use lenet_study::{DataSets, Overrides, Plan, StudyConfig};
use serde::Deserialize;

const FIGURE: &str = r#"
seeds = 4
[base]
epochs = 1
[[figure]]
id = "1"
title = "Learning rates"
[figure.axes]
learning_rate = [0.1, 0.01, 0.001]
"#;

const CLAIMS: &str = r#"
[[claim]]
text = "0.1 is better than 0.01."
left = { learning_rate = 0.1 }
right = { learning_rate = 0.01 }
above = 0

[[claim]]
id = "lower"
text = """
0.01 is better
than 0.1."""
left = { learning_rate = 0.01 }
right = { learning_rate = 0.1 }
above = 0

[[claim]]
id = "close"
text = "0.1 is better than 0.001."
left = { learning_rate = 0.1 }
right = { learning_rate = 0.001 }
above = 0
"#;

/// Another question about the same cells, and one about a cell that was not run.
const OTHER_CLAIMS: &str = r#"
[[figure]]
id = "2"
title = "Not run"
[figure.set]
learning_rate = 1
[figure.axes]
filters = [3]

[[claim]]
id = "high"
text = "0.1 is above 0.9."
where = { learning_rate = 0.1, filters = 16 }
above = 0.9

[[claim]]
id = "missing"
text = "So is 1."
where = { learning_rate = 1 }
above = 0.9
"#;

fn plan(path: &Path) -> Plan {
    let config = StudyConfig::open(path.to_str().unwrap()).unwrap();
    let data = DataSets::open(&config, &Overrides::default()).unwrap();
    Plan::expand(&config, &Overrides::default(), &data).unwrap()
}

fn epoch(epoch: usize, validation_accuracy: f64, test_accuracy: f64) -> EpochRecord {
    EpochRecord {
        epoch,
        step: epoch as u64,
        learning_rate: 0.1,
        train_loss: f64::NAN,
        train_accuracy: f64::NAN,
        validation_loss: f64::NAN,
        validation_accuracy,
        test_loss: f64::NAN,
        test_accuracy,
        dead: false,
        train_seconds: 1.0,
        evaluation_seconds: 1.0,
    }
}

/// The folder `records` of a study with these claims, and the study as `study.toml` beside it. There are
/// four seeds of each cell; one that was run until its claims were decided planned so many of them.
fn write_records(root: &Path, claims: &str, until_decided: Option<usize>) {
    let path = root.join("study.toml");
    fs::write(&path, format!("name = \"made-up\"\n{FIGURE}{claims}")).unwrap();
    fs::write(
        root.join("other.toml"),
        format!("name = \"made-up\"\n{FIGURE}{OTHER_CLAIMS}"),
    )
    .unwrap();
    let mut plan = plan(&path);
    plan.study.until_decided = until_decided;
    if let Some(most) = until_decided {
        for cell in plan.study.figures.iter_mut().flat_map(|f| &mut f.cells) {
            cell.trials.truncate(most);
        }
    }
    let store = Store::create(root.join("records")).unwrap();
    store.write_study(&plan.study).unwrap();
    for trial in &plan.trials {
        let accuracies = match trial.config.learning_rate {
            0.1 => [0.95, 0.96, 0.97, 0.95],
            0.01 => [0.9, 0.92, 0.91, 0.9],
            _ => [0.949, 0.962, 0.969, 0.953],
        };
        let accuracy = accuracies[trial.config.seed as usize - 1];
        let writer = store.trial(&trial.identity).begin(&trial.config).unwrap();
        let epochs = vec![epoch(1, accuracy, accuracy)];
        writer.finish(Outcome::Completed {}, epochs, 1).unwrap();
    }
}

fn check(arguments: &str, expected: Expect) {
    let folder = tempfile::tempdir().unwrap();
    write_records(folder.path(), CLAIMS, None);
    expected.assert_eq(&succeed(folder.path(), arguments));
}

#[test]
fn verdicts_stand_before_the_claims_in_words() {
    check(
        "claims --records records",
        expect![[r#"
            1  holds: +0.0500 (+0.0370 to +0.0630, 95 %), n = 4
               0.1 is better than 0.01.
        lower  does not hold: −0.0500 (−0.0630 to −0.0370, 95 %), n = 4
               0.01 is better than 0.1.
        close  undecided: −0.0008 (−0.0040 to +0.0025, 95 %), n = 4; needs about 28 more
               0.1 is better than 0.001.
    "#]],
    );
}

#[test]
fn as_markdown() {
    check(
        "claims --records records --markdown",
        expect![[r#"
            | | claim | verdict | all together | estimate | interval | level | n | needs | declared | what is estimated |
            | --: | --- | --- | --- | --: | --- | --: | --: | --- | --- | --- |
            | 1 | 0.1 is better than 0.01. | holds | holds | +0.0500 | +0.0370 to +0.0630 | 95 % | 4 | – | not registered | difference in test accuracy after the last epoch, seed by seed: learning_rate = 0.1 against learning_rate = 0.01; Student t, 95 % |
            | lower | 0.01 is better than 0.1. | does not hold | does not hold | −0.0500 | −0.0630 to −0.0370 | 95 % | 4 | – | not registered | difference in test accuracy after the last epoch, seed by seed: learning_rate = 0.01 against learning_rate = 0.1; Student t, 95 % |
            | close | 0.1 is better than 0.001. | undecided | undecided | −0.0008 | −0.0040 to +0.0025 | 95 % | 4 | about 28 more | not registered | difference in test accuracy after the last epoch, seed by seed: learning_rate = 0.1 against learning_rate = 0.001; Student t, 95 % |
        "#]],
    );
}

#[test]
fn a_study_file_asks_other_questions_of_the_same_records() {
    check(
        "claims --records records --config other.toml",
        expect![[r#"
               high  holds: 0.9575 (0.9394 to 0.9704, 95 %), n = 4
                     0.1 is above 0.9.
            missing  not measured here
                     So is 1.
        "#]],
    );
}

#[test]
fn as_json_what_the_report_has() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    write_records(root, CLAIMS, None);
    let printed = succeed(root, "claims --records records --json");
    succeed(root, "report --records records --out report");
    let written = fs::read_to_string(root.join("report/claims.json")).unwrap();
    assert_eq!(printed, written);
    let claims: Vec<serde_json::Value> = serde_json::from_str(&printed).unwrap();
    let verdicts: Vec<_> = claims
        .iter()
        .map(|claim| claim["verdict"].as_str().unwrap())
        .collect();
    assert_eq!(verdicts, ["holds", "does not hold", "undecided"]);
    let markdown = succeed(root, "claims --records records --markdown");
    let written = fs::read_to_string(root.join("report/claims.md")).unwrap();
    assert_eq!(markdown, written);
}

#[test]
fn a_study_without_claims_is_told_so() {
    let folder = tempfile::tempdir().unwrap();
    write_records(folder.path(), "", None);
    let ran = run(folder.path(), "claims --records records");
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), ""));
    assert!(
        ran.stderr
            .contains("declares no claims (hint: write [[claim]]"),
        "{}",
        ran.stderr
    );
    assert_eq!(
        succeed(folder.path(), "claims --records records --json"),
        "[]\n"
    );
}

/// Whoever looked after each seed has looked, also where another file asks the questions. And only
/// the seeds that were planned then count.
#[test]
fn intervals_go_on_allowing_for_looks() {
    let intervals = |until_decided, arguments: &str| {
        let folder = tempfile::tempdir().unwrap();
        write_records(folder.path(), CLAIMS, until_decided);
        let text = succeed(
            folder.path(),
            &format!("claims --records records --json {arguments}"),
        );
        let claims: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
        claims
            .into_iter()
            .map(|claim| {
                let [low, high] = ["low", "high"].map(|name| claim[name].as_f64());
                (claim["seeds"].as_u64().unwrap(), low, high)
            })
            .collect::<Vec<_>>()
    };
    let looked = intervals(Some(4), "");
    assert_ne!(looked, intervals(None, ""));
    assert_eq!(looked, intervals(Some(4), "--config study.toml"));
    let planned = intervals(Some(3), "--config study.toml");
    assert_eq!(planned, intervals(Some(3), ""));
    assert!(planned.iter().all(|(seeds, ..)| *seeds == 3), "{planned:?}");
}

/// A claim as `tests/claims/recompute.py` found it. Estimates are point, lower and upper bound.
#[derive(Debug, Deserialize)]
struct Recomputed {
    verdict: String,
    shown: [f64; 3],
    comparisons: Vec<[f64; 3]>,
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The trials of a committed `epochs.csv`, each once.
fn committed_trials() -> Vec<TrialRecord> {
    let path = repository().join("docs/results/lab-2017/epochs.csv");
    let text = fs::read_to_string(path).unwrap();
    let mut rows = text.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let header = rows.next().unwrap();
    let at = |name: &str| header.iter().position(|column| *column == name).unwrap();
    // Of each identity its epochs, which several figures repeat.
    let mut trials: BTreeMap<String, (Trial, BTreeMap<usize, EpochRecord>)> = BTreeMap::new();
    for row in rows {
        let number = |name: &str| row[at(name)].parse::<f64>().unwrap();
        let config = Trial {
            optimizer: match row[at("optimizer")] {
                "adam" => Optimizer::ADAM,
                "sgd" => Optimizer::SGD,
                other => panic!("{other}"),
            },
            learning_rate: number("learning_rate"),
            dropout: Dropout {
                rate: number("dropout_rate"),
                connected: row[at("dropout_connected")] == "true",
            },
            batch_size: number("batch_size") as usize,
            seed: number("seed") as u64,
            ..Trial::default()
        };
        assert_eq!(row[at("filters")], "16");
        let number_of_epoch = number("epoch") as usize;
        let record = epoch(
            number_of_epoch,
            number("validation_accuracy"),
            number("test_accuracy"),
        );
        let (_, epochs) = trials
            .entry(config.identity())
            .or_insert_with(|| (config, BTreeMap::new()));
        epochs.insert(number_of_epoch, record);
    }
    let record = |(identity, (config, epochs)): (String, (Trial, BTreeMap<usize, EpochRecord>))| {
        TrialRecord {
            format: TRIAL_FORMAT,
            identity,
            config,
            parameters: 104_250,
            outcome: Outcome::Completed {},
            epochs: epochs.into_values().collect(),
            runs: Vec::new(),
        }
    };
    trials.into_iter().map(record).collect()
}

#[test]
fn claims_of_the_2017_study_are_those_that_scipy_recomputes() {
    let trials = committed_trials();
    assert_eq!(trials.len(), 80);
    let mut study = plan(Path::new("lab-2017")).study;
    study.claims.truncate(6);
    let claims: Vec<JudgedClaim> = judge_claims(Records {
        studies: &[study],
        trials: &trials,
        ..Records::default()
    });
    let text = fs::read_to_string(repository().join("tests/claims/recompute.json")).unwrap();
    let recomputed: Vec<Recomputed> = serde_json::from_str(&text).unwrap();
    assert_eq!((claims.len(), recomputed.len()), (6, 6));
    let mut wrong = Vec::new();
    for (claim, expected) in claims.iter().zip(&recomputed) {
        let found = claim.comparisons.iter().map(|c| c.estimate.unwrap());
        let found: Vec<Estimate> = found.chain(claim.estimate).collect();
        let expected_numbers = expected.comparisons.iter().chain([&expected.shown]);
        assert_eq!(found.len(), expected.comparisons.len() + 1);
        for (found, expected) in found.into_iter().zip(expected_numbers) {
            let interval = found.interval.unwrap();
            let numbers = [found.point, interval.low, interval.high];
            let pairs = numbers.iter().zip(expected);
            let off = |(found, expected): (&f64, &f64)| !((found - expected).abs() <= 1e-9);
            if pairs.into_iter().any(off) {
                wrong.push(format!("{}: {numbers:?} for {expected:?}", claim.id));
            }
        }
        if claim.verdict.text() != expected.verdict {
            let found = claim.verdict.text();
            wrong.push(format!("{}: {found} for {}", claim.id, expected.verdict));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn committed_claims_on_runtimes_are_those_that_scipy_recomputes() {
    let read = |path: &str| fs::read_to_string(repository().join(path)).unwrap();
    let text = read("tests/claims/recompute_runtimes.json");
    let recomputed: BTreeMap<String, [f64; 3]> = serde_json::from_str(&text).unwrap();
    let claims = read("docs/results/runtime-by-process/claims.json");
    let claims: Vec<serde_json::Value> = serde_json::from_str(&claims).unwrap();
    assert_eq!(recomputed.len(), 2);
    for (id, expected) in recomputed {
        let number: u64 = id.parse().unwrap();
        let claim = claims
            .iter()
            .find(|claim| claim["claim"] == number)
            .unwrap();
        let found = ["estimate", "low", "high"].map(|key| claim[key].as_f64().unwrap());
        for (found, expected) in found.iter().zip(expected) {
            assert!(
                (found - expected).abs() <= 1e-9,
                "{id}: {found} for {expected}"
            );
        }
    }
    let verdict = |number: u64| {
        let mut claims = claims.iter();
        claims.find(|claim| claim["claim"] == number).unwrap()["verdict"].clone()
    };
    // Claim 9 holds above 1, claim 10 above 2: one interval holds 1, the other lies below 2.
    assert_eq!(
        (verdict(9), verdict(10)),
        ("undecided".into(), "does not hold".into())
    );
}

/// `UPDATE_EXPECT=1 cargo test -p xtask --test claims` writes the committed verdicts anew.
#[test]
fn the_committed_verdicts_are_those_of_the_committed_epochs() {
    let trials = committed_trials();
    let study = plan(Path::new("lab-2017")).study;
    let told = lenet_report::claims_json(Records {
        studies: &[study],
        trials: &trials,
        ..Records::default()
    });
    let file = repository().join("docs/results/lab-2017/claims.json");
    expect_test::expect_file![file].assert_eq(&told);
}
