//! A study handed over to others: workers, and Slurm, whose programs are stood in for by scripts. tests/cluster
//! has the real ones.
#![cfg(unix)]

mod common;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use common::{Ran, epochs_csv, files_below, xtask};

/// Programs that answer as Slurm 22.05 does, and write down what they are asked.
const PROGRAMS: [(&str, &str); 5] = [
    (
        "sbatch",
        r#"case "$*" in
--version) echo "slurm-wlm 22.05.8"; exit ;;
--test-only) grep -q -- --partition=full && { echo "allocation failure: Requested node configuration is not available" >&2; exit 1; }; exit 0 ;;
esac
number=$(($(ls "$0".job-* 2>/dev/null | wc -l) + 7))
[ "$number" -lt "${LIMIT:-100}" ] || { echo "sbatch: error: QOSMaxSubmitJobPerUserLimit" >&2; exit 1; }
cat >"$0.job-$number"
echo "$*" >>"$0.asked"
echo "$number;loopback""#,
    ),
    (
        "sinfo",
        r#"case "$*" in
"-h -o %P") printf 'main*\nfull\nfar\n' ;;
*"-p far "*) echo 'elsewhere|8|(null)|infinite' ;;
*) printf 'n1|2|(null)|1-00:00:00\nn2|4|gpu:a100:2|1-00:00:00\n' ;;
esac"#,
    ),
    (
        "scontrol",
        r#"case "$*" in
"show config") echo 'MaxArraySize            = 3' ;;
*elsewhere*) echo 'NodeName=elsewhere NodeAddr=192.0.2.1 NodeHostName=elsewhere' ;;
*) echo 'NodeName=n1 NodeAddr=127.0.0.1 NodeHostName=localhost' ;;
esac"#,
    ),
    ("squeue", "exit 0"),
    ("scancel", r#"echo "$*" >>"$0.asked""#),
];

struct Slurm {
    folder: tempfile::TempDir,
}

impl Slurm {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let bin = folder.path().join("bin");
        fs::create_dir(&bin).unwrap();
        for (name, text) in PROGRAMS {
            let path = bin.join(name);
            fs::write(&path, format!("#!/bin/bash\n{text}\n")).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        }
        Self { folder }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path().join(name)).unwrap_or_default()
    }

    /// `experiments --config smoke --executor slurm` with these arguments, in a shell's words.
    fn submit(&self, arguments: &str) -> Ran {
        self.submit_with(arguments, &[])
    }

    fn submit_with(&self, arguments: &str, variables: &[(&str, &str)]) -> Ran {
        self.submit_to("out", arguments, variables)
    }

    fn submit_to(&self, out: &str, arguments: &str, variables: &[(&str, &str)]) -> Ran {
        let path = std::env::var("PATH").unwrap();
        let bin = self.path().join("bin");
        let mut command = xtask(self.path());
        command
            .args("experiments --config smoke --executor slurm --out".split(' '))
            .arg(out)
            .args(arguments.split_whitespace())
            .env("PATH", format!("{}:{path}", bin.display()))
            .env_remove("LENET_SITE");
        for (name, value) in variables {
            command.env(name, value);
        }
        command.output().unwrap().into()
    }
}

