//! `schema`, `completions`, `man`: what other programs want to know of this one.

use std::path::Path;

use anyhow::Context;
use clap_mangen::Man;

use crate::exit::{CommandResult, Exit, OrFail};
use crate::flags::{self, Flags};
use crate::{output, program};

/// Prints the JSON schema of a study's file.
pub fn schema() -> CommandResult {
    let text = serde_json::to_string_pretty(&lenet_study::schema()).or_fail()?;
    // Escaped already, and of this program alone.
    output::drawing(&(text + "\n")).or_fail()?;
    Ok(Exit::Done)
}

/// Prints what makes a shell complete commands and flags.
pub fn completions(flags: &flags::Completions) -> CommandResult {
    let mut text = Vec::new();
    let mut command = Flags::installed();
    clap_complete::generate(flags.shell, &mut command, program::USUAL, &mut text);
    let text = String::from_utf8(text)
        .context("completions are text")
        .or_fail()?;
    output::drawing(&text).or_fail()?;
    Ok(Exit::Done)
}

/// Prints the manual's page of the program, or writes a folder of pages.
pub fn man(flags: &flags::Man) -> CommandResult {
    let command = Flags::installed();
    let Some(folder) = &flags.out else {
        let page = page(&command).or_fail()?;
        output::drawing(&page).or_fail()?;
        return Ok(Exit::Done);
    };
    std::fs::create_dir_all(folder)
        .with_context(|| format!("{}: no folder can be made here", folder.display()))
        .or_refuse()?;
    write_page(folder, program::USUAL, &command).or_fail()?;
    let mut command = command;
    command.build();
    for subcommand in command.get_subcommands().filter(|c| c.get_name() != "help") {
        let name = format!("{}-{}", program::USUAL, subcommand.get_name());
        // The page's heading is the command's name.
        let leaked: &'static str = Box::leak(name.clone().into_boxed_str());
        write_page(folder, &name, &subcommand.clone().name(leaked)).or_fail()?;
    }
    Ok(Exit::Done)
}

fn page(command: &clap::Command) -> anyhow::Result<String> {
    let mut page = Vec::new();
    Man::new(command.clone()).render(&mut page)?;
    Ok(String::from_utf8(page)?)
}

fn write_page(folder: &Path, name: &str, command: &clap::Command) -> anyhow::Result<()> {
    let path = folder.join(format!("{name}.1"));
    lenet_results::files::write_whole(&path, page(command)?.as_bytes())
        .with_context(|| format!("{}: cannot be written", path.display()))
}
