//! Sets by their names, from a server on this machine that answers as the Hugging Face hub does.
#![cfg(feature = "hub")]

mod common;
#[path = "hub/server.rs"]
mod server;

use std::fs;
use std::path::Path;

use common::{Ran, finished, last_json, xtask};
use server::Server;

const TRAIN: &str = "--filters 2 --set hidden=4 --epochs 1 --validation 10 --batch-size 16 --quiet";

/// Runs the program with this hub and a cache in `folder`.
fn run(folder: &Path, hub: &str, arguments: &str) -> Ran {
    let mut command = xtask(folder);
    for variable in [
        "HF_HUB_CACHE",
        "HUGGINGFACE_HUB_CACHE",
        "HF_TOKEN",
        "http_proxy",
        "HTTP_PROXY",
    ] {
        command.env_remove(variable);
    }
    command
        .env("HF_HOME", folder.join("cache"))
        .env("HF_ENDPOINT", hub);
    let output = command.args(arguments.split_whitespace()).output();
    output.expect("the program runs").into()
}

/// An address where nobody listens.
const NOBODY: &str = "http://127.0.0.1:9";

#[test]
fn a_set_comes_once_over_the_network_and_then_from_the_cache() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let server = Server::start();
    let first = run(
        folder,
        &server.address(),
        &format!("train --data fashion-mnist {TRAIN}"),
    );
    assert_eq!(first.code, Some(0), "{}", first.stderr);
    assert!(
        first.stdout.contains("on 50 images of Fashion-MNIST"),
        "{}",
        first.stdout
    );
    assert!(server.requests() >= 2);
    // candle-datasets asks for the same files, so it finds them all in the cache.
    assert_eq!(server.bodies(), 2, "each file once");
    let again = run(
        folder,
        NOBODY,
        &format!("train --data fashion-mnist {TRAIN}"),
    );
    assert_eq!(again.code, Some(0), "{}", again.stderr);
    let loss = |ran: &Ran| last_json(&ran.stdout)["test_loss"].clone();
    assert_eq!(loss(&again), loss(&first));
}

#[test]
fn sets_hold_the_images_that_were_written() {
    let expected = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/hub/expected.json");
    let expected: serde_json::Value = serde_json::from_slice(&fs::read(expected).unwrap()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let server = Server::start();
    for name in ["fashion-mnist", "cifar-10"] {
        let study = format!(
            "name = \"{name}\"\n[base]\nfilters = 2\nhidden = 4\nvalidation = 10\nbatch_size = 16\ndata = \
             \"{name}\"\n[[figure]]\nid = \"1\"\n[figure.axes]\nepochs = [1]\n"
        );
        fs::write(folder.join("study.toml"), study).unwrap();
        let ran = run(
            folder,
            &server.address(),
            &format!("experiments --config study.toml --out {name} --quiet"),
        );
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        let record = fs::read_to_string(&finished(&folder.join(name))[0]).unwrap();
        let record: serde_json::Value =
            serde_json::from_str(record.lines().next().unwrap()).unwrap();
        assert_eq!(record["config"]["data"]["source"], expected[name], "{name}");
        // A worker finds the set by what the plan says of it.
        let ran = run(folder, NOBODY, &format!("worker --out {name} --quiet"));
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    }
}

#[test]
fn without_network_and_cache_a_set_is_refused_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let ran = run(folder.path(), NOBODY, "train --data cifar-10 --epochs 1");
    assert_eq!(ran.code, Some(2), "{}", ran.stderr);
    for words in [
        "cifar-10: it cannot be had",
        "HF_HOME",
        "folder of IDX files",
    ] {
        assert!(ran.stderr.contains(words), "{words}: {}", ran.stderr);
    }
}

#[test]
fn a_broken_image_is_told_and_no_panic() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start_with_broken_images();
    let ran = run(
        folder.path(),
        &server.address(),
        &format!("train --data fashion-mnist {TRAIN}"),
    );
    assert_eq!(ran.code, Some(2), "{}", ran.stderr);
    assert!(ran.stderr.contains("fashion-mnist: "), "{}", ran.stderr);
    assert!(!ran.stderr.contains("panicked"), "{}", ran.stderr);
}
