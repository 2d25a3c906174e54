//! `diff`: whether two sets of records are equal, and where they differ.

use std::path::Path;

use lenet_report::{Records, Side, compare};
use lenet_study::DataSets;

use crate::commands::report::{Found, read};
use crate::evidence::Kept;
use crate::exit::{CommandResult, Exit, OrFail};
use crate::flags::Diff;
use crate::output;
use crate::sources::{self, Sources};

/// Runs the command; refuses folders that hold no records. The exit code tells whether they are equal.
pub fn run(flags: &Diff) -> CommandResult {
    let (a, b) = (open(&flags.a).or_refuse()?, open(&flags.b).or_refuse()?);
    let data = DataSets::default();
    let [of_a, of_b] = [&a, &b].map(|(sources, _)| Kept::new(&sources.folders, &data));
    let names = [&flags.a, &flags.b].map(|path| path.display().to_string());
    let side = |at: usize, found| side(&names[at], found, [&of_a, &of_b][at]);
    let (a, b) = (side(0, &a.1), side(1, &b.1));
    let comparison = compare(&a, &b, &flags.figure).or_refuse()?;
    match flags.json {
        true => output::line(serde_json::to_string_pretty(&comparison).or_fail()?),
        false => output::line(comparison.text(flags.verbose)),
    }
    .or_fail()?;
    Ok(match comparison.equal {
        true => Exit::Done,
        false => Exit::Failed,
    })
}

fn side<'a>(name: &'a str, found: &'a Found, evidence: &'a Kept<'a>) -> Side<'a> {
    Side {
        name,
        records: Records {
            evidence: Some(evidence),
            ..found.records()
        },
        unreadable: &found.unreadable,
    }
}

/// The records of a folder or of a pack, with what is damaged among them.
fn open(path: &Path) -> anyhow::Result<(Sources, Found)> {
    let sources = sources::open(&[path.to_owned()])?;
    let mut found = read(&sources.folders, None)?;
    found.damaged.extend(sources.damaged.iter().cloned());
    Ok((sources, found))
}
