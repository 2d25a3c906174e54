//! Small measurements: what is on disk after them, and how they go on.

use std::sync::atomic::Ordering;

use super::super::testing::{self, STUDY};
use super::*;

fn plan(backend: &str) -> Plan {
    let set = format!("[figure.set]\nbackend = \"{backend}\"");
    testing::plan(&STUDY.replace("[figure.set]", &set))
}

/// Runs the plan and raises the stop flag before piece `stop_at` of its work.
fn measure(
    plan: &Plan,
    store: &RuntimeStore,
    stop_at: Option<usize>,
) -> Result<(Option<Vec<RuntimeRecord>>, Vec<Progress>), StudyError> {
    let data = testing::data();
    let stop = Arc::new(AtomicBool::new(false));
    let context = MeasureContext {
        data: &data,
        store,
        level: Level::Portable,
        stop: &stop,
    };
    let mut told = Vec::new();
    let records = run(plan, Part::Whole, context, &mut |progress| {
        told.push(progress.clone());
        if Some(progress.done) == stop_at {
            stop.store(true, Ordering::Relaxed);
        }
    })?;
    Ok((records, told))
}

#[test]
fn every_runtime_is_sampled_every_round_and_written() {
    for backend in ["fused", "stock"] {
        let folder = tempfile::tempdir().unwrap();
        let store = RuntimeStore::create(folder.path()).unwrap();
        let plan = plan(backend);
        let (records, told) = measure(&plan, &store, None).unwrap();
        let records = records.expect("nobody stops it");
        assert_eq!(told.len(), 4 * 2 + 4);
        assert!(told.iter().all(|progress| progress.total == 12));
        assert!(
            told.is_sorted_by(|a, b| a.share < b.share),
            "{backend}: {told:?}"
        );
        for (record, runtime) in records.iter().zip(&plan.runtimes) {
            assert_eq!(
                store.read(&runtime.identity).unwrap().as_ref(),
                Some(record)
            );
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

/// What two processes do, one after the other.
#[test]
fn each_part_adds_a_session_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let store = RuntimeStore::create(folder.path()).unwrap();
    let plan = plan("fused");
    let data = testing::data();
    let context = MeasureContext {
        data: &data,
        store: &store,
        level: Level::Portable,
        stop: &Arc::new(AtomicBool::new(false)),
    };
    for (part, pieces) in [
        (Part::Round(2), 4),
        (Part::Round(1), 4),
        (Part::Phases, 4),
        (Part::Whole, 0),
    ] {
        let mut told = 0;
        let records = run(&plan, part, context, &mut |_| told += 1).unwrap();
        assert!(records.is_some());
        assert_eq!(told, pieces, "{part}");
    }
    for runtime in &plan.runtimes {
        let record = store.read(&runtime.identity).unwrap().unwrap();
        let taken = record.samples.iter().map(|s| (s.round, s.session));
        assert_eq!(taken.collect::<Vec<_>>(), [(2, 0), (1, 1)]);
        assert_eq!((record.sessions.len(), record.phases.len()), (3, 1));
    }
}

#[test]
fn a_group_is_one_sample() {
    let folder = tempfile::tempdir().unwrap();
    let store = RuntimeStore::create(folder.path()).unwrap();
    let mut plan = plan("fused");
    plan.runtimes.truncate(1);
    let together = |plan: &mut Plan, trials: usize| {
        let runtime = &mut plan.runtimes[0];
        runtime.blank.execution.trials = trials;
        runtime.identity = runtime.blank.identity();
    };
    together(&mut plan, 3);
    let begun = std::time::Instant::now();
    let group = measure(&plan, &store, None).unwrap().0.unwrap().remove(0);
    let clock = begun.elapsed().as_secs_f64();
    assert_eq!((group.samples.len(), group.phases.len()), (2, 0));
    let seconds: f64 = group.samples.iter().map(RuntimeSample::seconds).sum();
    assert!(
        seconds > 0.0 && seconds <= clock,
        "{seconds} s of {clock} s"
    );

    // Stopped within a group: nothing is kept of it.
    together(&mut plan, 4);
    let (ended, _) = measure(&plan, &store, Some(0)).unwrap();
    assert!(ended.is_none());
    assert_eq!(store.read(&plan.runtimes[0].identity).unwrap(), None);
}

/// What any setting of a trial changes is measured as a trial of that setting, on images of one's own.
#[test]
fn every_setting_is_an_axis() {
    let folder = tempfile::tempdir().unwrap();
    let store = RuntimeStore::create(folder.path()).unwrap();
    let axes = "[figure.axes]\noptimizer = [\"sgd\", \"adam\"]\nkernel = [3, 5]\n\
                schedule = [\"constant\", \"cosine\"]\nhidden = [8, [4, 4]]\nthreads = [1, 2]\n";
    let study = STUDY.replace(
        "[figure.axes]\nfilters = [2, 3]\ndropout = [0, 0.5]\n",
        axes,
    );
    let study = study.replace("[figure.set]", "[figure.set]\nfilters = 2");
    let mut plan = testing::plan(&study);
    assert_eq!(plan.runtimes.len(), 32);
    // The first and the last have nothing in common.
    plan.runtimes = vec![plan.runtimes[0].clone(), plan.runtimes[31].clone()];
    let (records, told) = measure(&plan, &store, None).unwrap();
    let records = records.expect("nobody stops it");
    assert_eq!(told.len(), 2 * 3);
    assert!(
        told.iter().any(|p| p.next.contains("optimizer = adam")),
        "{told:?}"
    );
    let adam = &records[1];
    assert_eq!(adam.config.optimizer, lenet_core::Optimizer::ADAM);
    assert_eq!((adam.config.network.kernel, adam.execution.threads), (5, 2));
    assert!(
        records
            .iter()
            .all(|r| r.samples.len() == 2 && r.phases.len() == 1)
    );
    assert!(records[0].config.data.source != "mnist");
}

#[test]
fn a_run_broken_off_goes_on_with_what_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let store = RuntimeStore::create(folder.path()).unwrap();
    let plan = plan("fused");
    let (ended, told) = measure(&plan, &store, Some(5)).unwrap();
    assert!(ended.is_none());
    assert_eq!(told.len(), 6);
    let read = |runtime: &PlannedRuntime| store.read(&runtime.identity).unwrap();
    let before: Vec<_> = plan.runtimes.iter().map(read).collect();
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
    let plan = plan("fused");
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
