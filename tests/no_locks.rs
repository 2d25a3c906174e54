//! Several processes on one folder of a file system that has no locks, or grants every lock to everybody.
#![cfg(target_os = "linux")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use common::{finished, leave_out, record, run, succeed, xtask};
use lenet_results::Store;

const STUDY: &str = "name = \"tiny\"\nseeds = 3\n[base]\nsamples = 300\nvalidation = 100\nfilters = 2\nhidden = 4\n\
                     epochs = 4\n[[figure]]\nid = \"1\"\n[figure.axes]\nlearning_rate = [0.1, 0.03, 0.01, 0.003]\n";
const TRIALS: usize = 12;

/// What `flock` comes to: ENOSYS, ENOLCK, EOPNOTSUPP, or every lock granted.
const CASES: [Option<&str>; 4] = [Some("38"), Some("37"), Some("95"), None];

/// A library that takes the place of `flock`; `None` without a C compiler.
fn library(folder: &Path) -> Option<PathBuf> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/faults/no_flock.c");
    let built = folder.join("no_flock.so");
    let compiled = Command::new("cc")
        .args(["-shared", "-fPIC", "-Wall", "-o"])
        .args([&built, &source])
        .output()
        .ok()?;
    let told = String::from_utf8_lossy(&compiled.stderr).into_owned();
    assert!(compiled.status.success(), "{told}");
    Some(built)
}

fn start(folder: &Path, library: &Path, code: Option<&str>, arguments: &str) -> Child {
    let mut command = xtask(folder);
    command.env("LD_PRELOAD", library);
    if let Some(code) = code {
        command.env("FLOCK_ERRNO", code);
    }
    command
        .args(arguments.split(' '))
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

#[test]
fn each_result_is_published_once_without_locks() {
    let place = tempfile::tempdir().unwrap();
    let Some(library) = library(place.path()) else {
        leave_out("file systems without locks: no C compiler `cc`");
        return;
    };
    for code in CASES {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::write(root.join("tiny.toml"), STUDY).unwrap();
        succeed(
            root,
            "experiments --config tiny.toml --out out --executor workers",
        );
        let command = "worker --out out --jobs 1 --threads 1 --quiet";
        let workers: Vec<Child> = (0..3)
            .map(|index| {
                let command = format!("{command} --index {index} --of 3");
                start(root, &library, code, &command)
            })
            .collect();
        for worker in workers {
            let ended = worker.wait_with_output().unwrap();
            let told = String::from_utf8_lossy(&ended.stderr).into_owned();
            assert_eq!(ended.status.code(), Some(0), "{code:?}: {told}");
        }
        let files = finished(&root.join("out"));
        assert_eq!(files.len(), TRIALS, "{code:?}");
        for file in &files {
            let runs = record(file)["runs"].as_array().unwrap().len();
            assert_eq!(runs, 1, "{code:?}: {}", file.display());
        }
        let store = Store::open(root.join("out")).unwrap();
        assert!(store.conflicts().unwrap().is_empty());
        for arguments in ["status --out out", "report --records out --out page"] {
            let child = start(root, &library, code, arguments);
            let ended = child.wait_with_output().unwrap();
            assert_eq!(ended.status.code(), Some(0), "{code:?}: {arguments}");
        }
        // With locks again, nothing is left to do.
        let again = run(root, "experiments --config tiny.toml --out out");
        assert!(again.stderr.contains("12 done before"), "{}", again.stderr);
    }
}
