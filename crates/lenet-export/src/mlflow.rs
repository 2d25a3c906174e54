//! MLflow: the folder of its file store.
//!
//! ```text
//! OUT/EXPERIMENT/meta.yaml                   a study, or the trials of none
//! OUT/EXPERIMENT/RUN/meta.yaml               a trial
//! OUT/EXPERIMENT/RUN/params/NAME             a setting
//! OUT/EXPERIMENT/RUN/metrics/NAME            a line for each epoch: milliseconds, value, epoch
//! OUT/EXPERIMENT/RUN/tags/NAME               what else is known of the trial
//! OUT/EXPERIMENT/RUN/artifacts/              nothing
//! ```

use std::fmt::Write as _;
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::clock::{self, milliseconds};
use crate::error::ExportError;
use crate::folder::Folder;
use crate::numbers::NUMBERS;
use crate::parameter::parameters;
use crate::records::{Content, Entry, Group, State};
use lenet_core::shown;
use lenet_results::Outcome;

/// Writes a file store of all trials.
pub(crate) fn export(
    content: &Content,
    folder: &mut Folder,
    notes: &mut Vec<String>,
) -> Result<usize, ExportError> {
    folder.make(&[])?;
    let root = file_address(&folder.absolute());
    for group in &content.groups {
        let own = experiment_id(group);
        experiment(group, &own, &root, content, folder)?;
        for (at, figures) in &group.trials {
            run(&content.entries[*at], figures, group, &own, &root, folder)?;
        }
    }
    notes.push(
        "recent versions of MLflow open a file store only with MLFLOW_ALLOW_FILE_STORE=true in the environment"
            .to_owned(),
    );
    notes.push(
        "times of epochs are estimated: the start of a run and the seconds of its epochs"
            .to_owned(),
    );
    let shared = content.groups.iter().map(|g| g.trials.len()).sum::<usize>();
    if shared > content.entries.len() {
        notes.push("a trial of several studies is a run of each".to_owned());
    }
    let interrupted = content.entries.iter();
    if interrupted.clone().any(|e| e.state == State::Interrupted) {
        notes.push("interrupted trials are KILLED, as MLflow has no word for it".to_owned());
    }
    content.note_left_out(notes);
    Ok(content.entries.len())
}

/// The first bytes of the SHA-256 of some texts.
fn digest(texts: &[&str]) -> [u8; 16] {
    let mut hasher = Sha256::new();
    for text in texts {
        hasher.update((text.len() as u64).to_le_bytes());
        hasher.update(text);
    }
    let mut first = [0; 16];
    first.copy_from_slice(&hasher.finalize()[..16]);
    first
}

/// Eighteen digits that name a study, as MLflow's own.
fn experiment_id(group: &Group) -> String {
    const LEAST: u64 = 100_000_000_000_000_000;
    let [a, b, c, d, e, f, g, h, ..] = digest(&["experiment", &group.name]);
    let number = u64::from_le_bytes([a, b, c, d, e, f, g, h]);
    (LEAST + number % (9 * LEAST)).to_string()
}

