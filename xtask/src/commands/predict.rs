//! `predict`: the class of image files or of images of the test set.

use std::fmt::Write;
use std::io::IsTerminal;

use anyhow::{Context, ensure};
use lenet_core::Geometry;
use lenet_model::weights::{self, Weights};
use lenet_ops::Level;
use lenet_ops::net::{Images, Network};

use super::evaluate::{ensure_fits, first_largest};
use crate::exit::{CommandResult, Exit, OrFail};
use crate::flags::Predict;
use crate::{digit, inputs, output, picture};

/// An image as the network takes it, and what to call it.
struct Input {
    name: String,
    pixels: Vec<f32>,
}

/// Runs the command.
///
/// # Errors
/// Refuses files that hold no picture and weights that cannot be used; nothing is printed then.
pub fn run(flags: &Predict) -> CommandResult {
    let network = weights::load_any(&flags.checkpoint).or_refuse()?;
    let inputs = gather(flags, &network.geometry).or_refuse()?;
    let level = Level::from_environment().or_refuse()?;
    let mut fast = Network::new(&network.geometry, level, 1).or_refuse()?;
    for input in inputs {
        let text = describe(&mut fast, &network, &input).or_fail()?;
        output::line(text).or_fail()?;
    }
    Ok(Exit::Done)
}

fn gather(flags: &Predict, geometry: &Geometry) -> anyhow::Result<Vec<Input>> {
    let mut inputs = Vec::new();
    for file in &flags.files {
        let shape = [geometry.channels, geometry.height, geometry.width];
        inputs.push(Input {
            name: file.display().to_string(),
            pixels: picture::load(file, shape)?,
        });
    }
    if flags.index.is_empty() {
        return Ok(inputs);
    }
    let data = inputs::dataset(flags.data_dir.as_deref())?;
    ensure_fits(geometry, &data).with_context(|| flags.checkpoint.display().to_string())?;
    for &index in &flags.index {
        let images = data.test.len();
        ensure!(
            index < images,
            "--index {index}: the test set of {} has images 0 to {}",
            data.title,
            images - 1
        );
        inputs.push(Input {
            name: format!("test image {index} (label {})", data.test.labels()[index]),
            pixels: data
                .test
                .image(index)
                .iter()
                .map(|&byte| f32::from(byte) / 255.0)
                .collect(),
        });
    }
    Ok(inputs)
}

fn describe(fast: &mut Network, network: &Weights, input: &Input) -> anyhow::Result<String> {
    let geometry = &network.geometry;
    let mut logits = vec![0.0; geometry.classes];
    fast.logits(
        &network.parameters,
        Images::Floats(&input.pixels),
        &mut logits,
    )?;
    let best = first_largest(&logits);
    let mut text = String::new();
    if std::io::stdout().is_terminal() {
        let shape = [geometry.channels, geometry.height, geometry.width];
        text += &digit::draw(&input.pixels, shape, output::stdout_has_colours());
    }
    write!(text, "{}: {best}", input.name)?;
    for (class, probability) in softmax(&logits).into_iter().enumerate() {
        write!(text, "\n  {class}  {probability:.4}")?;
        let bar = "█".repeat((probability * 40.0).round() as usize);
        if !bar.is_empty() {
            write!(text, "  {bar}")?;
        }
    }
    Ok(text)
}

/// Probabilities of the classes.
fn softmax(logits: &[f32]) -> Vec<f64> {
    let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let exponentials: Vec<f64> = logits
        .iter()
        .map(|&logit| f64::from(logit - largest).exp())
        .collect();
    let sum: f64 = exponentials.iter().sum();
    exponentials.into_iter().map(|value| value / sum).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn softmax_of_large_logits() {
        let probabilities = softmax(&[1000.0, 1000.0, -1000.0]);
        assert_eq!(probabilities, [0.5, 0.5, 0.0]);
        assert!((softmax(&[1.0, 2.0, 3.0])[2] - 0.665_240_955_774_821_9).abs() < 1e-15);
    }
}
