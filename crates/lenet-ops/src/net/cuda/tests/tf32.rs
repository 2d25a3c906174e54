//! Ensembles whose large layers are computed in TF32.

use super::*;
use crate::error::OpsError;

/// Largest relative rounding of an operand: half of the last of 11 significant bits.
const ROUNDING: f64 = 1.0 / 2048.0;

/// All but the first stage and the last dense layer go to tensor cores.
fn large() -> Geometry {
    geometry([1, 20, 24], &[32, 40, 33], 3, &[350, 190])
}

fn together_in_tf32(gpu: &Arc<Gpu>, seeds: &[u64], data: &Data) -> (Vec<Vec<f32>>, Vec<BatchSums>) {
    let geometry = large();
    let networks: Vec<_> = seeds.iter().map(|&s| parameters(&geometry, s)).collect();
    let starts: Vec<_> = networks.iter().map(|p| start(Optimizer::SGD, p)).collect();
    let mut ensemble =
        Ensemble::new(Arc::clone(gpu), &geometry, Precision::Tf32, 5, &starts).unwrap();
    assert_eq!(ensemble.precision(), Precision::Tf32);
    let set = ensemble.place(&data.pixels, &data.labels).unwrap();
    let parts: Vec<_> = (0..seeds.len())
        .map(|network| Part {
            network,
            order: &[3, 1, 6, 0, 2, 5, 4],
            first_step: 0,
            learning_rates: &[0.05, 0.05],
            dropout: None,
        })
        .collect();
    ensemble.begin_epoch(set, &parts, 0).unwrap();
    ensemble.step().unwrap();
    ensemble.step().unwrap();
    let trained = (0..seeds.len()).map(|network| ensemble.parameters(network).unwrap());
    let trained = trained.collect();
    (trained, ensemble.training_sums().unwrap())
}

/// Sums of a batch and largest relative error, L2, of a gradient tensor: in TF32, and on the CPU.
fn step(gpu: Gpu, geometry: &Geometry, values: &[f32], data: &Data) -> ([BatchSums; 2], f64) {
    let starts = [start(Optimizer::SGD, values)];
    let mut ensemble = Ensemble::new(Arc::new(gpu), geometry, Precision::Tf32, 5, &starts).unwrap();
    let set = ensemble.place(&data.pixels, &data.labels).unwrap();
    let indices = [4, 1, 0, 2, 3];
    let (sums, got) = ensemble.gradients(set, &indices, 0, None).unwrap();

    let mut cpu = Network::new(geometry, Level::Portable, 1).unwrap();
    let labels: Vec<u8> = indices.iter().map(|&i| data.labels[i as usize]).collect();
    let pixels = Pixels::Bytes {
        pixels: &data.pixels,
        indices: &indices,
    };
    let mut want = vec![0.0; values.len()];
    let cpu_sums = cpu
        .loss_and_gradients(values, pixels, &labels, None, &mut want)
        .unwrap();
    let errors = geometry.parameters().into_iter().map(|tensor| {
        let want: Vec<f64> = want[tensor.range()].iter().map(|&w| w.into()).collect();
        let error = relative_error(&got[tensor.range()], &want);
        assert!(error.is_finite(), "{}", tensor.name);
        error
    });
    ([sums, cpu_sums], errors.fold(0.0, f64::max))
}

/// Weights and pixels, and so the first stage's results, have few enough bits for TF32: the forward
/// pass is exact, no maximum changes its place, and only the gradients that come from the dense
/// layers are rounded, once for each product. Every term is off by at most ROUNDING of itself then,
/// and by a third of that in the mean, which is what sums of many terms are off by, L2.
#[test]
#[ignore = "needs a GPU"]
fn gradients_are_the_cpus_to_the_rounding_of_the_upstream() {
    let gpu = gpu();
    let geometry = geometry([1, 20, 24], &[32, 40], 3, &[12]);
    let mut data = data(&geometry, 5);
    for pixel in &mut data.pixels {
        *pixel = if *pixel < 128 { 0 } else { 255 };
    }
    let sixteenths = |value: &f32| (16.0 * value).round() / 16.0;
    let values: Vec<f32> = parameters(&geometry, 41).iter().map(sixteenths).collect();
    let ([sums, cpu], error) = step(gpu, &geometry, &values, &data);
    assert!((sums.loss - cpu.loss).abs() <= 1e-6 * cpu.loss);
    assert!(error <= ROUNDING, "{error:e}");
    // In f32 it would be 1e-6.
    assert!(error > 1e-2 * ROUNDING, "{error:e}: not TF32");
}

