//! Folders packed and unpacked again.

use std::path::PathBuf;

use super::*;
use crate::record::{Outcome, TrialRecord};
use crate::samples::{config, epoch, run};
use crate::store::FoundRecords;
use crate::{Kernels, Prediction, Predictions};
use lenet_core::Trial;

struct Fixture {
    folder: tempfile::TempDir,
    store: Store,
}

fn trial(seed: u64) -> Trial {
    Trial { seed, ..config() }
}

fn predictions(identity: &str) -> Predictions {
    let said = Prediction {
        class: 3,
        confidence: 0.5,
    };
    let kernels = Kernels {
        shape: [1, 1, 1, 1],
        values: vec![0.25],
    };
    Predictions::new(identity, 10, &[3], &[said], kernels).unwrap()
}

/// Three finished trials, the first two with predictions; a failed one; a study.
fn fixture() -> Fixture {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(folder.path().join("records")).unwrap();
    for seed in 1..=4 {
        let trial = trial(seed);
        let mut writer = store.trial(&trial.identity()).begin(&trial).unwrap();
        writer.append_run(&run("here")).unwrap();
        if seed <= 2 {
            writer
                .keep_predictions(&predictions(&trial.identity()))
                .unwrap();
        }
        let outcome = match seed {
            4 => Outcome::Failed {
                message: "lost".into(),
            },
            _ => Outcome::Completed {},
        };
        writer
            .finish(outcome, (1..=10).map(epoch).collect(), 7)
            .unwrap();
    }
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    fs::copy(
        golden.join("study-4.json"),
        store.folder().join("study.json"),
    )
    .unwrap();
    fs::copy(
        golden.join("registrations-2.jsonl"),
        store.folder().join("registrations.jsonl"),
    )
    .unwrap();
    fs::create_dir(store.folder().join("runtime")).unwrap();
    let text = fs::read_to_string(golden.join("runtime-3.json")).unwrap();
    let runtime: RuntimeRecord = serde_json::from_str(&text).unwrap();
    write_runtime(store.folder(), &runtime).unwrap();
    Fixture { folder, store }
}

impl Fixture {
    fn packed(&self) -> PathBuf {
        let path = self.folder.path().join("all.jsonl.gz");
        let (packed, damaged) = pack(self.store.folder(), &path).unwrap();
        assert_eq!((packed.trials, packed.runtimes, damaged.len()), (4, 1, 0));
        path
    }

    fn unpacked(&self, pack: &Path) -> (Store, Vec<String>) {
        let folder = self.folder.path().join("again");
        let damaged = unpack(pack, &folder).unwrap();
        let words = damaged.iter().map(ToString::to_string).collect();
        (Store::open(folder).unwrap(), words)
    }
}

fn found(store: &Store) -> Vec<TrialRecord> {
    let FoundRecords {
        records, damaged, ..
    } = store.find_records().unwrap();
    assert!(damaged.is_empty(), "{damaged:?}");
    records
}

#[test]
fn a_folder_comes_back_whole() {
    let fixture = fixture();
    let (again, damaged) = fixture.unpacked(&fixture.packed());
    assert!(damaged.is_empty(), "{damaged:?}");
    assert_eq!(found(&again), found(&fixture.store));
    assert_eq!(
        again.read_study().unwrap(),
        fixture.store.read_study().unwrap()
    );
    let both = [&fixture.store, &again].map(|store| {
        let folder = store.folder();
        let said = |seed| store.trial(&trial(seed).identity()).read_predictions();
        (
            registrations(folder).unwrap(),
            crate::runtime_records(folder).unwrap(),
            [1, 2, 3].map(|seed| said(seed).unwrap()),
        )
    });
    assert_eq!(both[0], both[1]);
    assert_eq!((both[0].0.len(), both[0].1.len()), (2, 1));
    assert!(both[0].2[1].is_some() && both[0].2[2].is_none());
}

#[test]
fn a_pack_is_lines_that_other_tools_read() {
    let fixture = fixture();
    let mut text = String::new();
    let file = BufReader::new(File::open(fixture.packed()).unwrap());
    MultiGzDecoder::new(file).read_to_string(&mut text).unwrap();
    let kind = |line: &str| {
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        value["kind"].as_str().unwrap().to_owned()
    };
    let mut kinds: Vec<String> = text.lines().map(kind).collect();
    assert_eq!(
        kinds[..4],
        ["study", "registration", "registration", "runtime"]
    );
    kinds.sort();
    let trials = kinds.iter().filter(|kind| *kind == "trial").count();
    assert_eq!((trials, kinds.len()), (4, 4 + 4 + 2));
    // Plain text is read as well.
    let plain = fixture.folder.path().join("plain.jsonl");
    fs::write(&plain, &text).unwrap();
    let (again, _) = fixture.unpacked(&plain);
    assert_eq!(found(&again), found(&fixture.store));
}

#[test]
fn a_damaged_line_costs_itself() {
    let fixture = fixture();
    let mut text = String::new();
    let file = BufReader::new(File::open(fixture.packed()).unwrap());
    MultiGzDecoder::new(file).read_to_string(&mut text).unwrap();
    let changed = text.replacen("\"test_accuracy\":0.4", "\"test_accuracy\":0.9", 1);
    assert_ne!(changed, text);
    let plain = fixture.folder.path().join("plain.jsonl");
    fs::write(&plain, &changed).unwrap();
    let (again, damaged) = fixture.unpacked(&plain);
    assert_eq!(found(&again).len(), 3);
    assert!(damaged[0].contains("its checksum is"), "{damaged:?}");
    // Its predictions have no record before them.
    assert!(damaged.len() <= 2, "{damaged:?}");
    let cut = &text[..text.len() - 20];
    fs::write(&plain, cut).unwrap();
    let error = unpack(&plain, &fixture.folder.path().join("cut")).unwrap_err();
    assert!(error.to_string().contains("cut short"), "{error}");
}

#[test]
fn what_is_no_pack_is_refused() {
    let fixture = fixture();
    let path = fixture.folder.path().join("other");
    let refused = |text: &str| {
        fs::write(&path, text).unwrap();
        let into = fixture.folder.path().join("into");
        unpack(&path, &into).unwrap_err().to_string()
    };
    assert!(refused("rubbish\n").contains("no pack of records"));
    assert!(refused("{\"kind\":\"cake\"}\n").contains("\"cake\" is out of place"));
    assert!(refused("\u{1f}").contains("cut short"));
    let newer = "{\"kind\":\"study\",\"format\":99}\n";
    assert!(refused(newer).contains("format 99"), "{}", refused(newer));
}