#[test]
fn arrays_of_workers_and_a_report_after_them_are_submitted() {
    let slurm = Slurm::new();
    let ran = slurm.submit("--tasks 7 --time 2:00:00 --cpus-per-task 2 --only 1 --threads 2");
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert_eq!(ran.stdout, "workers  7 8 9\nreport   10\n");
    // Arrays of at most three, whose workers are numbered on.
    for (job, array, first) in [(7, "0-2", 0), (8, "0-2", 3), (9, "0-0", 6)] {
        let script = slurm.read(&format!("bin/sbatch.job-{job}"));
        assert!(
            script.contains(&format!("#SBATCH --array={array}\n")),
            "{script}"
        );
        assert!(
            script.contains(&format!("number=$(({first} + ")),
            "{script}"
        );
        assert!(
            script.contains(" --only 1 --threads 2 --index \"$number\" --of 7 &\n"),
            "{script}"
        );
        assert!(
            script.contains("#SBATCH --time=2:00:00\n") && script.contains("--cpus-per-task=2\n")
        );
    }
    let asked = slurm.read("bin/sbatch.asked");
    let last = asked.lines().last().unwrap();
    assert_eq!(last, "--parsable --dependency=afterany:7:8:9");
    let report = slurm.read("bin/sbatch.job-10");
    assert!(report.contains(" report --records "), "{report}");
    let jobs = slurm.read("out/cluster/jobs.jsonl");
    assert_eq!(jobs.lines().count(), 4);
    assert!(
        jobs.contains("\"job\":\"10\",\"kind\":\"report\""),
        "{jobs}"
    );
    assert!(slurm.path().join("out/study.json").exists());
    assert_eq!(slurm.read("bin/scancel.asked"), "");
    // The script names a program that is there, whole.
    let script = slurm.read("bin/sbatch.job-7");
    let program = script
        .split_whitespace()
        .find(|word| word.contains("/cluster/lenet-lab-"))
        .unwrap();
    let copied = fs::metadata(program).unwrap();
    assert_eq!(
        copied.len(),
        fs::metadata(env!("CARGO_BIN_EXE_xtask")).unwrap().len()
    );
    assert_eq!(copied.permissions().mode() & 0o111, 0o111);
}

#[test]
fn a_job_that_slurm_refuses_takes_the_others_along() {
    let slurm = Slurm::new();
    let ran = slurm.submit_with("--tasks 7", &[("LIMIT", "9")]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""));
    assert!(
        ran.stderr.contains(
            "sbatch refuses job 3 of 4: QOSMaxSubmitJobPerUserLimit (the jobs before it are cancelled: 7, 8)"
        ),
        "{}",
        ran.stderr
    );
    assert_eq!(slurm.read("bin/scancel.asked"), "7 8\n");
}

#[test]
fn what_slurm_would_refuse_is_refused_before_anything_is_written() {
    let slurm = Slurm::new();
    let cases = [
        (
            "--partition ful",
            "partition \"ful\": Slurm has none of this name (hint: did you mean full?)",
        ),
        (
            "--partition full",
            "sbatch refuses the job: allocation failure: Requested node configuration",
        ),
        (
            "--cpus-per-task 5",
            "5 cores for a worker: the largest node of partition main has 4",
        ),
        (
            "--time 25:00:00",
            "time 25:00:00: jobs of partition main end after 1-00:00:00",
        ),
        (
            "--tasks 0",
            "--tasks: `tasks` is 0: give a whole number from 1 to 100000",
        ),
        (
            "--until-decided",
            "--until-decided: seeds are added stage by stage",
        ),
        (
            "--shard 1/2",
            "--shard: workers on one folder share the trials",
        ),
        (
            "--device auto",
            "--device auto: workers on several machines",
        ),
        ("--site none.toml", "none.toml: No such file"),
    ];
    for (arguments, expected) in cases {
        let ran = slurm.submit(arguments);
        assert_eq!(
            (ran.code, ran.stdout.as_str()),
            (Some(2), ""),
            "{arguments}: {}",
            ran.stderr
        );
        assert!(ran.stderr.contains(expected), "{arguments}: {}", ran.stderr);
    }
    let ran = slurm.submit_with("", &[("PATH", "/nonexistent")]);
    assert!(
        ran.stderr.contains("sbatch: cannot be started"),
        "{}",
        ran.stderr
    );
    assert_eq!(ran.code, Some(2));
    assert!(!slurm.path().join("out").exists());
    assert_eq!(slurm.read("bin/sbatch.asked"), "");
}

