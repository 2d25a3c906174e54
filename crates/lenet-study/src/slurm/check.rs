//! Refuses what Slurm cannot give, before anything is submitted.

use std::path::Path;

use super::error::SlurmError;
use super::request::Request;
use super::script::{Job, Submission};
use super::shared::{file_system, other_machine};
use super::time_limit::TimeLimit;
use super::tools::{answer, ask, lines};
use crate::nearest::nearest;

/// What Slurm says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cluster {
    /// The partition that the jobs go to.
    pub partition: String,
    /// One more than the largest index of an array.
    pub max_array_size: usize,
}

impl Cluster {
    /// A cluster of which nothing is known but what is usual.
    #[must_use]
    pub fn unknown() -> Self {
        Self {
            partition: String::new(),
            max_array_size: USUAL_ARRAY_SIZE,
        }
    }

    /// Whether Slurm was asked.
    #[must_use]
    pub fn is_known(&self) -> bool {
        !self.partition.is_empty()
    }
}

/// Slurm's default of `MaxArraySize`.
const USUAL_ARRAY_SIZE: usize = 1001;

/// A node of a partition, as `sinfo` prints it.
struct Node {
    name: String,
    cpus: usize,
    gpus: bool,
    limit: String,
}

/// Looks whether Slurm has what a request asks for, and whether its nodes see the folder of records.
/// `gpu_trials` of the study compute on a GPU. Submits nothing and writes nothing.
///
/// # Errors
/// [`SlurmError`], with what to do.
pub fn check(
    request: &Request,
    out: &Path,
    gpu_trials: usize,
    is_shared: bool,
) -> Result<Cluster, SlurmError> {
    answer("sbatch", &["--version"])?;
    let partition = partition(&answer("sinfo", &["-h", "-o", "%P"])?, request)?;
    if gpu_trials > 0 && !request.has_gpu() {
        return Err(SlurmError::NoGpu { trials: gpu_trials });
    }
    let listed = answer(
        "sinfo",
        &["-h", "-N", "-p", &partition, "-o", "%N|%c|%G|%l"],
    )?;
    let nodes: Vec<Node> = lines(&listed).filter_map(node).collect();
    fits(request, &partition, &nodes)?;
    if !is_shared {
        check_shared(out, &partition, &nodes)?;
    }
    let config = answer("scontrol", &["show", "config"])?;
    Ok(Cluster {
        partition,
        max_array_size: max_array_size(&config),
    })
}

/// Has `sbatch` look at the jobs of a submission without submitting them.
///
/// # Errors
/// [`SlurmError::Refused`].
pub(super) fn try_out(submission: &Submission<'_>) -> Result<(), SlurmError> {
    let mut tried: Vec<usize> = Vec::new();
    for job in submission.jobs() {
        // Arrays of one size are the same to Slurm.
        if let Job::Workers { tasks, .. } = job {
            if tried.contains(&tasks) {
                continue;
            }
            tried.push(tasks);
        }
        let found = ask("sbatch", &["--test-only"], &submission.script(job))?;
        if !found.succeeded {
            let hint = hint(&found.message);
            let message = found.message;
            return Err(SlurmError::Refused { message, hint });
        }
    }
    Ok(())
}

/// What to do about what `sbatch` says most often.
fn hint(message: &str) -> &'static str {
    let has = |word: &str| message.contains(word);
    if has("account") || has("QOS") || has("qos") {
        " (hint: name yours in extra of the table [slurm], e.g. \"--account=lab\")"
    } else if has("gres") {
        " (hint: gpus names what `sinfo -o %G` lists, e.g. \"a100:1\")"
    } else if has("node configuration") || has("memory") {
        " (hint: `sinfo -o '%P %c %m %G'` lists cores, memory and GPUs of the nodes)"
    } else {
        ""
    }
}

