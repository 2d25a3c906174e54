//! Predictions against the network's logits, many threads, and every refusal.

use candle_core::{DType, Device, Tensor};

use super::*;
use crate::init::initial_parameters;
use crate::{LeNet, Normalization, Parameters};

fn config() -> LeNetConfig {
    LeNetConfig::lab_2017(4)
        .with_images(2, 9, 12)
        .with_classes(5)
}

fn classifier() -> Classifier {
    let values = initial_parameters(&config().geometry().unwrap(), 3);
    Classifier::new(&config(), values).unwrap()
}

fn pixels(images: usize) -> Vec<f32> {
    let mut values = vec![0f32; images * 216];
    let mut rng = lenet_core::random::stream(5, "pixels");
    lenet_core::random::truncated_normal(&mut rng, 0.5, &mut values);
    values.into_iter().map(f32::abs).collect()
}

#[test]
fn predictions_are_the_softmax_of_the_networks_logits() {
    let geometry = config().geometry().unwrap();
    let values = initial_parameters(&geometry, 3);
    let parameters = Parameters::new(&geometry, &values, DType::F32, &Device::Cpu).unwrap();
    let network = LeNet::new(parameters.var_builder(), &config()).unwrap();
    let pixels = pixels(11);
    let images = Tensor::from_slice(&pixels, (11, 2, 9, 12), &Device::Cpu).unwrap();
    let logits = network.forward(&images).unwrap();
    let want = candle_nn::ops::softmax(&logits, 1).unwrap();
    let want = want.to_vec2::<f32>().unwrap();

    let classifier = classifier();
    let batch = classifier.predict_batch(&images).unwrap();
    assert_eq!(batch.len(), 11);
    for (i, (batched, want)) in batch.iter().zip(&want).enumerate() {
        let alone = classifier.predict(&pixels[i * 216..][..216]).unwrap();
        for prediction in [batched, &alone] {
            for (got, want) in prediction.probabilities.iter().zip(want) {
                assert!((got - want).abs() <= 1e-6, "image {i}: {got} {want}");
            }
            let largest = prediction.probabilities.iter().copied().fold(0.0, f32::max);
            assert_eq!(prediction.confidence(), largest);
        }
    }
}

#[test]
fn large_logits_and_ties() {
    let prediction = Prediction::new(&[-1000.0, 1000.0, 1000.0]);
    assert_eq!(prediction.class, 1);
    assert_eq!(prediction.probabilities, [0.0, 0.5, 0.5]);
}

#[test]
fn many_threads_get_what_one_gets() {
    let classifier = classifier();
    let pixels = pixels(40);
    let alone = classifier.predict_batch(&pixels).unwrap();
    std::thread::scope(|scope| {
        for chunk in 0..8 {
            let (classifier, pixels, alone) = (&classifier, &pixels, &alone);
            scope.spawn(move || {
                for round in 0..50 {
                    let i = (chunk * 5 + round) % 40;
                    let got = classifier.predict(&pixels[i * 216..][..216]).unwrap();
                    assert_eq!(got.class, alone[i].class);
                    for (a, b) in got.probabilities.iter().zip(&alone[i].probabilities) {
                        assert!((a - b).abs() <= 1e-6, "{a} {b}");
                    }
                }
            });
        }
    });
    let Engine::Fused { idle, .. } = &classifier.engine else {
        unreachable!("the usual stages")
    };
    let networks = idle.lock().unwrap().len();
    assert!((1..=8).contains(&networks), "{networks}");
}

