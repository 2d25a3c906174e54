//! Records in one file, and a study in parts: whoever reads them finds what the folder says.

mod common;

use std::fs;

use common::{epochs_csv, finished, run, succeed};

const STUDY: &str = "name = \"tiny\"\nseeds = 2\n[base]\nsamples = 200\nvalidation = 100\nfilters = 2\nhidden = 4\n\
                     epochs = 2\n[[figure]]\nid = \"1\"\n[figure.axes]\nlearning_rate = [0.1, 0.01, 0.001]\n\
                     [[claim]]\ntext = \"A rate of 0.1 is better.\"\nleft = { learning_rate = 0.1 }\n\
                     right = { learning_rate = 0.001 }\nabove = 0\n";

#[test]
fn every_reader_takes_a_pack_for_its_folder() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::write(root.join("tiny.toml"), STUDY).unwrap();
    succeed(root, "experiments --config tiny.toml --out out --quiet");
    let told = succeed(root, "pack --records out --out all.jsonl.gz");
    assert_eq!(told, "6 trials and 0 runtimes in all.jsonl.gz\n");
    for command in [
        "claims --json --records",
        "claims --records",
        "status --out",
    ] {
        let of = |records: &str| succeed(root, &format!("{command} {records}"));
        assert_eq!(of("all.jsonl.gz"), of("out"), "{command}");
    }
    let of = |records: &str, page: &str| {
        succeed(root, &format!("report --records {records} --out {page}"));
        let read = |name: &str| fs::read_to_string(root.join(page).join(name)).unwrap();
        ["epochs.csv", "claims.json", "confusion.csv", "figure-1.svg"].map(read)
    };
    assert_eq!(of("all.jsonl.gz", "of-pack"), of("out", "of-folder"));
    fs::write(root.join("no-pack"), "rubbish\n").unwrap();
    let refused = run(root, "report --records no-pack --out x");
    assert_eq!(refused.code, Some(2), "{}", refused.stderr);
    assert!(
        refused.stderr.contains("no pack of records"),
        "{}",
        refused.stderr
    );
}

#[test]
fn the_parts_of_a_study_are_the_study() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::write(root.join("tiny.toml"), STUDY).unwrap();
    let experiments = "experiments --config tiny.toml --quiet --out";
    succeed(root, &format!("{experiments} whole"));
    succeed(root, &format!("{experiments} a --shard 1/2"));
    succeed(root, &format!("{experiments} b --shard 2/2"));
    let parts = ["a", "b"].map(|part| finished(&root.join(part)).len());
    assert_eq!(parts, [3, 3]);
    succeed(root, "report --records a --records b --out merged/report");
    // Identities, settings and numbers are those of the whole; seconds are not in that file.
    assert_eq!(
        epochs_csv(&root.join("merged")),
        epochs_csv(&root.join("whole"))
    );
    for wrong in ["0/2", "3/2", "2", "a/b"] {
        let refused = run(root, &format!("{experiments} x --shard {wrong}"));
        assert_eq!(refused.code, Some(2), "{wrong}: {}", refused.stderr);
    }
}