/// The partition of the request, or the default. `listed`: all names, a star behind the default.
fn partition(listed: &str, request: &Request) -> Result<String, SlurmError> {
    let bare = |name: &str| name.trim().trim_end_matches('*').to_owned();
    let known: Vec<String> = lines(listed).map(bare).collect();
    let Some(wanted) = &request.partition else {
        let default = lines(listed).find(|name| name.trim().ends_with('*'));
        return default.map(bare).ok_or(SlurmError::NoPartition { known });
    };
    // Several may be named; Slurm takes the one where a job starts first.
    let unknown = wanted
        .split(',')
        .find(|name| !known.iter().any(|known| known == name));
    let Some(unknown) = unknown else {
        return Ok(wanted.clone());
    };
    let names: Vec<&str> = known.iter().map(String::as_str).collect();
    let hint = match nearest(unknown, &names) {
        Some(near) => format!("did you mean {near}?"),
        None => format!("it has {}", names.join(", ")),
    };
    let name = unknown.to_owned();
    Err(SlurmError::UnknownPartition { name, hint })
}

/// A node from a line `name|cores|gres|limit`.
fn node(line: &str) -> Option<Node> {
    let mut fields = line.trim().split('|');
    Some(Node {
        name: fields.next()?.to_owned(),
        // A plus stands behind the least of several.
        cpus: fields.next()?.trim_end_matches('+').parse().ok()?,
        gpus: fields.next()?.contains("gpu"),
        limit: fields.next()?.to_owned(),
    })
}

fn fits(request: &Request, partition: &str, nodes: &[Node]) -> Result<(), SlurmError> {
    let too_much = |what, asked: String, most: String, hint| SlurmError::TooMuch {
        what,
        asked,
        partition: partition.to_owned(),
        most,
        hint,
    };
    let Some(most) = nodes.iter().map(|node| node.cpus).max() else {
        // No node is listed: `sbatch` will say what it makes of that.
        return Ok(());
    };
    if request.cpus > most {
        let hint = "more workers instead, --tasks, or another --partition";
        return Err(too_much(
            "cores",
            request.cpus.to_string(),
            most.to_string(),
            hint,
        ));
    }
    if let Some(gpus) = request
        .gpus
        .as_ref()
        .filter(|_| nodes.iter().all(|node| !node.gpus))
    {
        let hint = "another --partition; `sinfo -o '%P %G'` lists their GPUs";
        return Err(too_much("GPUs", gpus.clone(), "none".to_owned(), hint));
    }
    let longest = nodes.iter().map(|node| &node.limit).filter_map(|limit| {
        let limit: TimeLimit = limit.parse().ok()?;
        Some((limit.seconds().unwrap_or(u64::MAX), limit))
    });
    let longest = longest.max_by_key(|(seconds, _)| *seconds);
    let asked = request.time.as_ref();
    if let (Some(asked), Some((most, limit))) = (asked, longest)
        && asked.seconds().unwrap_or(u64::MAX) > most
    {
        return Err(SlurmError::TooLong {
            asked: asked.to_string(),
            partition: partition.to_owned(),
            most: limit.to_string(),
        });
    }
    Ok(())
}

/// Refuses a folder of a file system of this machine's, unless all nodes are this machine.
fn check_shared(out: &Path, partition: &str, nodes: &[Node]) -> Result<(), SlurmError> {
    let Some((kind, false)) = file_system(out) else {
        return Ok(());
    };
    let mut names: Vec<&str> = nodes.iter().map(|node| node.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let shown = answer(
        "scontrol",
        &["--oneliner", "show", "node", &names.join(",")],
    )?;
    let host = lenet_results::Environment::collect().host;
    match other_machine(&shown, &host) {
        None => Ok(()),
        Some(node) => Err(SlurmError::NotShared {
            path: out.to_owned(),
            kind,
            partition: partition.to_owned(),
            node,
        }),
    }
}

/// `MaxArraySize` of `scontrol show config`; Slurm's default where it is not told.
fn max_array_size(config: &str) -> usize {
    let value = |line: &str| {
        let (name, value) = line.split_once('=')?;
        (name.trim() == "MaxArraySize").then(|| value.trim().parse().ok())?
    };
    config.lines().find_map(value).unwrap_or(USUAL_ARRAY_SIZE)
}

#[cfg(test)]
mod tests;
