//! Files of weights, and pictures.

use std::path::Path;

use lenet_model::picture::Picture;
use lenet_model::weights::{Weights, load};
use lenet_model::{Framing, Input, TrainingImages};

use super::{Target, put};
use crate::bytes;
use crate::form::Form;

macro_rules! of_model {
    ($($file:literal),+ $(,)?) => {
        vec![$(include_bytes!(concat!("../../../../crates/lenet-model/", $file)).to_vec()),+]
    };
}

pub(super) const WEIGHTS: Target = Target {
    name: "weights",
    form: Form::Tensors,
    seeds: || {
        of_model![
            "pretrained/lenet.safetensors",
            "tests/pytorch/basic.safetensors",
        ]
    },
    read: weights,
};

fn weights(input: &[u8], folder: &Path) -> bool {
    let Ok(weights) = Weights::from_bytes(input) else {
        return false;
    };
    put(folder, "weights", input);
    let _ = load(&folder.join("weights"), &weights.geometry);
    // A network for one image of a million pixels is no fault of the reader's.
    let [channels, height, width] = [
        weights.geometry.channels,
        weights.geometry.height,
        weights.geometry.width,
    ];
    if let Ok(classifier) = weights.classifier()
        && channels * height * width < bytes::MOST / 16
    {
        let image = vec![0.5; channels * height * width];
        let _ = classifier.predict(Input::from(&image[..]));
    }
    true
}

pub(super) const PICTURES: Target = Target {
    name: "pictures",
    form: Form::Picture,
    seeds: || {
        let mut files = of_model![
            "examples/five.png",
            "src/picture/decode/half.jpg",
            "src/picture/decode/turned.jpg",
        ];
        let grey = (0..35).map(|at| at * 7);
        files.push(b"P5 7 5 255\n".iter().copied().chain(grey).collect());
        let deep = (0..72).map(|at| at * 3);
        files.push(
            b"P6 # a note\n4 3 65535\n"
                .iter()
                .copied()
                .chain(deep)
                .collect(),
        );
        files
    },
    read: |input, _| {
        let Ok(picture) = Picture::decode(input) else {
            return false;
        };
        for framing in [Framing::Centred, Framing::Free] {
            for channels in [1, 3] {
                let images = TrainingImages {
                    framing,
                    ..TrainingImages::MNIST
                };
                let _ = picture.prepare([channels, 28, 28], images);
            }
        }
        true
    },
};
