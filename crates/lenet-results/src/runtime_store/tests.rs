//! Runtime records on disk.

use super::*;
use crate::{
    Environment, Execution, ImageCounts, PhaseSeconds, RuntimeSample, RuntimeSession, RuntimeWork,
};
use lenet_core::{
    Backend, Data, DataPlacement, DeviceKind, Dropout, Optimizer, Precision, Samples, Schedule,
    Trial,
};

/// Eight filters of the report's network, as format 1 could tell it.
fn blank() -> RuntimeRecord {
    let config = Trial {
        data: Data {
            samples: Samples::Drawn(10_000),
            ..Data::default()
        },
        network: lenet_core::Architecture {
            filters: vec![8, 8],
            ..lenet_core::Architecture::default()
        },
        batch_size: 64,
        epochs: 1,
        ..Trial::default()
    };
    let execution = Execution {
        ordinal: 0,
        placement: DataPlacement::Streamed,
        threads: 2,
        fixed_threads: false,
        level: "avx2".into(),
        trials: 1,
    };
    let images = ImageCounts {
        train: 10_000,
        validation: 5_000,
        test: 10_000,
    };
    let work = RuntimeWork {
        train_flops: 11_000_000_000,
        evaluation_flops: 6_000_000_000,
    };
    RuntimeRecord::new(config, execution, 52_258, images, work)
}

fn record() -> RuntimeRecord {
    let mut record = blank();
    record.sessions.push(RuntimeSession {
        environment: Environment::collect(),
        governor: "unknown".into(),
        load_average: Some(0.25),
        peak_flops_per_thread: None,
        shared: None,
    });
    record.samples.push(RuntimeSample {
        round: 1,
        position: 3,
        session: 0,
        train_seconds: 0.1 + 0.2,
        evaluation_seconds: 1.0 / 3.0,
        peak_memory_bytes: None,
        peak_device_memory_bytes: Some(1 << 30),
        diverged: false,
    });
    record.phases.push(PhaseSeconds {
        forward: 0.5,
        backward: 0.25,
        ..PhaseSeconds::default()
    });
    record
}

#[test]
fn a_record_comes_back_bit_for_bit() {
    let folder = tempfile::tempdir().unwrap();
    let store = RuntimeStore::create(folder.path()).unwrap();
    assert_eq!(store.read(&blank().identity()).unwrap(), None);
    store.write(&record()).unwrap();
    let found = store.read(&blank().identity()).unwrap().unwrap();
    assert_eq!(found, record());
    assert_eq!(found.phases[0].sum(), 0.75);
    assert_eq!(found.samples[0].seconds(), 0.30000000000000004 + 1.0 / 3.0);
    // What the usual case need not say stays away, so that old files and new ones agree.
    let text = fs::read_to_string(store.path(&blank().identity())).unwrap();
    assert!(!text.contains("fixed_threads"), "{text}");
}

/// Files that format 1's program wrote, with the identities that it gave them.
const GOLDEN: [(&str, &str); 3] = [
    (
        "0f94d7b5745f3300",
        include_str!("../runtime/golden/0f94d7b5745f3300.json"),
    ),
    (
        "71b96a1bea95f815",
        include_str!("../runtime/golden/71b96a1bea95f815.json"),
    ),
    (
        "1c4bec23fc41179a",
        include_str!("../runtime/golden/1c4bec23fc41179a.json"),
    ),
];

