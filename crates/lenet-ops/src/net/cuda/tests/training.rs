//! Networks trained together: as on the CPU, and each as if it were alone.

use super::*;
use crate::optimizer::update;

/// Settings of five networks that are trained together.
struct Setting {
    optimizer: Optimizer,
    seed: u64,
    learning_rate: f64,
    rate: f64,
    first_step: u64,
}

fn settings() -> Vec<Setting> {
    let setting = |optimizer, seed, learning_rate, rate, first_step| Setting {
        optimizer,
        seed,
        learning_rate,
        rate,
        first_step,
    };
    vec![
        setting(Optimizer::SGD, 1, 0.1, 0.0, 0),
        setting(Optimizer::SGD, 2, 0.01, 0.5, 0),
        setting(Optimizer::ADAM, 3, 1e-3, 0.0, 0),
        setting(Optimizer::NESTEROV, 4, 0.02, 0.25, 7),
        setting(Optimizer::RMSPROP, 5, 1e-3, 0.0, 0),
    ]
}

/// An epoch's order and rates of one network.
fn schedule(setting: &Setting, images: usize, batches: usize) -> (Vec<u32>, Vec<f64>) {
    let stride = 2 * setting.seed as usize + 1;
    let order = (0..images).map(|i| ((i * stride + 3) % images) as u32);
    let decay = |batch| setting.learning_rate / (1.0 + 0.1 * batch as f64);
    (order.collect(), (0..batches).map(decay).collect())
}

/// The CPU's parameters, moments and sums after an epoch of the same.
fn on_the_cpu(
    geometry: &Geometry,
    setting: &Setting,
    data: &Data,
    batch_size: usize,
    images: usize,
) -> (Vec<f32>, BatchSums) {
    let mut network = Network::new(geometry, Level::Portable, 1).unwrap();
    let mut parameters = parameters(geometry, setting.seed);
    let mut moments = vec![0.0; setting.optimizer.moments() * parameters.len()];
    let mut gradients = vec![0.0; parameters.len()];
    let (order, rates) = schedule(setting, images, images.div_ceil(batch_size));
    let mut all = BatchSums::default();
    for (batch, (indices, &rate)) in order.chunks(batch_size).zip(&rates).enumerate() {
        let step = setting.first_step + batch as u64 + 1;
        let labels: Vec<u8> = indices.iter().map(|&i| data.labels[i as usize]).collect();
        let pixels = Pixels::Bytes {
            pixels: &data.pixels,
            indices,
        };
        let dropout = (setting.rate > 0.0).then_some(Mask {
            rate: setting.rate,
            seed: setting.seed,
            step,
        });
        let sums = network
            .loss_and_gradients(&parameters, pixels, &labels, dropout, &mut gradients)
            .unwrap();
        all.loss += sums.loss;
        all.correct += sums.correct;
        update(
            Level::Portable,
            &setting.optimizer,
            rate,
            step,
            &mut parameters,
            &gradients,
            &mut moments,
        );
    }
    (parameters, all)
}

/// Parameters, moments and training sums of some of the settings after an epoch together.
fn together(
    gpu: &Arc<Gpu>,
    geometry: &Geometry,
    chosen: &[&Setting],
    data: &Data,
    batch_size: usize,
    images: usize,
) -> (Ensemble, SetId, Vec<BatchSums>) {
    let networks: Vec<_> = chosen
        .iter()
        .map(|s| parameters(geometry, s.seed))
        .collect();
    let starts: Vec<_> = chosen
        .iter()
        .zip(&networks)
        .map(|(s, p)| start(s.optimizer, p))
        .collect();
    let mut ensemble = ensemble(gpu, geometry, batch_size, &starts);
    let set = ensemble.place(&data.pixels, &data.labels).unwrap();
    let batches = images.div_ceil(batch_size);
    let schedules: Vec<_> = chosen
        .iter()
        .map(|s| schedule(s, images, batches))
        .collect();
    let parts: Vec<_> = chosen
        .iter()
        .zip(&schedules)
        .enumerate()
        .map(|(network, (setting, (order, rates)))| Part {
            network,
            order,
            first_step: setting.first_step,
            learning_rates: rates,
            dropout: (setting.rate > 0.0).then_some(Mask {
                rate: setting.rate,
                seed: setting.seed,
                step: setting.first_step + 1,
            }),
        })
        .collect();
    ensemble.begin_epoch(set, &parts, 0).unwrap();
    for _ in 0..batches {
        ensemble.step().unwrap();
    }
    assert!(ensemble.step().is_err(), "the epoch is over");
    let sums = ensemble.training_sums().unwrap();
    (ensemble, set, sums)
}

