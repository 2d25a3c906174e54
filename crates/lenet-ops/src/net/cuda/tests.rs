//! Ensembles against the reference and the CPU's network, on whatever runs the kernels: a GPU, or
//! the driver of `tests/cuda`.

mod refusals;
mod tf32;
mod training;

use super::*;
use crate::cuda::tests::{gpu, print_bits};
use crate::dropout::Mask;
use crate::net::{Images as Pixels, Network, reference};
use crate::simd::Level;
use crate::testing;

/// Largest relative error, L2, of a tensor of gradients or of trained parameters.
const TOLERANCE: f64 = 1e-5;

struct Data {
    pixels: Vec<u8>,
    labels: Vec<u8>,
}

fn data(geometry: &Geometry, images: usize) -> Data {
    let size: usize = geometry.stage_input(0).iter().product();
    let numbers = testing::numbers::<f32>(21, images * size);
    Data {
        pixels: numbers.iter().map(|x| (x.abs() * 255.0) as u8).collect(),
        labels: testing::labels(22, images, geometry.classes as u64),
    }
}

fn parameters(geometry: &Geometry, seed: u64) -> Vec<f32> {
    let numbers = testing::numbers::<f32>(seed, geometry.parameter_count());
    numbers.iter().map(|p| 0.2 * p).collect()
}

fn geometry(image: [usize; 3], filters: &[usize], kernel: usize, hidden: &[usize]) -> Geometry {
    let [channels, height, width] = image;
    Geometry {
        channels,
        height,
        width,
        filters: filters.to_vec(),
        kernel,
        hidden: hidden.to_vec(),
        classes: 10,
        stages: lenet_core::Stages::USUAL,
    }
}

/// The study's network and those that differ from it in one respect.
fn geometries() -> Vec<Geometry> {
    vec![
        geometry([1, 28, 28], &[16, 16], 3, &[128]),
        geometry([1, 28, 28], &[5, 7], 3, &[33]),
        geometry([3, 9, 7], &[4], 3, &[12]),
        geometry([2, 12, 13], &[3, 5], 5, &[20, 9]),
        geometry([1, 10, 10], &[2, 3], 7, &[]),
        geometry([1, 16, 16], &[3, 4, 6], 3, &[8]),
        geometry([2, 5, 4], &[3], 1, &[6]),
    ]
}

fn start(optimizer: Optimizer, parameters: &[f32]) -> Start<'_> {
    Start {
        optimizer,
        parameters,
        moments: &[],
    }
}

/// Networks computed in f32.
fn ensemble(gpu: &Arc<Gpu>, geometry: &Geometry, batch: usize, networks: &[Start<'_>]) -> Ensemble {
    Ensemble::new(
        Arc::clone(gpu),
        geometry,
        Precision::Single,
        batch,
        networks,
    )
    .unwrap()
}

fn relative_error(got: &[f32], want: &[f64]) -> f64 {
    let difference = |(&got, want): (&f32, &f64)| (f64::from(got) - want).powi(2);
    let error: f64 = got.iter().zip(want).map(difference).sum();
    let norm: f64 = want.iter().map(|w| w * w).sum();
    if error == 0.0 {
        0.0
    } else {
        (error / norm).sqrt()
    }
}

fn assert_close(geometry: &Geometry, got: &[f32], want: &[f64], what: &str) {
    for tensor in geometry.parameters() {
        let error = relative_error(&got[tensor.range()], &want[tensor.range()]);
        assert!(
            error <= TOLERANCE,
            "{what}, {}: {error:e} in {geometry:?}",
            tensor.name
        );
    }
}

fn bits(values: &[f32]) -> Vec<u32> {
    values.iter().map(|value| value.to_bits()).collect()
}

#[test]
#[ignore = "needs a GPU"]
fn gradients_are_the_references() {
    let gpu = gpu();
    let gpu = Arc::new(gpu);
    for geometry in geometries() {
        let data = data(&geometry, 40);
        let seeds = [31, 32, 33];
        let networks = seeds.map(|seed| parameters(&geometry, seed));
        let starts: Vec<_> = networks.iter().map(|p| start(Optimizer::SGD, p)).collect();
        let mut ensemble = ensemble(&gpu, &geometry, 19, &starts);
        let set = ensemble.place(&data.pixels, &data.labels).unwrap();
        let dropout = Mask {
            rate: 0.4,
            seed: 77 << 33,
            step: 5,
        };
        for (images, network, dropout) in [(19, 1, None), (1, 2, None), (16, 0, Some(dropout))] {
            let indices: Vec<u32> = (0..images).map(|i| (i * 7 + 3) % 40).collect();
            let (sums, gradients) = ensemble.gradients(set, &indices, network, dropout).unwrap();
            let size = data.pixels.len() / 40;
            let chosen = indices.iter().map(|&index| index as usize);
            let pixels: Vec<f64> = chosen
                .clone()
                .flat_map(|image| &data.pixels[image * size..][..size])
                .map(|&byte| f64::from(f32::from(byte) / 255.0))
                .collect();
            let labels: Vec<u8> = chosen.map(|image| data.labels[image]).collect();
            let wide: Vec<f64> = networks[network].iter().map(|&p| f64::from(p)).collect();
            let mut want = vec![0.0; wide.len()];
            let truth = reference::loss_and_gradients(
                &geometry, &wide, &pixels, &labels, dropout, &mut want,
            )
            .unwrap();
            assert!(
                (sums.loss - truth.loss).abs() <= 1e-6 * truth.loss,
                "{} for {}",
                sums.loss,
                truth.loss
            );
            assert_eq!(sums.correct, truth.correct);
            assert_close(&geometry, &gradients, &want, "gradient");
        }
    }
}
