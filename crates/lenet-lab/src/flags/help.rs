//! Flags of the commands that help to use the others.

use std::path::PathBuf;

use clap::Args;
use clap_complete::Shell;

/// `init`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  lenet-lab init momentum                              writes momentum.toml
  lenet-lab init momentum --out -                      prints it")]
pub struct Init {
    /// Name of the study
    #[arg(value_name = "NAME")]
    pub name: String,
    /// File to write, or - for standard output; default: the study's name and .toml
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Overwrite a file that is there
    #[arg(long)]
    pub force: bool,
}

/// `settings`
#[derive(Debug, Args)]
pub struct SettingsTable {
    /// Print a table in Markdown
    #[arg(long)]
    pub markdown: bool,
}

/// `schema`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  lenet-lab schema > study.schema.json                 an editor for TOML completes and checks with it
  taplo check --schema file://$PWD/study.schema.json my-study.toml")]
pub struct Schema {}

/// `completions`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  lenet-lab completions bash > ~/.local/share/bash-completion/completions/lenet-lab
  lenet-lab completions zsh > ~/.zfunc/_lenet-lab
  lenet-lab completions fish > ~/.config/fish/completions/lenet-lab.fish")]
pub struct Completions {
    /// Shell to write them for
    pub shell: Shell,
}

/// `man`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  lenet-lab man | man -l -                             the page of the program
  lenet-lab man --out ~/.local/share/man/man1          a page of each command, too")]
pub struct Man {
    /// Folder for a page of the program and one of each command; default: the program's page on standard
    /// output
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}
