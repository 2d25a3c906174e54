//! The kernels for tensor cores against the plain loops on operands rounded to TF32, whose products
//! are exact in f32: so the tolerance is that of f32 sums.

use super::convolution::{Case, check};
use super::{gpu, print_bits, run};
use crate::conv_pool::ConvPoolShape;
use crate::conv_pool::cuda::{StageSizes, forward};
use crate::cuda::launch::Launch;
use crate::cuda::types::{Pointer, device_repr};
use crate::testing::{Comparison, numbers};
use lenet_core::Precision;

/// Batch, channels, height, width, filters. Outputs and inputs that fill no block, sides that fill
/// no quad, tiles of several images and images of several tiles, a window with a row and a column
/// left over.
const STAGES: [[usize; 5]; 9] = [
    [3, 33, 14, 14, 40],
    [1, 64, 14, 14, 64],
    [5, 40, 7, 9, 33],
    [2, 32, 16, 16, 32],
    [7, 34, 2, 3, 96],
    [19, 96, 3, 2, 34],
    [1, 32, 5, 62, 32],
    [1, 35, 63, 4, 36],
    [2, 65, 9, 21, 32],
];

/// The nearest number of 11 significant bits, of two the one farther from 0.
fn in_tf32(value: f32) -> f64 {
    let exponent = (value.to_bits() >> 23 & 255) as i32 - 127;
    let unit = f64::from(exponent - 10).exp2();
    (f64::from(value) / unit).round() * unit
}

/// What a kernel multiplies.
pub(super) fn operands(values: &[f32], precision: Precision) -> Vec<f64> {
    let operand = |&value: &f32| match precision {
        Precision::Single => value.into(),
        Precision::Tf32 => in_tf32(value),
    };
    values.iter().map(operand).collect()
}

fn case<'a>(sizes: [usize; 5], exact: bool, slots: &'a [u32]) -> Case<'a> {
    let [batch, channels, height, width, filters] = sizes;
    let shape = ConvPoolShape {
        batch,
        channels,
        height,
        width,
        filters,
        kernel: 3,
    };
    Case {
        shape,
        precision: Precision::Tf32,
        first: false,
        exact,
        flat: false,
        slots,
        planned: 0,
        name: format!("TF32, {shape:?}, exact {exact}, {slots:?}"),
    }
}

#[test]
#[ignore = "needs a GPU"]
fn stages_are_as_the_plain_loops_on_rounded_operands() {
    let gpu = gpu();
    let mut comparison = Comparison::default();
    for sizes in STAGES {
        for exact in [true, false] {
            check(&gpu, &case(sizes, exact, &[2]), &mut comparison);
        }
    }
    let flat = Case {
        flat: true,
        ..case(STAGES[2], true, &[0])
    };
    check(&gpu, &flat, &mut comparison);
    comparison.finish();
}

#[test]
#[ignore = "needs a GPU"]
fn a_network_has_the_same_bits_alone_and_among_others() {
    let gpu = gpu();
    let mut comparison = Comparison::default();
    for sizes in [STAGES[0], STAGES[2], STAGES[5]] {
        // Of many networks, blocks take more images.
        let runs = [(&[0][..], 0), (&[0, 2, 1], 0), (&[0], 1000)];
        let [alone, among, divided] = runs.map(|(slots, planned)| {
            let case = Case {
                planned,
                ..case(sizes, false, slots)
            };
            let results = check(&gpu, &case, &mut comparison);
            results.into_iter().map(f32::to_bits).collect::<Vec<_>>()
        });
        assert!(!alone.is_empty() && alone == among, "{sizes:?}");
        assert!(alone == divided, "{sizes:?}, divided as for many");
    }
    let [images, channels, height, width, filters] = STAGES[5].map(|size| size as u32);
    let stage = StageSizes {
        channels,
        height,
        width,
        filters,
        kernel: 3,
    };
    let tiling = |places| forward(false, &stage, images, places, Precision::Tf32).0;
    assert_ne!(tiling(1), tiling(1000));
    comparison.finish();
}

/// Mirror of `ProductArgs`.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
struct ProductArgs {
    left: Pointer,
    right: Pointer,
    sums: Pointer,
    rounded: Pointer,
}

device_repr!(ProductArgs);

/// Products of `warps` pairs of matrices, added to `sums`, and the left ones as they were rounded.
fn products(warps: usize, left: &[f32], right: &[f32], sums: &[f32]) -> [Vec<f32>; 2] {
    let gpu = super::gpu();
    let [left, right, sums] = [left, right, sums].map(|values| gpu.upload(values).unwrap());
    let rounded = gpu.zeroed::<f32>(left.len()).unwrap();
    let launch = Launch::new("tf32_product", [1, 1, 1], 32 * warps as u32);
    let arguments = ProductArgs {
        left: left.pointer(),
        right: right.pointer(),
        sums: sums.pointer(),
        rounded: rounded.pointer(),
    };
    run(&gpu, &launch, &arguments);
    [sums.to_vec().unwrap(), rounded.to_vec().unwrap()]
}

#[test]
#[ignore = "needs a GPU"]
fn a_product_has_its_elements_in_their_places() {
    // Sixteenths: exact.
    let sixteenths = |seed, count| -> Vec<f32> {
        let values = numbers::<f32>(seed, count);
        values.iter().map(|v| (v * 16.0).round() / 16.0).collect()
    };
    let [left, right, sums] = [(1, 384), (2, 192), (3, 384)].map(|(s, n)| sixteenths(s, n));
    let [got, rounded] = products(3, &left, &right, &sums);
    assert_eq!(rounded, left);
    let want: Vec<f32> = (0..384)
        .map(|at| {
            let (row, column, warp) = (at / 8, at % 8, at / 128);
            let term = |k: usize| left[row * 8 + k] * right[warp * 64 + k * 8 + column];
            sums[at] + (0..8).map(term).sum::<f32>()
        })
        .collect();
    assert_eq!(got, want);
}

#[test]
#[ignore = "needs a GPU"]
fn operands_are_rounded_to_the_nearest() {
    let ulp = f32::EPSILON;
    let mut values = vec![
        0.0,
        -0.0,
        1.0,
        // Half of TF32's last place: away from 0; less, and more.
        1.0 + 4096.0 * ulp,
        -1.0 - 4096.0 * ulp,
        1.0 + 4095.0 * ulp,
        1.0 + 12288.0 * ulp,
        2.0 - ulp,
        1e-30,
        -3.3e38,
        f32::INFINITY,
        f32::NAN,
    ];
    values.extend(numbers::<f32>(4, 128 - values.len()));
    let [_, rounded] = products(1, &values, &[0.0; 64], &[0.0; 128]);
    print_bits("rounded to TF32", &rounded[..11]);
    assert!(rounded[11].is_nan());
    for (&value, &got) in values.iter().zip(&rounded).filter(|(v, _)| !v.is_nan()) {
        let want = if value.is_finite() && value != 0.0 {
            in_tf32(value) as f32
        } else {
            value
        };
        assert_eq!(got.to_bits(), want.to_bits(), "{value:e}: {got:e}");
    }
}