/// Where nothing is exact, a stage's results are off by some 0.6 · ROUNDING of their spread, so that
/// about 1.5 windows in 2048 of each of the two stages change their place or pass ReLU otherwise. A
/// share p of gradients that went elsewhere is an error of √(2p), L2; five times that share is let
/// through. Losses, which are continuous, keep to ROUNDING.
#[test]
#[ignore = "needs a GPU"]
fn a_step_is_the_cpus_but_for_windows_that_change_their_place() {
    let gpu = gpu();
    let geometry = large();
    let data = data(&geometry, 5);
    let values = parameters(&geometry, 41);
    let ([sums, cpu], error) = step(gpu, &geometry, &values, &data);
    assert!((sums.loss - cpu.loss).abs() <= ROUNDING * cpu.loss);
    assert!(error <= (2.0 * 5.0 * 3.0 * ROUNDING).sqrt(), "{error:e}");
}

#[test]
#[ignore = "needs a GPU"]
fn a_network_has_the_same_bits_alone_and_among_others() {
    let gpu = gpu();
    let gpu = Arc::new(gpu);
    let data = data(&large(), 7);
    let (together, sums) = together_in_tf32(&gpu, &[51, 52, 53], &data);
    let (alone, own) = together_in_tf32(&gpu, &[52], &data);
    assert!(bits(&together[1]) == bits(&alone[0]));
    assert_eq!(sums[1], own[0]);
    print_bits("parameters trained in TF32", &alone[0]);
}

#[test]
#[ignore = "needs a GPU"]
fn a_gpu_without_tf32_is_refused() {
    let gpu = gpu();
    let gpu = Arc::new(gpu.with_compute_capability([7, 5]));
    let geometry = large();
    let values = parameters(&geometry, 1);
    let one = [start(Optimizer::SGD, &values)];
    let make = |precision| Ensemble::new(Arc::clone(&gpu), &geometry, precision, 4, &one);
    let Err(error) = make(Precision::Tf32) else {
        panic!("it was taken")
    };
    assert!(
        matches!(
            error,
            OpsError::Precision {
                compute_capability: [7, 5],
                ..
            }
        ),
        "{error}"
    );
    assert_eq!(
        make(Precision::Single).unwrap().precision(),
        Precision::Single
    );
}

#[test]
#[ignore = "needs a GPU"]
fn the_bytes_told_are_those_taken() {
    let gpu = gpu();
    let gpu = Arc::new(gpu);
    // Of so many filters, a batch has more segments in TF32.
    let geometry = geometry([1, 8, 8], &[128, 128], 3, &[4]);
    let values = parameters(&geometry, 1);
    let [mut partial, mut told] = [[0; 2]; 2];
    for (at, precision) in [Precision::Single, Precision::Tf32].into_iter().enumerate() {
        let one = [start(Optimizer::SGD, &values)];
        let ensemble = Ensemble::new(Arc::clone(&gpu), &geometry, precision, 64, &one).unwrap();
        let stages = ensemble.memory.stages.iter();
        partial[at] = stages.map(|stage| 4 * stage.partial.len() as u64).sum();
        told[at] = Ensemble::bytes_each(&geometry, precision, 64, 1, 0, 64);
    }
    assert!(partial[0] < partial[1], "{partial:?}");
    assert_eq!(told[0] - partial[0], told[1] - partial[1]);
}
