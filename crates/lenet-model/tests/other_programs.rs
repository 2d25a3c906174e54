//! The network in somebody else's program: composed, trained, loaded, refused.

use candle_core::{DType, Device, IndexOp, Module, Tensor};
use candle_nn::{Linear, Optimizer, SGD, VarBuilder, VarMap, linear, loss::cross_entropy};
use lenet_model::weights::Weights;
use lenet_model::{
    Classifier, InputError, LeNet, LeNetConfig, Parameters, PredictError, WeightsError,
};

const CPU: Device = Device::Cpu;

fn config() -> LeNetConfig {
    LeNetConfig::lab_2017(4)
        .with_images(1, 8, 8)
        .with_hidden([12])
        .with_classes(3)
}

/// Image `i` has two bright rows in one of three places, by `i % 3`.
fn data(count: usize) -> (Tensor, Tensor) {
    let mut pixels = vec![0f32; count * 64];
    for (i, image) in pixels.chunks_exact_mut(64).enumerate() {
        let first = [0, 24, 48][i % 3];
        image[first..first + 16].fill(1.0 - 0.01 * (i % 7) as f32);
    }
    let labels = (0..count).map(|i| (i % 3) as u32).collect();
    (
        Tensor::from_vec(pixels, (count, 1, 8, 8), &CPU).unwrap(),
        Tensor::from_vec(labels, count, &CPU).unwrap(),
    )
}

fn drawn() -> LeNet {
    let parameters = Parameters::drawn(&config(), 3, DType::F32, &CPU).unwrap();
    let network = LeNet::new(parameters.var_builder(), &config()).unwrap();
    LeNet::from_bytes(&network.to_bytes().unwrap(), &CPU).unwrap()
}

#[test]
fn everything_is_send_and_sync() {
    fn check<T: Send + Sync>() {}
    check::<LeNet>();
    check::<Classifier>();
    check::<Parameters>();
    check::<PredictError>();
    check::<WeightsError>();
}

/// Two networks and a layer of candle's in one `VarMap`, trained together.
#[test]
fn it_is_a_part_of_a_larger_model() {
    struct Pair {
        left: LeNet,
        right: LeNet,
        together: Linear,
    }
    impl Module for Pair {
        fn forward(&self, images: &Tensor) -> candle_core::Result<Tensor> {
            let halves = [
                self.left.hidden_activations(images)?,
                self.right.forward_t(images, false)?,
            ];
            self.together.forward(&Tensor::cat(&halves, 1)?)
        }
    }
    let variables = VarMap::new();
    let vb = VarBuilder::from_varmap(&variables, DType::F32, &CPU);
    let pair = Pair {
        left: LeNet::new(vb.pp("left"), &config()).unwrap(),
        right: LeNet::new(vb.pp("right.net"), &config()).unwrap(),
        together: linear(12 + 3, 3, vb.pp("together")).unwrap(),
    };
    // Nothing uses the last layer of `left`, so it has no gradient.
    assert_eq!(variables.all_vars().len(), 8 + 8 + 2);
    let names = variables.data().lock().unwrap();
    assert!(names.contains_key("right.net.conv2.weight"));
    drop(names);

    let (images, labels) = data(30);
    let loss = || cross_entropy(&pair.forward(&images).unwrap(), &labels).unwrap();
    let before = loss().to_scalar::<f32>().unwrap();
    let mut optimizer = SGD::new(variables.all_vars(), 0.3).unwrap();
    for _ in 0..100 {
        optimizer.backward_step(&loss()).unwrap();
    }
    let after = loss().to_scalar::<f32>().unwrap();
    assert!(after < 0.5 * before, "{before} {after}");
}

#[test]
fn a_new_last_layer_is_trained_alone() {
    let base = drawn();
    let variables = VarMap::new();
    let vb = VarBuilder::from_varmap(&variables, DType::F32, &CPU);
    let network = base.with_output(vb, 5).unwrap();
    assert_eq!(network.config().classes, 5);
    assert_eq!(network.parameter_count(), base.parameter_count() + 2 * 13);
    let (images, labels) = data(9);
    let mut optimizer = SGD::new(variables.all_vars(), 0.5).unwrap();
    let before = network.to_flat().unwrap();
    let loss = cross_entropy(&network.forward(&images).unwrap(), &labels).unwrap();
    optimizer.backward_step(&loss).unwrap();
    let after = network.to_flat().unwrap();
    let kept = base.parameter_count() - 3 * 13;
    assert_eq!(before[..kept], after[..kept]);
    assert_ne!(before[kept..], after[kept..]);
    assert_eq!(base.forward(&images).unwrap().dims(), [9, 3]);
}