#[test]
fn a_site_goes_below_the_study_and_a_dry_run_shows_the_scripts() {
    let slurm = Slurm::new();
    let site = slurm.path().join("site.toml");
    fs::write(
        &site,
        "[slurm]\npartition = \"main\"\ntasks = 2\nextra = [\"--account=lab\"]\n",
    )
    .unwrap();
    let variables = [
        ("LENET_SITE", site.to_str().unwrap()),
        ("SBATCH_PARTITION", "far"),
    ];
    let ran = slurm.submit_with("--tasks 1 --dry-run", &variables);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    for line in [
        "#SBATCH --array=0-0",
        "#SBATCH --account=lab",
        "#SBATCH --partition=main",
    ] {
        assert!(
            ran.stdout.lines().any(|found| found == line),
            "{line}: {}",
            ran.stdout
        );
    }
    let last = ran.stdout.lines().last().unwrap();
    assert!(
        last.starts_with("10 trials to run: about ") && last.ends_with(" with 1 worker of 1 core"),
        "{last}"
    );
    assert!(
        last.contains(" CPU hours by the speed of this machine, "),
        "{last}"
    );
    assert!(!slurm.path().join("out").exists());
    assert_eq!(slurm.read("bin/sbatch.asked"), "");
}

#[test]
#[cfg(target_os = "linux")]
fn a_folder_that_nodes_elsewhere_do_not_see_is_refused() {
    let slurm = Slurm::new();
    // A file system that is this machine's wherever the tests run.
    let submit = |arguments: &str| slurm.submit_to("/proc/out", arguments, &[]);
    let ran = submit("--partition far --dry-run");
    assert_eq!(ran.code, Some(2), "{}", ran.stderr);
    assert!(
        ran.stderr.contains(
            "/proc/out: it lies on proc, which other machines do not see, and partition far has nodes \
             elsewhere, e.g. elsewhere (hint: give an --out that all nodes share, or say --shared-folder"
        ),
        "{}",
        ran.stderr
    );
    for arguments in ["--partition far --shared-folder --dry-run", "--dry-run"] {
        let ran = submit(arguments);
        assert_eq!(ran.code, Some(0), "{arguments}: {}", ran.stderr);
    }
}

#[test]
fn the_command_of_a_worker_carries_out_the_study() {
    let folder = tempfile::tempdir().unwrap();
    let in_folder = |arguments: &str| -> Ran {
        let mut command = xtask(folder.path());
        command.args(arguments.split(' ')).output().unwrap().into()
    };
    let handed = in_folder("experiments --config smoke --out out --executor workers");
    assert_eq!(handed.code, Some(0), "{}", handed.stderr);
    let line = handed.stdout.trim();
    assert!(
        line.contains("/out/cluster/lenet-lab-") && line.contains(" worker --out "),
        "{line}"
    );
    // Two of them, numbered as a scheduler does.
    let start = |index: &str| {
        let mut command = std::process::Command::new("bash");
        command.args(["-c", &format!("exec {line} --jobs 1 --threads 1 --quiet")]);
        command
            .env("JOB_COMPLETION_INDEX", index)
            .current_dir(folder.path());
        command.stdout(std::process::Stdio::null()).spawn().unwrap()
    };
    let mut workers = ["0", "1"].map(start);
    for worker in &mut workers {
        assert_eq!(worker.wait().unwrap().code(), Some(0));
    }
    let out = folder.path().join("out");
    assert_eq!(files_below(&out.join("workers")).len(), 2);
    let report = in_folder("report --records out --out out/report");
    assert_eq!(report.code, Some(0), "{}", report.stderr);
    let page = fs::read_to_string(out.join("report/index.html")).unwrap();
    assert!(
        page.contains("Where it ran") && page.contains("kubernetes"),
        "who ran what"
    );
    let alone = in_folder("experiments --config smoke --out alone");
    assert_eq!(alone.code, Some(0), "{}", alone.stderr);
    let without_times = |csv: &str| -> Vec<String> {
        let mut lines = csv.lines();
        let heading: Vec<&str> = lines.next().unwrap().split(',').collect();
        let rows = lines.map(|line| {
            let fields = line.split(',').zip(&heading);
            let kept = fields.filter(|(_, name)| !name.contains("seconds"));
            kept.map(|(field, _)| field).collect::<Vec<_>>().join(",")
        });
        rows.collect()
    };
    let numbers = without_times(&epochs_csv(&out));
    assert!(numbers.len() >= 20, "{numbers:?}");
    assert_eq!(
        numbers,
        without_times(&epochs_csv(&folder.path().join("alone")))
    );
    let status = in_folder("status --out out");
    assert!(
        status.stdout.trim().ends_with("10 done"),
        "{}",
        status.stdout
    );
}
