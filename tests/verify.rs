//! `verify`: published records computed again, and what is wrong with some of them.

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use common::{copy_folder, files_below, finished, record, reseal, run, succeed, xtask};
use serde_json::Value;

const STUDY: &str = "name = \"tiny\"\nseeds = 2\n[base]\nsamples = 200\nvalidation = 100\nfilters = 2\nhidden = 4\n\
                     epochs = 2\n[[figure]]\nid = \"1\"\n[figure.axes]\nlearning_rate = [0.1, 0.01]\n";

/// The records of the study, in `out`.
fn study(root: &Path) {
    fs::write(root.join("tiny.toml"), STUDY).unwrap();
    succeed(root, "experiments --config tiny.toml --out out --quiet");
}

/// What every file of a folder holds.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let names = files_below(folder).into_iter();
    names
        .map(|name| (name.clone(), fs::read(folder.join(name)).unwrap()))
        .collect()
}

/// `verify` with its exit code, as JSON.
fn verify(root: &Path, arguments: &str) -> (Option<i32>, Value) {
    let ran = run(root, &format!("verify {arguments} --json --quiet"));
    let json = serde_json::from_str(&ran.stdout);
    let json = json.unwrap_or_else(|error| panic!("{error}: {} {}", ran.stdout, ran.stderr));
    (ran.code, json)
}

fn findings(json: &Value) -> Vec<&str> {
    let verified = json["verified"].as_array().unwrap().iter();
    verified
        .map(|one| one["finding"].as_str().unwrap())
        .collect()
}

/// A file of `out`, in a copy of the folder.
fn copied(root: &Path, name: &str) -> PathBuf {
    copy_folder(&root.join("out"), &root.join(name));
    finished(&root.join(name)).remove(1)
}

#[test]
fn what_the_program_wrote_is_true() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    study(root);
    succeed(root, "pack --records out --out all.jsonl.gz");
    let before = contents(&root.join("out"));
    let first = succeed(root, "verify out --quiet");
    assert!(first.ends_with("\n3 of 3 equal to the bit\n"), "{first}");
    assert_eq!(first.matches(": equal to the bit (").count(), 3, "{first}");
    assert_eq!(
        contents(&root.join("out")),
        before,
        "the records are as they were"
    );
    // The same are drawn again, from whatever holds them, whatever shares the work.
    assert_eq!(
        succeed(root, "verify all.jsonl.gz --quiet --jobs 1 --threads 2"),
        first
    );
    let (code, json) = verify(root, "out --sample all --seed 7");
    assert_eq!(
        (code, &json["seed"], &json["of"]),
        (Some(0), &7.into(), &4.into())
    );
    assert_eq!(findings(&json), ["equal"; 4]);
    assert_eq!(json["passed_over"], Value::Array(Vec::new()));
}

#[test]
fn one_bit_is_found_and_named() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    study(root);
    let file = copied(root, "flipped");
    let (mut told, mut identity) = (String::new(), String::new());
    reseal(&file, |record| {
        identity = record["identity"].as_str().unwrap().to_owned();
        let loss = &mut record["epochs"][1]["test_loss"];
        let true_loss = loss.as_f64().unwrap();
        let forged = f64::from_bits(true_loss.to_bits() ^ 1);
        told = format!(
            "({identity}): different, recorded and computed here: epoch 2, test_loss: {forged} and {true_loss}"
        );
        *loss = forged.into();
    });
    let ran = run(root, "verify flipped --sample all");
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    assert!(ran.stdout.contains(&told), "{told}\n{}", ran.stdout);
    assert!(
        ran.stdout
            .ends_with("\n3 of 4 equal to the bit, 1 different\n"),
        "{}",
        ran.stdout
    );
    let (_, json) = verify(root, "flipped --sample all");
    let verified = json["verified"].as_array().unwrap();
    let mut different = verified.iter().filter(|one| one["finding"] == "different");
    let one = different.next().unwrap();
    assert_eq!(one["identity"].as_str(), Some(identity.as_str()));
    assert_eq!(
        (&one["difference"]["epoch"], &one["difference"]["what"]),
        (&2.into(), &"test_loss".into())
    );
    assert!(different.next().is_none());
}

