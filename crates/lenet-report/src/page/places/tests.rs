//! The section as a reader sees it.

use lenet_results::{RunRecord, Scheduler, TrialRecord, WorkerNote};

use crate::testing::{lab_study, run};

fn page(records: &[TrialRecord], workers: &[WorkerNote]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let (study, _) = lab_study(1);
    let records = crate::Records {
        studies: &[study],
        trials: records,
        workers,
        ..crate::Records::default()
    };
    let files = crate::write_report(records, folder.path()).unwrap();
    let runs = std::fs::read_to_string(folder.path().join("runs.csv")).unwrap_or_default();
    std::fs::read_to_string(files.index).unwrap() + &runs
}

#[test]
fn jobs_nodes_hours_and_differences_are_told() {
    let (_, mut records) = lab_study(1);
    assert!(!page(&records, &[]).contains("Where it ran"));
    let job = |task: &str, node: &str, restart| Scheduler {
        name: "slurm".to_owned(),
        job: Some("12".to_owned()),
        task: Some(task.to_owned()),
        restart,
        node: Some(node.to_owned()),
    };
    for record in &mut records {
        record.runs = vec![RunRecord {
            scheduler: Some(job("0", "n1", 0)),
            ..run(0)
        }];
    }
    records[0].runs[0].scheduler = Some(job("3", "n2", 2));
    let same = page(&records, &[]);
    assert!(
        same.contains("Where it ran") && !same.contains("took part"),
        "one of each is no matter"
    );
    records[0].runs[0].environment.revision = "fff0000".to_owned();
    records[0].runs[0].level = "avx512".to_owned();
    let note = WorkerNote {
        format: 1,
        host: "n1".to_owned(),
        process: 1,
        scheduler: Some(job("0", "n1", 0)),
        started_unix: 0,
        seen_unix: 7200,
        ended: true,
        cores: 4,
        cpu_seconds: Some(6.0 * 3600.0),
    };
    let told = page(&records, &[note]);
    for part in [
        "The workers were given 8.00 CPU hours and computed for 6.00, 75.0 % of them",
        "2 revisions of the program took part: abc1234 (",
        "fff0000 (1)",
        "2 instruction sets took part: avx2 (",
        "slurm 12</td>",
        "n1, n2",
        "runs.csv",
        "trial,from_epoch,started,host,scheduler,job,task,restart,node,revision,instruction_set\n",
        ",0,1700000000,bench,slurm,12,3,2,n2,fff0000,avx512\n",
    ] {
        assert!(told.contains(part), "{part}");
    }
}
