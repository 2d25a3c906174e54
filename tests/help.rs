//! `--help` of each command, word for word: what is said there is a promise.

mod common;

use std::path::Path;

use common::run;
use expect_test::expect_file;

/// Whether the snapshots are met; `UPDATE_EXPECT=1 cargo test -p xtask --test help` writes them.
#[test]
fn help_texts() {
    let folder = tempfile::tempdir().unwrap();
    let snapshots = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/snapshots");
    for command in [
        "",
        "experiments",
        "report",
        "claims",
        "status",
        "diff",
        "verify",
        "train",
        "evaluate",
        "predict",
        "export",
        "export-records",
        "bench-cpu",
        "bench-runtime",
        "worker",
        "pack",
        "demo",
        "init",
        "settings",
        "schema",
        "completions",
        "man",
        "gpu-check",
        "cuda-toolchain",
    ] {
        let help = run(folder.path(), &format!("{command} --help"));
        assert_eq!(help.code, Some(0), "{command}");
        let name = if command.is_empty() {
            "commands"
        } else {
            command
        };
        expect_file![snapshots.join(format!("help-{name}.txt"))].assert_eq(&help.stdout);
    }
}

#[test]
fn no_command_is_refused_with_the_commands() {
    let folder = tempfile::tempdir().unwrap();
    let ran = run(folder.path(), "");
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("experiments"), "{}", ran.stderr);
}