/// Thirty-two hex digits that name a trial in a study.
fn run_id(experiment: &str, entry: &Entry) -> String {
    let bytes = digest(&["run", experiment, &entry.identity]);
    bytes.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// A line of YAML. A text of JSON is one of YAML.
fn line(yaml: &mut String, key: &str, value: impl Into<serde_json::Value>) {
    let _ = writeln!(yaml, "{key}: {}", value.into());
}

fn experiment(
    group: &Group,
    id: &str,
    root: &str,
    content: &Content,
    folder: &mut Folder,
) -> Result<(), ExportError> {
    let starts = group.trials.iter();
    let starts = starts.filter_map(|(at, _)| clock::start(&content.entries[*at].runs));
    let created = milliseconds(starts.min_by(f64::total_cmp).unwrap_or(0.0));
    let mut meta = String::new();
    line(&mut meta, "artifact_location", format!("{root}/{id}"));
    line(&mut meta, "creation_time", created);
    line(&mut meta, "experiment_id", id);
    line(&mut meta, "last_update_time", created);
    line(&mut meta, "lifecycle_stage", "active");
    line(&mut meta, "name", group.name.as_str());
    folder.write(&[id, "meta.yaml"], meta.as_bytes())?;
    folder.write(&[id, "tags", "mlflow.note.content"], group.title.as_bytes())
}

fn run(
    entry: &Entry,
    figures: &[String],
    group: &Group,
    experiment: &str,
    root: &str,
    folder: &mut Folder,
) -> Result<(), ExportError> {
    let id = &run_id(&group.name, entry);
    let start = clock::start(&entry.runs).unwrap_or(0.0);
    let ends = clock::epoch_ends(&entry.runs, &entry.epochs);
    let end = ends.last().copied().unwrap_or(start);
    // `RunStatus` of MLflow.
    let (status, has_ended) = match &entry.state {
        State::Running => (1, false),
        State::Ended(Outcome::Failed { .. }) => (4, true),
        State::Ended(_) => (3, true),
        State::Interrupted => (5, true),
    };
    let mut meta = String::new();
    let artifacts = format!("{root}/{experiment}/{id}/artifacts");
    line(&mut meta, "artifact_uri", artifacts);
    line(&mut meta, "end_time", has_ended.then(|| milliseconds(end)));
    line(&mut meta, "entry_point_name", "");
    line(&mut meta, "experiment_id", experiment);
    line(&mut meta, "lifecycle_stage", "active");
    line(&mut meta, "run_id", id.as_str());
    line(&mut meta, "run_name", entry.name.as_str());
    line(&mut meta, "source_name", "");
    line(&mut meta, "source_type", 4);
    line(&mut meta, "source_version", "");
    line(&mut meta, "start_time", milliseconds(start));
    line(&mut meta, "status", status);
    line(&mut meta, "tags", Vec::<String>::new());
    line(&mut meta, "user_id", "unknown");

    folder.make(&[experiment, id, "artifacts"])?;
    for (name, parameter) in parameters(&entry.config) {
        let text = parameter.text();
        folder.write(&[experiment, id, "params", name], text.as_bytes())?;
    }
    if !entry.epochs.is_empty() {
        for (name, number) in NUMBERS {
            let mut lines = String::new();
            for (epoch, end) in entry.epochs.iter().zip(&ends) {
                let (time, value) = (milliseconds(*end), number(epoch));
                let _ = writeln!(lines, "{time} {value} {}", epoch.epoch);
            }
            folder.write(&[experiment, id, "metrics", name], lines.as_bytes())?;
        }
    }
    for (name, text) in tags(entry, figures) {
        folder.write(&[experiment, id, "tags", name], text.as_bytes())?;
    }
    // Last, so that MLflow finds a run when it is whole.
    folder.write(&[experiment, id, "meta.yaml"], meta.as_bytes())
}

/// What else is known of a trial.
fn tags(entry: &Entry, figures: &[String]) -> Vec<(&'static str, String)> {
    let mut tags = vec![
        ("mlflow.runName", entry.name.clone()),
        ("mlflow.source.name", "lenet-lab".to_owned()),
        ("identity", entry.identity.clone()),
        ("cell", entry.config.cell()),
        ("outcome", entry.state.word().to_owned()),
    ];
    if !figures.is_empty() {
        tags.push(("figures", figures.join(", ")));
    }
    if let Some(message) = entry.state.failure() {
        tags.push(("error", message));
    }
    if let Some(parameters) = entry.network_parameters {
        tags.push(("network_parameters", parameters.to_string()));
    }
    if let Some(run) = entry.runs.last() {
        let here = &run.environment;
        tags.extend([
            ("mlflow.source.git.commit", shown(&here.revision)),
            ("host", shown(&here.host)),
            ("processor", shown(&here.cpu)),
            ("device", shown(&run.device)),
            ("instruction_set", shown(&run.level)),
            ("version", shown(&here.version)),
        ]);
        tags.extend(here.gpu.as_ref().map(|gpu| ("gpu", shown(&gpu.name))));
    }
    tags
}

/// A path as an address.
fn file_address(path: &Path) -> String {
    let mut address = "file://".to_owned();
    for byte in path.to_string_lossy().bytes() {
        match byte {
            b'/' | b'-' | b'_' | b'.' | b'~' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => {
                address.push(char::from(byte));
            }
            byte => {
                let _ = write!(address, "%{byte:02X}");
            }
        }
    }
    address
}

#[cfg(test)]
mod tests;
