//! Small measurements: what is on disk after them, and how they go on.

use std::sync::atomic::Ordering;

use super::super::{plan::Device, testing};
use super::*;
use lenet_core::{Backend, DeviceKind};

fn plan(backend: Backend) -> Plan {
    let mut config = testing::config();
    config.backend = vec![backend];
    let cpu = Device {
        kind: DeviceKind::Cpu,
        ordinal: 0,
    };
    let found = (vec![cpu], Vec::new());
    Plan::new(&config, found, &testing::splits(), 1, Level::Portable).unwrap()
}

/// Runs the plan and raises the stop flag before piece `stop_at` of its work.
fn measure(
    plan: &Plan,
    store: &RuntimeStore,
    stop_at: Option<usize>,
) -> Result<(Option<Vec<RuntimeRecord>>, Vec<Progress>), RuntimeError> {
    let data = testing::splits();
    let stop = Arc::new(AtomicBool::new(false));
    let context = RunContext {
        data: &data,
        store,
        level: Level::Portable,
        stop: &stop,
    };
    let mut told = Vec::new();
    let records = run(plan, context, &mut |progress| {
        told.push(progress.clone());
        if Some(progress.done) == stop_at {
            stop.store(true, Ordering::Relaxed);
        }
    })?;
    Ok((records, told))
}

#[test]
fn every_point_is_sampled_every_round_and_written() {
    for backend in [Backend::Fused, Backend::Stock] {
        let folder = tempfile::tempdir().unwrap();
        let store = RuntimeStore::create(folder.path()).unwrap();
        let plan = plan(backend);
        let (records, told) = measure(&plan, &store, None).unwrap();
        let records = records.expect("nobody stops it");
        assert_eq!(told.len(), 4 * 2 + 4);
        assert!(told.iter().all(|progress| progress.total == 12));
        assert!(
            told.is_sorted_by(|a, b| a.share < b.share),
            "{backend:?}: {told:?}"
        );
        for (record, point) in records.iter().zip(&plan.points) {
            assert_eq!(store.read(point).unwrap().as_ref(), Some(record));
            let rounds: Vec<_> = record.samples.iter().map(|s| s.round).collect();
            assert_eq!(rounds, [1, 2]);
            assert!(record.samples.iter().all(|s| s.seconds() > 0.0));
            assert_eq!((record.phases.len(), record.sessions.len()), (1, 1));
            assert!(record.phases[0].forward > 0.0, "{:?}", record.phases);
        }
        let (_, told) = measure(&plan, &store, None).unwrap();
        assert!(told.is_empty(), "nothing is done twice");
    }
}

#[test]
fn a_group_is_one_sample() {
    let folder = tempfile::tempdir().unwrap();
    let store = RuntimeStore::create(folder.path()).unwrap();
    let mut plan = plan(Backend::Fused);
    plan.points.truncate(1);
    let alone = measure(&plan, &store, None).unwrap().0.unwrap().remove(0);
    plan.points[0].trials = 3;
    let begun = std::time::Instant::now();
    let group = measure(&plan, &store, None).unwrap().0.unwrap().remove(0);
    let clock = begun.elapsed().as_secs_f64();
    assert_eq!((group.samples.len(), group.phases.len()), (2, 0));
    assert_eq!(group.work.train_flops, 3 * alone.work.train_flops);
    assert_eq!(group.work.evaluation_flops, 3 * alone.work.evaluation_flops);
    let seconds: f64 = group.samples.iter().map(RuntimeSample::seconds).sum();
    assert!(
        seconds > 0.0 && seconds <= clock,
        "{seconds} s of {clock} s"
    );

    // Stopped within a group: nothing is kept of it.
    plan.points[0].trials = 4;
    let (ended, _) = measure(&plan, &store, Some(0)).unwrap();
    assert!(ended.is_none());
    assert_eq!(store.read(&plan.points[0]).unwrap(), None);
}

#[test]
fn a_run_broken_off_goes_on_with_what_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let store = RuntimeStore::create(folder.path()).unwrap();
    let plan = plan(Backend::Fused);
    let (ended, told) = measure(&plan, &store, Some(5)).unwrap();
    assert!(ended.is_none());
    assert_eq!(told.len(), 6);
    let before: Vec<_> = plan
        .points
        .iter()
        .map(|point| store.read(point).unwrap())
        .collect();
    let kept: usize = before.iter().flatten().map(|r| r.samples.len()).sum();
    assert_eq!(kept, 5, "the sample under way is thrown away");

    let (records, told) = measure(&plan, &store, None).unwrap();
    assert_eq!(told.len(), 12 - 5);
    for (record, before) in records.expect("nobody stops it").iter().zip(before) {
        assert_eq!(record.samples.len(), 2);
        let before = before.map_or(Vec::new(), |record| record.samples);
        assert_eq!(
            record.samples[..before.len()],
            before,
            "old samples are kept"
        );
    }
}

#[test]
fn records_of_another_build_are_not_mixed_in() {
    let folder = tempfile::tempdir().unwrap();
    let store = RuntimeStore::create(folder.path()).unwrap();
    let plan = plan(Backend::Fused);
    let (records, _) = measure(&plan, &store, None).unwrap();
    let mut foreign = records.expect("nobody stops it").remove(2);
    foreign.sessions[0].environment.cpu = "another processor".into();
    store.write(&foreign).unwrap();
    let refused = measure(&plan, &store, None).unwrap_err().to_string();
    assert!(
        refused.contains("another processor") && refused.contains("--out"),
        "{refused}"
    );
}
