//! The file that onnxruntime was checked with, byte for byte.

use std::path::Path;

use super::*;
use crate::weights::{Reading, read};

/// `tests/onnx/check.py` runs this file in onnxruntime: it must stay what is written here.
///
/// `UPDATE_EXPECT=1` writes it anew, after which the script has to be run again.
#[test]
fn the_checked_file_is_what_is_written() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let reading = Reading::default().with_images(12, 12);
    let loaded = read(&tests.join("pytorch/state_dict.safetensors"), &reading).unwrap();
    let bytes = to_bytes(&loaded.weights).unwrap();
    let checked = tests.join("onnx/oracle.onnx");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&checked, &bytes).unwrap();
    }
    assert!(
        bytes == std::fs::read(&checked).unwrap(),
        "{}",
        checked.display()
    );
}

#[test]
fn a_network_without_hidden_layers_ends_in_logits() {
    let geometry = crate::LeNetConfig::lab_2017(2).with_hidden([]);
    let geometry = geometry.geometry().unwrap();
    let bytes = to_bytes(&Weights {
        parameters: vec![0.5; geometry.parameter_count()],
        geometry: geometry.clone(),
        dropout: None,
        images: None,
    });
    let bytes = bytes.unwrap();
    let count = |word: &[u8]| bytes.windows(word.len()).filter(|w| *w == word).count();
    // Once as the node's output, once as its name, once as the graph's output.
    assert_eq!(count(b"logits"), 3);
    assert_eq!(count(b"Gemm"), 1);
    assert_eq!(count(b"Relu"), 2);
    let raw = vec![0.5f32.to_le_bytes(); geometry.parameters()[4].len()].concat();
    assert_eq!(count(&raw), 1);
}

#[test]
fn parameters_must_fit() {
    let geometry = crate::Geometry::lab_2017(2);
    let mut weights = Weights {
        parameters: vec![0.0; 3],
        geometry,
        dropout: None,
        images: None,
    };
    let error = to_bytes(&weights).unwrap_err();
    assert!(matches!(error, OnnxError::Length { got: 3, .. }), "{error}");
    weights.geometry.kernel = 2;
    let error = to_bytes(&weights).unwrap_err();
    assert!(matches!(error, OnnxError::Config(_)), "{error}");
}

/// `tests/onnx/check.py` runs these files of other stages in onnxruntime.
#[test]
fn other_stages_are_written_as_checked() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let small = Reading::default().with_images(32, 32);
    let padded = Reading::default().with_padding(lenet_core::Padding::First);
    for (name, reading) in [
        ("basic", Reading::default()),
        ("lenet5", small),
        ("lenet5_padded", padded),
    ] {
        let loaded = read(&tests.join(format!("pytorch/{name}.safetensors")), &reading).unwrap();
        let bytes = to_bytes(&loaded.weights).unwrap();
        let checked = tests.join(format!("onnx/{name}.onnx"));
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            std::fs::write(&checked, &bytes).unwrap();
        }
        let same = bytes == std::fs::read(&checked).unwrap();
        assert!(same, "{}", checked.display());
    }
}

#[test]
fn how_the_training_images_looked_is_in_the_metadata() {
    let geometry = crate::Geometry::lab_2017(1);
    let mut weights = Weights {
        parameters: vec![0.0; geometry.parameter_count()],
        geometry,
        dropout: None,
        images: None,
    };
    let holds = |weights: &Weights, words: &str| {
        let bytes = to_bytes(weights).unwrap();
        bytes.windows(words.len()).any(|w| w == words.as_bytes())
    };
    assert!(!holds(&weights, "polarity"));
    weights.images = Some(crate::TrainingImages {
        normalization: Normalization::PYTORCH_MNIST,
        ..crate::TrainingImages::MNIST
    });
    for words in [
        "light-on-dark",
        "mean\u{12}\u{6}0.1307",
        "deviation\u{12}\u{6}0.3081",
    ] {
        assert!(holds(&weights, words), "{words}");
    }
}
