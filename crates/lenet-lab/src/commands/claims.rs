//! `claims`: the verdicts, from records alone.

use crate::commands::report::read;
use crate::exit::{CommandResult, Exit, OrFail};
use crate::flags::Claims;
use crate::{output, sources, verdicts};

/// Runs the command; refuses folders that hold no records. Damaged ones are left out and named, and the exit
/// code tells.
pub fn run(flags: &Claims) -> CommandResult {
    let sources = sources::open(&flags.records).or_refuse()?;
    let mut found = read(&sources.folders, flags.config.as_deref()).or_refuse()?;
    found.damaged.extend(sources.damaged.iter().cloned());
    found.tell_damage();
    let records = found.records();
    let text = match (flags.json, flags.markdown) {
        (true, _) => lenet_report::claims_json(records),
        (_, true) => lenet_report::claims_markdown(records),
        _ => {
            let claims = lenet_report::judge_claims(records);
            if claims.is_empty() {
                output::note("the study declares no claims (hint: write [[claim]] in its file)");
                return Ok(Exit::Done);
            }
            verdicts::print(&claims).or_fail()?;
            return Ok(exit(&found.damaged));
        }
    };
    output::line(text.trim_end()).or_fail()?;
    Ok(exit(&found.damaged))
}

fn exit<T>(damaged: &[T]) -> Exit {
    match damaged.is_empty() {
        true => Exit::Done,
        false => Exit::Failed,
    }
}
