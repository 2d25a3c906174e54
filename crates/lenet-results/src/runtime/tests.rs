//! Runtime records on disk.

use super::*;

fn point() -> RuntimePoint {
    RuntimePoint {
        device: DeviceKind::Cpu,
        ordinal: 0,
        backend: Backend::Fused,
        placement: DataPlacement::Streamed,
        threads: 2,
        level: "avx2".into(),
        filters: 8,
        parameters: 52_258,
        batch_size: 64,
        dropout: 0.0,
        source: "mnist".into(),
        samples: 10_000,
        validation: 5_000,
        test: 10_000,
        learning_rate: 0.1,
        seed: 1,
        trials: 1,
    }
}

fn record() -> RuntimeRecord {
    let mut record = RuntimeRecord::new(
        point(),
        RuntimeWork {
            train_flops: 11_000_000_000,
            evaluation_flops: 6_000_000_000,
        },
    );
    record.sessions.push(RuntimeSession {
        environment: Environment::collect(),
        governor: "unknown".into(),
        load_average: Some(0.25),
        peak_flops_per_thread: None,
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
    assert_eq!(store.read(&point()).unwrap(), None);
    store.write(&record()).unwrap();
    let found = store.read(&point()).unwrap().unwrap();
    assert_eq!(found, record());
    assert_eq!(found.phases[0].sum(), 0.75);
}

/// Records of before there were groups keep their meaning and their name.
#[test]
fn one_trial_is_not_written_down() {
    let text = serde_json::to_string(&point()).unwrap();
    assert!(!text.contains("trials"), "{text}");
    assert_eq!(point().identity(), "0f94d7b5745f3300");
    let group = RuntimePoint {
        trials: 80,
        ..point()
    };
    let text = serde_json::to_string(&group).unwrap();
    assert!(text.contains("\"trials\":80"), "{text}");
    assert_eq!(serde_json::from_str::<RuntimePoint>(&text).unwrap(), group);
}

#[test]
fn all_records_of_a_folder_are_read_and_none_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(runtime_records(folder.path()).unwrap(), []);
    let store = RuntimeStore::create(folder.path()).unwrap();
    let mut second = record();
    second.point.filters = 16;
    for record in [&record(), &second] {
        store.write(record).unwrap();
    }
    let found = runtime_records(folder.path()).unwrap();
    assert_eq!(found.len(), 2, "the lock is no record");
    assert!(found.contains(&record()) && found.contains(&second));
    fs::write(folder.path().join("runtime/0123.json"), "{}").unwrap();
    assert!(runtime_records(folder.path()).is_err());
}

#[test]
fn every_setting_names_another_point() {
    let changes: [fn(&mut RuntimePoint); 10] = [
        |p| p.backend = Backend::Stock,
        |p| p.placement = DataPlacement::Resident,
        |p| p.threads = 1,
        |p| p.level = "portable".into(),
        |p| p.filters = 16,
        |p| p.batch_size = 16,
        |p| p.dropout = 0.5,
        |p| p.samples = 100,
        |p| p.device = DeviceKind::Cuda,
        |p| p.trials = 16,
    ];
    let mut seen = vec![point().identity()];
    for change in changes {
        let mut other = point();
        change(&mut other);
        seen.push(other.identity());
    }
    let count = seen.len();
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), count);
}

#[test]
fn what_is_newer_foreign_or_broken_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let store = RuntimeStore::create(folder.path()).unwrap();
    let write = |record: &RuntimeRecord| {
        let text = serde_json::to_string(record).unwrap();
        fs::write(store.path(&point().identity()), text).unwrap();
    };

    let mut newer = record();
    newer.format = RUNTIME_FORMAT + 1;
    write(&newer);
    let refused = store.read(&point());
    assert!(
        matches!(refused, Err(StoreError::Newer { .. })),
        "{refused:?}"
    );

    let mut foreign = record();
    foreign.point.filters = 16;
    write(&foreign);
    let refused = store.read(&point());
    assert!(
        matches!(refused, Err(StoreError::Identity { .. })),
        "{refused:?}"
    );

    let mut broken = record();
    broken.samples[0].session = 1;
    write(&broken);
    let refused = store.read(&point());
    assert!(
        matches!(refused, Err(StoreError::Malformed { .. })),
        "{refused:?}"
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
