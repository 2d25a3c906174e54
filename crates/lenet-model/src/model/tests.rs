//! Both backends against each other and against the whole-network reference.

use candle_core::{DType, Device, Module, ModuleT, Tensor};
use lenet_ops::dropout::Mask;

use super::*;
use crate::init::initial_parameters;
use crate::{ForDevice, Parameters};

/// Odd sides, several channels, two hidden layers.
fn config() -> LeNetConfig {
    LeNetConfig {
        channels: 2,
        height: 11,
        width: 14,
        filters: vec![3, 5],
        kernel: 3,
        hidden: vec![9, 8],
        classes: 4,
        dropout: 0.5,
        stages: lenet_core::Stages::USUAL,
    }
}

fn images(count: usize, dtype: DType) -> Tensor {
    let mut values = vec![0f32; count * 2 * 11 * 14];
    let mut rng = lenet_core::random::stream(8, "images");
    lenet_core::random::truncated_normal(&mut rng, 1.0, &mut values);
    let values: Vec<_> = values.into_iter().map(f32::abs).collect();
    Tensor::from_vec(values, (count, 2, 11, 14), &Device::Cpu)
        .unwrap()
        .to_dtype(dtype)
        .unwrap()
}

fn network(backend: Backend, dtype: DType) -> (LeNet, Parameters) {
    let geometry = config().geometry().unwrap();
    let values = initial_parameters(&geometry, 2);
    let parameters = Parameters::new(&geometry, &values, dtype, &Device::Cpu).unwrap();
    (
        LeNet::with_backend(parameters.var_builder(), &config(), backend).unwrap(),
        parameters,
    )
}

fn flat(tensor: &Tensor) -> Vec<f64> {
    tensor
        .to_dtype(DType::F64)
        .unwrap()
        .flatten_all()
        .unwrap()
        .to_vec1()
        .unwrap()
}

/// Logits and the gradients of all parameters of an uneven function of them.
fn logits_and_gradients(backend: Backend, dtype: DType, dropout: Option<Mask>) -> Vec<Vec<f64>> {
    let (network, parameters) = network(backend, dtype);
    let logits = network.forward_train(&images(5, dtype), dropout).unwrap();
    let gradients = logits
        .exp()
        .unwrap()
        .mean_all()
        .unwrap()
        .backward()
        .unwrap();
    let mut all = vec![flat(&logits)];
    all.extend(parameters.iter().map(|(name, var)| {
        flat(
            gradients
                .get(var)
                .unwrap_or_else(|| panic!("`{name}` has no gradient")),
        )
    }));
    all
}

#[test]
fn backends_agree_in_logits_and_gradients() {
    let dropout = Some(Mask {
        rate: 0.4,
        seed: 3,
        step: 6,
    });
    for (dtype, tolerance) in [(DType::F32, 2e-5), (DType::F64, 1e-12)] {
        for dropout in [None, dropout] {
            let fused = logits_and_gradients(Backend::Fused, dtype, dropout);
            let stock = logits_and_gradients(Backend::Stock, dtype, dropout);
            for (tensor, (a, b)) in fused.iter().zip(&stock).enumerate() {
                let norm = |v: &mut dyn Iterator<Item = f64>| v.map(|x| x * x).sum::<f64>().sqrt();
                let difference = norm(&mut a.iter().zip(b).map(|(a, b)| a - b));
                let size = norm(&mut b.iter().copied());
                assert_eq!(a.len(), b.len());
                assert!(size > 0.0, "tensor {tensor} has no gradient at all");
                assert!(
                    difference <= tolerance * size,
                    "{dtype:?}, tensor {tensor}: {difference} of {size}"
                );
            }
        }
    }
}

#[test]
fn names_stand_under_any_prefix_and_in_order() {
    let geometry = config().geometry().unwrap();
    let values = initial_parameters(&geometry, 2);
    let plain = Parameters::new(&geometry, &values, DType::F32, &Device::Cpu).unwrap();
    let prefixed: std::collections::HashMap<_, _> = plain
        .iter()
        .map(|(name, var)| (format!("a.b.{name}"), var.as_tensor().clone()))
        .collect();
    let vb = VarBuilder::from_tensors(prefixed, DType::F32, &Device::Cpu);
    let network = LeNet::new(vb.pp("a").pp("b"), &config()).unwrap();
    let names: Vec<_> = network
        .named_parameters()
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    let want: Vec<_> = geometry.parameters().into_iter().map(|p| p.name).collect();
    assert_eq!(names, want);
    assert_eq!(network.parameter_count(), values.len());
    assert!(LeNet::new(vb, &config()).is_err());
}

