//! `predict`: the class of image files or of images of the test set.

use std::fmt::Write;
use std::io::IsTerminal;
use std::path::Path;

use anyhow::{Context, ensure};
use lenet_model::picture::Picture;
use lenet_model::{Classifier, Geometry, weights};

use super::evaluate::ensure_fits;
use crate::exit::{CommandResult, Exit, OrFail};
use crate::flags::Predict;
use crate::{digit, inputs, output};

/// An image as the network takes it, `[channels, height, width]`, and what to call it.
struct Image {
    name: String,
    pixels: Vec<f32>,
}

/// Runs the command; refuses files that hold no picture and weights that cannot be used; nothing is
/// printed then.
pub fn run(flags: &Predict) -> CommandResult {
    let network = weights::load_any(&flags.checkpoint.path).or_refuse()?;
    let images = gather(flags, &network.geometry).or_refuse()?;
    let config = network.config();
    let classifier = Classifier::new(&config, network.parameters).or_refuse()?;
    for image in images {
        let text = describe(&classifier, &image).or_fail()?;
        output::line(text).or_fail()?;
    }
    Ok(Exit::Done)
}

fn gather(flags: &Predict, geometry: &Geometry) -> anyhow::Result<Vec<Image>> {
    let mut images = Vec::new();
    for file in &flags.files {
        images.push(Image {
            name: file.display().to_string(),
            pixels: read(file, geometry)?,
        });
    }
    if flags.index.is_empty() {
        return Ok(images);
    }
    let data = inputs::dataset(flags.data_dir.as_deref())?;
    ensure_fits(geometry, &data).with_context(|| flags.checkpoint.path.display().to_string())?;
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

/// The picture in a file, in the form that a network of this shape takes.
fn read(file: &Path, geometry: &Geometry) -> anyhow::Result<Vec<f32>> {
    let name = file.display();
    let bytes = std::fs::read(file).with_context(|| format!("{name}: cannot be read"))?;
    let picture = Picture::decode(&bytes)
        .with_context(|| format!("{name}: not a picture that can be used"))?;
    let pixels = picture.to_pixels(shape(geometry));
    pixels.with_context(|| name.to_string())
}

fn shape(geometry: &Geometry) -> [usize; 3] {
    [geometry.channels, geometry.height, geometry.width]
}

fn describe(classifier: &Classifier, image: &Image) -> anyhow::Result<String> {
    let prediction = classifier.predict(&image.pixels)?;
    let mut text = String::new();
    if std::io::stdout().is_terminal() {
        let colours = output::stdout_has_colours();
        text += &digit::draw(&image.pixels, shape(classifier.geometry()), colours);
    }
    write!(text, "{}: {}", image.name, prediction.class)?;
    for (class, probability) in prediction.probabilities.into_iter().enumerate() {
        write!(text, "\n  {class}  {probability:.4}")?;
        let bar = "█".repeat((probability * 40.0).round() as usize);
        if !bar.is_empty() {
            write!(text, "  {bar}")?;
        }
    }
    Ok(text)
}
