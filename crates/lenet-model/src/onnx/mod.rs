//! Export of a network as an ONNX model, for inference in other runtimes.
//!
//! The input `images` is `[N, C, H, W]` f32 with any N, pixels as the network takes them (for MNIST in
//! [0, 1]); where it is known how the training images looked, the model's metadata hold `polarity`,
//! `mean` and `deviation` ([`Normalization`]). The output `logits` is `[N, classes]`. The model uses operators of opset 13 (`Conv`,
//! `Relu`, `MaxPool`, `Flatten`, `Gemm`) and IR version 8, which every runtime since 2021 reads. It
//! holds the weights under PyTorch's names, and no dropout.
//!
//! <https://onnx.ai/onnx/repo-docs/IR.html> describes the format, `onnx.proto` its messages; a
//! network like this needs only a few of them.

mod protobuf;

use lenet_core::{Geometry, Parameter};

use crate::config::ConfigError;
use crate::training_images::Normalization;
use crate::weights::Weights;
use protobuf::Message;

const IR_VERSION: u64 = 8;
const OPSET: u64 = 13;
/// `TensorProto.DataType.FLOAT`.
const FLOAT: u64 = 1;

/// Why a network cannot be exported.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OnnxError {
    /// The configuration describes no network.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The number of parameters is not that of the network.
    #[error("{got} parameters were given, the network has {want}")]
    Length {
        /// Number of parameters given.
        got: usize,
        /// Number of parameters of the network.
        want: usize,
    },
    /// The network's tensors cannot be read from its device.
    #[error("the tensors cannot be read")]
    Tensor(#[from] candle_core::Error),
}

impl crate::LeNet {
    /// The contents of an ONNX file of this network; see [`onnx`](crate::onnx).
    ///
    /// # Errors
    /// The device fails.
    pub fn to_onnx(&self) -> Result<Vec<u8>, OnnxError> {
        to_bytes(&Weights {
            geometry: self.geometry().clone(),
            dropout: None,
            images: self.training_images(),
            parameters: self.to_flat()?,
        })
    }
}

/// The contents of an ONNX file of this network.
///
/// # Errors
/// The shape describes no network, or the number of parameters is not that of the shape.
pub fn to_bytes(weights: &Weights) -> Result<Vec<u8>, OnnxError> {
    let geometry = weights.config().geometry()?;
    let want = geometry.parameter_count();
    let got = weights.parameters.len();
    if got != want {
        return Err(OnnxError::Length { got, want });
    }
    let mut opset = Message::default();
    opset.text(1, "").number(2, OPSET);
    let mut model = Message::default();
    model
        .number(1, IR_VERSION)
        .text(2, "lenet-model")
        .text(3, env!("CARGO_PKG_VERSION"))
        .message(7, &graph(&geometry, &weights.parameters))
        .message(8, &opset);
    if let Some(images) = weights.images {
        let Normalization { mean, deviation } = images.normalization;
        for (key, value) in [
            ("polarity", images.polarity.name().to_owned()),
            ("mean", mean.to_string()),
            ("deviation", deviation.to_string()),
        ] {
            let mut property = Message::default();
            property.text(1, key).text(2, &value);
            model.message(14, &property);
        }
    }
    Ok(model.into_bytes())
}

