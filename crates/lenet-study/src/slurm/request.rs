//! What is asked of Slurm in the end.

use super::config::SlurmConfig;
use super::time_limit::TimeLimit;

/// Workers where nothing says how many.
const USUAL_WORKERS: usize = 4;

/// What is asked of Slurm, nothing left open but to Slurm itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// The partition; `None`: Slurm's default.
    pub partition: Option<String>,
    /// How long each job may run; `None`: the partition's default.
    pub time: Option<TimeLimit>,
    /// Cores of each worker.
    pub cpus: usize,
    /// Workers.
    pub workers: usize,
    /// GPUs of each worker, as `--gres=gpu:` takes them; `None`: none.
    pub gpus: Option<String>,
    /// More options of `sbatch`.
    pub extra: Vec<String>,
}

impl Request {
    /// Closes what a configuration leaves open: one core for each worker, and four workers or as many
    /// as there are trials to run.
    #[must_use]
    pub fn new(config: SlurmConfig, outstanding: usize) -> Self {
        let usual = USUAL_WORKERS.min(outstanding.max(1));
        Self {
            partition: config.partition,
            time: config.time,
            cpus: config.cpus_per_task.unwrap_or(1),
            workers: config.tasks.unwrap_or(usual),
            gpus: config.gpus.filter(|gpus| gpus != "0"),
            extra: config.extra.unwrap_or_default(),
        }
    }

    /// Whether the job gets a GPU.
    pub(super) fn has_gpu(&self) -> bool {
        let gives = |option: &String| option.starts_with("--gpus") || option.contains("gpu");
        self.gpus.is_some() || self.extra.iter().any(gives)
    }
}