#[test]
fn what_promises_no_bits_here_is_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    study(root);
    // No machine has both.
    let level = match cfg!(target_arch = "aarch64") {
        true => "avx2",
        false => "neon",
    };
    let file = copied(root, "elsewhere");
    reseal(&file, |record| record["runs"][0]["level"] = level.into());
    let ran = run(root, "verify elsewhere --sample 4 --quiet");
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let reason = format!("its instruction set is {level}, and there is portable");
    assert!(ran.stdout.contains(&reason), "{}", ran.stdout);
    let end = "\n3 of 3 equal to the bit, 1 drawn that cannot be verified here\n";
    assert!(ran.stdout.ends_with(end), "{}", ran.stdout);

    // Of a GPU, with the identity and the place that such a trial has.
    let name = {
        let mut name = String::new();
        reseal(&file, |record| {
            record["config"]["device"] = "cuda".into();
            let config = record["config"].clone();
            let config: lenet_core::Trial = serde_json::from_value(config).unwrap();
            name = config.identity();
            record["identity"] = name.clone().into();
            record["runs"][0]["device"] = "cuda:0".into();
            record["runs"][0]["level"] = "cuda".into();
        });
        name
    };
    // The predictions of the second line are another trial's.
    let text = fs::read_to_string(&file).unwrap();
    let line = text.lines().next().unwrap();
    fs::remove_file(&file).unwrap();
    let place = root.join("elsewhere/trials").join(&name[..2]);
    fs::create_dir_all(&place).unwrap();
    fs::write(place.join(format!("{name}.jsonl")), format!("{line}\n")).unwrap();
    let (code, json) = verify(root, "elsewhere --sample all");
    assert_eq!((code, findings(&json)), (Some(0), vec!["equal"; 3]));
    let passed = &json["passed_over"];
    assert_eq!(passed.as_array().unwrap().len(), 1, "{passed}");
    assert_eq!(passed[0]["identity"].as_str(), Some(name.as_str()));
    assert!(
        passed[0]["reason"]
            .as_str()
            .unwrap()
            .starts_with("a GPU computed it")
    );

    // Nothing else is left: neither yes nor no.
    for file in finished(&root.join("elsewhere")) {
        if record(&file)["config"]["device"] == "cpu" {
            fs::remove_file(file).unwrap();
        }
    }
    let ran = run(root, "verify elsewhere");
    assert_eq!(ran.code, Some(2), "{}", ran.stdout);
    assert!(
        ran.stderr.contains("nothing could be verified"),
        "{}",
        ran.stderr
    );
    assert!(
        ran.stdout
            .ends_with("0 of 0 equal to the bit, 1 drawn that cannot be verified here\n")
    );
}

/// The records name their instruction set; the environment may forbid all others.
#[test]
fn a_forced_level_verifies_its_own_records_alone() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::write(root.join("tiny.toml"), STUDY).unwrap();
    let mut portable = xtask(root);
    portable.env("LENET_SIMD", "portable");
    portable.args([
        "experiments",
        "--config",
        "tiny.toml",
        "--out",
        "out",
        "--quiet",
    ]);
    assert!(portable.output().unwrap().status.success());
    let (code, json) = verify(root, "out --sample 1");
    assert_eq!(
        (code, &json["verified"][0]["level"]),
        (Some(0), &"portable".into())
    );
    let other = finished(&root.join("out")).remove(0);
    reseal(&other, |record| record["runs"][0]["level"] = "avx2".into());
    let mut forced = xtask(root);
    forced.env("LENET_SIMD", "portable");
    let ran = forced
        .args(["verify", "out", "--sample", "all", "--quiet"])
        .output()
        .unwrap();
    let stdout = String::from_utf8(ran.stdout).unwrap();
    assert!(
        stdout.contains("its instruction set is avx2, and there is portable here"),
        "{stdout}"
    );
    assert!(stdout.contains("3 of 3 equal to the bit"), "{stdout}");
}

