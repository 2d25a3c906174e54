//! The optimizer's kernel against the CPU's, bit for bit.

use super::{gpu, run, size};
use crate::cuda::types::{Clock, NetworkConstants, StepRates};
use crate::optimizer;
use crate::optimizer::cuda::{Partials, Update, update};
use crate::simd::Level;
use crate::testing::{Comparison, numbers};
use lenet_core::{Optimizer, Rule};

const PARAMETERS: usize = 1500;
const STRIDE: usize = 1504;
const STEPS: usize = 5;
/// Of two stages: segments, floats from one to the next, parameters.
const STAGES: [[usize; 3]; 2] = [[3, 104, 100], [2, 201, 200]];
const CONVOLUTIONS: usize = STAGES[0][2] + STAGES[1][2];
const SLOTS: [u32; 3] = [2, 0, 1];
const FIRST_STEP: u64 = 4;

/// Every optimizer, three networks at a time; the last three with parameters of their own.
fn optimizers() -> Vec<[Optimizer; 3]> {
    let others = [
        Optimizer::new(Rule::Nesterov { momentum: 0.8 }),
        Optimizer::new(Rule::Adam {
            beta1: 0.7,
            beta2: 0.95,
            epsilon: 1e-6,
        }),
        Optimizer {
            rule: Rule::AdamW {
                beta1: 0.8,
                beta2: 0.99,
                epsilon: 1e-7,
            },
            weight_decay: 0.1,
        },
    ];
    let mut all = Optimizer::ALL.to_vec();
    all.extend(Optimizer::ALL.map(|optimizer| Optimizer {
        weight_decay: 0.05,
        ..optimizer
    }));
    all.extend(std::iter::repeat_n(
        Optimizer::SGD,
        all.len().next_multiple_of(3) - all.len(),
    ));
    all.extend(others);
    let (threes, []) = all.as_chunks::<3>() else {
        panic!("the list was filled up to threes");
    };
    threes.to_vec()
}

fn learning_rate(slot: usize, step: usize) -> f64 {
    0.1 / (1.0 + slot as f64) / (1.0 + step as f64)
}

/// Numbers with some that are tiny, denormal and zero among them.
fn uneven(seed: u64, count: usize) -> Vec<f32> {
    let mut values = numbers::<f32>(seed, count);
    for (index, value) in values.iter_mut().enumerate() {
        *value *= match index % 17 {
            3 => 1e-20,
            7 => 1e-41,
            11 => 0.0,
            _ => 1.0,
        };
    }
    values
}

#[test]
#[ignore = "needs a GPU"]
fn optimizers_give_the_bits_of_the_cpu() {
    let gpu = gpu();
    let mut comparison = Comparison::default();
    let level = Level::from_environment().unwrap();
    for optimizers in optimizers() {
        let mut expected: Vec<Vec<f32>> = (0..3).map(|slot| uneven(slot, STRIDE)).collect();
        let mut moments: Vec<Vec<f32>> = optimizers
            .iter()
            .map(|optimizer| vec![0.0; optimizer.moments() * PARAMETERS])
            .collect();
        let constants = optimizers
            .each_ref()
            .map(|optimizer| NetworkConstants::new(optimizer, FIRST_STEP));
        let rate = |slot: usize, step: usize| {
            let t = FIRST_STEP + step as u64 + 1;
            StepRates::new(&optimizers[slot], learning_rate(slot, step), t)
        };
        let rates: Vec<StepRates> = (0..3)
            .flat_map(|slot| (0..STEPS).map(move |step| rate(slot, step)))
            .collect();

        let parameters = gpu.upload(&expected.concat()).unwrap();
        let [first, second] = [(); 2].map(|()| gpu.zeroed::<f32>(3 * STRIDE).unwrap());
        let (constants, rates) = (gpu.upload(&constants).unwrap(), gpu.upload(&rates).unwrap());
        let slots = gpu.upload(&SLOTS).unwrap();
        let clock = gpu.upload(&[Clock::default()]).unwrap();
        for step in 0..STEPS {
            let seed = 10 * step as u64;
            let gradients = uneven(seed + 20, SLOTS.len() * STRIDE);
            let partials: Vec<Vec<f32>> = STAGES
                .iter()
                .map(|[segments, stride, _]| uneven(seed + 30, SLOTS.len() * segments * stride))
                .collect();
            let gradient_buffer = gpu.upload(&gradients).unwrap();
            let buffers = [0, 1].map(|stage: usize| gpu.upload(&partials[stage]).unwrap());
            let table = [0, 1].map(|stage: usize| Partials {
                values: buffers[stage].pointer(),
                segments: size(STAGES[stage][0]),
                stride: size(STAGES[stage][1]),
                first: size(stage * STAGES[0][2]),
                count: size(STAGES[stage][2]),
            });
            let table = gpu.upload(&table).unwrap();
            let arguments = Update {
                parameters: parameters.pointer(),
                gradients: gradient_buffer.pointer(),
                first_moments: first.pointer(),
                second_moments: second.pointer(),
                constants: constants.pointer(),
                rates: rates.pointer(),
                slots: slots.pointer(),
                clock: clock.pointer(),
                partials: table.pointer(),
                parameter_count: size(PARAMETERS),
                parameter_stride: size(STRIDE),
                gradient_stride: size(STRIDE),
                rate_stride: size(STEPS),
                partial_count: 2,
                convolutions: size(CONVOLUTIONS),
            };
            run(&gpu, &update(PARAMETERS, SLOTS.len()), &arguments);

            for (place, slot) in SLOTS.map(|slot| slot as usize).into_iter().enumerate() {
                let gradient = whole_gradient(place, &gradients, &partials);
                optimizer::update(
                    level,
                    &optimizers[slot],
                    learning_rate(slot, step),
                    FIRST_STEP + step as u64 + 1,
                    &mut expected[slot][..PARAMETERS],
                    &gradient,
                    &mut moments[slot],
                );
            }
            let got = parameters.to_vec().unwrap();
            for slot in 0..3 {
                let bits =
                    |values: &[f32]| -> Vec<u32> { values.iter().map(|v| v.to_bits()).collect() };
                comparison.equal(
                    &format!("{:?}, step {step}", optimizers[slot]),
                    &bits(&got[slot * STRIDE..][..STRIDE]),
                    &bits(&expected[slot]),
                );
            }
        }
        let end = Clock {
            batch: size(STEPS),
            ticket: 0,
        };
        let got = clock_of(&clock);
        comparison.equal("clock", &got, &end);
    }
    comparison.finish();
}

fn clock_of(clock: &crate::cuda::Buffer<Clock>) -> Clock {
    clock.to_vec().unwrap()[0]
}

/// A place's gradient with the partial sums added, segment by segment.
fn whole_gradient(place: usize, gradients: &[f32], partials: &[Vec<f32>]) -> Vec<f32> {
    let mut whole = gradients[place * STRIDE..][..PARAMETERS].to_vec();
    let mut first = 0;
    for ([segments, stride, count], values) in STAGES.into_iter().zip(partials) {
        for parameter in 0..count {
            let mut sum = 0.0;
            for segment in 0..segments {
                sum += values[(place * segments + segment) * stride + parameter];
            }
            whole[first + parameter] = sum;
        }
        first += count;
    }
    whole
}
