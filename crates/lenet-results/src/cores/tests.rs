//! Cores that Slurm allocates.

use super::*;

fn environment(text: &str) -> impl Fn(&str) -> Option<String> {
    move |name| {
        let mut pairs = text
            .split_whitespace()
            .filter_map(|pair| pair.split_once('='));
        let found = pairs.find(|(known, _)| *known == name);
        found.map(|(_, value)| value.to_owned())
    }
}

fn allocated_by(text: &str) -> Option<usize> {
    allocated(&environment(text))
}

#[test]
fn the_allocation_of_a_task_is_what_counts() {
    let cases = [
        ("", None),
        // A shell that was given such a variable is no job.
        ("SLURM_CPUS_PER_TASK=1", None),
        ("SLURM_JOB_ID=1", None),
        (
            "SLURM_JOB_ID=1 SLURM_CPUS_PER_TASK=3 SLURM_CPUS_ON_NODE=8",
            Some(3),
        ),
        ("SLURM_JOB_ID=1 SLURM_CPUS_ON_NODE=8", Some(8)),
        // Two tasks on the fullest node; a batch script that will start as many is alone.
        (
            "SLURM_JOB_ID=1 SLURM_CPUS_ON_NODE=8 SLURM_STEP_TASKS_PER_NODE=1,2(x2)",
            Some(4),
        ),
        (
            "SLURM_JOB_ID=1 SLURM_CPUS_ON_NODE=8 SLURM_TASKS_PER_NODE=4",
            Some(8),
        ),
        // More tasks than cores, where they are shared.
        (
            "SLURM_JOB_ID=1 SLURM_CPUS_ON_NODE=2 SLURM_STEP_TASKS_PER_NODE=4",
            Some(1),
        ),
        ("SLURM_JOB_ID=1 SLURM_CPUS_ON_NODE=many", None),
    ];
    for (text, expected) in cases {
        assert_eq!(allocated_by(text), expected, "{text}");
    }
}

#[test]
fn there_is_a_core_and_no_more_than_the_system_grants() {
    let granted = std::thread::available_parallelism().unwrap().get();
    assert!((1..=granted).contains(&cores()), "{}", cores());
}

#[test]
fn a_part_of_a_machine_is_shared() {
    let here = |text: &str| SharedNode::new(&environment(text), 8);
    let part = |given| Some(SharedNode { given, of: 8 });
    let cases = [
        ("", None),
        ("SLURM_CPUS_ON_NODE=2", None),
        ("SLURM_JOB_ID=1 SLURM_CPUS_ON_NODE=2", part(2)),
        ("SLURM_JOB_ID=1 SLURM_CPUS_ON_NODE=8", None),
        // A step of one core in a job that has the whole of each node.
        (
            "SLURM_JOB_ID=1 SLURM_CPUS_ON_NODE=1 SLURM_JOB_CPUS_PER_NODE=8(x2)",
            None,
        ),
        (
            "SLURM_JOB_ID=1 SLURM_CPUS_ON_NODE=1 SLURM_JOB_CPUS_PER_NODE=4,2",
            part(4),
        ),
        ("SLURM_JOB_ID=1", None),
    ];
    for (text, expected) in cases {
        assert_eq!(here(text), expected, "{text}");
    }
    let told = SharedNode { given: 4, of: 8 }.to_string();
    assert!(
        told.starts_with("the job had 4 of the machine's 8 cores"),
        "{told}"
    );
}
