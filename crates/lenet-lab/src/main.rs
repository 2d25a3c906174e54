//! The program `lenet-lab`.
#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    lenet_lab::main("lenet-lab")
}