#[test]
fn what_cannot_be_predicted_says_why() {
    let classifier = classifier();
    let two = pixels(2);
    let error = classifier.predict(&two).unwrap_err();
    let several = InputError::Several { images: 2 };
    assert!(
        matches!(&error, PredictError::Input(e) if *e == several),
        "{error}"
    );
    let error = classifier.predict_batch(&two[1..]).unwrap_err();
    assert!(matches!(
        &error,
        PredictError::Input(InputError::Pixels { pixels: 431, .. })
    ));
    let error = classifier.predict_batch(&[0f32; 0]).unwrap_err();
    assert!(matches!(&error, PredictError::Input(InputError::NoImages)));
    let error = classifier.logits(&two, &mut [0.0; 14]).unwrap_err();
    assert!(
        matches!(&error, PredictError::Ops(OpsError::Length { want: 10, .. })),
        "{error}"
    );

    // White at the third pixel.
    let mut bytes = two.clone();
    bytes[2] = 255.0;
    let error = classifier.predict_batch(&bytes).unwrap_err();
    let range = InputError::Range {
        index: 2,
        value: 255.0,
    };
    assert!(
        matches!(&error, PredictError::Input(e) if *e == range),
        "{error}"
    );
    assert!(error.to_string().contains("divide bytes by 255"), "{error}");

    let huge = vec![f32::MAX / 4.0; config().geometry().unwrap().parameter_count()];
    let classifier = Classifier::new(&config(), huge).unwrap();
    let error = classifier.predict_batch(&two).unwrap_err();
    assert!(
        matches!(error, PredictError::Overflow { image: 0 }),
        "{error}"
    );
}

#[test]
fn weights_of_nan_are_reported_not_hidden() {
    let geometry = config().geometry().unwrap();
    let mut values = initial_parameters(&geometry, 3);
    let bias = geometry.parameters()[3].range();
    values[bias.start] = f32::NAN;
    values[bias.start + 1] = f32::INFINITY;
    let error = Classifier::new(&config(), values.clone()).unwrap_err();
    assert!(
        matches!(&error, PredictError::NotFinite { tensor, count: 2 } if tensor == "conv2.bias"),
        "{error}"
    );
    let error = Classifier::new(&config(), values[1..].to_vec()).unwrap_err();
    assert!(
        matches!(error, PredictError::Ops(OpsError::Length { .. })),
        "{error}"
    );
}

/// Bytes and pictures are normalized as the training images were; floats are taken as they are.
#[test]
fn bytes_are_normalized_and_floats_are_not() {
    let normalization = Normalization {
        mean: 0.25,
        deviation: 0.5,
    };
    let images = TrainingImages {
        normalization,
        ..TrainingImages::MNIST
    };
    let plain = classifier();
    let normalizing = classifier().with_training_images(images);
    let bytes: Vec<u8> = (0..432).map(|i| (i * 7 % 256) as u8).collect();
    let pixels: Vec<f32> = bytes.iter().map(|&b| f32::from(b) / 255.0).collect();
    let normalized: Vec<f32> = pixels.iter().map(|p| (p - 0.25) / 0.5).collect();
    let logits = |classifier: &Classifier, images: Input<'_>| {
        let mut logits = [0.0; 10];
        classifier.logits(images, &mut logits).unwrap();
        logits
    };
    let want = logits(&plain, Input::from(&normalized));
    assert_eq!(logits(&normalizing, Input::from(&normalized)), want);
    assert_eq!(logits(&normalizing, Input::from(&bytes)), want);
    let tensor = Tensor::from_slice(&bytes, (2, 2, 9, 12), &Device::Cpu).unwrap();
    assert_eq!(logits(&normalizing, Input::from(&tensor)), want);
    assert_ne!(logits(&plain, Input::from(&bytes)), want);

    // A network that takes bytes as they are takes floats up to 255.
    let raw = TrainingImages {
        normalization: Normalization {
            mean: 0.0,
            deviation: 1.0 / 255.0,
        },
        ..TrainingImages::MNIST
    };
    let raw = classifier().with_training_images(raw);
    let values: Vec<f32> = bytes.iter().map(|&b| f32::from(b)).collect();
    assert!(plain.predict_batch(&values).is_err());
    assert!(raw.predict_batch(&values).is_ok());
}
