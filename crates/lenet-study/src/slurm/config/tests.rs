//! The table `[slurm]`.

use expect_test::expect;

use super::*;
use crate::config::StudyConfig;

const STUDY: &str = "name = \"x\"\n[[figure]]\nid = \"1\"\n[figure.axes]\nfilters = [8]\n";

fn read(table: &str) -> Result<SlurmConfig, String> {
    let text = format!("{STUDY}[slurm]\n{table}");
    let study = StudyConfig::parse(&text, "s.toml").map_err(|error| error.to_string())?;
    Ok(study.slurm)
}

#[test]
fn every_key_is_read() {
    let found = read(
        "partition = \"long\"\ntime = \"1-12\"\ncpus_per_task = 4\ntasks = 16\ngpus = \"a100:1\"\n\
         extra = [\"--account=lab\", \"--mem=4G\", \"--qos=low prio\"]\n",
    );
    let expected = SlurmConfig {
        partition: Some("long".to_owned()),
        time: Some("1-12".parse().unwrap()),
        cpus_per_task: Some(4),
        tasks: Some(16),
        gpus: Some("a100:1".to_owned()),
        extra: Some(
            ["--account=lab", "--mem=4G", "--qos=low prio"]
                .map(str::to_owned)
                .to_vec(),
        ),
    };
    assert_eq!(found, Ok(expected));
    let minutes = read("time = 90\ngpus = 2\n").unwrap();
    assert_eq!(minutes.time.unwrap().seconds(), Some(5400));
    assert_eq!(minutes.gpus.as_deref(), Some("2"));
    assert_eq!(
        StudyConfig::parse(STUDY, "s.toml").unwrap().slurm,
        SlurmConfig::default()
    );
}

#[test]
fn what_cannot_be_is_refused_with_its_place() {
    let tables = [
        "partion = \"long\"",
        "time = \"1 hour\"",
        "time = 0",
        "cpus_per_task = 0",
        "tasks = 100001",
        "gpus = \"one gpu\"",
        "partition = \"a b\"",
        "extra = \"--mem=4G\"",
        "extra = [\"--account\", \"lab\"]",
        "extra = [\"--time=5\"]",
        "extra = [\"-c4\"]",
        "extra = [\"--mem=4G\", \"--no-requeue\"]",
        "extra = [\"-ofile\"]",
        "extra = [\"--comment=\\\"x\\\"\"]",
    ];
    let told: Vec<String> = tables
        .iter()
        .map(|table| read(table).unwrap_err())
        .collect();
    expect![[r#"
        s.toml:7:1: unknown key `slurm.partion` (did you mean `partition`?)
        s.toml:7:8: `slurm.time` is "1 hour": give minutes, hours:minutes:seconds or days-hours:minutes:seconds, e.g. "1:30:00"
        s.toml:7:8: `slurm.time` is 0: give a whole number from 1 to 1000000
        s.toml:7:17: `slurm.cpus_per_task` is 0: give a whole number from 1 to 4096
        s.toml:7:9: `slurm.tasks` is 100001: give a whole number from 1 to 100000
        s.toml:7:8: `slurm.gpus` is "one gpu": give a number, or a type and a number such as "a100:1"
        s.toml:7:13: `slurm.partition` is "a b": use letters, digits, `.`, `_` and `-`
        s.toml:7:9: `slurm.extra` is a string, expected an array of options of sbatch
        s.toml:7:23: `slurm.extra` is "lab": write an option with its value in one, e.g. "--account=lab"
        s.toml:7:10: `slurm.extra` is "--time=5": it has a key of its own: write time = …
        s.toml:7:10: `slurm.extra` is "-c4": it has a key of its own: write cpus_per_task = …
        s.toml:7:22: `slurm.extra` is "--no-requeue": the script of the workers needs this option as it is
        s.toml:7:10: `slurm.extra` is "-ofile": the script of the workers needs this option as it is
        s.toml:7:10: `slurm.extra` is "--comment=\"x\"": leave out quotes, backslashes and control characters"#]].assert_eq(&told.join("\n"));
}

#[test]
fn options_that_only_begin_alike_are_let_through() {
    let found = read("extra = [\"--time-min=5\", \"--nodelist=n1\", \"--wait-all-nodes=1\"]");
    assert_eq!(found.unwrap().extra.unwrap().len(), 3);
}

#[test]
fn flags_go_over_the_study_and_the_study_over_the_site() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("site.toml");
    std::fs::write(
        &path,
        "[slurm]\npartition = \"site\"\ntime = 5\ntasks = 3\n",
    )
    .unwrap();
    let site = SlurmConfig::open_site(&path).unwrap();
    let study = read("time = 6\ntasks = 4\n").unwrap();
    let flags = SlurmConfig {
        tasks: Some(5),
        ..SlurmConfig::default()
    };
    let all = flags.over(study.over(site));
    assert_eq!(all.partition.as_deref(), Some("site"));
    assert_eq!(all.time.unwrap().to_string(), "6");
    assert_eq!(all.tasks, Some(5));
    std::fs::write(&path, "[slrum]\ntasks = 3\n").unwrap();
    let error = SlurmConfig::open_site(&path).unwrap_err().to_string();
    let told = error.replace(&path.display().to_string(), "site.toml");
    assert_eq!(
        told,
        "site.toml:1:2: unknown key `slrum` (did you mean `slurm`?)"
    );
    std::fs::write(&path, "").unwrap();
    assert_eq!(
        SlurmConfig::open_site(&path).unwrap(),
        SlurmConfig::default()
    );
}

#[test]
fn a_flag_has_the_rules_of_its_key() {
    let flag = |key: &str, text: &str| {
        let found = SlurmConfig::of_flag(key, text, &format!("--{key}"));
        found.map_err(|error| error.to_string())
    };
    assert_eq!(flag("tasks", "7").unwrap().tasks, Some(7));
    assert_eq!(flag("gpus", "2").unwrap().gpus.as_deref(), Some("2"));
    assert_eq!(
        flag("gpus", "a100:1").unwrap().gpus.as_deref(),
        Some("a100:1")
    );
    let time = |text: &str| flag("time", text).map(|config| config.time.unwrap().seconds());
    assert_eq!(time("90"), Ok(Some(5400)));
    assert_eq!(time("1-00"), Ok(Some(86_400)));
    assert_eq!(
        flag("tasks", "none").unwrap_err(),
        "--tasks: `tasks` is a string, expected a number of workers"
    );
    assert_eq!(
        flag("partition", "a b").unwrap_err(),
        "--partition: `partition` is \"a b\": use letters, digits, `.`, `_` and `-`"
    );
}

#[test]
fn workers_and_cores_have_a_limit() {
    for (key, most) in [("tasks", MOST_WORKERS), ("cpus_per_task", MOST_CPUS)] {
        for number in [most - 1, most] {
            assert!(read(&format!("{key} = {number}")).is_ok(), "{key} {number}");
        }
        assert!(read(&format!("{key} = {}", most + 1)).is_err(), "{key}");
    }
}
