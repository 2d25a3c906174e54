//! `status`: what of a study is done, running, failed and missing.

use anyhow::Context;
use lenet_results::{Outcome, TrialState};

use crate::exit::{CommandResult, Exit, OrFail};
use crate::flags::Status;
use crate::table::{Table, count};
use crate::{inputs, output};

/// Every state, in the order of the last line.
const STATES: [&str; 6] = [
    "done",
    "running",
    "interrupted",
    "failed",
    "missing",
    "unreadable",
];

/// Runs the command; refuses a folder without a study.
pub fn run(flags: &Status) -> CommandResult {
    let store = inputs::records(&flags.out).or_refuse()?;
    let study = store
        .read_study()
        .or_refuse()?
        .with_context(|| format!("{}: there is no study.json", flags.out.display()))
        .or_refuse()?;
    let status = lenet_study::status(&study, &store);
    let mut table = Table::new(&["trial", "figures", "state", "epochs"]);
    for trial in &status.trials {
        let epochs = match &trial.state {
            TrialState::Missing | TrialState::Unreadable(_) => String::new(),
            TrialState::Running { epochs } | TrialState::Interrupted { epochs } => {
                epochs.to_string()
            }
            TrialState::Done(record) | TrialState::Failed(record) => {
                record.epochs.len().to_string()
            }
        };
        let label = trial.label.clone();
        table.row([label, trial.figures.join(", "), trial.word().into(), epochs]);
    }
    output::line(table).or_fail()?;
    for trial in &status.trials {
        match &trial.state {
            TrialState::Failed(record) => {
                if let Outcome::Failed { message } = &record.outcome {
                    output::line(format_args!("failed: {}: {message}", trial.label)).or_fail()?;
                }
            }
            TrialState::Unreadable(error) => {
                output::line(format_args!("unreadable: {}: {error}", trial.label)).or_fail()?;
            }
            _ => {}
        }
        if let TrialState::Done(record) | TrialState::Failed(record) = &trial.state {
            for error in store.trial(&trial.identity).damage(record) {
                output::line(format_args!("damaged: {}: {error}", trial.label)).or_fail()?;
            }
        }
    }
    let unverified = status.trials.iter().filter(|trial| match &trial.state {
        TrialState::Done(record) | TrialState::Failed(record) => !record.is_verified(),
        _ => false,
    });
    let unverified = unverified.count();
    if unverified > 0 {
        let records = count(unverified, "record");
        output::line(format_args!(
            "unverified: {records} of a format without checksums"
        ))
        .or_fail()?;
    }
    let counted = STATES.map(|word| (status.count(word), word));
    let counted = counted.iter().filter(|(number, _)| *number > 0);
    let counted: Vec<String> = counted
        .map(|(number, word)| format!("{number} {word}"))
        .collect();
    let trials = count(status.trials.len(), "trial");
    output::line(format_args!(
        "{trials} of {}: {}",
        study.name,
        counted.join(", ")
    ))
    .or_fail()?;
    Ok(Exit::Done)
}
