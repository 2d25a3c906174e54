//! The commands of lenet-lab: parse, call, print.
#![forbid(unsafe_code)]

mod checkpoint;
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
mod progress;
mod register;
mod table;
mod toolchain;
mod verdicts;

use std::process::ExitCode;

use clap::Parser;
use tracing_subscriber::EnvFilter;

use exit::Failure;
use flags::{Command, Flags};

fn main() -> ExitCode {
    let flags = Flags::parse();
    log_to_stderr();
    let result = match flags.command {
        Command::Experiments(flags) => commands::experiments::run(&flags),
        Command::Report(flags) => commands::report::run(&flags),
        Command::Claims(flags) => commands::claims::run(&flags),
        Command::Status(flags) => commands::status::run(&flags),
        Command::Train(flags) => commands::train::run(&flags),
        Command::Evaluate(flags) => commands::evaluate::run(&flags),
        Command::Predict(flags) => commands::predict::run(&flags),
        Command::Export(flags) => commands::export::run(&flags),
        Command::BenchCpu(flags) => commands::bench_cpu::run(&flags),
        Command::BenchRuntime(flags) => commands::bench_runtime::run(&flags),
        Command::CudaToolchain(flags) => commands::cuda_toolchain::run(&flags),
        Command::GpuCheck(flags) => commands::gpu_check::run(&flags),
    };
    match result {
        Ok(exit) => exit.into(),
        Err(Failure { exit, error }) => {
            output::note(format_args!("error: {}", exit::chain(&error)));
            exit.into()
        }
    }
}

/// Logs go where they do not mix with results; `RUST_LOG` says which, by default warnings.
fn log_to_stderr() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(output::stderr_has_colours())
        .init();
}
