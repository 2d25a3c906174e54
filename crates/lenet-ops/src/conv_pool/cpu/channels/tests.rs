//! Both forward kernels against the readable reference: values, and which of equal maxima counts; the
//! panels of filters.

use super::winograd::panels;
use super::*;
use crate::conv_pool::{ConvPoolShape, reference};
use crate::simd::{Lanes, Simd, WithSimd, lanes, lanes_mut, tests::levels};
use crate::testing;

/// One stage of two images, by the kernels of an instruction set.
struct Run<'a> {
    shape: &'a ConvPoolShape,
    first: bool,
    input: &'a [f32],
    weight: &'a [f32],
    bias: &'a [f32],
}

impl WithSimd for Run<'_> {
    /// Outputs, and codes with [`DEAD`] for places that ReLU has cut off, `[N, F, H/2, W/2]`.
    type Output = (Vec<f32>, Vec<u32>);

    fn with<S: Simd>(self, simd: S) -> Self::Output {
        let shape = self.shape;
        let (channels, filters) = (shape.channels, shape.filters);
        let stage = ChannelStage::new([channels, shape.height, shape.width], filters);
        let mut weights = StageWeights::new(simd, &stage, self.first);
        let tasks = weights.fill(simd, &stage, self.weight, self.bias, false);
        tasks.into_iter().for_each(|mut fill| fill());
        let len = stage.pooled.len(filters.div_ceil(S::LANES));
        let mut output = vec![simd.splat(f32::NAN); shape.batch * len];
        let mut codes = output.clone();
        let places = shape.height * shape.width;
        let pixels = self.input.chunks_exact(places).enumerate();
        if self.first {
            let mut planes = vec![0.0; stage.input.len(shape.batch * channels)];
            for (plane, pixels) in pixels {
                for (at, &pixel) in pixels.iter().enumerate() {
                    planes[stage.input.at(plane, at / shape.width, at % shape.width)] = pixel;
                }
            }
            for image in 0..shape.batch {
                simd.vectorize(FirstForward {
                    stage: &stage,
                    input: &planes[stage.input.len(image * channels)..],
                    weight: &weights.forward,
                    bias: &weights.bias,
                    output: &mut output[image * len..][..len],
                    output_planes: stage.pooled,
                    codes: &mut codes[image * len..][..len],
                });
            }
        } else {
            let blocks = channels.div_ceil(S::LANES);
            let mut planes = vec![simd.splat(0.0); stage.input.len(shape.batch * blocks)];
            for (plane, pixels) in pixels {
                let (image, channel) = (plane / channels, plane % channels);
                let block = image * blocks + channel / S::LANES;
                for (at, &pixel) in pixels.iter().enumerate() {
                    let place = stage.input.at(block, at / shape.width, at % shape.width);
                    lanes_mut::<S>(&mut planes)[place * S::LANES + channel % S::LANES] = pixel;
                }
            }
            let forward = WinogradForward {
                stage: &stage,
                images: shape.batch,
                input: &planes,
                weight: &weights.forward,
                bias: &weights.bias,
                output: &mut output,
                output_planes: stage.pooled,
                codes: &mut codes,
                tiles: &mut Tiles::new(simd, &[stage]),
            };
            forward.run(simd);
        }
        let (output, codes) = (lanes::<S>(&output), lanes::<S>(&codes));
        let pooled = stage.places();
        let order = (0..shape.batch * filters * pooled).map(|at| {
            let (image, filter) = (at / pooled / filters, at / pooled % filters);
            let vector = image * len + filter / S::LANES * pooled + at % pooled;
            vector * S::LANES + filter % S::LANES
        });
        order.map(|at| (output[at], codes[at].to_bits())).unzip()
    }
}

/// Images with many exact ties of a kind, and a name for it.
fn images(shape: &ConvPoolShape) -> Vec<(&'static str, Vec<f32>)> {
    let count = shape.input_len();
    let noise: Vec<f32> = testing::numbers(3, count);
    let (height, width) = (shape.height, shape.width);
    let of = |f: &dyn Fn(usize, usize, usize) -> f32| {
        let pixel = |at: usize| f(at / height / width, at / width % height, at % width);
        (0..count).map(pixel).collect()
    };
    vec![
        ("noise", noise.clone()),
        ("constant", of(&|plane, _, _| noise[plane])),
        (
            "constant rows",
            of(&|plane, row, _| noise[plane * height + row]),
        ),
        (
            "constant columns",
            of(&|plane, _, column| noise[plane * width + column]),
        ),
        // Half of a window's inputs are zero here and there, so places differ from others by
        // what only they see.
        (
            "blots",
            of(&|plane, row, column| {
                let at = (plane * height + row) * width + column;
                if (row / 3 + column / 3 + plane).is_multiple_of(3) {
                    noise[at]
                } else {
                    0.0
                }
            }),
        ),
    ]
}

#[test]
fn values_and_first_maxima_are_the_references() {
    let shape = |channels, height, width, filters| ConvPoolShape {
        batch: 2,
        channels,
        height,
        width,
        filters,
        kernel: 3,
    };
    let cases = [
        (true, shape(1, 12, 10, 8)),
        (true, shape(3, 9, 7, 19)),
        (false, shape(8, 14, 14, 8)),
        (false, shape(5, 7, 9, 19)),
        (false, shape(19, 6, 4, 3)),
        (false, shape(16, 4, 4, 40)),
    ];
    let mut comparison = testing::Comparison::default();
    for (first, shape) in cases {
        let weight: Vec<f32> = testing::numbers(5, shape.weight_len());
        let bias: Vec<f32> = testing::numbers(6, shape.filters);
        for (kind, input) in images(&shape) {
            let (mut want, mut argmax) = (vec![], vec![]);
            want.resize(shape.output_len(), 0.0);
            argmax.resize(shape.output_len(), 0);
            let wide: Vec<f64> = input.iter().map(|&x| x.into()).collect();
            let wide_weight: Vec<f64> = weight.iter().map(|&x| x.into()).collect();
            let wide_bias: Vec<f64> = bias.iter().map(|&x| x.into()).collect();
            reference::forward(
                &shape,
                &wide,
                &wide_weight,
                &wide_bias,
                &mut want,
                &mut argmax,
            );
            let run = || Run {
                shape: &shape,
                first,
                input: &input,
                weight: &weight,
                bias: &bias,
            };
            let mut all = vec![("sixteen portable lanes", run().with(Lanes::<16>))];
            for level in levels() {
                all.push((level.name(), level.dispatch(run()).unwrap()));
            }
            for (name, (output, codes)) in all {
                let what = format!("{name}, {shape:?}, {kind}");
                comparison.close(&what, &output, &want, 2e-6);
                let differ = |at: &usize| {
                    let at = *at;
                    codes[at]
                        != if want[at] > 0.0 {
                            argmax[at].into()
                        } else {
                            DEAD
                        }
                };
                let wrong: Vec<_> = (0..codes.len()).filter(differ).collect();
                comparison.equal(&format!("{what}: codes"), &wrong, &vec![]);
            }
        }
    }
    comparison.finish();
}

#[test]
fn panels_cover_all_blocks() {
    for blocks in 1..10 {
        let all: Vec<_> = panels(blocks).collect();
        let covered = all.iter().flat_map(|&(first, width)| first..first + width);
        assert!(covered.eq(0..blocks));
        assert!(all.iter().all(|&(_, width)| (1..=3).contains(&width)));
    }
}
