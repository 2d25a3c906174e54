//! The ops on candle tensors of a GPU against the same ops on the CPU in f64.

use candle_core::{DType, Device, Result, Storage, Tensor, Var};

use super::{gpu, print_bits};
use crate::conv_pool::{self, ConvPoolShape};
use crate::cuda::candle::Elements;
use crate::dense::{self, DenseShape};
use crate::tensor::weighted::SavedTensors;
use crate::testing::{Comparison, numbers, tensor, values};

const RELATIVE: f64 = 1e-5;

fn device() -> Device {
    drop(gpu());
    Device::new_cuda(0).unwrap()
}

/// The same numbers on the CPU in f64, as a variable, and on the GPU in f32, where they begin
/// in the middle of what candle holds.
fn both(device: &Device, seed: u64, shape: &[usize]) -> (Var, Tensor) {
    let count: usize = shape.iter().product();
    let numbers = numbers::<f32>(seed, count);
    let on_cpu = tensor(&numbers, shape).to_dtype(DType::F64).unwrap();
    let longer = [&[f32::NAN; 3][..], &numbers].concat();
    let on_gpu = Tensor::new(longer, device).unwrap();
    let on_gpu = on_gpu.narrow(0, 3, count).unwrap().reshape(shape).unwrap();
    (Var::from_tensor(&on_cpu).unwrap(), on_gpu)
}

fn compare(comparison: &mut Comparison, name: &str, got: &Tensor, want: &Tensor) {
    assert_eq!(got.dims(), want.dims(), "{name}");
    let got = values::<f32>(got);
    print_bits(name, &got);
    comparison.close(name, &got, &values::<f64>(want), RELATIVE);
}

/// Gradients of Σ output · upstream with respect to the three.
fn gradients(output: &Tensor, upstream: &Var, of: [&Var; 3]) -> Result<[Tensor; 3]> {
    let store = (output * upstream.as_tensor())?.sum_all()?.backward()?;
    Ok(of.map(|variable| store.get(variable).unwrap().clone()))
}

#[test]
#[ignore = "needs a GPU"]
fn conv_pool_is_as_on_the_cpu() {
    let device = device();
    let mut comparison = Comparison::default();
    for [batch, channels, height, width, filters, kernel] in [
        [3, 1, 28, 28, 8, 3],
        [2, 5, 14, 14, 7, 3],
        [1, 3, 9, 11, 4, 5],
        [2, 1, 12, 12, 3, 7],
    ] {
        let shape = ConvPoolShape {
            batch,
            channels,
            height,
            width,
            filters,
            kernel,
        };
        let (input, gpu_input) = both(&device, 1, &[batch, channels, height, width]);
        let (weight, gpu_weight) = both(&device, 2, &[filters, channels, kernel, kernel]);
        let (bias, gpu_bias) = both(&device, 3, &[filters]);
        let [rows, columns] = shape.pooled();
        let (upstream, gpu_upstream) = both(&device, 4, &[batch, filters, rows, columns]);
        let want = conv_pool::conv_pool(&input, &weight, &bias).unwrap();
        let got = conv_pool::conv_pool(&gpu_input, &gpu_weight, &gpu_bias).unwrap();
        compare(&mut comparison, &format!("{shape:?}: output"), &got, &want);

        // candle's own kernels, which add gradients up, need a GPU: the op's are called for here.
        let codes = on_gpu(
            [&gpu_input, &gpu_weight, &gpu_bias],
            |[input, weight, bias]| {
                conv_pool::cuda::run_forward(&shape, &input, &weight, &bias).map(|(_, codes)| codes)
            },
        );
        let gpu_input = Var::from_tensor(&gpu_input).unwrap();
        let saved = SavedTensors {
            input: &gpu_input,
            weight: &gpu_weight,
            bias: &gpu_bias,
            output: &got,
            upstream: &gpu_upstream,
        };
        let got = conv_pool::cuda::run_backward(&shape, &codes.unwrap(), &saved);
        let want = gradients(&want, &upstream, [&input, &weight, &bias]).unwrap();
        compare_gradients(&mut comparison, &format!("{shape:?}"), got, &want);
    }
    comparison.finish();
}

