//! `init`: a study's file to start from.

use std::path::PathBuf;

use lenet_study::StudyConfig;

use crate::exit::{CommandResult, Exit, OrFail};
use crate::flags::Init;
use crate::output_file::{OutputFile, is_stdout};
use crate::{output, program};

/// A study of a minute, with a remark on each part.
const TEMPLATE: &str = include_str!("init/study.toml");

/// Runs the command; refuses a name that a study cannot have, and a file that is there.
pub fn run(flags: &Init) -> CommandResult {
    let text = text(&flags.name).or_refuse()?;
    let usual = PathBuf::from(format!("{}.toml", flags.name));
    let path = flags.out.as_ref().unwrap_or(&usual);
    let file = OutputFile::create_unless_there(path, flags.force).or_refuse()?;
    file.write(text.as_bytes()).or_fail()?;
    if !is_stdout(path) {
        let path = path.display();
        output::note(format_args!(
            "wrote {path}; `{} experiments --config {path}` carries it out",
            program::name()
        ));
    }
    Ok(Exit::Done)
}

/// The file of a study of this name.
fn text(name: &str) -> anyhow::Result<String> {
    let text = TEMPLATE.replace("NAME", name);
    // The reader refuses what cannot be a study's name.
    StudyConfig::parse(&text, name)?;
    Ok(program::as_typed(&text))
}

#[cfg(test)]
mod tests;
