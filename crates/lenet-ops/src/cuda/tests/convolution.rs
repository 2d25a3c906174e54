//! The convolution's kernels against the plain loops: exactly, on numbers whose sums are exact in
//! f32 whatever their order, and closely, on others.

use super::tf32::operands;
use super::{Epoch, PLACES, doubles, gpu, print_bits, run, size, slot_count};
use crate::conv_pool::cuda::{
    StageForward, StageInputGradient, StageSizes, StageWeightGradient, forward, input_gradient,
    weight_gradient,
};
use crate::conv_pool::{ConvPoolShape, Gradients, Pooled, reference};
use crate::cuda::Gpu;
use crate::cuda::launch::Launch;
use crate::cuda::types::NULL;
use crate::testing::{Comparison, labels, numbers};
use lenet_core::Precision;

const RELATIVE: f64 = 1e-5;
/// The code of a window that ReLU makes 0.
const DEAD: u8 = 4;
/// Floats before a slot's weights, and after its biases.
const AROUND: usize = 3;

/// Channels, height, width, filters, kernel.
const STAGES: [[usize; 5]; 12] = [
    [1, 28, 28, 16, 3],
    [16, 14, 14, 16, 3],
    [1, 28, 28, 5, 3],
    [5, 14, 14, 7, 3],
    [3, 32, 32, 8, 3],
    [1, 7, 9, 3, 3],
    [2, 6, 5, 3, 5],
    [1, 28, 28, 6, 5],
    [1, 28, 28, 4, 7],
    [64, 14, 14, 64, 3],
    [1, 4, 4, 1, 1],
    [37, 2, 3, 33, 3],
];

pub(super) struct Case<'a> {
    pub(super) shape: ConvPoolShape,
    pub(super) precision: Precision,
    pub(super) first: bool,
    pub(super) exact: bool,
    /// Zero weights and no bias: every window is a tie.
    pub(super) flat: bool,
    pub(super) slots: &'a [u32],
    /// Places for which the work is divided, where they are more than the slots.
    pub(super) planned: u32,
    pub(super) name: String,
}

impl Case<'_> {
    fn stage(&self) -> StageSizes {
        StageSizes {
            channels: size(self.shape.channels),
            height: size(self.shape.height),
            width: size(self.shape.width),
            filters: size(self.shape.filters),
            kernel: size(self.shape.kernel),
        }
    }

    fn values(&self, seed: u64, count: usize) -> Vec<f32> {
        let values = numbers::<f32>(seed, count);
        if self.exact {
            // Sixteenths: products are multiples of 1/256, and sums of 2¹⁶ of them below 1 exact.
            values.iter().map(|v| (v * 16.0).round() / 16.0).collect()
        } else {
            values
        }
    }

    /// Bytes of a set, or none; exact ones are 0 or 1 as numbers.
    fn pixels(&self, image: usize) -> Vec<u8> {
        if !self.first {
            return Vec::new();
        }
        let bytes = labels(11, Epoch::SET * image, 256);
        let dark_or_bright = |byte: u8| if byte < 128 { 0 } else { 255 };
        let exact = |byte| {
            if self.exact {
                dark_or_bright(byte)
            } else {
                byte
            }
        };
        bytes.into_iter().map(exact).collect()
    }

    fn compare(&self, comparison: &mut Comparison, what: &str, got: &[f32], want: &[f64]) {
        let what = format!("{}: {what}", self.name);
        if self.exact {
            comparison.equal(&what, &doubles(got), &want.to_vec());
        } else {
            comparison.close(&what, got, want, RELATIVE);
            print_bits(&what, got);
        }
    }
}

#[test]
#[ignore = "needs a GPU"]
fn stages_are_as_the_plain_loops() {
    let gpu = gpu();
    let mut comparison = Comparison::default();
    for [channels, height, width, filters, kernel] in STAGES {
        for batch in [1, 3, 16] {
            if batch > 3 && channels * filters > 300 {
                continue;
            }
            for slots in PLACES {
                for (first, exact) in [(true, true), (true, false), (false, true), (false, false)] {
                    let shape = ConvPoolShape {
                        batch,
                        channels,
                        height,
                        width,
                        filters,
                        kernel,
                    };
                    let name = format!("{shape:?}, first {first}, exact {exact}, {slots:?}");
                    let flat = false;
                    check(
                        &gpu,
                        &Case {
                            shape,
                            precision: Precision::Single,
                            first,
                            exact,
                            flat,
                            slots,
                            planned: 0,
                            name,
                        },
                        &mut comparison,
                    );
                }
            }
        }
    }
    comparison.finish();
}