#[test]
#[ignore = "needs a GPU"]
fn three_steps_of_one_and_of_five_are_the_cpus() {
    let gpu = gpu();
    let gpu = Arc::new(gpu);
    let settings = settings();
    // Two full batches and a smaller one.
    let (batch_size, images) = (16, 37);
    for geometry in [&geometries()[0], &geometries()[1], &geometries()[3]] {
        let data = data(geometry, images);
        let all: Vec<_> = settings.iter().collect();
        for chosen in [&all[..1], &all[..]] {
            let (mut ensemble, set, sums) =
                together(&gpu, geometry, chosen, &data, batch_size, images);
            let indices: Vec<u32> = (0..images as u32).rev().collect();
            let networks: Vec<usize> = (0..chosen.len()).rev().collect();
            let mut logits = vec![];
            let evaluated = ensemble
                .evaluate(set, &indices, &networks, Some(&mut logits))
                .unwrap();
            for (network, setting) in chosen.iter().enumerate() {
                let (want, cpu_sums) = on_the_cpu(geometry, setting, &data, batch_size, images);
                let got = ensemble.parameters(network).unwrap();
                let wide: Vec<f64> = want.iter().map(|&p| f64::from(p)).collect();
                assert_close(geometry, &got, &wide, "trained parameters");
                assert!((sums[network].loss - cpu_sums.loss).abs() <= 1e-5 * cpu_sums.loss);
                assert_eq!(sums[network].correct, cpu_sums.correct);

                let mut cpu = Network::new(geometry, Level::Portable, 1).unwrap();
                let labels: Vec<u8> = data.labels.iter().rev().copied().collect();
                let pixels = Pixels::Bytes {
                    pixels: &data.pixels,
                    indices: &indices,
                };
                let want = cpu.evaluate(&got, pixels, &labels).unwrap();
                let place = networks.iter().position(|&n| n == network).unwrap();
                assert!((evaluated[place].loss - want.loss).abs() <= 1e-5 * want.loss);
                assert_eq!(evaluated[place].correct, want.correct);
                let peaks = [evaluated[place].peak_activation, want.peak_activation];
                assert!((peaks[0] - peaks[1]).abs() <= 1e-5 * peaks[1], "{peaks:?}");
                let mut want = vec![0.0; images * geometry.classes];
                cpu.logits(&got, pixels, &mut want).unwrap();
                let got = &logits[place * want.len()..][..want.len()];
                let want: Vec<f64> = want.iter().map(|&l| f64::from(l)).collect();
                assert!(relative_error(got, &want) <= TOLERANCE);
            }
        }
    }
}

#[test]
#[ignore = "needs a GPU"]
fn a_network_does_not_feel_the_others() {
    let gpu = gpu();
    let gpu = Arc::new(gpu);
    let settings = settings();
    let geometry = &geometries()[1];
    let data = data(geometry, 21);
    let all: Vec<_> = settings.iter().collect();
    let (ensemble, _, sums) = together(&gpu, geometry, &all, &data, 8, 21);
    for (network, setting) in settings.iter().enumerate() {
        let (alone, _, own) = together(&gpu, geometry, &[setting], &data, 8, 21);
        let [a, b] = [(&ensemble, network), (&alone, 0)].map(|(ensemble, network)| {
            let values = ensemble.parameters(network).unwrap();
            let moments = ensemble.moments(network).unwrap();
            (bits(&values), bits(&moments))
        });
        assert!(a == b, "{network}");
        assert_eq!(sums[network], own[0]);
    }
}