fn graph(geometry: &Geometry, values: &[f32]) -> Message {
    let mut graph = Message::default();
    let mut value = "images".to_owned();
    for stage in 1..=geometry.filters.len() {
        let name = format!("conv{stage}");
        let conv = convolution(&name, &value, geometry, stage - 1);
        value = format!("{name}.relu");
        let relu = node("Relu", &[&name], &value, &[]);
        graph.message(1, &conv).message(1, &relu);
        if geometry.pools_after(stage - 1) {
            let rectified = std::mem::replace(&mut value, format!("{name}.pool"));
            let windows: [(&str, &[u64]); 2] = [("kernel_shape", &[2, 2]), ("strides", &[2, 2])];
            graph.message(1, &node("MaxPool", &[&rectified], &value, &windows));
        }
    }
    graph.message(1, &node("Flatten", &[&value], "features", &[]));
    value = "features".to_owned();
    let layers = geometry.hidden.len() + 1;
    for layer in 1..=layers {
        let name = format!("fc{layer}");
        let output = if layer == layers { "logits" } else { &name };
        graph.message(1, &dense(&name, &value, output));
        if layer < layers {
            value = format!("{name}.relu");
            graph.message(1, &node("Relu", &[&name], &value, &[]));
        }
    }
    graph.text(2, "lenet");
    for parameter in geometry.parameters() {
        graph.message(5, &tensor(&parameter, &values[parameter.range()]));
    }
    let Geometry {
        channels,
        height,
        width,
        classes,
        ..
    } = *geometry;
    graph
        .message(11, &value_info("images", &[channels, height, width]))
        .message(12, &value_info("logits", &[classes]));
    graph
}

/// The convolution of stage `stage`, from 0.
fn convolution(name: &str, input: &str, geometry: &Geometry, stage: usize) -> Message {
    let [weight, bias] = ["weight", "bias"].map(|kind| format!("{name}.{kind}"));
    let (side, stride) = (geometry.kernel as u64, geometry.stages.stride as u64);
    let pad = geometry.stages.zeros(stage, geometry.kernel) as u64;
    node(
        "Conv",
        &[input, &weight, &bias],
        name,
        &[
            ("kernel_shape", &[side, side]),
            ("pads", &[pad; 4]),
            ("strides", &[stride, stride]),
        ],
    )
}

/// `input · weightᵀ + bias`.
fn dense(name: &str, input: &str, output: &str) -> Message {
    let [weight, bias] = ["weight", "bias"].map(|kind| format!("{name}.{kind}"));
    let mut node = node("Gemm", &[input, &weight, &bias], output, &[]);
    let mut transposed = Message::default();
    // AttributeProto of type INT.
    transposed.text(1, "transB").number(3, 1).number(20, 2);
    node.message(5, &transposed);
    node
}

/// A NodeProto with one output, whose name is its own.
fn node(operator: &str, inputs: &[&str], output: &str, lists: &[(&str, &[u64])]) -> Message {
    let mut node = Message::default();
    for input in inputs {
        node.text(1, input);
    }
    node.text(2, output).text(3, output).text(4, operator);
    for (name, values) in lists {
        // AttributeProto of type INTS.
        let mut attribute = Message::default();
        attribute.text(1, name);
        for &value in *values {
            attribute.number(8, value);
        }
        attribute.number(20, 7);
        node.message(5, &attribute);
    }
    node
}

/// A TensorProto of f32.
fn tensor(parameter: &Parameter, values: &[f32]) -> Message {
    let mut tensor = Message::default();
    for &side in &parameter.shape {
        tensor.number(1, side as u64);
    }
    let bytes: Vec<u8> = values.iter().flat_map(|v| v.to_le_bytes()).collect();
    tensor
        .number(2, FLOAT)
        .text(8, &parameter.name)
        .bytes(9, &bytes);
    tensor
}

/// A ValueInfoProto of f32 with a free number of rows.
fn value_info(name: &str, sides: &[usize]) -> Message {
    let mut shape = Message::default();
    let mut rows = Message::default();
    rows.text(2, "N");
    shape.message(1, &rows);
    for &side in sides {
        let mut fixed = Message::default();
        fixed.number(1, side as u64);
        shape.message(1, &fixed);
    }
    let mut tensor = Message::default();
    tensor.number(1, FLOAT).message(2, &shape);
    let mut kind = Message::default();
    kind.message(1, &tensor);
    let mut info = Message::default();
    info.text(1, name).message(2, &kind);
    info
}

#[cfg(test)]
mod tests;
