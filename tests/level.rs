//! `level` in a study's file: the same bits on every machine that has the instruction set.

mod common;

use std::fs;
use std::path::Path;

use common::{Ran, finished, leave_out, record, run, succeed, xtask};

const STUDY: &str = "name = \"tiny\"\nlevel = \"portable\"\nseeds = 2\n[base]\nsamples = 200\nvalidation = 100\n\
                     filters = 2\nhidden = 4\nepochs = 2\n[[figure]]\nid = \"1\"\n[figure.axes]\n\
                     learning_rate = [0.1, 0.01]\n";

/// Runs the binary where the environment forces an instruction set.
fn forced(root: &Path, level: &str, arguments: &str) -> Ran {
    let mut command = xtask(root);
    command.env("LENET_SIMD", level);
    command.args(arguments.split_whitespace());
    command.output().unwrap().into()
}

/// The instruction sets in the records of a folder.
fn levels(folder: &Path) -> Vec<String> {
    let files = finished(folder).into_iter();
    files
        .map(|file| {
            record(&file)["runs"][0]["level"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect()
}

#[test]
fn the_level_of_the_study_computes_its_trials() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::write(root.join("with.toml"), STUDY).unwrap();
    let without = STUDY.replace("level = \"portable\"\n", "");
    fs::write(root.join("without.toml"), without).unwrap();
    succeed(root, "experiments --config with.toml --out with --quiet");
    assert_eq!(levels(&root.join("with")), ["portable"; 4]);
    // As the environment would have it, to the bit.
    let arguments = "experiments --config without.toml --out forced --quiet";
    assert_eq!(forced(root, "portable", arguments).code, Some(0));
    let told = succeed(root, "diff with forced");
    assert!(told.contains("trials: 4 equal to the bit\n"), "{told}");
    assert!(
        told.contains("level of tiny: A portable | B none"),
        "{told}"
    );
    // A worker computes with it as well, whatever the machine has.
    let trials = root.join("with/trials");
    fs::remove_dir_all(&trials).unwrap();
    fs::create_dir(&trials).unwrap();
    succeed(root, "worker --out with --quiet");
    assert_eq!(levels(&root.join("with")), ["portable"; 4]);
    succeed(root, "diff with forced");
    // Both may say the same.
    let arguments = "experiments --config with.toml --out with --quiet";
    assert_eq!(forced(root, "portable", arguments).code, Some(0));
}

#[test]
fn trials_of_another_level_are_told_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::write(root.join("with.toml"), STUDY).unwrap();
    let without = STUDY.replace("level = \"portable\"\n", "");
    fs::write(root.join("without.toml"), without).unwrap();
    succeed(
        root,
        "experiments --config without.toml --out out --quiet --seeds 1",
    );
    let best = levels(&root.join("out")).remove(0);
    if best == "portable" {
        return leave_out("levels in one folder: this machine has the portable one alone");
    }
    let ran = run(root, "experiments --config with.toml --out out --quiet");
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let expected = format!(
        "2 trials finished with the instruction set {best}, not portable, before: they are kept"
    );
    assert!(ran.stderr.contains(&expected), "{}", ran.stderr);
    let mut found = levels(&root.join("out"));
    found.sort_by_key(|level| level == "portable");
    assert_eq!(found, [&best, &best, "portable", "portable"]);

    let arguments = "experiments --config with.toml --out out --quiet";
    for arguments in [
        arguments,
        "worker --out out",
        "experiments --config with.toml --dry-run",
    ] {
        let ran = forced(root, &best, arguments);
        assert_eq!(ran.code, Some(2), "{arguments}: {}", ran.stderr);
        let expected = format!(
            "the study says level = \"portable\", and the environment says LENET_SIMD={best}"
        );
        assert!(
            ran.stderr.contains(&expected),
            "{arguments}: {}",
            ran.stderr
        );
    }
}

#[test]
fn a_level_that_the_machine_lacks_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let level = match cfg!(target_arch = "aarch64") {
        true => "avx2",
        false => "neon",
    };
    fs::write(root.join("with.toml"), STUDY.replace("portable", level)).unwrap();
    let ran = run(root, "experiments --config with.toml --out out");
    assert_eq!(ran.code, Some(2), "{}", ran.stderr);
    let expected = format!("level = {level:?}: this machine has portable");
    assert!(ran.stderr.contains(&expected), "{}", ran.stderr);
    assert!(!root.join("out").exists(), "nothing was done");
    // Not needed where a flag has another code compute everything.
    succeed(
        root,
        "experiments --config with.toml --out out --quiet --seeds 1 --backend stock",
    );
    assert_eq!(levels(&root.join("out")), ["candle"; 2]);
}
