//! Optuna: a journal file, as `JournalFileBackend` writes it.
//!
//! Each line is an operation. A study of the records is a study of Optuna, which maximizes the validation
//! accuracy after the last epoch. The settings in which its trials differ are the parameters.

mod distribution;

use serde_json::{Map, Value, json};

use crate::clock;
use crate::error::ExportError;
use crate::folder::Folder;
use crate::numbers::NUMBERS;
use crate::parameter::{Parameter, parameters, varying};
use crate::records::{Content, Entry, Group, State};
use distribution::Distribution;
use lenet_core::{Names, shown};
use lenet_results::Outcome;

/// `JournalOperation` of Optuna.
#[derive(Clone, Copy)]
enum Operation {
    CreateStudy = 0,
    SetStudyUserAttribute = 2,
    SetStudySystemAttribute = 3,
    CreateTrial = 4,
}

/// `StudyDirection.MAXIMIZE` of Optuna.
const MAXIMIZE: u8 = 2;
/// `TrialState` of Optuna.
const RUNNING: u8 = 0;
const COMPLETE: u8 = 1;
const FAIL: u8 = 3;

/// What Optuna maximizes.
const OBJECTIVE: &str = "validation_accuracy";

/// Writes a journal of all trials.
pub(crate) fn export(
    content: &Content,
    folder: &mut Folder,
    notes: &mut Vec<String>,
) -> Result<usize, ExportError> {
    let mut journal = String::new();
    let mut without_value = 0;
    for (id, group) in content.groups.iter().enumerate() {
        without_value += study(&mut journal, id, group, &content.entries);
    }
    folder.write(&[], journal.as_bytes())?;
    notes.push(
        "the objective is the validation accuracy after the last epoch; all other numbers of that epoch are \
         user attributes, and those of earlier epochs left out"
            .to_owned(),
    );
    notes.push(
        "a parameter's range is that of its values in the study; settings that do not vary are a user attribute \
         of the study"
            .to_owned(),
    );
    if without_value > 0 {
        notes.push(format!(
            "{without_value} ended without a validation accuracy: their state is FAIL"
        ));
    }
    let interrupted = content.entries.iter();
    let interrupted = interrupted
        .filter(|e| e.state == State::Interrupted)
        .count();
    if interrupted > 0 {
        notes.push(format!(
            "{interrupted} interrupted: their state is RUNNING, as Optuna has no word for it"
        ));
    }
    content.note_left_out(notes);
    Ok(content.entries.len())
}

/// Writes an operation of `study` with these members.
fn operation(journal: &mut String, code: Operation, study: Option<usize>, members: Value) {
    let mut line = Map::new();
    line.insert("op_code".to_owned(), json!(code as u8));
    line.insert("worker_id".to_owned(), json!("lenet-lab"));
    line.extend(study.map(|id| ("study_id".to_owned(), json!(id))));
    if let Value::Object(members) = members {
        line.extend(members);
    }
    *journal += &Value::Object(line).to_string();
    journal.push('\n');
}

/// Writes a study. Gives the number of results without a value.
fn study(journal: &mut String, id: usize, group: &Group, all: &[Entry]) -> usize {
    let members = json!({ "study_name": group.name, "directions": [MAXIMIZE] });
    operation(journal, Operation::CreateStudy, None, members);
    let entries: Vec<&Entry> = group.trials.iter().map(|(at, _)| &all[*at]).collect();
    let configs = || entries.iter().map(|entry| &entry.config);
    let varying = varying(configs());
    let settings: Vec<_> = configs().map(parameters).collect();
    let constant = settings.first().into_iter().flatten();
    let constant = constant.filter(|(name, _)| !varying.contains(name) && *name != "seed");
    let constant: Map<String, Value> = constant
        .map(|(name, value)| ((*name).to_owned(), plain(value)))
        .collect();
    for attribute in [
        json!({ "title": group.title }),
        json!({ "settings": constant }),
        json!({ "source": "lenet-lab" }),
    ] {
        let members = json!({ "user_attr": attribute });
        operation(journal, Operation::SetStudyUserAttribute, Some(id), members);
    }
    let names = json!({ "system_attr": { "study:metric_names": [OBJECTIVE] } });
    operation(journal, Operation::SetStudySystemAttribute, Some(id), names);

    let of = |name: &str| {
        let values = settings.iter().flatten();
        let values = values.filter(|(own, _)| *own == name);
        Distribution::of(values.map(|(_, value)| value))
    };
    let distributions: Vec<_> = varying.iter().map(|name| (*name, of(name))).collect();
    let cells = Names::of_trials(configs());
    let mut without_value = 0;
    for ((entry, settings), (_, figures)) in entries.iter().zip(&settings).zip(&group.trials) {
        let mut members = trial(entry, settings, &distributions);
        if members["state"] == json!(FAIL) && entry.state.failure().is_none() {
            without_value += 1;
        }
        let cell = shown(&cells.cell(&entry.config));
        members["user_attrs"] = attributes(entry, &cell, figures);
        operation(journal, Operation::CreateTrial, Some(id), members);
    }
    without_value
}

