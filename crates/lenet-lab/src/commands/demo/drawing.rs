//! What a network says of a drawing, as JSON.

use anyhow::{Context, ensure};
use lenet_model::candle_core::Tensor;
use lenet_model::picture::Picture;
use lenet_model::{LeNet, TrainingImages};
use serde_json::{Value, json};

/// Class, probabilities, the image as the network sees it, and the maps of its first layer. The drawing is a square
/// of bytes, row by row, 255 where there is ink.
pub fn told(network: &LeNet, images: TrainingImages, bytes: &[u8]) -> anyhow::Result<Value> {
    let side = bytes.len().isqrt();
    ensure!(
        side > 0 && side * side == bytes.len(),
        "a drawing is a square of bytes"
    );
    let light = bytes.iter().map(|&byte| [f32::from(byte) / 255.0; 3]);
    let picture = Picture::new(side, side, light.collect()).context("there are no pixels")?;
    let geometry = network.geometry();
    let shape = [geometry.channels, geometry.height, geometry.width];
    let prepared = picture.prepare(shape, images)?;
    let pixels = prepared.pixels.iter();
    let input: Vec<f32> = pixels
        .map(|&pixel| images.normalization.apply(pixel))
        .collect();
    let prediction = network.predict(&input)?;
    let [channels, height, width] = shape;
    let tensor = Tensor::from_vec(input, (1, channels, height, width), network.device())?;
    let maps = network.first_maps(&tensor)?.squeeze(0)?;
    let (_, rows, columns) = maps.dims3()?;
    let maps: Vec<Vec<u8>> = (0..maps.dim(0)?)
        .map(|filter| Ok(shades(&maps.get(filter)?.flatten_all()?.to_vec1::<f32>()?)))
        .collect::<anyhow::Result<_>>()?;
    Ok(json!({
        "class": prediction.class,
        "probabilities": prediction.probabilities,
        "image": { "rows": height, "columns": width, "shades": shades(&prepared.pixels[..height * width]) },
        "maps": { "rows": rows, "columns": columns, "shades": maps },
        "doubts": prepared.doubts.iter().map(ToString::to_string).collect::<Vec<_>>(),
    }))
}

/// The kernels of the first layer, each scaled to its own greatest weight: 128 is none.
pub fn filters(network: &LeNet) -> Value {
    let named = network.named_parameters();
    let weight = named.first().map(|(_, tensor)| (*tensor).clone());
    let kernels = weight.and_then(|weight| weight.flatten_from(1).ok()?.to_vec2::<f32>().ok());
    let kernel = |weights: &Vec<f32>| {
        let greatest = weights
            .iter()
            .fold(f32::MIN_POSITIVE, |most, w| most.max(w.abs()));
        let shade = |w: &f32| (128.0 + 127.0 * w / greatest) as u8;
        weights.iter().map(shade).collect::<Vec<u8>>()
    };
    let kernels: Vec<Vec<u8>> = kernels.iter().flatten().map(kernel).collect();
    json!({ "side": network.geometry().kernel, "shades": kernels })
}

/// Numbers of 0 and more as bytes, scaled to the greatest.
fn shades(values: &[f32]) -> Vec<u8> {
    let greatest = values
        .iter()
        .fold(f32::MIN_POSITIVE, |most, &value| most.max(value));
    values
        .iter()
        .map(|&value| (255.0 * value.max(0.0) / greatest) as u8)
        .collect()
}

#[cfg(test)]
mod tests;
