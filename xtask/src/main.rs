//! `cargo xtask`: lenet-lab, run in its repository.
#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    lenet_lab::main("cargo xtask")
}
