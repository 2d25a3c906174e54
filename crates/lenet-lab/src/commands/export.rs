//! `export`: saved weights for another program.

use std::path::Path;

use anyhow::{bail, ensure};
use lenet_model::{TrainingImages, onnx, weights};

use crate::exit::{CommandResult, Exit, OrFail};
use crate::flags::{Export, ExportFormat, Precision};
use crate::output_file::OutputFile;
use crate::{checkpoint, output};

/// Runs the command; refuses weights that cannot be used or do not fit the precision, and paths
/// that cannot be written.
pub fn run(flags: &Export) -> CommandResult {
    let format = format(flags).or_refuse()?;
    let network = checkpoint::load(&flags.checkpoint, None).or_refuse()?;
    let out = OutputFile::create(&flags.out).or_refuse()?;
    let bytes = match format {
        ExportFormat::Onnx => onnx::to_bytes(&network).or_refuse()?,
        ExportFormat::Safetensors => network.to_bytes(flags.precision.into()).or_refuse()?,
    };
    out.write(&bytes).or_fail()?;
    if let (ExportFormat::Onnx, Some(TrainingImages { normalization, .. })) =
        (format, network.images)
        && !normalization.is_none()
    {
        output::note(format_args!(
            "note: {}: the model takes pixels from 0 to 1 less {}, divided by {}",
            flags.out.display(),
            normalization.mean,
            normalization.deviation
        ));
    }
    output::line(format_args!(
        "{}: {} parameters, {} bytes",
        flags.out.display(),
        network.parameters.len(),
        bytes.len()
    ))
    .or_fail()?;
    Ok(Exit::Done)
}

/// The format that is asked for, or else that of the file's extension.
fn format(flags: &Export) -> anyhow::Result<ExportFormat> {
    let format = match flags.format {
        Some(format) => format,
        None => format_of(&flags.out)?,
    };
    ensure!(
        format == ExportFormat::Safetensors || flags.precision == Precision::F32,
        "--precision: ONNX models are written in f32 (hint: leave it out, or use --format \
         safetensors)"
    );
    Ok(format)
}

/// The format of a file's extension. Those of formats that cannot be written are refused; any other is
/// as good as none.
fn format_of(out: &Path) -> anyhow::Result<ExportFormat> {
    let extension = out.extension().unwrap_or_default().to_string_lossy();
    match &*extension.to_lowercase() {
        "onnx" => Ok(ExportFormat::Onnx),
        "pt" | "pth" | "pkl" | "ckpt" | "h5" | "keras" | "npz" | "pb" | "tflite" | "gguf" => bail!(
            "--out {}: no .{extension} can be written (hint: write safetensors, which \
             safetensors.torch.load_file reads, or onnx)",
            out.display()
        ),
        _ => Ok(ExportFormat::Safetensors),
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_extension_names_its_format() {
        let cases = [
            ("x.onnx", Some(ExportFormat::Onnx)),
            ("a.b/X.ONNX", Some(ExportFormat::Onnx)),
            ("x.safetensors", Some(ExportFormat::Safetensors)),
            ("/dev/stdout", Some(ExportFormat::Safetensors)),
            ("x.bin", Some(ExportFormat::Safetensors)),
            ("x.pt", None),
            ("x.PTH", None),
            ("x.keras", None),
        ];
        for (path, want) in cases {
            assert_eq!(format_of(Path::new(path)).ok(), want, "{path}");
        }
    }
}