#[test]
fn predictions_follow_the_training() {
    let (network, parameters) = drawn().trainable().unwrap();
    let (images, labels) = data(60);
    let right = |network: &LeNet| {
        let predictions = network.predict_batch(&images).unwrap();
        let right = predictions
            .iter()
            .enumerate()
            .filter(|(i, p)| p.class == i % 3);
        right.count()
    };
    let before = right(&network);
    let frozen = network.classifier().unwrap();
    let logits = |classifier: &Classifier| {
        let mut logits = [0.0; 3];
        classifier
            .logits(&images.i(0).unwrap(), &mut logits)
            .unwrap();
        logits
    };
    let first = logits(&frozen);
    let mut optimizer = SGD::new(parameters.vars(), 0.3).unwrap();
    for _ in 0..100 {
        let loss = cross_entropy(&network.forward(&images).unwrap(), &labels).unwrap();
        optimizer.backward_step(&loss).unwrap();
    }
    assert!(before < 60 && right(&network) == 60, "{before}");
    // What was frozen stays as it was, and the original was copied.
    assert_eq!(logits(&frozen), first);
    assert_ne!(logits(&network.classifier().unwrap()), first);
    assert_eq!(right(&drawn()), before);

    // Diverged weights are reported at the next prediction.
    let (_, bias) = parameters.iter().nth(7).unwrap();
    bias.set(&Tensor::new(&[0f32, f32::NAN, 0.0], &CPU).unwrap())
        .unwrap();
    let error = network.predict(&images.i(0).unwrap()).unwrap_err();
    assert!(
        matches!(&error, PredictError::NotFinite { tensor, count: 1 } if tensor == "fc2.bias"),
        "{error}"
    );
}

#[test]
fn saved_networks_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("net.safetensors");
    let config = config().with_dropout(0.25);
    let parameters = Parameters::drawn(&config, 4, DType::F64, &CPU).unwrap();
    let network = LeNet::new(parameters.var_builder(), &config).unwrap();
    assert_eq!(network.dtype(), DType::F64);
    network.save(&path).unwrap();
    let back = LeNet::load(&path, &CPU).unwrap();
    assert_eq!(back.config(), &config);
    assert_eq!(back.dtype(), DType::F32);
    assert_eq!(back.to_flat().unwrap(), network.to_flat().unwrap());
    assert_eq!(std::fs::read(&path).unwrap(), network.to_bytes().unwrap());
    assert_eq!(back.flops(), 2 * (64 * 9 * 4 + 16 * 9 * 16 + 16 * 12 + 36));

    let error = LeNet::load(folder.path().join("absent"), &CPU).unwrap_err();
    assert!(matches!(error, WeightsError::Io { .. }), "{error}");
    let bytes = network.to_bytes().unwrap();
    let error = LeNet::from_bytes(&bytes[..bytes.len() - 1], &CPU).unwrap_err();
    assert!(
        matches!(error, WeightsError::NotSafetensors { .. }),
        "{error}"
    );
    let mut weights = Weights::from_bytes(&bytes).unwrap();
    weights.parameters[7] = f32::NAN;
    let diverged = weights.to_bytes(Default::default()).unwrap();
    let error = LeNet::from_bytes(&diverged, &CPU).unwrap_err();
    assert!(matches!(error, WeightsError::NotFinite { .. }), "{error}");
}

#[test]
fn wrong_images_are_refused_by_every_entry() {
    let network = drawn();
    let zeros = |dims: &[usize]| Tensor::zeros(dims, DType::F32, &CPU).unwrap();
    for dims in [
        &[2, 1, 8, 9][..],
        &[2, 3, 8, 8],
        &[2, 8, 8, 1],
        &[0, 1, 8, 8],
        &[2, 63],
        &[8, 8],
        &[],
    ] {
        let error = network.forward(&zeros(dims)).unwrap_err();
        assert!(
            matches!(error, candle_core::Error::UnexpectedShape { .. }),
            "{dims:?}: {error}"
        );
    }
    let error = network.predict_batch(&zeros(&[0, 1, 8, 8])).unwrap_err();
    assert!(
        matches!(error, PredictError::Input(InputError::NoImages)),
        "{error}"
    );
    let error = network.predict(&zeros(&[1, 3, 8, 8])).unwrap_err();
    assert!(
        matches!(&error, PredictError::Input(InputError::Shape { .. })),
        "{error}"
    );
    let error = network.predict(&[0u8; 63]).unwrap_err();
    assert!(
        matches!(&error, PredictError::Input(InputError::Pixels { .. })),
        "{error}"
    );
    assert!(
        network
            .with_output(VarBuilder::zeros(DType::F32, &CPU), 1)
            .is_err()
    );
}
