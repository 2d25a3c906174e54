//! `verify`: whether published records are what this program computes.

use std::collections::BTreeMap;

use lenet_ops::Level;
use lenet_results::{Environment, Store};
use lenet_study::verify::{Drawing, Finding, Verified, usable_levels, verify};
use lenet_study::{RunEvent, RunSettings};
use serde_json::json;

use crate::commands::experiments::Watcher;
use crate::exit::{CommandResult, Exit, OrFail};
use crate::flags::Verify;
use crate::progress::Style;
use crate::table::count;
use crate::{inputs, interrupt, output, sources};

/// Version of the JSON.
const FORMAT: u32 = 1;

/// Runs the command; refuses a folder without records, and one of which nothing can be verified here.
pub fn run(flags: &Verify) -> CommandResult {
    inputs::check_threads(flags.jobs, flags.threads).or_refuse()?;
    let sources = sources::open(std::slice::from_ref(&flags.records)).or_refuse()?;
    let store = inputs::records(&sources.folders[0]).or_refuse()?;
    let found = store.find_records().or_refuse()?;
    let damaged = found.damaged.iter().map(ToString::to_string);
    for error in damaged.chain(sources.damaged.iter().cloned()) {
        output::note(format_args!("left out: {error}"));
    }
    for conflict in &found.conflicts {
        output::note(format_args!("{conflict}; the first result counts"));
    }
    let usable = usable_levels().or_refuse()?;
    let drawing = Drawing::of(&found.records, flags.sample, flags.seed, &usable);
    output::note(format_args!(
        "{} of {} drawn (hint: --seed {} draws them again)",
        count(drawing.len(), "trial"),
        drawing.of,
        drawing.seed
    ));
    let verified = match drawing.is_empty() {
        true => Vec::new(),
        false => compute(flags, &drawing, &store)?,
    };
    tell(flags, &drawing, &verified)
}

/// Computes the drawn trials, one instruction set after the other.
fn compute(
    flags: &Verify,
    drawing: &Drawing,
    store: &Store,
) -> Result<Vec<Verified>, crate::exit::Failure> {
    let data = drawing.data_sets(&flags.data_dir).or_refuse()?;
    let settings = RunSettings {
        jobs: flags.jobs,
        threads: flags.threads,
        cuda_ordinal: 0,
        stop: interrupt::stop_flag().or_refuse()?,
    };
    let mut verified = Vec::new();
    for level in drawing.levels() {
        let watcher = Watcher::new(Style::of_this_terminal(flags.progress.quiet));
        let see = |event: RunEvent<'_>| watcher.see(event);
        let of_level = verify(drawing, level, store, &data, &settings, &see);
        watcher.finish();
        verified.extend(of_level.or_fail()?);
    }
    Ok(verified)
}

/// Says what came of it, and gives the exit code.
fn tell(flags: &Verify, drawing: &Drawing, verified: &[Verified]) -> CommandResult {
    let number = |wanted: fn(&Finding) -> bool| {
        let own = verified.iter().filter(|one| wanted(&one.finding));
        own.count()
    };
    let equal = number(|finding| *finding == Finding::Equal);
    let not_computed = number(|finding| matches!(finding, Finding::NotComputed(_)));
    let different = verified.len() - equal - not_computed;
    let left = drawing.len() - verified.len();
    if flags.json {
        let text = serde_json::to_string_pretty(&object(drawing, verified, left)).or_fail()?;
        output::line(text).or_fail()?;
    } else {
        for one in verified {
            output::line(line(one)).or_fail()?;
        }
        let mut reasons: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for passed in &drawing.passed_over {
            let reason = reasons.entry(passed.reason.to_string()).or_default();
            reason.push(&passed.name);
        }
        for (reason, trials) in reasons {
            let (first, others) = (trials[0], trials.len() - 1);
            let others = match others {
                0 => String::new(),
                n => format!(" and {n} more"),
            };
            output::line(format_args!("not verified: {first}{others}: {reason}")).or_fail()?;
        }
        let mut parts = vec![format!("{equal} of {} equal to the bit", drawing.len())];
        for (number, what) in [
            (different, "different"),
            (not_computed, "not computed"),
            (left, "not reached"),
            (
                drawing.passed_over.len(),
                "drawn that cannot be verified here",
            ),
        ] {
            if number > 0 {
                parts.push(format!("{number} {what}"));
            }
        }
        output::line(parts.join(", ")).or_fail()?;
    }
    Ok(match (different, equal) {
        (1.., _) => Exit::Failed,
        _ if left > 0 => Exit::Interrupted,
        (0, 0) => {
            output::note("nothing could be verified");
            Exit::Refused
        }
        _ if not_computed > 0 => Exit::Failed,
        _ => Exit::Done,
    })
}

/// A trial in one line.
fn line(one: &Verified) -> String {
    let (name, identity) = (&one.name, &one.recorded.identity);
    let found = match &one.finding {
        Finding::Equal => format!("equal to the bit ({})", one.level.name()),
        Finding::Different(difference) => format!(
            "different, recorded and computed here: {difference} ({}{})",
            one.level.name(),
            builds(one)
        ),
        Finding::Predictions => format!(
            "different: equal numbers, other predictions ({}{})",
            one.level.name(),
            builds(one)
        ),
        Finding::NotComputed(message) => format!("not computed: {message}"),
    };
    format!("{name} ({identity}): {found}")
}

/// Which builds differ, as a hint at why numbers do.
fn builds(one: &Verified) -> String {
    let here = Environment::collect();
    let Some(run) = one.recorded.runs.last() else {
        return String::new();
    };
    let then = &run.environment;
    let mut words = String::new();
    if (&then.revision, &then.version) != (&here.revision, &here.version) {
        words += &format!(
            "; recorded by revision {} ({}), computed by {} ({})",
            then.revision, then.version, here.revision, here.version
        );
    }
    if one.level == Level::Portable && then.os != here.os {
        words += &format!("; recorded on {}, computed on {}", then.os, here.os);
    }
    words
}

/// Everything as JSON. Members are added, never renamed, within one format.
fn object(drawing: &Drawing, verified: &[Verified], left: usize) -> serde_json::Value {
    let of = |one: &Verified| {
        let (finding, difference, message) = match &one.finding {
            Finding::Equal => ("equal", None, None),
            Finding::Different(difference) => ("different", Some(difference), None),
            Finding::Predictions => ("predictions", None, None),
            Finding::NotComputed(message) => ("not_computed", None, Some(message)),
        };
        json!({
            "identity": one.recorded.identity,
            "name": one.name,
            "level": one.level.name(),
            "finding": finding,
            "difference": difference,
            "message": message,
        })
    };
    let passed_over = drawing.passed_over.iter().map(|passed| {
        json!({
            "identity": passed.identity,
            "name": passed.name,
            "reason": passed.reason.to_string(),
        })
    });
    json!({
        "format": FORMAT,
        "seed": drawing.seed,
        "of": drawing.of,
        "drawn": drawing.len(),
        "verified": verified.iter().map(of).collect::<Vec<_>>(),
        "passed_over": passed_over.collect::<Vec<_>>(),
        "not_reached": left,
    })
}