#[test]
#[ignore = "needs a GPU"]
fn dense_is_as_on_the_cpu() {
    let device = device();
    let mut comparison = Comparison::default();
    for (batch, inputs, outputs, relu) in [(5, 49, 13, true), (70, 130, 10, false), (1, 1, 1, true)]
    {
        let shape = DenseShape {
            batch,
            inputs,
            outputs,
            relu,
        };
        let (input, gpu_input) = both(&device, 1, &[batch, inputs]);
        let (weight, gpu_weight) = both(&device, 2, &[outputs, inputs]);
        let (bias, gpu_bias) = both(&device, 3, &[outputs]);
        let (upstream, gpu_upstream) = both(&device, 4, &[batch, outputs]);
        let want = dense::dense(&input, &weight, &bias, relu).unwrap();
        let output = dense::dense(&gpu_input, &gpu_weight, &gpu_bias, relu).unwrap();
        compare(
            &mut comparison,
            &format!("{shape:?}: output"),
            &output,
            &want,
        );

        let gpu_input = Var::from_tensor(&gpu_input).unwrap();
        let saved = SavedTensors {
            input: &gpu_input,
            weight: &gpu_weight,
            bias: &gpu_bias,
            output: &output,
            upstream: &gpu_upstream,
        };
        let got = dense::cuda::run_backward(&shape, &saved);
        let want = gradients(&want, &upstream, [&input, &weight, &bias]).unwrap();
        compare_gradients(&mut comparison, &format!("{shape:?}"), got, &want);
    }
    comparison.finish();
}

fn compare_gradients(
    comparison: &mut Comparison,
    name: &str,
    got: Result<[Option<Tensor>; 3]>,
    want: &[Tensor; 3],
) {
    let got = got.unwrap();
    for ((what, got), want) in ["input", "weight", "bias"].iter().zip(got).zip(want) {
        let name = format!("{name}: gradient of the {what}");
        compare(comparison, &name, &got.unwrap(), want);
    }
}

fn on_gpu<T>(tensors: [&Tensor; 3], run: impl FnOnce([Elements<'_>; 3]) -> T) -> T {
    let held = tensors.map(Tensor::storage_and_layout);
    let elements = held.each_ref().map(|(storage, layout)| match &**storage {
        Storage::Cuda(storage) => Elements::new("test", storage, layout).unwrap(),
        _ => panic!("a tensor that is not on the GPU"),
    });
    run(elements)
}

#[test]
#[ignore = "needs a GPU"]
fn input_that_is_no_variable_has_no_gradient() {
    let device = device();
    let shape = DenseShape {
        batch: 2,
        inputs: 3,
        outputs: 4,
        relu: false,
    };
    let [input, weight, output] = [[2, 3], [4, 3], [2, 4]].map(|s| both(&device, 1, &s).1);
    let saved = SavedTensors {
        input: &input,
        weight: &weight,
        bias: &both(&device, 1, &[4]).1,
        output: &output,
        upstream: &output,
    };
    let got = dense::cuda::run_backward(&shape, &saved).unwrap();
    assert!(got[0].is_none() && got[1].is_some());
}

#[test]
#[ignore = "needs a GPU"]
fn what_the_kernels_do_not_have_is_refused() {
    let device = device();
    let zeros = |shape: &[usize], dtype, device: &Device| Tensor::zeros(shape, dtype, device);
    let dense = |dtype, input_device: &Device| {
        let input = zeros(&[2, 3], dtype, input_device).unwrap();
        let weight = zeros(&[4, 3], dtype, &device).unwrap();
        let bias = zeros(&[4], dtype, &device).unwrap();
        dense::dense(&input, &weight, &bias, false).map_err(|error| error.to_string())
    };
    let error = dense(DType::F64, &device).unwrap_err();
    assert!(
        error.contains("tensors on a GPU are f32, not F64"),
        "{error}"
    );
    let error = dense(DType::F32, &Device::Cpu).unwrap_err();
    assert!(error.contains("put both on the same device"), "{error}");
    assert!(dense(DType::F32, &device).is_ok());
}
