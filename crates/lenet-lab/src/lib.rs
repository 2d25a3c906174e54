//! The program `lenet-lab`, which carries out studies of small convolutional networks: its commands parse, call
//! and print, and what they call is in the crates below.
#![forbid(unsafe_code)]

mod checkpoint;
mod command_line;
mod commands;
mod digit;
mod evidence;
mod exit;
mod flags;
mod input_file;
mod inputs;
mod interrupt;
mod output;
mod output_file;
mod overlay;
mod overview;
mod program;
mod progress;
mod register;
mod sources;
mod table;
mod toolchain;
mod verdicts;

use std::process::ExitCode;

use tracing_subscriber::EnvFilter;

use exit::{CommandResult, Exit, Failure, OrFail};
use flags::{Command, Flags};

/// Runs the command that this process was started with. `name` is what a user types before it: `lenet-lab`,
/// or `cargo xtask` in the repository.
#[must_use]
pub fn main(name: &'static str) -> ExitCode {
    program::set_name(name);
    let flags = match Flags::read() {
        Ok(flags) => flags,
        Err(error) => return refuse_arguments(&error),
    };
    log_to_stderr(flags.logging);
    let result = check_environment(&flags.command).and_then(|()| run(flags.command));
    match result {
        Ok(exit) => exit.into(),
        Err(Failure { exit, error }) => {
            output::note(format_args!("error: {}", exit::chain(&error)));
            exit.into()
        }
    }
}

fn run(command: Command) -> CommandResult {
    match command {
        Command::Experiments(flags) => commands::experiments::run(&flags),
        Command::Worker(flags) => commands::worker::run(&flags),
        Command::Pack(flags) => commands::pack::run(&flags),
        Command::Report(flags) => commands::report::run(&flags),
        Command::Claims(flags) => commands::claims::run(&flags),
        Command::Status(flags) => commands::status::run(&flags),
        Command::Diff(flags) => commands::diff::run(&flags),
        Command::Verify(flags) => commands::verify::run(&flags),
        Command::Init(flags) => commands::init::run(&flags),
        Command::Settings(flags) => commands::settings::run(&flags),
        Command::Train(flags) => commands::train::run(&flags),
        Command::Evaluate(flags) => commands::evaluate::run(&flags),
        Command::Predict(flags) => commands::predict::run(&flags),
        Command::Export(flags) => commands::export::run(&flags),
        Command::BenchCpu(flags) => commands::bench_cpu::run(&flags),
        Command::BenchRuntime(flags) => commands::bench_runtime::run(&flags),
        Command::CudaToolchain(flags) => commands::cuda_toolchain::run(&flags),
        Command::GpuCheck(flags) => commands::gpu_check::run(&flags),
        Command::Schema(_) => commands::describe::schema(),
        Command::Completions(flags) => commands::describe::completions(&flags),
        Command::Man(flags) => commands::describe::man(&flags),
    }
}

/// Prints help, or why the arguments are refused. The parser repeats arguments as they are, and they may
/// hold control characters; then its colours are left out.
fn refuse_arguments(error: &clap::Error) -> ExitCode {
    let plain = error.render().to_string();
    if error.use_stderr() && output::shown(&plain) != plain {
        output::note(plain.trim_end());
    } else {
        // A closed pipe is no error of ours.
        let _ = error.print();
    }
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(Exit::Refused.code()))
}

/// Refuses an instruction set that this machine lacks before a command computes with it.
fn check_environment(command: &Command) -> Result<(), Failure> {
    let computes = match command {
        Command::Experiments(_)
        | Command::Worker(_)
        | Command::Train(_)
        | Command::Evaluate(_)
        | Command::Predict(_)
        | Command::Verify(_)
        | Command::BenchCpu(_)
        | Command::BenchRuntime(_)
        | Command::GpuCheck(_) => true,
        Command::Pack(_)
        | Command::Report(_)
        | Command::Claims(_)
        | Command::Status(_)
        | Command::Diff(_)
        | Command::Export(_)
        | Command::Init(_)
        | Command::Settings(_)
        | Command::Schema(_)
        | Command::Completions(_)
        | Command::Man(_)
        | Command::CudaToolchain(_) => false,
    };
    if computes {
        lenet_ops::Level::from_environment().or_refuse()?;
    }
    Ok(())
}

/// Logs go where they do not mix with results; `RUST_LOG` says which, or else the number of `-v`, by default
/// warnings.
fn log_to_stderr(logging: u8) {
    let usual = match logging {
        0 => "warn",
        1 => "info",
        _ => "debug",
    };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(usual));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(output::stderr_has_colours())
        .init();
}
