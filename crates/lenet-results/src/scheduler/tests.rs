//! What schedulers say of a process.

use std::collections::BTreeMap;

use super::*;

fn environment(text: &str) -> impl Fn(&str) -> Option<String> {
    let pairs = text.split_whitespace().map(|pair| {
        let (name, value) = pair.split_once('=').expect("NAME=VALUE");
        (name.to_owned(), value.to_owned())
    });
    let pairs: BTreeMap<String, String> = pairs.collect();
    move |name| pairs.get(name).cloned()
}

/// A task of an array, as Slurm 22.05 describes it.
const ARRAY: &str = "SLURM_JOB_ID=6 SLURM_ARRAY_JOB_ID=5 SLURM_ARRAY_TASK_ID=7 SLURM_ARRAY_TASK_MIN=3 \
                     SLURM_ARRAY_TASK_MAX=9 SLURM_ARRAY_TASK_STEP=2 SLURM_ARRAY_TASK_COUNT=4 \
                     SLURM_PROCID=0 SLURMD_NODENAME=n1";

fn job(name: &str, job: Option<&str>, task: Option<&str>) -> Scheduler {
    Scheduler {
        name: name.to_owned(),
        job: job.map(str::to_owned),
        task: task.map(str::to_owned),
        restart: 0,
        node: None,
    }
}

#[test]
fn each_scheduler_is_known_by_its_variables() {
    let on_n1 = |job: Scheduler, restart| Scheduler {
        restart,
        node: Some("n1".to_owned()),
        ..job
    };
    let cases = [
        ("", None),
        ("SLURM_CONF=x SLURM_PROCID=0 HQ_TASK_ID=3", None),
        (ARRAY, Some(on_n1(job("slurm", Some("5"), Some("7")), 0))),
        (
            "SLURM_JOB_ID=6 SLURM_RESTART_COUNT=2 SLURMD_NODENAME=n1 PARALLEL_SEQ=4",
            Some(on_n1(job("slurm", Some("6"), None), 2)),
        ),
        (
            "HQ_JOB_ID=1 HQ_TASK_ID=0 HQ_INSTANCE_ID=0",
            Some(job("hyperqueue", Some("1"), Some("0"))),
        ),
        (
            "JOB_COMPLETION_INDEX=2",
            Some(job("kubernetes", None, Some("2"))),
        ),
        ("PARALLEL_SEQ=4", Some(job("parallel", None, Some("4")))),
    ];
    let found: Vec<_> = cases
        .iter()
        .map(|(text, _)| Scheduler::of(&environment(text)))
        .collect();
    let expected: Vec<_> = cases.into_iter().map(|(_, expected)| expected).collect();
    assert_eq!(found, expected);
}

#[test]
fn a_job_is_told_in_one_line() {
    let task = Scheduler {
        restart: 2,
        node: Some("n1".to_owned()),
        ..job("slurm", Some("12"), Some("3"))
    };
    assert_eq!(task.to_string(), "slurm 12_3, started again 2 times, on n1");
    assert_eq!(job("slurm", Some("12"), None).to_string(), "slurm 12");
    assert_eq!(job("parallel", None, Some("4")).to_string(), "parallel 4");
}

#[test]
fn what_is_not_known_is_left_out_of_the_record() {
    let text = serde_json::to_string(&job("parallel", None, Some("4"))).unwrap();
    assert_eq!(text, r#"{"name":"parallel","task":"4"}"#);
    let read: Scheduler = serde_json::from_str(&text).unwrap();
    assert_eq!(read, job("parallel", None, Some("4")));
}

#[test]
fn workers_are_counted_as_their_scheduler_counts_them() {
    let step = "SLURM_PROCID=2 SLURM_STEP_NUM_TASKS=3";
    let both = format!("{ARRAY} SLURM_PROCID=2 SLURM_STEP_NUM_TASKS=3");
    let cases = [
        ("", None),
        // A batch script on its own, and a rank that cannot be.
        ("SLURM_JOB_ID=6 SLURM_PROCID=0", None),
        ("SLURM_PROCID=3 SLURM_STEP_NUM_TASKS=3", None),
        // Tasks 3, 5, 7 and 9.
        (ARRAY, Some((2, 4))),
        (step, Some((2, 3))),
        (&both, Some((8, 12))),
        ("JOB_COMPLETION_INDEX=0", Some((0, 1))),
        ("HQ_TASK_ID=6", Some((3, 8))),
        ("PARALLEL_SEQ=1", Some((0, 1))),
        ("PARALLEL_SEQ=0", None),
    ];
    for (text, expected) in cases {
        assert_eq!(worker_of(&environment(text)), expected, "{text}");
    }
}

#[test]
fn workers_of_an_unknown_number_are_spread() {
    let first: Vec<_> = (0..8).map(spread).collect();
    let expected = [
        (0, 1),
        (1, 2),
        (1, 4),
        (3, 4),
        (1, 8),
        (5, 8),
        (3, 8),
        (7, 8),
    ];
    assert_eq!(first, expected);
    let mut places: Vec<_> = (0..1024)
        .map(|number| {
            let (index, of) = spread(number);
            index * 1024 / of
        })
        .collect();
    places.sort_unstable();
    assert_eq!(places, (0..1024).collect::<Vec<_>>());
    assert_eq!(spread(usize::MAX), (0, 1));
}
