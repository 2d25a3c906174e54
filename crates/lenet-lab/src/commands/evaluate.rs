//! `evaluate`: loss and accuracy of saved weights on a split.

use std::fmt::Write;

use anyhow::{Context, ensure};
use lenet_core::{Backend, Geometry, Precision, Settings, Validation};
use lenet_data::{Dataset, SplitSpec};
use lenet_model::TrainingImages;
use lenet_study::TomlSettings as _;
use lenet_train::RunOptions;
use serde_json::json;

use crate::exit::{CommandResult, Exit, OrFail};
use crate::flags::{Evaluate, Split};
use crate::output_file::OutputFile;
use crate::{checkpoint, inputs, output};

/// Runs the command; refuses weights that do not fit the data and paths that cannot be used.
pub fn run(flags: &Evaluate) -> CommandResult {
    inputs::check_threads(None, flags.threads.threads).or_refuse()?;
    let (device, ordinal) = inputs::device(&flags.device).or_refuse()?;
    let data = inputs::dataset(&flags.data).or_refuse()?;
    let [_, height, width] = data.test.shape();
    let network = checkpoint::load(&flags.checkpoint, Some([height, width])).or_refuse()?;
    let normalization = network
        .images
        .unwrap_or(TrainingImages::MNIST)
        .normalization;
    let backend = if network.geometry.stages.is_usual() && normalization.is_none() {
        Backend::Fused
    } else {
        Backend::Stock
    };
    let path = (backend, device, Precision::Single);
    inputs::check_devices([path], ordinal).or_refuse()?;
    ensure_fits(&network.geometry, &data)
        .with_context(|| flags.checkpoint.path.display().to_string())
        .or_refuse()?;
    let split = split(flags, &data).or_refuse()?;
    let csv = flags
        .csv
        .as_deref()
        .map(OutputFile::create)
        .transpose()
        .or_refuse()?;

    let mut logits = Vec::new();
    let evaluation = lenet_train::evaluate(
        &network.geometry,
        &network.parameters,
        &split,
        backend,
        device,
        &RunOptions {
            normalization,
            ..inputs::run_options(flags.threads.threads, ordinal)
        },
        Some(&mut logits),
    )
    .or_fail()?;
    if let Some(csv) = csv {
        let labels = split
            .indices
            .iter()
            .map(|&index| (index, split.set.labels()[index as usize]));
        csv.write(to_csv(labels, &logits, network.geometry.classes).as_bytes())
            .or_fail()?;
    }
    let line = json!({
        "loss": evaluation.loss,
        "accuracy": evaluation.accuracy,
        "samples": evaluation.samples,
    });
    output::line(line).or_fail()?;
    Ok(Exit::Done)
}

/// The images to evaluate on. The test images are there however many are held out.
fn split(flags: &Evaluate, data: &Dataset) -> anyhow::Result<lenet_data::Split> {
    let spec = SplitSpec {
        validation: validation(&flags.validation)?,
        samples: None,
        seed: flags.seed,
    };
    Ok(match flags.split {
        Split::Test => data.test_split(),
        Split::Validation => data.split(&spec)?.validation,
        Split::Train => data.split(&spec)?.train,
    })
}

/// As the setting `validation`; 0, with which no network is trained, evaluates on all training
/// images.
fn validation(text: &str) -> anyhow::Result<Validation> {
    if text == "0" {
        return Ok(Validation::first(0));
    }
    let mut settings = Settings::default();
    settings.assign("validation", text, "--validation")?;
    Ok(settings.validation.unwrap_or_default())
}

/// Checks that a network of this shape takes these images and knows their classes.
///
/// # Errors
/// It does not; the error says what the network takes and what the data have.
pub fn ensure_fits(geometry: &Geometry, data: &Dataset) -> anyhow::Result<()> {
    let Geometry {
        channels,
        height,
        width,
        classes,
        ..
    } = *geometry;
    let [c, h, w] = data.test.shape();
    ensure!(
        [channels, height, width] == [c, h, w],
        "the network takes images of {channels}×{height}×{width}, those of {} are {c}×{h}×{w} \
         (hint: give the set it was trained on with --data-dir)",
        data.title
    );
    ensure!(
        data.classes <= classes,
        "the network knows {classes} classes, {} has {}",
        data.title,
        data.classes
    );
    Ok(())
}

/// One row per image: its index in the file, its label, the class of its largest logit, and all
/// logits, which read back exactly.
fn to_csv(labels: impl Iterator<Item = (u32, u8)>, logits: &[f32], classes: usize) -> String {
    let mut text = String::from("index,label,predicted");
    for class in 0..classes {
        write!(text, ",logit_{class}").expect("a string takes any text");
    }
    text.push('\n');
    for ((index, label), row) in labels.zip(logits.chunks_exact(classes)) {
        write!(text, "{index},{label},{}", first_largest(row)).expect("a string takes any text");
        for logit in row {
            write!(text, ",{logit}").expect("a string takes any text");
        }
        text.push('\n');
    }
    text
}

/// Index of the largest value, of equal ones the first; NaN counts as the smallest.
fn first_largest(values: &[f32]) -> usize {
    let mut best = 0;
    for (i, &value) in values.iter().enumerate() {
        if value > values[best] || values[best].is_nan() && !value.is_nan() {
            best = i;
        }
    }
    best
}

#[cfg(test)]
mod tests;
