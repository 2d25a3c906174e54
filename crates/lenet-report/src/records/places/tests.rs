//! Places of made-up runs and workers.

use super::*;
use crate::testing::{lab_config, run, trial};

fn job(job: &str, task: &str, node: &str) -> Scheduler {
    Scheduler {
        name: "slurm".to_owned(),
        job: Some(job.to_owned()),
        task: Some(task.to_owned()),
        restart: 0,
        node: Some(node.to_owned()),
    }
}

fn worker(
    scheduler: Option<Scheduler>,
    seconds: u64,
    cores: usize,
    used: Option<f64>,
) -> WorkerNote {
    WorkerNote {
        format: 1,
        host: "login".to_owned(),
        process: 7,
        scheduler,
        started_unix: 1000,
        seen_unix: 1000 + seconds,
        ended: true,
        cores,
        cpu_seconds: used,
    }
}

/// A trial that was begun in one job and went on in another, and one that ran on a machine.
fn records() -> Vec<TrialRecord> {
    let config = lab_config("sgd", 0.1, 0.0);
    let mut moved = trial(&config, 1, &[0.5, 0.6]);
    let begun = RunRecord {
        scheduler: Some(job("12", "0", "n1")),
        ..run(0)
    };
    let resumed = RunRecord {
        scheduler: Some(job("15", "3", "n2")),
        level: "avx512".to_owned(),
        ..run(1)
    };
    moved.runs = vec![begun, resumed];
    vec![moved, trial(&config, 2, &[0.5])]
}

#[test]
fn who_ran_what_is_counted() {
    let workers = [
        worker(Some(job("12", "0", "n1")), 100, 2, Some(150.0)),
        worker(Some(job("12", "1", "n2")), 50, 2, Some(10.0)),
        worker(Some(job("15", "3", "n2")), 10, 2, None),
    ];
    let found = Places::find(&records(), &workers).unwrap();
    let share = |place: &Place| &found.shares[place];
    let slurm = |job: &str| Place::Job {
        scheduler: "slurm".to_owned(),
        job: Some(job.to_owned()),
    };
    let first = share(&slurm("12"));
    assert_eq!((first.workers, first.runs, first.trials.len()), (2, 1, 1));
    assert_eq!((first.allocated, first.used), (300.0, Some(160.0)));
    assert_eq!(first.nodes.iter().collect::<Vec<_>>(), ["n1", "n2"]);
    let second = share(&slurm("15"));
    assert_eq!((second.allocated, second.used), (20.0, None));
    let third = share(&Place::Host("bench".to_owned()));
    assert_eq!((third.workers, third.runs, third.used), (0, 1, None));
    assert_eq!(
        found.levels,
        BTreeMap::from([("avx2".to_owned(), 2), ("avx512".to_owned(), 1)])
    );
    assert_eq!(found.revisions.len(), 1);
    assert_eq!(found.hours(), None, "one worker does not tell");
    let found = Places::find(&records(), &workers[..2]).unwrap();
    assert_eq!(found.hours(), Some((300.0, 160.0)));
}

#[test]
fn one_machine_alone_is_no_matter() {
    let alone = &records()[1..];
    assert_eq!(Places::find(alone, &[]), None);
    assert_eq!(Places::find(&[], &[]), None);
    assert!(Places::find(alone, &[worker(None, 1, 1, None)]).is_some());
    let mut elsewhere = alone[0].clone();
    elsewhere.runs[0].environment.host = "other".to_owned();
    assert!(Places::find(&[alone[0].clone(), elsewhere], &[]).is_some());
}
