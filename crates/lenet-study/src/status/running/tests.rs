//! Running trials, and when a study may end.

use lenet_core::Trial;
use lenet_results::{CellRecord, Environment, RunRecord};

use super::*;

fn cell(label: &str, epochs: usize) -> CellRecord {
    CellRecord {
        label: label.to_owned(),
        config: Trial {
            epochs,
            ..Trial::default()
        },
        images: None,
        parameters: None,
        execution: None,
        trials: Vec::new(),
    }
}

fn trial<'s>(
    cell: &'s CellRecord,
    state: State,
    epochs: Option<usize>,
    seconds: Option<f64>,
) -> TrialStatus<'s> {
    TrialStatus {
        identity: "0123456789abcdef",
        figures: vec!["1"],
        state,
        epochs,
        problem: None,
        damaged: Vec::new(),
        is_verified: true,
        seconds,
        cell,
        seed: 1,
    }
}

#[test]
fn the_time_left_is_that_of_the_cells() {
    let (quick, slow, new) = (cell("a", 4), cell("b", 4), cell("c", 4));
    let done = |cell, seconds| trial(cell, State::Done, Some(4), Some(seconds));
    let status = |trials| Status {
        unread: 0,
        trials,
        names: crate::plan::names(&[]),
    };
    let mut trials = vec![
        done(&quick, 10.0),
        done(&quick, 14.0),
        done(&slow, 96.0),
        trial(&quick, State::Missing, None, None),
        trial(&new, State::Interrupted, Some(2), None),
        trial(&slow, State::Failed, Some(1), None),
    ];
    assert_eq!(status(trials).seconds_left(), None, "nobody runs one");
    trials = vec![
        done(&quick, 10.0),
        done(&quick, 14.0),
        done(&slow, 96.0),
        trial(&quick, State::Missing, None, None),
        trial(&new, State::Interrupted, Some(2), None),
        trial(&slow, State::Failed, Some(1), None),
        trial(&slow, State::Running, Some(1), None),
        trial(&quick, State::Running, Some(0), None),
    ];
    // 12 s, half of the mean of 40 s, three quarters of 96 s, 12 s: two at once.
    assert_eq!(
        status(trials).seconds_left(),
        Some((12.0 + 20.0 + 72.0 + 12.0) / 2.0)
    );
    let trials = vec![trial(&quick, State::Running, Some(1), None)];
    assert_eq!(status(trials).seconds_left(), None, "none has finished");
}

#[test]
fn who_runs_a_trial_and_since_when() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(folder.path()).unwrap();
    let config = Trial::default();
    let identity = config.identity();
    let now = SystemTime::now();
    assert_eq!(Running::look(&store, &identity, now), None);
    let mut writer = store.trial(&identity).begin(&config).unwrap();
    let began = now - Duration::from_secs(100);
    let job = Scheduler {
        name: "slurm".to_owned(),
        job: Some("5".to_owned()),
        task: Some("0".to_owned()),
        restart: 1,
        node: Some("n1".to_owned()),
    };
    let run = RunRecord {
        from_epoch: 0,
        started_unix: began.duration_since(UNIX_EPOCH).unwrap().as_secs(),
        environment: Environment::collect(),
        threads: 1,
        jobs: 1,
        group: 1,
        device: "cpu".to_owned(),
        level: "avx2".to_owned(),
        self_check: None,
        scheduler: Some(job.clone()),
    };
    writer.append_run(&run).unwrap();
    let found = Running::look(&store, &identity, now + Duration::from_secs(20)).unwrap();
    assert!(
        found
            .owner
            .starts_with(&format!("process {} on ", std::process::id()))
    );
    assert_eq!(found.scheduler, Some(job));
    assert!((119.0..122.0).contains(&found.since.unwrap()), "{found:?}");
    assert!((0.0..21.0).contains(&found.heartbeat.unwrap()), "{found:?}");
    drop(writer);
    assert_eq!(Running::look(&store, &identity, now), None);
}