#[test]
#[ignore = "needs a GPU"]
fn a_network_that_is_no_number_leaves_the_others() {
    let gpu = gpu();
    let gpu = Arc::new(gpu);
    let mut settings = settings();
    let geometry = &geometries()[1];
    let data = data(geometry, 21);
    let all: Vec<_> = settings.iter().collect();
    let (sound, ..) = together(&gpu, geometry, &all, &data, 8, 21);
    let sound: Vec<_> = [0, 2].map(|n| bits(&sound.parameters(n).unwrap())).into();
    settings[1].learning_rate = f64::NAN;
    let all: Vec<_> = settings.iter().collect();
    let (mut mixed, set, sums) = together(&gpu, geometry, &all, &data, 8, 21);
    assert!(sums[1].loss.is_nan());
    let broken = mixed.parameters(1).unwrap();
    assert!(broken.iter().any(|value| value.is_nan()));
    let found: Vec<_> = [0, 2].map(|n| bits(&mixed.parameters(n).unwrap())).into();
    assert!(found == sound);
    let evaluated = mixed.evaluate(set, &[0, 1, 2], &[1, 0], None).unwrap();
    assert!(evaluated[0].loss.is_nan() && evaluated[0].peak_activation.is_nan());
    assert_eq!(evaluated[0].correct, 0);
    assert!(evaluated[1].loss.is_finite() && evaluated[1].peak_activation.is_finite());
}

#[test]
#[ignore = "needs a GPU"]
fn an_epoch_can_be_taken_up_in_its_middle() {
    let gpu = gpu();
    let gpu = Arc::new(gpu);
    let settings = settings();
    let geometry = &geometries()[2];
    let (batch_size, images) = (4, 22);
    let data = data(geometry, images);
    let setting = &settings[2];
    let (whole, ..) = together(&gpu, geometry, &[setting], &data, batch_size, images);
    let batches = images.div_ceil(batch_size);
    let (order, rates) = schedule(setting, images, batches);
    let part = Part {
        network: 0,
        order: &order,
        first_step: 0,
        learning_rates: &rates,
        dropout: None,
    };
    let first = parameters(geometry, setting.seed);
    let mut state = (first, vec![]);
    for (from, to) in [(0, 2), (2, batches)] {
        let start = Start {
            optimizer: setting.optimizer,
            parameters: &state.0,
            moments: &state.1,
        };
        let mut ensemble = ensemble(&gpu, geometry, batch_size, &[start]);
        let set = ensemble.place(&data.pixels, &data.labels).unwrap();
        ensemble.begin_epoch(set, &[part], from).unwrap();
        for _ in from..to {
            ensemble.step().unwrap();
        }
        state = (
            ensemble.parameters(0).unwrap(),
            ensemble.moments(0).unwrap(),
        );
    }
    assert!(bits(&state.0) == bits(&whole.parameters(0).unwrap()));
    assert!(bits(&state.1) == bits(&whole.moments(0).unwrap()));
}

#[test]
#[ignore = "needs a GPU"]
fn a_step_of_the_study_is_ten_launches_for_any_number_of_networks() {
    let gpu = gpu();
    let gpu = Arc::new(gpu);
    let settings = settings();
    let geometry = geometry([1, 8, 8], &[4, 4], 3, &[8]);
    let data = data(&geometry, 8);
    let all: Vec<_> = settings.iter().collect();
    for chosen in [&all[..1], &all[..]] {
        let (ensemble, ..) = together(&gpu, &geometry, chosen, &data, 4, 8);
        assert_eq!(ensemble.launches(), Some(10));
    }
}
