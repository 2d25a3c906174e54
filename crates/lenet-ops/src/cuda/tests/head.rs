//! The last layer with its loss against the plain loops.

use super::{Epoch, PLACES, doubles, gpu, print_bits, run, size, slot_count};
use crate::cuda::Gpu;
use crate::cuda::types::{NULL, NetworkConstants};
use crate::dense::{self, DenseShape};
use crate::dropout::Mask;
use crate::softmax_cross_entropy::cuda::{Head, HeadSums, blocks, head};
use crate::softmax_cross_entropy::{SoftmaxCrossEntropyShape, reference};
use crate::testing::{Comparison, numbers};
use lenet_core::Optimizer;

const RELATIVE: f64 = 1e-5;
const WEIGHT: usize = 1;
const RATE: f64 = 0.25;

/// What the kernel wrote.
struct Written {
    logits: Vec<f32>,
    logit_gradient: Vec<f32>,
    input_gradient: Vec<f32>,
    sums: Vec<HeadSums>,
    peaks: Vec<u32>,
}

struct Case<'a> {
    batch: usize,
    inputs: usize,
    classes: usize,
    slots: &'a [u32],
    training: bool,
    hidden: bool,
}

impl Case<'_> {
    fn stride(&self) -> usize {
        self.batch + 1
    }

    fn parameter_stride(&self) -> usize {
        (WEIGHT + (self.inputs + 1) * self.classes).next_multiple_of(4)
    }

    fn run(&self, gpu: &Gpu, epoch: &Epoch, parameters: &[f32], input: &[f32]) -> Written {
        let places = self.slots.len();
        let images = places * self.stride();
        let [parameters, input] = [parameters, input].map(|v| gpu.upload(v).unwrap());
        let mask = Mask {
            rate: RATE,
            seed: 1,
            step: 0,
        };
        let trial = NetworkConstants::new(&Optimizer::SGD, 0).with_dropout(Some(mask));
        let constants = gpu.upload(&vec![trial; slot_count(self.slots)]).unwrap();
        let logits = gpu.zeroed::<f32>(images * self.classes).unwrap();
        let logit_gradient = gpu.zeroed::<f32>(images * self.classes).unwrap();
        let input_gradient = gpu.zeroed::<f32>(images * self.inputs).unwrap();
        let block_stride = blocks(self.stride());
        let rows = slot_count(self.slots) * (Epoch::BATCH + 1);
        let sums = gpu
            .upload(&vec![HeadSums::default(); rows * block_stride])
            .unwrap();
        let peaks = gpu.zeroed::<u32>(places).unwrap();
        let when_training = |pointer| if self.training { pointer } else { NULL };
        let arguments = Head {
            batch: epoch.batch(self.batch),
            input: input.pointer(),
            parameters: parameters.pointer(),
            constants: constants.pointer(),
            logits: logits.pointer(),
            logit_gradient: when_training(logit_gradient.pointer()),
            input_gradient: when_training(input_gradient.pointer()),
            sums: sums.pointer(),
            peaks: peaks.pointer(),
            parameter_stride: size(self.parameter_stride()),
            weight: size(WEIGHT),
            bias: size(WEIGHT + self.inputs * self.classes),
            inputs: size(self.inputs),
            classes: size(self.classes),
            stride: size(self.stride()),
            sums_stride: size(Epoch::BATCH + 1),
            block_stride: size(block_stride),
            chunk: 0,
            mask: u32::from(self.hidden),
            dropout: u32::from(self.hidden),
            padding: 0,
        };
        run(gpu, &head(self.batch, places), &arguments);
        Written {
            logits: logits.to_vec().unwrap(),
            logit_gradient: logit_gradient.to_vec().unwrap(),
            input_gradient: input_gradient.to_vec().unwrap(),
            sums: sums.to_vec().unwrap(),
            peaks: peaks.to_vec().unwrap(),
        }
    }
}

#[test]
#[ignore = "needs a GPU"]
fn losses_and_gradients_are_as_the_plain_loops() {
    let gpu = gpu();
    let mut comparison = Comparison::default();
    for [inputs, classes] in [[128, 10], [1, 2], [37, 5], [300, 256], [65, 33]] {
        for batch in [1, 3, 16, 100] {
            for slots in PLACES {
                for (training, hidden) in [(true, true), (true, false), (false, true)] {
                    let case = Case {
                        batch,
                        inputs,
                        classes,
                        slots,
                        training,
                        hidden,
                    };
                    check(&gpu, &case, &mut comparison);
                }
            }
        }
    }
    comparison.finish();
}

