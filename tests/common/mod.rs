//! The command line as a user runs it.
#![allow(dead_code, reason = "each test binary uses its own part")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The binary, without what the environment of the tests may say, in a folder of its own.
pub fn xtask(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.current_dir(folder);
    for variable in [
        "RUST_LOG",
        "LENET_SIMD",
        "NO_COLOR",
        "RUST_BACKTRACE",
        "COLUMNS",
    ] {
        command.env_remove(variable);
    }
    command.stdin(Stdio::null());
    command
}

/// The same with Ctrl-C as in a terminal, also where whoever runs the tests ignores it, as a shell does for
/// commands in the background.
pub fn interruptible(folder: &Path) -> Command {
    let command = xtask(folder);
    if cfg!(not(target_os = "linux")) {
        return command;
    }
    let mut through = Command::new("env");
    through
        .arg("--default-signal=INT")
        .arg(command.get_program());
    through.current_dir(folder).stdin(Stdio::null());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => through.env(name, value),
            None => through.env_remove(name),
        };
    }
    through
}

/// What a command left: exit code, standard output, standard error.
#[derive(Debug)]
pub struct Ran {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).expect("output is UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("output is UTF-8"),
        }
    }
}

/// Runs the binary with arguments split at blanks.
pub fn run(folder: &Path, arguments: &str) -> Ran {
    run_args(folder, &arguments.split_whitespace().collect::<Vec<_>>())
}

/// Runs the binary.
pub fn run_args(folder: &Path, arguments: &[&str]) -> Ran {
    let output = xtask(folder)
        .args(arguments)
        .output()
        .expect("the binary runs");
    output.into()
}

/// Runs the binary, which must succeed; gives standard output.
pub fn succeed(folder: &Path, arguments: &str) -> String {
    let ran = run(folder, arguments);
    assert_eq!(
        ran.code,
        Some(0),
        "{arguments}\n{}\n{}",
        ran.stdout,
        ran.stderr
    );
    ran.stdout
}

/// The last line of some output, as JSON.
pub fn last_json(stdout: &str) -> serde_json::Value {
    let line = stdout.lines().last().expect("there is output");
    serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"))
}

/// `report/epochs.csv` of a results folder.
pub fn epochs_csv(results: &Path) -> String {
    let path = results.join("report/epochs.csv");
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The files of finished trials in a results folder, sorted.
pub fn finished(results: &Path) -> Vec<PathBuf> {
    let trials = results.join("trials");
    let files = files_below(&trials).into_iter();
    let files = files.filter(|name| name.split('/').next().is_some_and(|fan| fan.len() == 2));
    let files = files.filter(|name| name.ends_with(".jsonl"));
    files.map(|name| trials.join(name)).collect()
}

/// The record in the file of a finished trial.
pub fn record(file: &Path) -> serde_json::Value {
    let text = std::fs::read_to_string(file).expect("the file can be read");
    let line = text.lines().next().expect("it has a line");
    serde_json::from_str(line).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// Files below a folder, as sorted relative paths.
pub fn files_below(folder: &Path) -> Vec<String> {
    fn walk(folder: &Path, root: &Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).expect("the folder can be listed") {
            let path = entry.expect("the entry can be read").path();
            if path.is_dir() {
                walk(&path, root, found);
            } else {
                let relative = path.strip_prefix(root).expect("it lies below the root");
                found.push(relative.to_string_lossy().replace('\\', "/"));
            }
        }
    }
    let mut found = Vec::new();
    if folder.exists() {
        walk(folder, folder, &mut found);
    }
    found.sort();
    found
}

/// Says on standard error, and in the file that `.ci/run` collects it in, what is not tested here.
pub fn leave_out(what: &str) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stderr(), "skipped: {what}");
    if let Some(list) = std::env::var_os("LEFT_OUT") {
        let mut list = std::fs::OpenOptions::new()
            .append(true)
            .create(true)
            .open(list)
            .unwrap();
        writeln!(list, "{what}").unwrap();
    }
}

/// Changes the record in the file of a finished trial, and gives it the checksum of what it then says.
pub fn reseal(file: &Path, change: impl FnOnce(&mut serde_json::Value)) {
    let text = std::fs::read_to_string(file).expect("the file can be read");
    let (line, rest) = text.split_once('\n').expect("it has a line");
    let mut value: serde_json::Value = serde_json::from_str(line).expect("the line is JSON");
    change(&mut value);
    let members = value.as_object_mut().expect("it is an object");
    members.remove("checksum").expect("it was sealed");
    let sum = lenet_core::identity::digest("lenet-lab record 1\n", &value);
    value["checksum"] = sum.into();
    std::fs::write(file, format!("{value}\n{rest}")).expect("the file can be written");
}

/// Copies a folder with everything in it.
pub fn copy_folder(from: &Path, to: &Path) {
    for name in files_below(from) {
        let to = to.join(&name);
        std::fs::create_dir_all(to.parent().expect("it lies below")).expect("folders can be made");
        std::fs::copy(from.join(&name), to).expect("files can be copied");
    }
}
