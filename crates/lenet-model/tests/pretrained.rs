//! The pretrained network against its labels, its README and PyTorch.

use candle_core::{DType, Device, Tensor};
use lenet_data::Dataset;
use lenet_model::{Backend, Classifier, LeNet, TrainingImages, weights::Weights};

const CPU: Device = Device::Cpu;

fn classes(classifier: &Classifier, images: &[u8]) -> Vec<u8> {
    let predictions = classifier.predict_batch(images).unwrap();
    let classes = predictions.iter().map(|p| u8::try_from(p.class).unwrap());
    classes.collect()
}

/// The logits and classes that PyTorch found with this file (tests/pytorch/mnist.py).
fn oracle(name: &str) -> Tensor {
    let bytes = include_bytes!("pytorch/mnist.safetensors");
    candle_core::safetensors::load_buffer(bytes, &CPU).unwrap()[name].clone()
}

#[test]
fn it_is_as_accurate_as_its_readme_says() {
    let test = Dataset::mnist().test;
    let network = LeNet::pretrained(&CPU).unwrap();
    let found = classes(&network.classifier().unwrap(), test.pixels());
    let right = found.iter().zip(test.labels()).filter(|(a, b)| a == b);
    let accuracy = right.count() as f64 / 10_000.0;
    assert!(accuracy >= 0.99, "{accuracy}");
    let stated = format!("test accuracy {:.2} %", 100.0 * accuracy);
    let readme = include_str!("../pretrained/README.md");
    assert!(readme.contains(&stated), "{stated}");

    let want = oracle("classes").to_vec1::<u8>().unwrap();
    assert_eq!(want.len(), 10_000);
    assert_eq!(found, want, "PyTorch's classes");
}

#[test]
fn it_knows_how_its_training_images_looked() {
    let train = Dataset::mnist().train;
    let looked = TrainingImages::of(train.pixels(), train.shape());
    assert_eq!(looked, TrainingImages::MNIST);
    let network = LeNet::pretrained(&CPU).unwrap();
    assert_eq!(network.training_images(), Some(looked));
    let back = LeNet::from_bytes(&network.to_bytes().unwrap(), &CPU).unwrap();
    assert_eq!(back.training_images(), Some(looked));
}

#[test]
fn its_logits_are_pytorchs() {
    let want = oracle("logits");
    let count = want.dim(0).unwrap();
    let test = Dataset::mnist().test;
    let images = test.pixels()[..count * 784].iter();
    let pixels: Vec<f32> = images.map(|&b| f32::from(b) / 255.0).collect();
    let images = Tensor::from_vec(pixels, (count, 784), &CPU).unwrap();
    let want = want.to_vec2::<f32>().unwrap();

    let check = |name: &str, got: Vec<Vec<f32>>| {
        assert_eq!(got.len(), count);
        for (image, (got, want)) in got.iter().zip(&want).enumerate() {
            let scale = want.iter().fold(1f32, |largest, v| largest.max(v.abs()));
            for (got, want) in got.iter().zip(want) {
                let difference = (got - want).abs();
                assert!(difference <= 1e-5 * scale, "{name}, {image}: {got} {want}");
            }
        }
    };
    let network = LeNet::pretrained(&CPU).unwrap();
    let mut logits = vec![0.0; count * 10];
    let classifier = network.classifier().unwrap();
    classifier.logits(&images, &mut logits).unwrap();
    check(
        "classifier",
        logits.chunks_exact(10).map(<[f32]>::to_vec).collect(),
    );
    // One by one, which may be another kernel.
    let alone = (0..count).map(|i| {
        let mut logits = vec![0.0; 10];
        let image = images.get(i).unwrap();
        classifier.logits(&image, &mut logits).unwrap();
        logits
    });
    check("alone", alone.collect());
    let (network, parameters) = network.trainable().unwrap();
    for backend in [Backend::Fused, Backend::Stock] {
        let vb = parameters.var_builder();
        let network = LeNet::with_backend(vb, network.config(), backend).unwrap();
        let logits = network.forward(&images).unwrap();
        check(&format!("{backend:?}"), logits.to_vec2().unwrap());
    }
}

#[test]
fn its_file_is_half_precision_and_says_what_it_holds() {
    let weights = Weights::from_bytes(lenet_model::PRETRAINED).unwrap();
    assert_eq!(
        weights.config(),
        lenet_model::LeNetConfig::lab_2017(16).with_dropout(0.5)
    );
    assert!(lenet_model::PRETRAINED.len() < 210_000);
    let network = LeNet::pretrained(&CPU).unwrap();
    assert_eq!(network.to_flat().unwrap(), weights.parameters);
    assert_eq!(network.dtype(), DType::F32);
}