/// An IDX file of bytes.
fn idx(path: PathBuf, shape: &[usize], bytes: &[u8]) {
    let mut file = vec![0, 0, 8, shape.len() as u8];
    for side in shape {
        file.extend((*side as u32).to_be_bytes());
    }
    file.extend(bytes);
    fs::write(path, file).unwrap();
}

/// A data set of noise, in the folder `name`; `seed` changes a pixel.
fn data(root: &Path, name: &str, seed: u8) {
    let folder = root.join(name);
    fs::create_dir(&folder).unwrap();
    for (part, images) in [("train", 120), ("t10k", 40)] {
        let mut pixels: Vec<u8> = (0..images * 64).map(|i| (i * i % 251) as u8).collect();
        pixels[77] ^= seed;
        let labels: Vec<u8> = (0..images).map(|i| (i % 10) as u8).collect();
        idx(
            folder.join(format!("{part}-images-idx3-ubyte")),
            &[images, 8, 8],
            &pixels,
        );
        idx(
            folder.join(format!("{part}-labels-idx1-ubyte")),
            &[images],
            &labels,
        );
    }
}

#[test]
fn the_data_must_be_those_of_the_records() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    data(root, "noise", 0);
    data(root, "changed", 1);
    let own = STUDY.replace(
        "samples = 200\nvalidation = 100",
        "validation = 20\ndata = \"noise\"",
    );
    fs::write(root.join("own.toml"), own).unwrap();
    succeed(root, "experiments --config own.toml --out out --quiet");
    let needed = record(&finished(&root.join("out"))[0])["config"]["data"]["source"].clone();
    let needed = needed.as_str().unwrap();
    for (arguments, reason) in [
        (
            "",
            format!(
                "the data set {needed}, which a trial was trained on, is not there: no folder was given"
            ),
        ),
        (
            " --data-dir changed",
            "is not there: changed holds idx:".to_owned(),
        ),
        (" --data-dir nowhere", "nowhere".to_owned()),
    ] {
        let ran = run(root, &format!("verify out{arguments}"));
        assert_eq!(ran.code, Some(2), "{arguments}: {}", ran.stderr);
        assert!(ran.stderr.contains(&reason), "{arguments}: {}", ran.stderr);
    }
    let (code, json) = verify(root, "out --data-dir changed --data-dir noise");
    assert_eq!((code, findings(&json)), (Some(0), vec!["equal"; 3]));

    // Rows and columns are exchanged as they were.
    let own = fs::read_to_string(root.join("own.toml")).unwrap();
    let turned = own.replace("\"noise\"", "{ folder = \"noise\", transpose = true }");
    fs::write(root.join("own.toml"), turned).unwrap();
    succeed(
        root,
        "experiments --config own.toml --out turned --quiet --seeds 1",
    );
    let (code, json) = verify(root, "turned --data-dir noise");
    assert_eq!((code, findings(&json)), (Some(0), vec!["equal"; 2]));
}

#[test]
fn what_cannot_be_verified_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::create_dir(root.join("empty")).unwrap();
    for (arguments, reason) in [
        ("", "<RECORDS>"),
        ("empty", "there are no records"),
        ("empty --sample 0", "give a number from 1, or all"),
        ("empty --sample some", "give a number from 1, or all"),
        ("empty --jobs 0", "--jobs 0"),
    ] {
        let ran = run(root, &format!("verify {arguments}"));
        assert_eq!(ran.code, Some(2), "{arguments}: {}", ran.stderr);
        assert!(ran.stderr.contains(reason), "{arguments}: {}", ran.stderr);
    }
}
