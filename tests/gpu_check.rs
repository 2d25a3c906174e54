//! `gpu-check` through the binary, with the processor in the GPU's place.

mod common;

use std::fs;

use common::{files_below, run};
use serde_json::Value;

#[test]
fn the_whole_check_runs_on_the_processor() {
    let folder = tempfile::tempdir().unwrap();
    let ran = run(folder.path(), "gpu-check --quick --device cpu --out check");
    assert_eq!(ran.code, Some(0), "{}\n{}", ran.stdout, ran.stderr);
    let text = fs::read_to_string(folder.path().join("check/gpu-check.json")).unwrap();
    let record: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(record["format"], 1);
    let findings = record["findings"].as_array().expect("a list");
    let of = |verdict: &str| findings.iter().filter(|f| f["verdict"] == verdict).count();
    assert_eq!(
        (of("passed"), of("skipped"), of("failed")),
        (16, 1, 0),
        "{text}"
    );
    let killed = findings
        .iter()
        .find(|finding| finding["check"] == "a study killed and resumed")
        .expect("it is checked");
    let detail = killed["detail"].as_str().expect("words");
    assert!(detail.ends_with("the same numbers bit for bit"), "{detail}");

    // A row a finding, then one a network; nothing else stays than the records.
    assert!(ran.stdout.contains("cpu/each of 80"), "{}", ran.stdout);
    let files = files_below(&folder.path().join("check"));
    assert_eq!(files.len(), 1 + 2 + 1, "{files:?}");
}

#[test]
fn without_a_gpu_it_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    // No machine has so many.
    let ran = run(folder.path(), "gpu-check --quick --device cuda:9999");
    assert_eq!(ran.code, Some(2), "{}", ran.stderr);
    assert!(ran.stderr.contains("--device cpu"), "{}", ran.stderr);
    assert_eq!(files_below(folder.path()), [""; 0]);
}
