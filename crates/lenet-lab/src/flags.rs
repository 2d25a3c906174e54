//! The whole command line.

mod bench;
mod checkpoint;
mod cluster;
mod compare;
mod cuda;
mod help;
mod network;
mod shared;
mod study;

use clap::{ArgAction, CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::program;

pub use bench::{BenchCpu, BenchRuntime};
pub use checkpoint::{Checkpoint, Data};
pub use cluster::Executor;
pub use compare::{Diff, Verify};
pub use cuda::{CudaToolchain, GpuCheck};
pub use help::{Completions, Init, Man, Schema, SettingsTable};
pub use network::{Evaluate, Export, ExportFormat, Precision, Predict, Split, Train};
pub use shared::{Assignment, Compute, Shard};
pub use study::{Claims, Experiments, Pack, Report, Status, Worker};

/// Hyperparameter studies of small convolutional networks.
#[derive(Debug, Parser)]
#[command(
    name = "lenet-lab",
    version,
    subcommand_required = true,
    arg_required_else_help = true,
    max_term_width = 100,
    after_help = "\
Exit codes: 0 done, 1 some trial failed, 2 refused input, 130 interrupted.
Environment: RUST_LOG sets what is logged on stderr, NO_COLOR switches colours off,
LENET_SIMD=portable|neon|avx2|avx512 forces an instruction set."
)]
pub struct Flags {
    /// Log on standard error what is done; -vv every epoch, too
    #[arg(short = 'v', global = true, action = ArgAction::Count)]
    pub logging: u8,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

impl Flags {
    /// Reads the arguments of this process.
    ///
    /// # Errors
    /// [`clap::Error`] for a request for help or for the version, and for arguments that are refused.
    pub fn read() -> Result<Self, clap::Error> {
        let mut matches = Self::typed_as_usual().try_get_matches()?;
        Self::from_arg_matches_mut(&mut matches)
    }

    /// The command line of the installed program, whatever this one was started by.
    pub fn installed() -> clap::Command {
        with_settings(Self::command().bin_name(program::USUAL))
    }

    /// The command line with the program's name as the user types it, in usage and examples.
    fn typed_as_usual() -> clap::Command {
        let command = with_settings(Self::command().bin_name(program::name()));
        let names: Vec<String> = command
            .get_subcommands()
            .map(|command| command.get_name().to_owned())
            .collect();
        names.into_iter().fold(command, |command, name| {
            command.mut_subcommand(name, |subcommand| {
                let examples = subcommand.get_after_help().map(ToString::to_string);
                match examples {
                    Some(text) => subcommand.after_help(program::as_typed(&text)),
                    None => subcommand,
                }
            })
        })
    }
}

/// The help of `settings` is the table itself, so that `help settings` shows it.
fn with_settings(command: clap::Command) -> clap::Command {
    command.mut_subcommand("settings", |subcommand| {
        subcommand.after_help(crate::commands::settings::text())
    })
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Carry out a study and write its report; goes on where it was interrupted
    Experiments(Experiments),
    /// Carry out a study's plan beside other workers on one shared folder; docs/cluster.md
    Worker(Worker),
    /// Write the report anew from records, without training
    Report(Report),
    /// Write all records of a folder into one file, which `report` and its like read as well
    Pack(Pack),
    /// Print the verdicts on a study's claims from records, without training
    Claims(Claims),
    /// Say what of a study is done, running, failed and missing
    Status(Status),
    /// Say whether two sets of records are equal, and where they differ
    Diff(Diff),
    /// Compute some trials of published records again and compare every bit
    Verify(Verify),
    /// Write a commented study to start from
    Init(Init),
    /// List every setting of a study, its values and its default
    Settings(SettingsTable),
    /// Train one network
    Train(Box<Train>),
    /// Loss and accuracy of saved weights on a split
    Evaluate(Evaluate),
    /// Classify image files or images of the test set
    Predict(Predict),
    /// Write saved weights for another program: ONNX, or smaller safetensors
    Export(Export),
    /// Measure how fast this machine trains and evaluates the study's network
    BenchCpu(BenchCpu),
    /// Measure runtime against network size; goes on where it was interrupted
    BenchRuntime(BenchRuntime),
    /// Check that a GPU computes what the processor does, and measure both
    GpuCheck(GpuCheck),
    /// Prepare a build with CUDA where there is no CUDA toolkit
    CudaToolchain(CudaToolchain),
    /// Print the JSON schema of a study's file, for editors
    Schema(Schema),
    /// Print what makes a shell complete commands and flags
    Completions(Completions),
    /// Print the manual
    Man(Man),
}

#[cfg(test)]
mod tests;
