//! One study, carried out figure by figure: its record, its report, and how both say that they came about.

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use common::{finished, run, succeed};
use serde_json::Value;

/// A study of these figures, each of one learning rate.
fn study(ids: &[&str]) -> String {
    let mut text = "name = \"two\"\n[base]\nfilters = 2\nhidden = 4\nsamples = 64\nvalidation = 64\nepochs = 1\n".to_owned();
    for (number, id) in (1..).zip(ids) {
        text +=
            &format!("[[figure]]\nid = \"{id}\"\n[figure.axes]\nlearning_rate = [0.{number}]\n");
    }
    text
}

fn record(root: &Path) -> Value {
    let text = fs::read_to_string(root.join("out/study.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// Figures that have rows in the report's epochs.csv.
fn reported(root: &Path) -> BTreeSet<String> {
    let text = fs::read_to_string(root.join("out/report/epochs.csv")).unwrap();
    let rows = text.lines().skip(1);
    rows.map(|row| row.split(',').next().unwrap().to_owned())
        .collect()
}

#[test]
fn a_study_is_whole_when_its_figures_were_run_one_by_one() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::write(root.join("two.toml"), study(&["a", "b"])).unwrap();
    let command = |rest: &str| format!("experiments --config two.toml --out out --quiet {rest}");
    succeed(root, &command("--only a"));
    assert_eq!(reported(root), ["a".to_owned()].into());
    let page = || fs::read_to_string(root.join("out/report/index.html")).unwrap();
    assert!(
        page().contains("Figure b: none of its 1 cell"),
        "{}",
        page()
    );
    let status = succeed(root, "status --out out");
    assert!(
        status.contains("1 done") && status.contains("1 missing"),
        "{status}"
    );

    // More seeds of one figure leave the other as it was carried out.
    succeed(root, &command("--only figure-b --seeds 2"));
    assert_eq!(reported(root), ["a".to_owned(), "b".to_owned()].into());
    let study = record(root);
    let trials = |figure: usize| {
        study["figures"][figure]["cells"][0]["trials"]
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!([trials(0), trials(1)], [1, 2]);

    // The page says how it came about: every command, and the file's text.
    let commands = study["commands"].as_array().unwrap();
    assert_eq!(commands.len(), 2);
    let ends = ["--quiet --only a", "--quiet --only figure-b --seeds 2"];
    for (told, end) in commands.iter().zip(ends) {
        let told = told.as_str().unwrap();
        assert!(
            told.ends_with(&format!("experiments --config two.toml --out out {end}")),
            "{told}"
        );
        assert!(page().contains(told), "{told}");
    }
    assert_eq!(study["files"][0]["name"], "two.toml");
    assert_eq!(
        study["files"][0]["text"].as_str().unwrap(),
        fs::read_to_string(root.join("two.toml")).unwrap()
    );
    assert!(page().contains("learning_rate = [0.2]"));
    // The same command again is no other.
    succeed(root, &command("--only figure-b --seeds 2"));
    assert_eq!(record(root)["commands"].as_array().unwrap().len(), 2);
}

#[test]
fn a_figure_that_left_the_study_leaves_the_report() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    for (name, ids) in [("both.toml", &["a", "b"][..]), ("one.toml", &["a"])] {
        fs::write(root.join(name), study(ids)).unwrap();
        succeed(
            root,
            &format!("experiments --config {name} --out out --quiet"),
        );
        for id in ["a", "b"] {
            for extension in ["svg", "png"] {
                let file = root.join(format!("out/report/figure-{id}.{extension}"));
                assert_eq!(
                    file.exists(),
                    ids.contains(&id),
                    "{name}: {}",
                    file.display()
                );
            }
        }
    }
}

#[test]
fn a_damaged_record_is_named_by_the_report_its_page_and_its_exit_code() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::write(root.join("two.toml"), study(&["a", "b"])).unwrap();
    succeed(root, "experiments --config two.toml --out out --quiet");
    let result = finished(&root.join("out")).remove(0);
    let text = fs::read_to_string(&result).unwrap();
    fs::write(
        &result,
        text.replacen("\"test_accuracy\":0.", "\"test_accuracy\":0.9", 1),
    )
    .unwrap();

    let told = run(root, "report --records out --out report");
    assert_eq!(told.code, Some(1), "{}", told.stderr);
    assert!(
        told.stderr.contains("checksum") && told.stderr.contains("left out"),
        "{}",
        told.stderr
    );
    let page = fs::read_to_string(root.join("report/index.html")).unwrap();
    assert!(page.contains("1 damaged file left out of this report") && page.contains("checksum"));
    assert!(succeed(root, "status --out out").contains("unreadable"));

    // It is set aside, and made anew.
    succeed(root, "experiments --config two.toml --out out --quiet");
    let accuracy = |text: &str| -> Value {
        let record: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
        record["epochs"][0]["test_accuracy"].clone()
    };
    let again = fs::read_to_string(&result).unwrap();
    assert_eq!(accuracy(&again), accuracy(&text));
    let name = result.file_name().unwrap().to_str().unwrap();
    assert!(result.with_file_name(format!("{name}.aside-1")).exists());
    assert_eq!(run(root, "report --records out --out report").code, Some(0));
}
