//! The smoke study through the binary: what it writes, and that it is not done twice.

mod common;

use std::fs;
use std::path::Path;

use common::{epochs_csv, files_below, finished, record, run, succeed};
use serde_json::{Value, json};

const COLUMNS: &str = "figure,optimizer,learning_rate,dropout_rate,dropout_connected,filters,\
batch_size,seed,epoch,train_loss,validation_loss,validation_accuracy,test_loss,test_accuracy,identity";

/// Figure 1 has 2 cells, figure 3 has 3; two seeds, two epochs.
const TRIALS: usize = 10;
const ROWS: usize = 20;

fn json(path: &Path) -> Value {
    let text = fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

#[test]
fn smoke_study_from_start_to_report() {
    let folder = tempfile::tempdir().unwrap();
    let first = run(folder.path(), "experiments --config smoke");
    assert_eq!(first.code, Some(0), "{}\n{}", first.stdout, first.stderr);
    assert!(first.stderr.contains("self-check"), "{}", first.stderr);
    assert!(
        !first.stderr.contains('\x1b'),
        "no terminal, no control characters"
    );
    let results = folder.path().join("results/smoke");
    assert!(
        first.stdout.contains("results/smoke/report/index.html"),
        "{}",
        first.stdout
    );

    check_trials(&results);
    check_report(&results);
    let csv = epochs_csv(&results);
    check_csv(&csv);

    // The same command again finds everything done.
    let records = contents(&results.join("trials"));
    let second = run(folder.path(), "experiments --config smoke");
    assert_eq!(second.code, Some(0), "{}", second.stderr);
    assert!(
        second.stderr.contains("10 done before"),
        "{}",
        second.stderr
    );
    assert_eq!(contents(&results.join("trials")), records);
    assert_eq!(epochs_csv(&results), csv);
    assert_eq!(second.stdout, first.stdout);

    let status = succeed(folder.path(), "status --out results/smoke");
    assert!(
        status.ends_with("10 trials of smoke: 10 done\n"),
        "{status}"
    );
    let plan = succeed(folder.path(), "experiments --config smoke --dry-run");
    assert!(
        plan.contains("5 cells, 10 trials, 0 to run")
            || plan.contains("5 cells of 10 trials, 0 to run"),
        "{plan}"
    );

    // The report from records alone is the same report; records in two places count once.
    let twice = "report --records results/smoke --records results/smoke --out again";
    let again = succeed(folder.path(), twice);
    assert!(again.contains("report of 10 trials"), "{again}");
    for name in ["epochs.csv", "claims.json", "figure-1.svg", "figure-3.svg"] {
        let read = |folder: &Path| fs::read_to_string(folder.join(name)).unwrap();
        assert_eq!(
            read(&results.join("report")),
            read(&folder.path().join("again")),
            "{name}"
        );
    }

    // A newer program's record is refused, by name, and left alone.
    let trial = finished(&results).remove(0);
    let mut newer = record(&trial);
    newer["format"] = Value::from(newer["format"].as_u64().unwrap() + 1);
    let newer = format!("{newer}\n");
    fs::write(&trial, &newer).unwrap();
    for command in [
        "experiments --config smoke",
        "report --records results/smoke --out x",
    ] {
        let refused = run(folder.path(), command);
        assert_eq!(refused.code, Some(2), "{command}: {}", refused.stderr);
        let name = trial.file_name().unwrap().to_str().unwrap();
        assert!(refused.stderr.contains(name), "{}", refused.stderr);
        assert!(
            refused.stderr.contains("reads up to format"),
            "{}",
            refused.stderr
        );
        assert_eq!(fs::read_to_string(&trial).unwrap(), newer);
    }
}

fn contents(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let read = |name: String| {
        let bytes = fs::read(folder.join(&name)).unwrap();
        (name, bytes)
    };
    files_below(folder).into_iter().map(read).collect()
}

fn check_trials(results: &Path) {
    let trials = finished(results);
    assert_eq!(trials.len(), TRIALS);
    for trial in &trials {
        let record = record(trial);
        assert_eq!(record["kind"], "trial");
        assert_eq!(
            record["identity"],
            trial.file_stem().unwrap().to_str().unwrap()
        );
        assert_eq!(record["outcome"]["kind"], "completed");
        assert_eq!(record["runs"][0]["self_check"]["passed"], true);
    }
    let all = files_below(&results.join("trials"));
    assert_eq!(all.len(), TRIALS, "one file is left of each: {all:?}");
}

fn check_report(results: &Path) {
    let files = files_below(&results.join("report"));
    for name in [
        "index.html",
        "figure-1.svg",
        "figure-1.png",
        "figure-3.svg",
        "figure-3.png",
        "epochs.csv",
        "claims.json",
    ] {
        assert!(
            files.iter().any(|file| file == name),
            "{name} is missing: {files:?}"
        );
    }
    let page = fs::read_to_string(results.join("report/index.html")).unwrap();
    for outside in ["<link", "<script src", "src=\"http", "@import", "url(http"] {
        assert!(!page.contains(outside), "the page asks for {outside}");
    }
    // Dropout that is not connected changes nothing, and the report finds that out.
    assert!(page.contains("connected"), "the idle knob is named");

    let claims = json(&results.join("report/claims.json"));
    let claims = claims.as_array().expect("a list");
    let told: Vec<(&Value, &Value)> = claims
        .iter()
        .map(|claim| (&claim["claim"], &claim["verdict"]))
        .collect();
    assert_eq!(told[0].0, 1);
    // Not a bit differs between the two, so the interval is 0 to 0.
    assert_eq!((told[1].0, told[1].1), (&json!("idle"), &json!("holds")));
    for claim in claims {
        let keys: Vec<_> = claim
            .as_object()
            .expect("an object")
            .keys()
            .map(String::as_str)
            .collect();
        for key in [
            "claim",
            "statement",
            "verdict",
            "estimate",
            "low",
            "high",
            "method",
            "seeds",
        ] {
            assert!(keys.contains(&key), "{key} is missing in {claim}");
        }
        let verdict = claim["verdict"].as_str().expect("a word");
        let words = ["holds", "does not hold", "undecided", "not measured here"];
        assert!(words.contains(&verdict), "{verdict}");
    }
}

fn check_csv(csv: &str) {
    let mut lines = csv.lines();
    assert_eq!(lines.next(), Some(COLUMNS));
    let rows: Vec<Vec<&str>> = lines.map(|line| line.split(',').collect()).collect();
    assert_eq!(rows.len(), ROWS);
    let mut pairs = 0;
    for row in &rows {
        assert_eq!(row.len(), COLUMNS.split(',').count(), "{row:?}");
        for (column, cell) in row.iter().enumerate().take(14).skip(9) {
            let value: f64 = cell.parse().unwrap();
            assert_eq!(
                &value.to_string(),
                cell,
                "column {column} reads back exactly"
            );
        }
        let accuracy: f64 = row[13].parse().unwrap();
        assert!((0.0..=1.0).contains(&accuracy), "{row:?}");
        // The dead knob: dropout 0.5 not connected gives the numbers of no dropout.
        if row[3] == "0.5" && row[4] == "false" {
            let twin = rows.iter().find(|other| {
                other[3] == "0"
                    && other[4] == "true"
                    && other[..3] == row[..3]
                    && other[5..9] == row[5..9]
            });
            assert_eq!(twin.expect("the cell without dropout")[9..14], row[9..14]);
            pairs += 1;
        }
        // Real dropout does change them.
        if row[3] == "0.5" && row[4] == "true" {
            let plain = rows.iter().find(|other| {
                other[3] == "0" && other[..3] == row[..3] && other[5..9] == row[5..9]
            });
            assert_ne!(plain.expect("the cell without dropout")[9..14], row[9..14]);
        }
    }
    assert_eq!(pairs, 4, "two seeds, two epochs");
}
