//! `predict`: the class of image files or of images of the test set.

use std::fmt::Write;
use std::io::IsTerminal;
use std::path::Path;

use anyhow::{Context, ensure};
use lenet_model::picture::Picture;
use lenet_model::weights::Weights;
use lenet_model::{Classifier, Geometry, TrainingImages};

use super::evaluate::ensure_fits;
use crate::exit::{CommandResult, Exit, OrFail};
use crate::flags::Predict;
use crate::{checkpoint, digit, input_file, inputs, output};

/// An image as the network was trained on it, `[channels, height, width]` in [0, 1], and what to call
/// it.
struct Image {
    name: String,
    pixels: Vec<f32>,
}

/// Runs the command; refuses files that hold no picture and weights that cannot be used; nothing is
/// printed then.
pub fn run(flags: &Predict) -> CommandResult {
    let data = (!flags.index.is_empty())
        .then(|| inputs::dataset(&flags.data))
        .transpose()
        .or_refuse()?;
    let test = data.as_ref().map(|data| data.test.shape());
    let sides = test.map(|[_, height, width]| [height, width]);
    let network = checkpoint::load(&flags.checkpoint, sides).or_refuse()?;
    let images = gather(flags, &network, data.as_ref()).or_refuse()?;
    let classifier = network.classifier().or_refuse()?;
    for image in images {
        if flags.show || std::io::stdout().is_terminal() {
            let colours = output::stdout_has_colours();
            let drawn = digit::draw(&image.pixels, shape(classifier.geometry()), colours);
            output::drawing(&drawn).or_fail()?;
        }
        output::line(describe(&classifier, &image).or_fail()?).or_fail()?;
    }
    Ok(Exit::Done)
}

fn gather(
    flags: &Predict,
    network: &Weights,
    data: Option<&lenet_data::Dataset>,
) -> anyhow::Result<Vec<Image>> {
    let mut images = Vec::new();
    if !flags.files.is_empty() && network.images.is_none() {
        let assumed = if network.geometry.channels == 1 {
            "read as MNIST's: light ink on a dark ground, centred, from 0 to 1 (hint: --polarity, \
             --normalize)"
        } else {
            "scaled, from 0 to 1 (hint: --normalize)"
        };
        output::note(format_args!(
            "note: {}: it does not say how its training images looked; pictures are {assumed}",
            flags.checkpoint.path.display()
        ));
    }
    for file in &flags.files {
        images.push(Image {
            name: file.display().to_string(),
            pixels: read(file, network)?,
        });
    }
    let Some(data) = data else {
        return Ok(images);
    };
    ensure_fits(&network.geometry, data)
        .with_context(|| flags.checkpoint.path.display().to_string())?;
    let test = &data.test;
    for &index in &flags.index {
        ensure!(
            index < test.len(),
            "--index {index}: the test set of {} has images 0 to {}",
            data.title,
            test.len() - 1
        );
        let bytes = test.image(index).iter();
        images.push(Image {
            name: format!("test image {index} (label {})", test.labels()[index]),
            pixels: bytes.map(|&byte| f32::from(byte) / 255.0).collect(),
        });
    }
    Ok(images)
}

/// The picture in a file, in the form of the network's training images.
fn read(file: &Path, network: &Weights) -> anyhow::Result<Vec<f32>> {
    let name = file.display();
    let bytes = input_file::contents(file)?;
    let picture = Picture::decode(&bytes)
        .with_context(|| format!("{name}: not a picture that can be used"))?;
    let images = network.images.unwrap_or(TrainingImages::MNIST);
    let prepared = picture.prepare(shape(&network.geometry), images);
    let prepared = prepared.with_context(|| name.to_string())?;
    for doubt in prepared.doubts {
        output::warning(format_args!("{name}: {doubt}"));
    }
    Ok(prepared.pixels)
}

fn shape(geometry: &Geometry) -> [usize; 3] {
    [geometry.channels, geometry.height, geometry.width]
}

fn describe(classifier: &Classifier, image: &Image) -> anyhow::Result<String> {
    let images = classifier.training_images();
    let normalization = images.unwrap_or(TrainingImages::MNIST).normalization;
    let pixels = image.pixels.iter();
    let pixels: Vec<f32> = pixels.map(|&pixel| normalization.apply(pixel)).collect();
    let prediction = classifier.predict(&pixels)?;
    let mut text = format!("{}: {}", image.name, prediction.class);
    for (class, probability) in prediction.probabilities.into_iter().enumerate() {
        write!(text, "\n  {class}  {probability:.4}")?;
        let bar = "█".repeat((probability * 40.0).round() as usize);
        if !bar.is_empty() {
            write!(text, "  {bar}")?;
        }
    }
    Ok(text)
}
