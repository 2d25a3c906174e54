//! TensorBoard: a folder of event files, one for each trial.
//!
//! ```text
//! OUT/events.out.tfevents.1700000000.lenet-lab               the columns of the tab HPARAMS
//! OUT/TRIAL/events.out.tfevents.1700000000.lenet-lab         a trial's settings, scalars and end
//! ```
//!
//! A scalar's step is its epoch.

mod follow;
mod hparams;
mod proto;
mod tfrecord;
mod writer;

pub use follow::Following;
pub use hparams::Status;
pub use writer::Writer;

use std::io;

use crate::clock;
use crate::error::ExportError;
use crate::folder::Folder;
use crate::names::file_names;
use crate::records::{Content, Entry, State};
use lenet_results::Outcome;

/// Writes event files of all trials.
pub(crate) fn export(
    content: &Content,
    folder: &mut Folder,
    notes: &mut Vec<String>,
) -> Result<usize, ExportError> {
    let begun = content.entries.iter();
    let named = begun.map(|entry| (entry.name.clone(), entry.identity.as_str()));
    let folders = file_names(named);
    let sure = "memory takes every write";
    for (entry, name) in content.entries.iter().zip(&folders) {
        let bytes = events(entry).expect(sure);
        folder.write(&[name, &file_name(clock::start(&entry.runs))], &bytes)?;
    }
    let configs = content.entries.iter().map(|entry| &entry.config);
    let starts = content.entries.iter();
    let starts = starts.filter_map(|entry| clock::start(&entry.runs));
    let created = starts.min_by(f64::total_cmp);
    if !content.entries.is_empty() {
        let bytes = Writer::experiment(Vec::new(), configs, created.unwrap_or(0.0)).expect(sure);
        folder.write(&[&file_name(created)], &bytes)?;
    }
    notes
        .push("numbers are rounded to f32, which is what TensorBoard keeps of a scalar".to_owned());
    notes.push(
        "times of epochs are estimated: the start of a run and the seconds of its epochs"
            .to_owned(),
    );
    let unknown = content.entries.iter().filter(|e| e.runs.is_empty()).count();
    if unknown > 0 {
        notes.push(format!(
            "{unknown} of {} trials have no recorded start: their times count from 1970",
            content.entries.len()
        ));
    }
    notes.push("hosts, builds and messages of failures left out".to_owned());
    content.note_left_out(notes);
    Ok(content.entries.len())
}

/// The name of an event file of a trial that began at a time in seconds since 1970-01-01 UTC. TensorBoard
/// looks for `tfevents` and reads the files of a folder in the order of their names.
#[must_use]
pub fn file_name(started: Option<f64>) -> String {
    format!(
        "events.out.tfevents.{:010}.lenet-lab",
        started.unwrap_or(0.0) as u64
    )
}

fn events(entry: &Entry) -> io::Result<Vec<u8>> {
    let started = clock::start(&entry.runs).unwrap_or(0.0);
    let ends = clock::epoch_ends(&entry.runs, &entry.epochs);
    let mut writer = Writer::begin(Vec::new(), &entry.config, started)?;
    for (epoch, end) in entry.epochs.iter().zip(&ends) {
        writer.epoch(epoch, *end)?;
    }
    let ended = ends.last().copied().unwrap_or(started);
    writer.end(status(&entry.state), ended)
}

fn status(state: &State) -> Status {
    match state {
        State::Ended(Outcome::Failed { .. }) => Status::Failure,
        State::Ended(_) => Status::Success,
        State::Running | State::Interrupted => Status::Running,
    }
}

#[cfg(test)]
mod tests;
