//! Masks against a second implementation, values against PyTorch's, and the masks' statistics.

use candle_core::{DType, Device, Tensor, Var};

use super::philox::philox4x32_10;
use super::{DropoutShape, apply, dropout, reference, scale_factors};
use crate::dropout::Mask;
use crate::real::Real;
use crate::tensor::Float;
use crate::testing::{Comparison, Oracle, numbers, tensor, values};

#[derive(serde::Deserialize)]
struct Case {
    name: String,
    numbers_seed: u64,
    batch: usize,
    units: usize,
    rate: f64,
    seed: u64,
    step: u64,
    kept: Vec<u8>,
    output: Vec<f64>,
    gradient: Vec<f64>,
}

impl Case {
    fn compare<T: Float>(&self, to: &mut Comparison, tolerance: f64) {
        let len = self.batch * self.units;
        let (input, upstream) = (
            numbers(self.numbers_seed, len),
            numbers(self.numbers_seed + 1, len),
        );
        let shape = DropoutShape {
            batch: self.batch,
            units: self.units,
        };
        let at = Mask {
            rate: self.rate,
            seed: self.seed,
            step: self.step,
        };
        let mut output = vec![<T as Real>::from_f64(1e3); len];
        apply(&shape, at, &input, &mut output).unwrap();
        to.close(
            &format!("{} by slices: output", self.name),
            &output,
            &self.output,
            tolerance,
        );

        let dims = [self.batch, self.units];
        let variable = Var::from_tensor(&tensor::<T>(&input, &dims)).unwrap();
        let output = dropout(&variable, self.rate, self.seed, self.step).unwrap();
        let loss = (&output * tensor::<T>(&upstream, &dims))
            .unwrap()
            .sum_all()
            .unwrap();
        let store = loss.backward().unwrap();
        let gradient = values::<T>(store.get(&variable).unwrap());
        let name = |part: &str| format!("{} by tensors: {part}", self.name);
        to.close(
            &name("output"),
            &values::<T>(&output),
            &self.output,
            tolerance,
        );
        to.close(&name("gradient"), &gradient, &self.gradient, tolerance);
    }
}

fn oracle() -> Oracle<Case> {
    Oracle::parse(include_str!("oracle.json"))
}

#[test]
fn values_and_gradients_agree_with_pytorch() {
    let mut comparison = Comparison::default();
    for case in &oracle().cases {
        case.compare::<f64>(&mut comparison, 1e-12);
        case.compare::<f32>(&mut comparison, 1e-6);
    }
    comparison.finish();
}

#[test]
fn masks_are_those_of_the_definition() {
    let mut comparison = Comparison::default();
    for case in &oracle().cases {
        for (image, kept) in case.kept.chunks(case.units).enumerate() {
            let mut scales = vec![9.0; case.units];
            scale_factors(case.rate, case.seed, case.step, image, &mut scales);
            let scale = (1.0 / (1.0 - case.rate)) as f32;
            let want: Vec<_> = kept.iter().map(|&kept| f32::from(kept) * scale).collect();
            comparison.equal(&format!("{}: image {image}", case.name), &scales, &want);
        }
    }
    comparison.finish();
}

#[test]
fn rates_round_to_the_nearest_threshold() {
    let thresholds = [0.0, 0.5, 0.1, 1e-10, 0.999_999_999_999].map(reference::threshold);
    assert_eq!(thresholds, [0, 1 << 31, 429_496_730, 0, 1 << 32]);
}

#[test]
fn every_coordinate_changes_the_mask() {
    let mask = |seed, step, image| {
        let mut scales = [0.0; 128];
        scale_factors(0.5, seed, step, image, &mut scales);
        scales
    };
    let base = mask(1, 2, 3);
    for other in [
        mask(2, 2, 3),
        mask(1 << 32 | 1, 2, 3),
        mask(1, 3, 3),
        mask(1, 1 << 32 | 2, 3),
    ] {
        assert_ne!(base, other);
    }
    assert_ne!(base, mask(1, 2, 4));
    assert_eq!(base, mask(1, 2, 3));
}

#[test]
fn shares_of_kept_units_are_those_of_the_rate() {
    for rate in [0.1, 0.5, 0.8] {
        let (images, units) = (500, 128);
        let mut kept = 0;
        for image in 0..images {
            let mut scales = vec![0.0; units];
            scale_factors(rate, 42, 7, image, &mut scales);
            kept += scales.iter().filter(|&&scale| scale > 0.0).count();
        }
        let trials = (images * units) as f64;
        let sigmas = (kept as f64 - trials * (1.0 - rate)) / (trials * rate * (1.0 - rate)).sqrt();
        assert!(
            sigmas.abs() <= 4.0,
            "rate {rate}: {sigmas} standard deviations off"
        );
    }
}

#[test]
fn misfits_are_refused_with_a_sentence() {
    let zeros = |dims: &[usize]| Tensor::zeros(dims, DType::F32, &Device::Cpu).unwrap();
    for rate in [1.0, 1.5, -0.1, f64::NAN] {
        let error = dropout(&zeros(&[2, 3]), rate, 0, 0)
            .unwrap_err()
            .to_string();
        assert!(
            error.contains(&format!("rate {rate} is not in [0, 1)")),
            "{error}"
        );
    }
    let error = dropout(&zeros(&[2, 3, 1]), 0.5, 0, 0)
        .unwrap_err()
        .to_string();
    assert!(error.contains("[images, units] is needed"), "{error}");
    let error = dropout(&zeros(&[2, 3]).to_dtype(DType::U8).unwrap(), 0.5, 0, 0);
    let error = error.unwrap_err().to_string();
    assert!(error.contains("f32 or f64, not U8"), "{error}");
}

/// `philox4x32 10` of the `kat_vectors` file of the authors' Random123 library.
#[test]
fn published_known_answers() {
    let cases = [
        (
            [0; 4],
            [0; 2],
            [0x6627_E8D5, 0xE169_C58D, 0xBC57_AC4C, 0x9B00_DBD8],
        ),
        (
            [u32::MAX; 4],
            [u32::MAX; 2],
            [0x408F_276D, 0x41C8_3B0E, 0xA20B_C7C6, 0x6D54_51FD],
        ),
        (
            [0x243F_6A88, 0x85A3_08D3, 0x1319_8A2E, 0x0370_7344],
            [0xA409_3822, 0x299F_31D0],
            [0xD16C_FE09, 0x94FD_CCEB, 0x5001_E420, 0x2412_6EA1],
        ),
    ];
    for (counter, key, words) in cases {
        assert_eq!(philox4x32_10(counter, key), words, "counter {counter:x?}");
    }
}
