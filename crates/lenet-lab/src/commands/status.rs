//! `status`: what of a study is done, running, failed and missing.

mod running;

use anyhow::Context;
use lenet_study::{Look, State};

use crate::exit::{CommandResult, Exit, OrFail};
use crate::flags::Status;
use crate::table::{Table, count};
use crate::{inputs, output, sources};

/// Of more trials only those that are not done have a line.
const LISTED: usize = 500;
/// Of more trials only a sample is read, unless --verify asks for all.
const READ: usize = 20_000;
const SAMPLE: usize = 2_000;

/// Runs the command; refuses a folder without a study.
pub fn run(flags: &Status) -> CommandResult {
    let sources = sources::open(std::slice::from_ref(&flags.out)).or_refuse()?;
    for error in &sources.damaged {
        output::note(format_args!("left out: {error}"));
    }
    let store = inputs::records(&sources.folders[0]).or_refuse()?;
    let study = store
        .read_study()
        .or_refuse()?
        .with_context(|| format!("{}: there is no study.json", flags.out.display()))
        .or_refuse()?;
    let trials = study.figures.iter().flat_map(|figure| &figure.cells);
    let trials: usize = trials.map(|cell| cell.trials.len()).sum();
    let look = match trials <= READ || flags.verify {
        true => Look::Whole,
        false => Look::Sample(SAMPLE),
    };
    let status = lenet_study::status(&study, &store, look);
    let all = status.trials.len() <= LISTED || flags.all;
    let told = status.trials.iter();
    let told = told.filter(|trial| all || trial.state != State::Done);
    let told: Vec<_> = told.take(if all { usize::MAX } else { LISTED }).collect();
    let mut table = Table::new(&["trial", "figures", "state", "epochs"]);
    for trial in &told {
        let epochs = trial.epochs.map_or_else(String::new, |n| n.to_string());
        let state = trial.state.word().to_owned();
        table.row([status.label(trial), trial.figures.join(", "), state, epochs]);
    }
    if !told.is_empty() {
        output::line(table).or_fail()?;
    }
    let unlisted = status.trials.len() - told.len();
    if unlisted > 0 {
        output::note(format_args!(
            "{} not listed, those that are done among them (hint: --all)",
            count(unlisted, "trial")
        ));
    }
    running::tell(&status, &store).or_fail()?;
    for trial in &status.trials {
        let words = match (trial.state, &trial.problem) {
            (State::Failed, Some(message)) => format!("failed: {}: {message}", status.label(trial)),
            (_, Some(error)) => format!("unreadable: {}: {error}", status.label(trial)),
            _ => String::new(),
        };
        if !words.is_empty() {
            output::line(words).or_fail()?;
        }
        for error in &trial.damaged {
            output::line(format_args!("damaged: {}: {error}", status.label(trial))).or_fail()?;
        }
    }
    for conflict in store.conflicts().or_fail()? {
        output::line(format_args!("conflict: {conflict}")).or_fail()?;
    }
    let unverified = status.trials.iter().filter(|trial| !trial.is_verified);
    let unverified = unverified.count();
    if unverified > 0 {
        let records = count(unverified, "record");
        output::line(format_args!(
            "unverified: {records} of a format without checksums"
        ))
        .or_fail()?;
    }
    if status.unread > 0 {
        output::note(format_args!(
            "{} done by their names, unread (hint: --verify reads and checks every record)",
            count(status.unread, "trial")
        ));
    }
    let counted = State::ALL.map(|state| (status.count(state), state.word()));
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
