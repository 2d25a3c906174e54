//! `pack`: all records of a folder in one file.

use lenet_results::{Packed, pack};

use crate::exit::{CommandResult, Exit, OrFail};
use crate::flags::Pack;
use crate::output;
use crate::table::count;

/// Runs the command; refuses a folder without records. Damaged ones are left out and named, and the exit
/// code tells.
pub fn run(flags: &Pack) -> CommandResult {
    // Refuses what `report` would refuse.
    crate::commands::report::read(std::slice::from_ref(&flags.records), None).or_refuse()?;
    let (packed, damaged) = pack(&flags.records, &flags.out).or_fail()?;
    for error in &damaged {
        output::note(format_args!("left out: {error}"));
    }
    let Packed {
        trials, runtimes, ..
    } = packed;
    output::line(format_args!(
        "{} and {} in {}",
        count(trials, "trial"),
        count(runtimes, "runtime"),
        flags.out.display()
    ))
    .or_fail()?;
    Ok(match damaged.is_empty() {
        true => Exit::Done,
        false => Exit::Failed,
    })
}