/// The members of a trial but its user attributes.
fn trial(
    entry: &Entry,
    settings: &[(&str, Parameter)],
    distributions: &[(&str, Distribution)],
) -> Value {
    let last = entry.last().map(|epoch| epoch.validation_accuracy);
    let value = last.filter(|value| value.is_finite());
    let state = match &entry.state {
        State::Running | State::Interrupted => RUNNING,
        State::Ended(Outcome::Failed { .. }) => FAIL,
        State::Ended(_) if value.is_none() => FAIL,
        State::Ended(_) => COMPLETE,
    };
    let mut own: Map<String, Value> = Map::new();
    let mut ranges: Map<String, Value> = Map::new();
    for (name, distribution) in distributions {
        let parameter = settings.iter().find(|(other, _)| other == name);
        let internal = parameter.and_then(|(_, parameter)| distribution.internal(parameter));
        if let Some(internal) = internal {
            own.insert((*name).to_owned(), json!(internal));
            ranges.insert((*name).to_owned(), json!(distribution.json()));
        }
    }
    let steps = entry.epochs.iter();
    // Python's JSON has NaN; nobody else's has.
    let steps = steps.filter(|epoch| epoch.validation_accuracy.is_finite());
    let steps: Map<String, Value> = steps
        .map(|epoch| (epoch.epoch.to_string(), json!(epoch.validation_accuracy)))
        .collect();
    let start = clock::start(&entry.runs);
    let mut members = json!({
        "state": state,
        "value": (state == COMPLETE).then_some(value).flatten(),
        "values": null,
        "datetime_start": start.map(clock::rfc3339),
        "params": own,
        "distributions": ranges,
        "intermediate_values": steps,
        "system_attrs": {},
    });
    if state != RUNNING {
        let ends = clock::epoch_ends(&entry.runs, &entry.epochs);
        let end = ends.last().copied().or(start).unwrap_or(0.0);
        members["datetime_complete"] = json!(clock::rfc3339(end));
    }
    members
}

/// What Optuna has no place for.
fn attributes(entry: &Entry, cell: &str, figures: &[String]) -> Value {
    let mut own = json!({
        "identity": entry.identity,
        "name": entry.name,
        "cell": cell,
        "figures": figures,
        "seed": entry.config.seed,
        "outcome": entry.state.word(),
        "epochs": entry.epochs.len(),
    });
    if let Some(parameters) = entry.network_parameters {
        own["network_parameters"] = json!(parameters);
    }
    if let Some(message) = entry.state.failure() {
        own["error"] = json!(message);
    }
    if let Some(run) = entry.runs.last() {
        own["host"] = json!(shown(&run.environment.host));
        own["device"] = json!(shown(&run.device));
        own["revision"] = json!(shown(&run.environment.revision));
    }
    if let Some(last) = entry.last() {
        for (name, number) in NUMBERS {
            own[name] = finite_or_text(number(last));
        }
    }
    own
}

/// A number, or the text that records have for one that JSON has not.
fn finite_or_text(number: f64) -> Value {
    match number.is_finite() {
        true => json!(number),
        false => json!(number.to_string()),
    }
}

fn plain(parameter: &Parameter) -> Value {
    match parameter {
        Parameter::Integer(number) => json!(number),
        Parameter::Float(number) => json!(number),
        Parameter::Text(text) => json!(text),
    }
}

#[cfg(test)]
mod tests;
