//! `diff`: equal and different records, as a user compares them.

mod common;

use std::fs;
use std::path::Path;

use common::{copy_folder, finished, record, reseal, run, succeed};
use serde_json::Value;

const STUDY: &str = "name = \"tiny\"\nseeds = 2\n[base]\nsamples = 200\nvalidation = 100\nfilters = 2\nhidden = 4\n\
                     epochs = 2\n[[figure]]\nid = \"1\"\n[figure.axes]\nlearning_rate = [0.1, 0.01]\n\
                     [[figure]]\nid = \"2\"\n[figure.axes]\nlearning_rate = [0.1]\n\
                     [[claim]]\ntext = \"A rate of 0.1 is better.\"\nleft = { learning_rate = 0.1 }\n\
                     right = { learning_rate = 0.01 }\nabove = 0\n";

/// `diff` with its exit code, as JSON.
fn diff(root: &Path, arguments: &str) -> (Option<i32>, Value) {
    let ran = run(root, &format!("diff {arguments} --json"));
    let json = serde_json::from_str(&ran.stdout);
    (
        ran.code,
        json.unwrap_or_else(|error| panic!("{error}: {} {}", ran.stdout, ran.stderr)),
    )
}

fn length(value: &Value) -> usize {
    value.as_array().expect("it is a list").len()
}

#[test]
fn records_are_compared_to_the_bit() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::write(root.join("tiny.toml"), STUDY).unwrap();
    succeed(root, "experiments --config tiny.toml --out out --quiet");
    succeed(root, "pack --records out --out all.jsonl.gz");

    let equal = succeed(root, "diff out all.jsonl.gz");
    let expected = "A: out, 4 trials of tiny\nB: all.jsonl.gz, 4 trials of tiny\n\
                    trials: 4 equal to the bit\npredictions: 4 equal to the bit\ncells: 2 equal\n\
                    claims: 1 with the same verdict\nA and B are equal\n";
    assert_eq!(equal, expected);
    let (code, json) = diff(root, "out all.jsonl.gz");
    assert_eq!((code, &json["equal"]), (Some(0), &Value::Bool(true)));
    assert_eq!(json["format"], 1);

    // The last bit of the last loss of a trial of figure 1 alone.
    copy_folder(&root.join("out"), &root.join("flipped"));
    let mut files = finished(&root.join("flipped")).into_iter();
    let file = files
        .find(|file| record(file)["config"]["learning_rate"] == 0.01)
        .unwrap();
    let mut told = String::new();
    reseal(&file, |record| {
        let loss = &mut record["epochs"][1]["test_loss"];
        let first = loss.as_f64().unwrap();
        let second = f64::from_bits(first.to_bits() ^ 1);
        told = format!("epoch 2, test_loss: {first} and {second}");
        *loss = second.into();
    });
    let ran = run(root, "diff out flipped");
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    assert!(ran.stdout.contains(&told), "{told}\n{}", ran.stdout);
    assert!(
        ran.stdout
            .contains("trials: 3 equal to the bit, 1 different\n")
    );
    assert!(ran.stdout.contains("\nA and B differ\n"));
    let (_, json) = diff(root, "out flipped");
    let trials = &json["trials"];
    assert_eq!(
        (length(&trials["equal"]), length(&trials["different"])),
        (3, 1)
    );
    assert_eq!(trials["different"][0]["what"], "test_loss");
    // That trial is none of figure 2.
    let (code, json) = diff(root, "out flipped --figure 2");
    assert_eq!((code, length(&json["trials"]["equal"])), (Some(0), 2));

    // Damage is no difference of numbers, but no equality either.
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replacen("\"test_loss\"", "\"test_lost\"", 1)).unwrap();
    let (code, json) = diff(root, "flipped out");
    assert_eq!(
        (code, length(&json["trials"]["unreadable_a"])),
        (Some(1), 1)
    );
    assert_eq!(length(&json["trials"]["only_b"]), 0);
    assert_eq!(length(&json["a"]["damaged"]), 1);

    fs::remove_file(&file).unwrap();
    let (code, json) = diff(root, "flipped out");
    assert_eq!((code, length(&json["trials"]["only_b"])), (Some(1), 1));
    assert_eq!(length(&json["trials"]["unreadable_a"]), 0);
}

#[test]
fn what_cannot_be_compared_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::write(root.join("tiny.toml"), STUDY).unwrap();
    succeed(
        root,
        "experiments --config tiny.toml --out out --quiet --only 2 --epochs 1",
    );
    fs::create_dir(root.join("empty")).unwrap();
    for (arguments, reason) in [
        ("out", "<B>"),
        ("out empty", "there are no records"),
        ("out nowhere", "there are no records"),
        ("out tiny.toml", "no pack of records"),
        (
            "out out --figure 7",
            "--figure 7: neither side has it (hint: there are 1, 2)",
        ),
        ("out out --figure 1 --json --verbose", "cannot be used with"),
    ] {
        let ran = run(root, &format!("diff {arguments}"));
        assert_eq!(ran.code, Some(2), "{arguments}: {}", ran.stderr);
        assert!(ran.stderr.contains(reason), "{arguments}: {}", ran.stderr);
        assert_eq!(ran.stdout, "", "{arguments}");
    }
}