#[test]
fn records_of_format_1_keep_their_names_and_say_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let store = RuntimeStore::create(folder.path()).unwrap();
    for (identity, text) in GOLDEN {
        fs::write(store.path(identity), text).unwrap();
    }
    let read = |at: usize| store.read(GOLDEN[at].0).unwrap().unwrap();
    let first = read(0);
    let expected = RuntimeRecord {
        sessions: first.sessions.clone(),
        ..record()
    };
    assert_eq!(first, expected);
    assert_eq!(first.sessions[0].environment.host, "a-host");

    let group = read(1);
    assert_eq!(
        (group.filters(), group.batch_size(), group.dropout()),
        (16, 64, 0.5)
    );
    assert_eq!(
        (group.execution.trials, group.execution.level.as_str()),
        (80, "cuda")
    );
    assert_eq!(group.device_name(), "cuda:1");
    assert_eq!(group.execution.placement, DataPlacement::Resident);

    let stock = read(2);
    assert_eq!(stock.config.backend, Backend::Stock);
    assert_eq!(stock.config.learning_rate, 1e-5);
    assert_eq!(stock.config.data.source, "idx:0123456789abcdef");

    // Written in the new format, each stays under its old name.
    for at in 0..GOLDEN.len() {
        let before = read(at);
        store.write(&before).unwrap();
        assert_eq!(read(at), before);
    }
    assert_eq!(runtime_records(folder.path()).unwrap().len(), GOLDEN.len());
    let text = fs::read_to_string(store.path(GOLDEN[0].0)).unwrap();
    assert!(text.starts_with("{\n  \"format\": 3,"), "{text}");
}

#[test]
fn all_records_of_a_folder_are_read_and_none_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(runtime_records(folder.path()).unwrap(), []);
    let store = RuntimeStore::create(folder.path()).unwrap();
    let mut second = record();
    second.config.network.filters = vec![16, 16];
    for record in [&record(), &second] {
        store.write(record).unwrap();
    }
    let found = runtime_records(folder.path()).unwrap();
    assert_eq!(found.len(), 2, "the lock is no record");
    assert!(found.contains(&record()) && found.contains(&second));
    fs::write(folder.path().join("runtime/0123.json"), "{}").unwrap();
    let (found, damaged) = find_runtimes(folder.path()).unwrap();
    assert_eq!((found.len(), damaged.len()), (2, 1));
    assert!(
        damaged[0].to_string().contains("0123.json"),
        "{}",
        damaged[0]
    );
}

type Change = fn(&mut RuntimeRecord);

/// Every setting with whether format 1 could tell it, and whether it makes another cell.
const CHANGES: [(&str, Change, bool); 20] = [
    ("backend", |r| r.config.backend = Backend::Stock, true),
    ("device", |r| r.config.device = DeviceKind::Cuda, true),
    ("ordinal", |r| r.execution.ordinal = 1, false),
    (
        "placement",
        |r| r.execution.placement = DataPlacement::Resident,
        true,
    ),
    ("threads", |r| r.execution.threads = 1, false),
    ("fixed threads", |r| r.execution.fixed_threads = true, true),
    ("level", |r| r.execution.level = "portable".into(), false),
    ("trials", |r| r.execution.trials = 16, true),
    ("filters", |r| r.config.network.filters = vec![16, 16], true),
    (
        "unequal filters",
        |r| r.config.network.filters = vec![8, 16],
        true,
    ),
    ("kernel", |r| r.config.network.kernel = 5, true),
    ("hidden", |r| r.config.network.hidden = vec![64], true),
    ("batch size", |r| r.config.batch_size = 16, true),
    (
        "dropout",
        |r| r.config.dropout = Dropout::connected(0.5),
        true,
    ),
    ("connection", |r| r.config.dropout.connected = false, true),
    (
        "samples",
        |r| {
            r.config.data.samples = Samples::Drawn(100);
            r.images.train = 100;
        },
        true,
    ),
    (
        "all samples",
        |r| r.config.data.samples = Samples::All,
        true,
    ),
    ("optimizer", |r| r.config.optimizer = Optimizer::ADAM, true),
    ("precision", |r| r.config.precision = Precision::Tf32, true),
    (
        "schedule",
        |r| {
            r.config.schedule = Schedule {
                warmup_epochs: 0.5,
                ..Schedule::default()
            }
        },
        true,
    ),
];

#[test]
fn every_setting_names_another_record_and_the_machine_no_other_cell() {
    let (identity, cell) = (blank().identity(), blank().cell());
    let mut identities = vec![identity];
    let mut cells = vec![cell.clone()];
    for (what, change, is_other_cell) in CHANGES {
        let mut other = blank();
        change(&mut other);
        assert!(!identities.contains(&other.identity()), "{what}");
        identities.push(other.identity());
        if is_other_cell {
            assert!(!cells.contains(&other.cell()), "{what}");
            cells.push(other.cell());
        } else {
            assert_eq!(other.cell(), cell, "{what}");
        }
    }
    let mut seeded = blank();
    seeded.config.seed = 7;
    assert!(!identities.contains(&seeded.identity()));
    assert_eq!(seeded.cell(), cell);
    // With a fixed number of threads, the number counts.
    let fixed = [1, 2].map(|threads| {
        let mut record = blank();
        (record.execution.fixed_threads, record.execution.threads) = (true, threads);
        record.cell()
    });
    assert_ne!(fixed[0], fixed[1]);
}