#[test]
fn a_var_map_is_initialised_like_the_study() {
    let map = candle_nn::VarMap::new();
    let vb = VarBuilder::from_varmap(&map, DType::F32, &Device::Cpu);
    let network = LeNet::new(vb, &config()).unwrap();
    assert_eq!(map.all_vars().len(), network.named_parameters().len());
    for (name, tensor) in network.named_parameters() {
        if name.ends_with("bias") {
            assert!(
                flat(tensor).iter().all(|&v| v == f64::from(0.1f32)),
                "{name}"
            );
        }
    }
}

#[test]
fn training_calls_draw_new_masks_and_evaluation_none() {
    let (network, _) = network(Backend::Fused, DType::F32);
    let x = images(3, DType::F32);
    let call = |train| flat(&network.forward_t(&x, train).unwrap());
    let (first, second) = (call(true), call(true));
    assert_ne!(first, second);
    assert_eq!(call(false), flat(&network.forward(&x).unwrap()));
    let seeded = |seed| {
        let (network, _) = super::tests::network(Backend::Fused, DType::F32);
        flat(&network.with_dropout_seed(seed).forward_t(&x, true).unwrap())
    };
    assert_eq!(seeded(0), first);
    assert_ne!(seeded(1), first);
}

#[test]
fn it_is_a_module_without_and_a_modulet_with_dropout() {
    let (network, _) = network(Backend::Fused, DType::F32);
    let x = images(3, DType::F32);
    let evaluated = flat(&network.forward(&x).unwrap());
    let trained = flat(&network.clone().forward_t(&x, true).unwrap());
    assert_ne!(trained, evaluated);
    let chain = candle_nn::seq().add(network.clone());
    assert_eq!(flat(&chain.forward(&x).unwrap()), evaluated);
    let module = network.with_dropout();
    assert_eq!(flat(&x.apply_t(&module, true).unwrap()), trained);
    assert_eq!(flat(&module.forward_t(&x, false).unwrap()), evaluated);
}

#[test]
fn rows_of_pixels_are_images_too() {
    let (network, _) = network(Backend::Stock, DType::F32);
    let x = images(3, DType::F32);
    let rows = x.flatten_from(1).unwrap();
    assert_eq!(
        flat(&network.forward(&rows).unwrap()),
        flat(&network.forward(&x).unwrap())
    );
    let wrong = rows.narrow(1, 0, 100).unwrap();
    assert!(network.forward(&wrong).is_err());
}

#[test]
fn a_device_and_a_type_name_the_faster_backend() {
    assert_eq!(Backend::for_device(&Device::Cpu), Backend::Fused);
    assert_eq!(faster_backend(&Device::Cpu, DType::F64), Backend::Fused);
}

#[cfg(feature = "cuda")]
mod cuda {
    use super::*;

    #[test]
    #[ignore = "needs a GPU"]
    fn logits_are_those_on_the_cpu() {
        let device = Device::new_cuda(0).unwrap();
        let geometry = config().geometry().unwrap();
        let values = initial_parameters(&geometry, 2);
        let parameters = Parameters::new(&geometry, &values, DType::F32, &device).unwrap();
        let on_gpu = LeNet::new(parameters.var_builder(), &config()).unwrap();
        assert_eq!(on_gpu.backend, Backend::Fused);
        let (on_cpu, _) = network(Backend::Fused, DType::F32);
        let images = images(5, DType::F32);
        let want = flat(&on_cpu.forward(&images).unwrap());
        let logits = on_gpu.forward(&images.to_device(&device).unwrap()).unwrap();
        let got: Vec<f32> = logits.flatten_all().unwrap().to_vec1().unwrap();
        let largest = want
            .iter()
            .fold(0.0, |most: f64, value| most.max(value.abs()));
        for (got, want) in got.iter().zip(&want) {
            let error = (f64::from(*got) - want).abs();
            assert!(error <= 1e-5 * largest, "{got} instead of {want}");
        }
        assert_eq!(got.len(), want.len());
        assert_eq!(faster_backend(&device, DType::F64), Backend::Stock);
    }
}
