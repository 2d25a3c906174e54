//! What a study's file, a site's file and flags ask of Slurm.

use std::path::Path;

use lenet_core::bounds::Counts;
use lenet_core::settings::Node as _;

use super::time_limit::TimeLimit;
use crate::error::StudyError;
use crate::node::{Document, Node};
use crate::text_file::read_text;

/// Most workers of a study.
pub const MOST_WORKERS: usize = 100_000;
/// Most cores of a worker.
pub const MOST_CPUS: usize = 4096;

/// Options of `sbatch` that have a key of their own, by their long and short names.
const OWN_KEYS: [(&str, &str, &str); 5] = [
    ("--partition", "-p", "partition"),
    ("--time", "-t", "time"),
    ("--cpus-per-task", "-c", "cpus_per_task"),
    ("--array", "-a", "tasks"),
    ("--ntasks", "-n", "tasks"),
];
/// Options that a worker's script must have as they are.
const FIXED: [(&str, &str); 12] = [
    ("--nodes", "-N"),
    ("--requeue", ""),
    ("--no-requeue", ""),
    ("--open-mode", ""),
    ("--signal", ""),
    ("--output", "-o"),
    ("--error", "-e"),
    ("--dependency", "-d"),
    ("--wrap", ""),
    ("--test-only", ""),
    ("--parsable", ""),
    ("--wait", "-W"),
];

/// What is asked of Slurm; each part given or left open.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SlurmConfig {
    /// The partition.
    pub partition: Option<String>,
    /// How long a worker may run at a time. It goes on in a new job as long as it gets on.
    pub time: Option<TimeLimit>,
    /// Cores of each worker.
    pub cpus_per_task: Option<usize>,
    /// Workers.
    pub tasks: Option<usize>,
    /// GPUs of each worker, as `--gres=gpu:` takes them: a number, or a type and a number.
    pub gpus: Option<String>,
    /// More options of `sbatch`.
    pub extra: Option<Vec<String>>,
}

impl SlurmConfig {
    /// Reads a site's file: TOML with the table `[slurm]`, for every study of a cluster.
    ///
    /// # Errors
    /// [`StudyError`] with file, line and key.
    pub fn open_site(path: &Path) -> Result<Self, StudyError> {
        let text = read_text(path).map_err(|reason| StudyError::Text {
            path: path.to_owned(),
            reason,
        })?;
        let document = Document::parse(&text, &path.display().to_string())?;
        let mut config = Self::default();
        for entry in document.root().entries(&["slurm"])? {
            config = Self::read(&entry.node)?;
        }
        Ok(config)
    }

    /// One key from a flag's text, which `flag` names in errors.
    ///
    /// # Errors
    /// [`StudyError`] that names the flag.
    pub fn of_flag(key: &str, text: &str, flag: &str) -> Result<Self, StudyError> {
        let is_number = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.is_empty();
        let value = match is_number {
            true => text.to_owned(),
            false => toml::Value::String(text.to_owned()).to_string(),
        };
        let line = format!("{key} = {value}");
        Self::read(&Document::parse_flag(&line, flag)?.root())
    }

    /// Reads the table `[slurm]`.
    pub(crate) fn read(node: &Node<'_>) -> Result<Self, StudyError> {
        let known = [
            "partition",
            "time",
            "cpus_per_task",
            "tasks",
            "gpus",
            "extra",
        ];
        let up_to = |most| Counts { least: 1, most };
        let mut config = Self::default();
        for entry in node.entries(&known)? {
            let node = &entry.node;
            match entry.name.as_str() {
                "partition" => config.partition = Some(word(node)?),
                "time" => config.time = Some(time(node)?),
                "cpus_per_task" => {
                    config.cpus_per_task = Some(node.count(up_to(MOST_CPUS), "a number of cores")?);
                }
                "tasks" => {
                    config.tasks = Some(node.count(up_to(MOST_WORKERS), "a number of workers")?)
                }
                "gpus" => config.gpus = Some(gpus(node)?),
                _ => config.extra = Some(extra(node)?),
            }
        }
        Ok(config)
    }

    /// This laid over another: what this one leaves open is the other's.
    #[must_use]
    pub fn over(self, below: Self) -> Self {
        Self {
            partition: self.partition.or(below.partition),
            time: self.time.or(below.time),
            cpus_per_task: self.cpus_per_task.or(below.cpus_per_task),
            tasks: self.tasks.or(below.tasks),
            gpus: self.gpus.or(below.gpus),
            extra: self.extra.or(below.extra),
        }
    }
}

/// A name as schedulers have them, safe in a script.
fn word(node: &Node<'_>) -> Result<String, StudyError> {
    let text = node.string("a string")?;
    let allowed = |c: char| c.is_ascii_alphanumeric() || "._-,".contains(c);
    match !text.is_empty() && text.chars().all(allowed) {
        true => Ok(text.to_owned()),
        false => Err(node.refuse("use letters, digits, `.`, `_` and `-`")),
    }
}

/// A limit: a string as `sbatch` takes it, or a whole number of minutes.
fn time(node: &Node<'_>) -> Result<TimeLimit, StudyError> {
    const MINUTES: Counts = Counts {
        least: 1,
        most: 1_000_000,
    };
    if node.is_number() {
        let minutes = node.count(MINUTES, "minutes")?.to_string();
        return minutes.parse().map_err(|hint: &str| node.refuse(hint));
    }
    let text = node.string("a string, or a number of minutes")?;
    text.parse().map_err(|hint: &str| node.refuse(hint))
}

/// GPUs: a number, or a type and a number.
fn gpus(node: &Node<'_>) -> Result<String, StudyError> {
    const GPUS: Counts = Counts { least: 0, most: 64 };
    if node.is_number() {
        return Ok(node.count(GPUS, "a number of GPUs")?.to_string());
    }
    let text = node.string("a number of GPUs, or a type and a number such as \"a100:1\"")?;
    let allowed = |c: char| c.is_ascii_alphanumeric() || "._-:".contains(c);
    match !text.is_empty() && text.chars().all(allowed) {
        true => Ok(text.to_owned()),
        false => Err(node.refuse("give a number, or a type and a number such as \"a100:1\"")),
    }
}

/// Options of `sbatch`, none of which undoes what a worker's script needs.
fn extra(node: &Node<'_>) -> Result<Vec<String>, StudyError> {
    let mut options = Vec::new();
    for element in node.elements("an array of options of sbatch")? {
        let text = element.string("an option of sbatch")?;
        if !text.starts_with('-') {
            return Err(
                element.refuse("write an option with its value in one, e.g. \"--account=lab\"")
            );
        }
        if text.chars().any(|c| c.is_control() || "\"'\\".contains(c)) {
            return Err(element.refuse("leave out quotes, backslashes and control characters"));
        }
        let is = |long: &str, short: &str| {
            let name = text.split('=').next().unwrap_or_default();
            name == long
                || (!short.is_empty() && !text.starts_with("--") && text.starts_with(short))
        };
        if let Some((.., key)) = OWN_KEYS.iter().find(|(long, short, _)| is(long, short)) {
            return Err(element.refuse(format!("it has a key of its own: write {key} = …")));
        }
        if FIXED.iter().any(|(long, short)| is(long, short)) {
            return Err(element.refuse("the script of the workers needs this option as it is"));
        }
        options.push(text.to_owned());
    }
    Ok(options)
}

#[cfg(test)]
mod tests;