#[test]
fn what_is_newer_foreign_or_broken_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let store = RuntimeStore::create(folder.path()).unwrap();
    let write = |record: &RuntimeRecord| {
        let text = sealed(record, record.format, Lines::Many);
        fs::write(store.path(&blank().identity()), text).unwrap();
    };

    let mut newer = record();
    newer.format = RUNTIME_FORMAT + 1;
    write(&newer);
    let refused = store.read(&blank().identity());
    assert!(
        matches!(refused, Err(StoreError::Newer { .. })),
        "{refused:?}"
    );

    let mut foreign = record();
    foreign.config.network.filters = vec![16, 16];
    write(&foreign);
    let refused = store.read(&blank().identity());
    assert!(
        matches!(refused, Err(StoreError::Identity { .. })),
        "{refused:?}"
    );

    let mut broken = record();
    broken.samples[0].session = 1;
    write(&broken);
    let refused = store.read(&blank().identity());
    assert!(
        matches!(refused, Err(StoreError::Contradiction { .. })),
        "{refused:?}"
    );
}

#[test]
fn a_damaged_record_is_set_aside_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let store = RuntimeStore::create(folder.path()).unwrap();
    let identity = record().identity();
    let path = store.path(&identity);
    assert!(store.mend(&identity).unwrap().is_none(), "nothing is there");
    store.write(&record()).unwrap();
    assert!(store.mend(&identity).unwrap().is_none(), "it is sound");
    fs::write(&path, r#"{"format": 4}"#).unwrap();
    let refused = store.mend(&identity).unwrap_err();
    assert!(matches!(refused, StoreError::Newer { .. }), "{refused}");
    let refused = find_runtimes(folder.path()).unwrap_err();
    assert!(matches!(refused, StoreError::Newer { .. }), "{refused}");
    fs::write(&path, "rubbish").unwrap();
    let aside = store.mend(&identity).unwrap().unwrap();
    assert_eq!(
        aside.kept,
        path.with_file_name(format!("{identity}.json.aside-1"))
    );
    assert!(
        matches!(aside.reason, StoreError::Malformed { .. }),
        "{}",
        aside.reason
    );
    assert_eq!(fs::read_to_string(aside.kept).unwrap(), "rubbish");
    assert_eq!(store.read(&identity).unwrap(), None);
}

#[test]
fn a_file_in_place_of_the_folder_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("runtime"), "").unwrap();
    let refused = find_runtimes(folder.path()).unwrap_err().to_string();
    assert!(
        refused.contains("/runtime: cannot list the folder: "),
        "{refused}"
    );
}

#[test]
fn one_process_measures_into_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let store = RuntimeStore::create(folder.path()).unwrap();
    let refused = RuntimeStore::create(folder.path());
    assert!(
        matches!(refused, Err(StoreError::Locked { .. })),
        "{refused:?}"
    );
    drop(store);
    assert!(RuntimeStore::create(folder.path()).is_ok());
}

/// The process of a round writes while its parent holds the folder, and waits for another round.
#[test]
fn one_round_at_a_time_writes_into_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let whole = RuntimeStore::create(folder.path()).unwrap();
    let first = RuntimeStore::of_round(folder.path()).unwrap();
    first.write(&record()).unwrap();
    assert_eq!(whole.read(&record().identity()).unwrap(), Some(record()));
    let root = folder.path().to_owned();
    let second = std::thread::spawn(move || RuntimeStore::of_round(&root).is_ok());
    std::thread::sleep(std::time::Duration::from_millis(50));
    assert!(!second.is_finished(), "the first round still lives");
    drop(first);
    assert!(second.join().unwrap());
}
