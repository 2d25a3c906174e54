//! `cuda-toolchain`: what a build with CUDA needs where there is no CUDA toolkit.

use crate::exit::{CommandResult, Exit, OrFail};
use crate::flags::CudaToolchain;
use crate::output;
use crate::toolchain::{Compiler, prepare};

/// Runs the command.
pub fn run(flags: &CudaToolchain) -> CommandResult {
    let compiler = match flags.nvcc {
        true => Compiler::Wheels,
        false => Compiler::StandIn,
    };
    let variables = prepare(&flags.folder, compiler, flags.compute_capability).or_fail()?;
    for (name, value) in variables {
        output::line(format_args!("export {name}='{value}'")).or_fail()?;
    }
    Ok(Exit::Done)
}
