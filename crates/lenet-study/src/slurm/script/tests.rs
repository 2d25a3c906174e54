//! The text of the scripts; what they do is tested on a cluster, see docs/cluster.md.

use std::path::PathBuf;

use expect_test::expect;

use super::*;
use crate::slurm::config::SlurmConfig;

struct Sample {
    out: PathBuf,
    arguments: Vec<String>,
    request: Request,
    max_array_size: usize,
}

fn sample() -> Sample {
    let config = SlurmConfig {
        partition: Some("main".to_owned()),
        time: Some("1:00:00".parse().unwrap()),
        cpus_per_task: Some(2),
        tasks: Some(25),
        gpus: Some("a100:1".to_owned()),
        extra: Some(vec![
            "--mem=4G".to_owned(),
            "--comment=two words".to_owned(),
        ]),
    };
    Sample {
        out: PathBuf::from("/home/ann/50% done/smoke"),
        arguments: vec!["--only".to_owned(), "1".to_owned()],
        request: Request::new(config, 10),
        max_array_size: 11,
    }
}

impl Sample {
    fn submission(&self) -> Submission<'_> {
        Submission {
            study: "smoke",
            out: &self.out,
            program: Path::new("/home/ann/50% done/smoke/cluster/lenet-lab-0123"),
            arguments: &self.arguments,
            request: &self.request,
            max_array_size: self.max_array_size,
        }
    }
}

fn options(script: &str) -> String {
    let lines = script.lines().filter(|line| line.starts_with("#SBATCH "));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn options_of_an_array_and_of_its_report() {
    let sample = sample();
    let submission = sample.submission();
    let jobs: Vec<Job> = submission.jobs().collect();
    let workers = |first, tasks| Job::Workers { first, tasks };
    assert_eq!(
        jobs,
        [workers(0, 11), workers(11, 11), workers(22, 3), Job::Report]
    );
    expect![[r##"
        #SBATCH --job-name=lenet-smoke
        #SBATCH --partition=main
        #SBATCH --time=1:00:00
        #SBATCH --nodes=1
        #SBATCH --ntasks=1
        #SBATCH --cpus-per-task=2
        #SBATCH --gres=gpu:a100:1
        #SBATCH --array=0-2
        #SBATCH --signal=B:USR1@90
        #SBATCH "--output=/home/ann/50%% done/smoke/logs/worker-%A_%a.log"
        #SBATCH --requeue
        #SBATCH --open-mode=append
        #SBATCH --mem=4G
        #SBATCH "--comment=two words""##]]
    .assert_eq(&options(&submission.script(jobs[2])));
    expect![[r##"
        #!/bin/bash
        #SBATCH --job-name=lenet-smoke
        #SBATCH --partition=main
        #SBATCH --time=1:00:00
        #SBATCH --nodes=1
        #SBATCH --ntasks=1
        #SBATCH --cpus-per-task=1
        #SBATCH "--output=/home/ann/50%% done/smoke/logs/report-%j.log"
        #SBATCH --requeue
        #SBATCH --open-mode=append
        #SBATCH --mem=4G
        #SBATCH "--comment=two words"
        exec '/home/ann/50% done/smoke/cluster/lenet-lab-0123' report --records '/home/ann/50% done/smoke' --out '/home/ann/50% done/smoke/report'
    "##]].assert_eq(&submission.script(Job::Report));
}

#[test]
fn a_worker_is_told_its_number_and_when_to_stop() {
    let sample = sample();
    let script = sample.submission().script(Job::Workers {
        first: 22,
        tasks: 3,
    });
    for line in [
        "stop_at=3510 # seconds from here; 0: as soon as Slurm says",
        "number=$((22 + ${SLURM_ARRAY_TASK_ID:-0}))",
        "    '/home/ann/50% done/smoke/cluster/lenet-lab-0123' worker --out '/home/ann/50% done/smoke' \
         --only 1 --index \"$number\" --of 25 &",
    ] {
        assert!(
            script.lines().any(|found| found == line),
            "{line}\n{script}"
        );
    }
    for place in ["@COMMAND@", "@FIRST@", "@WORKERS@", "@STOP_AT@"] {
        assert!(!script.contains(place), "{script}");
    }
}

#[test]
fn a_short_time_is_worked_for_the_most_part() {
    let lead = |time: Option<&str>| {
        let mut sample = sample();
        sample.request.time = time.map(|time| time.parse().unwrap());
        let script = sample
            .submission()
            .script(Job::Workers { first: 0, tasks: 1 });
        let line = |start: &str| {
            let found = script.lines().find(|line| line.starts_with(start));
            found.expect(start).to_owned()
        };
        let signal = line("#SBATCH --signal=").replace("#SBATCH --signal=B:USR1@", "");
        let stop = line("stop_at=").replace("stop_at=", "");
        (
            signal,
            stop.split(' ').next().unwrap_or_default().to_owned(),
        )
    };
    let words = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    assert_eq!(lead(Some("1")), words("20", "40"));
    assert_eq!(lead(Some("5")), words("90", "210"));
    assert_eq!(lead(Some("1-00")), words("90", "86310"));
    assert_eq!(lead(Some("infinite")), words("90", "0"));
    assert_eq!(lead(None), words("90", "0"));
}

#[test]
fn without_arrays_each_worker_is_a_job() {
    let mut sample = sample();
    sample.max_array_size = 0;
    sample.request.workers = 2;
    let submission = sample.submission();
    assert_eq!(submission.jobs().count(), 3);
    let script = submission.script(Job::Workers { first: 1, tasks: 1 });
    assert!(!script.contains("--array"), "{script}");
    assert!(script.contains("/worker-%j.log"), "{script}");
}

#[test]
fn paths_that_no_script_can_name_are_refused() {
    let told = |out: &str| {
        let sample = Sample {
            out: PathBuf::from(out),
            ..sample()
        };
        let checked = sample.submission().check_paths();
        checked.map_err(|error| error.to_string())
    };
    assert_eq!(told("/home/ann/a b%c"), Ok(()));
    for out in ["/home/a\nb", "/home/a\"b", "/home/a\\b", "/home/a'b"] {
        assert!(told(out).is_err(), "{out}");
    }
}
