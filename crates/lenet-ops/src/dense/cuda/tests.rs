//! The mirrors against the layouts of the kernels, and the choice of tiles.

use std::mem::{offset_of, size_of};

use super::*;
use Precision::{Single, Tf32};

#[test]
fn layouts_are_those_of_the_kernels() {
    let forward = [
        offset_of!(DenseForward, slots),
        offset_of!(DenseForward, parameter_stride),
        offset_of!(DenseForward, dropout),
        size_of::<DenseForward>(),
    ];
    assert_eq!(forward, [40, 48, 80, 88]);
    let input_gradient = [
        offset_of!(DenseInputGradient, slots),
        offset_of!(DenseInputGradient, parameter_stride),
        offset_of!(DenseInputGradient, stride),
        size_of::<DenseInputGradient>(),
    ];
    assert_eq!(input_gradient, [32, 40, 60, 64]);
    assert_eq!(
        [size_of::<ReluGradient>(), offset_of!(ReluGradient, count)],
        [32, 24]
    );
    let layer = [
        offset_of!(DenseWeightGradient, inputs),
        offset_of!(DenseWeightGradient, first_block),
        size_of::<DenseWeightGradient>(),
    ];
    assert_eq!(layer, [16, 32, 40]);
    let weight_gradients = [
        offset_of!(DenseWeightGradients, layer_count),
        offset_of!(DenseWeightGradients, stride),
        size_of::<DenseWeightGradients>(),
    ];
    assert_eq!(weight_gradients, [16, 28, 32]);
}

#[test]
fn many_trials_take_large_tiles_and_few_small_ones() {
    let many = forward(128, (784, 128), 80, Single);
    assert_eq!(
        (many.kernel, many.grid, many.block),
        ("dense_forward", [2, 2, 80], [128, 1, 1])
    );
    let one = forward(128, (784, 128), 1, Single);
    assert_eq!(
        (one.kernel, one.grid, one.block),
        ("dense_forward_small", [4, 8, 1], [64, 1, 1])
    );
    assert_eq!(
        forward(16, (784, 128), 80, Single).kernel,
        "dense_forward_small"
    );
    assert_eq!(
        input_gradient(100, (784, 128), 80, Single).kernel,
        "dense_input_gradient"
    );
    assert_eq!(input_gradient(1, (1, 9), 3, Single).grid, [1, 1, 3]);
}

#[test]
fn layers_share_a_launch_one_after_the_other() {
    let layers = [(784, 128), (128, 10)];
    let (launch, first_blocks) = weight_gradients(&layers, 80, false);
    assert_eq!(launch.kernel, "dense_weight_gradients");
    assert_eq!((launch.grid, first_blocks), ([28, 1, 80], vec![0, 26]));
    let (launch, first_blocks) = weight_gradients(&layers, 1, false);
    assert_eq!(launch.kernel, "dense_weight_gradients_small");
    assert_eq!((launch.grid, first_blocks), ([204, 1, 1], vec![0, 200]));
}

#[test]
fn tensor_cores_take_large_layers_whatever_the_load() {
    for (images, places) in [(1, 1), (128, 1), (128, 80)] {
        let kernels = |layer| {
            [
                forward(images, layer, places, Tf32).kernel,
                input_gradient(images, layer, places, Tf32).kernel,
            ]
        };
        for layer in [(784, 128), (1024, 64), (256, 256), (64, 1024)] {
            assert!(kernels(layer).iter().all(|k| k.ends_with("_tf32")));
            assert!(is_for_tensor_cores(layer, Tf32) && !is_for_tensor_cores(layer, Single));
        }
        for layer in [(784, 63), (63, 2048), (128, 10), (400, 128)] {
            assert!(!kernels(layer).iter().any(|k| k.ends_with("_tf32")));
        }
    }
    let (launch, _) = weight_gradients(&[(784, 128)], 80, true);
    assert_eq!(launch.kernel, "dense_weight_gradients_tf32");
}
