//! `export`: saved weights for another program.

use anyhow::ensure;
use lenet_model::{onnx, weights};

use crate::exit::{CommandResult, Exit, OrFail};
use crate::flags::{Export, ExportFormat, Precision};
use crate::output;
use crate::output_file::OutputFile;

/// Runs the command; refuses weights that cannot be used or do not fit the precision, and paths
/// that cannot be written.
pub fn run(flags: &Export) -> CommandResult {
    check(flags).or_refuse()?;
    let network = weights::load_any(&flags.checkpoint.path).or_refuse()?;
    let out = OutputFile::create(&flags.out).or_refuse()?;
    let bytes = match flags.format {
        ExportFormat::Onnx => onnx::to_bytes(&network).or_refuse()?,
        ExportFormat::Safetensors => network.to_bytes(flags.precision.into()).or_refuse()?,
    };
    out.write(&bytes).or_fail()?;
    output::line(format_args!(
        "{}: {} parameters, {} bytes",
        flags.out.display(),
        network.parameters.len(),
        bytes.len()
    ))
    .or_fail()?;
    Ok(Exit::Done)
}

fn check(flags: &Export) -> anyhow::Result<()> {
    ensure!(
        flags.format == ExportFormat::Safetensors || flags.precision == Precision::F32,
        "--precision: ONNX models are written in f32 (hint: leave it out, or use --format \
         safetensors)"
    );
    Ok(())
}

impl From<Precision> for weights::Precision {
    fn from(flag: Precision) -> Self {
        match flag {
            Precision::F32 => Self::F32,
            Precision::F16 => Self::F16,
            Precision::Bf16 => Self::Bf16,
        }
    }
}