fn check(gpu: &Gpu, case: &Case<'_>, comparison: &mut Comparison) {
    let &Case {
        batch,
        inputs,
        classes,
        slots,
        training,
        hidden,
    } = case;
    let epoch = Epoch::new(gpu, slots, Vec::new(), classes as u64, batch);
    let parameters = numbers::<f32>(1, slot_count(slots) * case.parameter_stride());
    let mut input = numbers::<f32>(2, slots.len() * case.stride() * inputs);
    if hidden {
        input.iter_mut().for_each(|value| *value = value.max(0.0));
    }
    let written = case.run(gpu, &epoch, &parameters, &input);
    let kept = (1.0 / (1.0 - RATE)) as f32;
    for (place, &slot) in slots.iter().enumerate() {
        let name = |what: &str| {
            format!(
                "{inputs} to {classes}, {batch} images, {slots:?}, training {training}, \
                 hidden {hidden}, place {place}: {what}"
            )
        };
        let first = place * case.stride();
        let own = &parameters[slot as usize * case.parameter_stride() + WEIGHT..];
        let weight = doubles(&own[..inputs * classes]);
        let bias = doubles(&own[inputs * classes..][..classes]);
        let features = &input[first * inputs..][..batch * inputs];
        let labels = epoch.labels_of(slot, batch);

        let shape = DenseShape {
            batch,
            inputs,
            outputs: classes,
            relu: false,
        };
        let mut logits = vec![0.0; batch * classes];
        dense::reference::forward(&shape, &doubles(features), &weight, &bias, &mut logits);
        let got = &written.logits[first * classes..][..batch * classes];
        comparison.close(&name("logits"), got, &logits, RELATIVE);
        print_bits(&name("logits"), got);

        let loss_shape = SoftmaxCrossEntropyShape { batch, classes };
        let loss = reference::forward(&loss_shape, &logits, &labels) * batch as f64;
        let row = slot as usize * (Epoch::BATCH + 1) + Epoch::BATCH;
        let block_stride = blocks(case.stride());
        let sums = &written.sums[row * block_stride..][..blocks(batch)];
        let total: f64 = sums.iter().map(|sum| sum.loss).sum();
        comparison.close(&name("loss"), &[total], &[loss], RELATIVE);
        let correct: u32 = sums.iter().map(|sum| sum.correct).sum();
        let is_right = |(logits, &label): (&[f32], &u8)| {
            let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            logits.iter().position(|&logit| logit == largest) == Some(usize::from(label))
        };
        let right = got
            .chunks(classes)
            .zip(&labels)
            .filter(|&row| is_right(row));
        comparison.equal(&name("correct"), &correct, &size(right.count()));
        let peak = features.iter().copied().fold(0.0, f32::max);
        comparison.equal(&name("peak"), &written.peaks[place], &peak.to_bits());

        let mut wanted = vec![0.0; batch * classes];
        let mut wanted_input = vec![0.0; batch * inputs];
        if training {
            reference::backward(&loss_shape, &logits, &labels, 1.0, &mut wanted);
            dense::reference::backward(
                &shape,
                &doubles(features),
                &weight,
                &logits,
                &wanted,
                dense::Gradients {
                    input: Some(&mut wanted_input),
                    weight: &mut vec![0.0; weight.len()],
                    bias: &mut vec![0.0; classes],
                },
            );
            for (gradient, &value) in wanted_input.iter_mut().zip(features) {
                if hidden {
                    *gradient *= if value > 0.0 { f64::from(kept) } else { 0.0 };
                }
            }
        }
        let got = &written.logit_gradient[first * classes..][..batch * classes];
        comparison.close(&name("logit gradient"), got, &wanted, RELATIVE);
        print_bits(&name("logit gradient"), got);
        let got = &written.input_gradient[first * inputs..][..batch * inputs];
        comparison.close(&name("input gradient"), got, &wanted_input, RELATIVE);
        print_bits(&name("input gradient"), got);
    }
}

#[test]
#[ignore = "needs a GPU"]
fn nan_is_never_right_and_always_largest() {
    let gpu = gpu();
    let case = Case {
        batch: 3,
        inputs: 5,
        classes: 4,
        slots: &[0],
        training: true,
        hidden: true,
    };
    let epoch = Epoch::new(&gpu, case.slots, Vec::new(), 4, case.batch);
    let parameters = numbers::<f32>(1, case.parameter_stride());
    let mut input = vec![1.0f32; case.stride() * case.inputs];
    // The second image alone.
    input[case.inputs + 2] = f32::NAN;
    let written = case.run(&gpu, &epoch, &parameters, &input);
    let of_image = |image: usize| &written.logits[image * 4..][..4];
    assert!(of_image(1).iter().all(|logit| logit.is_nan()));
    assert!(of_image(0).iter().chain(of_image(2)).all(|v| v.is_finite()));
    let sums = written.sums[Epoch::BATCH * blocks(case.stride())];
    assert!(sums.loss.is_nan());
    assert!(sums.correct <= 2);
    assert!(f32::from_bits(written.peaks[0]).is_nan());
    assert!(written.logit_gradient[4..8].iter().all(|v| v.is_nan()));
}