#[test]
#[ignore = "needs a GPU"]
fn the_first_of_equal_values_wins() {
    let gpu = gpu();
    let mut comparison = Comparison::default();
    for kernel in [1, 3, 5, 7] {
        let shape = ConvPoolShape {
            batch: 2,
            channels: 2,
            height: 9,
            width: 8,
            filters: 5,
            kernel,
        };
        for first in [true, false] {
            let name = format!("ties, {kernel}, first {first}");
            let case = Case {
                shape,
                precision: Precision::Single,
                first,
                exact: true,
                flat: true,
                slots: &[1, 0],
                planned: 0,
                name,
            };
            check(&gpu, &case, &mut comparison);
        }
    }
    comparison.finish();
}

/// Forward and backward of every place of one case; gives all results of the first.
pub(super) fn check(gpu: &Gpu, case: &Case<'_>, comparison: &mut Comparison) -> Vec<f32> {
    let (shape, slots, precision) = (case.shape, case.slots, case.precision);
    let ConvPoolShape {
        batch,
        channels,
        height,
        width,
        filters,
        kernel,
    } = shape;
    let image = channels * height * width;
    let [rows, columns] = shape.pooled();
    let pooled_image = filters * rows * columns;
    let weights = filters * channels * kernel * kernel;
    let count = weights + filters;
    let parameter_stride = count + 2 * AROUND;
    let stride = batch + 1;
    let places = slots.len();
    let planned = size(places).max(case.planned);
    let of_places = |mut launch: Launch| {
        launch.grid[2] = size(places);
        launch
    };

    let epoch = Epoch::new(gpu, slots, case.pixels(image), 10, batch + 1);
    let mut parameters = case.values(1, slot_count(slots) * parameter_stride);
    if case.flat {
        for slot in parameters.chunks_mut(parameter_stride) {
            slot[AROUND..AROUND + weights].fill(0.0);
        }
    }
    let images = case.values(
        2,
        if case.first {
            0
        } else {
            places * stride * image
        },
    );
    let upstream = case.values(3, places * stride * pooled_image);

    let parameter_buffer = gpu.upload(&parameters).unwrap();
    let image_buffer = gpu.upload(&images).unwrap();
    let upstream_buffer = gpu.upload(&upstream).unwrap();
    let pooled_buffer = gpu.zeroed::<f32>(places * stride * pooled_image).unwrap();
    let code_buffer = gpu.zeroed::<u8>(places * stride * pooled_image).unwrap();
    let image_pointer = if case.first {
        NULL
    } else {
        image_buffer.pointer()
    };
    let (batch_arguments, stage) = (epoch.batch(batch), case.stage());
    let [weight, bias] = [AROUND, AROUND + weights].map(size);

    let (tiling, launch) = forward(case.first, &stage, size(batch), planned, precision);
    let arguments = StageForward {
        batch: batch_arguments,
        images: image_pointer,
        parameters: parameter_buffer.pointer(),
        pooled: pooled_buffer.pointer(),
        codes: code_buffer.pointer(),
        parameter_stride: size(parameter_stride),
        weight,
        bias,
        stride: size(stride),
        stage,
        tiling,
    };
    run(gpu, &of_places(launch), &arguments);
    let (pooled, codes) = (
        pooled_buffer.to_vec().unwrap(),
        code_buffer.to_vec().unwrap(),
    );

    let image_gradients = (!case.first).then(|| {
        let buffer = gpu.zeroed::<f32>(places * stride * image).unwrap();
        let (tiling, launch) = input_gradient(&stage, size(batch), planned, precision);
        let arguments = StageInputGradient {
            batch: batch_arguments,
            upstream: upstream_buffer.pointer(),
            codes: code_buffer.pointer(),
            parameters: parameter_buffer.pointer(),
            gradient: buffer.pointer(),
            parameter_stride: size(parameter_stride),
            weight,
            stride: size(stride),
            stage,
            tiling,
            padding: 0,
        };
        run(gpu, &of_places(launch), &arguments);
        buffer.to_vec().unwrap()
    });

    let (tiling, segments, launch) =
        weight_gradient(case.first, &stage, size(batch), planned, precision);
    let segment_count = segments.segments as usize;
    let partial_stride = count + 5;
    let partial_buffer = gpu
        .zeroed::<f32>(places * segment_count * partial_stride)
        .unwrap();
    let arguments = StageWeightGradient {
        batch: batch_arguments,
        images: image_pointer,
        upstream: upstream_buffer.pointer(),
        codes: code_buffer.pointer(),
        partial: partial_buffer.pointer(),
        partial_stride: size(partial_stride),
        segment_images: segments.images,
        stride: size(stride),
        stage,
        tiling,
    };
    run(gpu, &of_places(launch), &arguments);
    let partial = partial_buffer.to_vec().unwrap();

    let mut results = Vec::new();
    for (place, &slot) in slots.iter().enumerate() {
        let input: Vec<f64> = if case.first {
            let positions = epoch.positions(slot, batch).iter();
            let bytes = positions.flat_map(|&at| &epoch.pixels[at as usize * image..][..image]);
            bytes
                .map(|&byte| f64::from(f32::from(byte) / 255.0))
                .collect()
        } else {
            operands(
                &images[place * stride * image..][..batch * image],
                precision,
            )
        };
        let own = &parameters[slot as usize * parameter_stride + AROUND..][..count];
        let (weight, bias) = own.split_at(weights);
        let (weight, bias) = (&operands(weight, precision)[..], &doubles(bias)[..]);
        let outputs = batch * pooled_image;
        let at = place * stride * pooled_image;
        let (pooled, codes) = (&pooled[at..at + outputs], &codes[at..at + outputs]);
        let (mut want, mut argmax) = (vec![0.0; outputs], vec![0; outputs]);
        reference::forward(&shape, &input, weight, bias, &mut want, &mut argmax);
        case.compare(comparison, "pooled", pooled, &want);
        if case.exact {
            let code = |(&place, &value): (&u8, &f64)| if value > 0.0 { place } else { DEAD };
            let wanted: Vec<u8> = argmax.iter().zip(&want).map(code).collect();
            comparison.equal(&format!("{}: codes", case.name), &codes.to_vec(), &wanted);
        }

        // The backward pass starts from the kernel's own places.
        let upstream = &upstream[at..at + outputs];
        let shown: Vec<f64> = codes.iter().map(|&c| f64::from(c != DEAD)).collect();
        let mut wanted_image = vec![0.0; input.len()];
        let mut wanted = vec![0.0; count];
        let (weight_gradient, bias_gradient) = wanted.split_at_mut(weights);
        reference::backward(
            &shape,
            &input,
            weight,
            Pooled {
                output: &shown,
                argmax: codes,
            },
            &operands(upstream, precision),
            Gradients {
                input: Some(&mut wanted_image),
                weight: weight_gradient,
                bias: bias_gradient,
            },
        );
        if precision == Precision::Tf32 {
            // Biases are added up in f32.
            bias_gradient.fill(0.0);
            for (window, (&code, &gradient)) in codes.iter().zip(upstream).enumerate() {
                if code != DEAD {
                    bias_gradient[window / (rows * columns) % filters] += f64::from(gradient);
                }
            }
        }
        let of_place = &partial[place * segment_count * partial_stride..];
        let mut sums = vec![0.0f32; count];
        for segment in of_place.chunks(partial_stride).take(segment_count) {
            for (sum, value) in sums.iter_mut().zip(segment) {
                *sum += value;
            }
        }
        case.compare(comparison, "parameter gradient", &sums, &wanted);
        if let Some(gradients) = &image_gradients {
            let got = &gradients[place * stride * image..][..batch * image];
            case.compare(comparison, "image gradient", got, &wanted_image);
        }
        if place == 0 {
            results = [pooled, &sums].concat();
            let gradients = image_gradients.as_deref().unwrap_or(&[]);
            results.extend(gradients.iter().take(batch * image));
        }
    }
    results
}
