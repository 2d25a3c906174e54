//! The network made of the candle ops, against the plain one and the one without autograd.

use candle_core::{Result, Tensor, Var};

use super::Float;
use crate::dropout::Mask;
use crate::net::{Images, Network, reference};
use crate::real::Real;
use crate::simd::Level;
use crate::testing::{Comparison, labels, numbers, tensor, values};
use crate::{conv_pool, dense, dropout, max_pool, softmax_cross_entropy};
use lenet_core::Geometry;

/// Which ops a network is made of.
#[derive(Debug, Clone, Copy)]
enum Ops {
    Fused,
    Stock,
}

struct Problem<T> {
    geometry: Geometry,
    parameters: Vec<T>,
    images: Vec<T>,
    labels: Vec<u8>,
    dropout: Option<Mask>,
}

impl<T: Float> Problem<T> {
    fn new(geometry: &Geometry, batch: usize, dropout: Option<Mask>) -> Self {
        let image: usize = geometry.stage_input(0).iter().product();
        let scaled = |(index, parameter): (usize, crate::Parameter)| {
            let fan_in: usize = parameter.shape[1..].iter().product();
            let scale = <T as Real>::from_f64(1.7 / (fan_in as f64).sqrt());
            let drawn = numbers::<T>(100 + index as u64, parameter.len());
            drawn.into_iter().map(|x| x * scale).collect::<Vec<_>>()
        };
        Self {
            geometry: geometry.clone(),
            parameters: geometry
                .parameters()
                .into_iter()
                .enumerate()
                .flat_map(scaled)
                .collect(),
            images: numbers(1, batch * image),
            labels: labels(2, batch, geometry.classes as u64),
            dropout,
        }
    }

    /// Mean loss and all gradients by candle's `backward()`.
    fn by_autograd(&self, ops: Ops) -> Result<(f64, Vec<T>)> {
        let geometry = &self.geometry;
        let batch = self.labels.len();
        let variables: Vec<Var> = geometry
            .parameters()
            .iter()
            .map(|p| Var::from_tensor(&tensor(&self.parameters[p.range()], &p.shape)))
            .collect::<Result<_>>()?;
        let mut layers = variables.chunks(2);
        let mut next = || layers.next().expect("weight and bias of each layer");
        let [channels, height, width] = geometry.stage_input(0);
        let mut x = tensor(&self.images, &[batch, channels, height, width]);
        for _ in &geometry.filters {
            let pair = next();
            x = ops.stage(&x, &pair[0], &pair[1], geometry.kernel)?;
        }
        x = x.flatten_from(1)?;
        for _ in &geometry.hidden {
            let pair = next();
            x = ops.dense(&x, &pair[0], &pair[1], true)?;
        }
        if let Some(Mask { rate, seed, step }) = self.dropout {
            x = dropout::dropout(&x, rate, seed, step)?;
        }
        let pair = next();
        let logits = ops.dense(&x, &pair[0], &pair[1], false)?;
        let labels = tensor(&self.labels, &[batch]);
        let loss = softmax_cross_entropy::softmax_cross_entropy(&logits, &labels)?;
        let store = loss.backward()?;
        let gradients = variables.iter().flat_map(|variable| {
            values::<T>(store.get(variable).expect("every parameter has a gradient"))
        });
        Ok((Real::to_f64(loss.to_scalar::<T>()?), gradients.collect()))
    }

    /// The same by the plain reference.
    fn by_reference(&self) -> (f64, Vec<T>) {
        let mut gradients = vec![T::ZERO; self.parameters.len()];
        let Self {
            geometry,
            parameters,
            images,
            labels,
            dropout,
        } = self;
        let sums = reference::loss_and_gradients(
            geometry,
            parameters,
            images,
            labels,
            *dropout,
            &mut gradients,
        );
        (sums.unwrap().loss / labels.len() as f64, gradients)
    }
}

impl Problem<f32> {
    /// The same without autograd.
    fn by_network(&self, level: Level) -> (f64, Vec<f32>) {
        let mut network = Network::new(&self.geometry, level, 1).unwrap();
        let mut gradients = vec![0.0; self.parameters.len()];
        let images = Images::Floats(&self.images);
        let Self {
            parameters,
            labels,
            dropout,
            ..
        } = self;
        let sums = network.loss_and_gradients(parameters, images, labels, *dropout, &mut gradients);
        (sums.unwrap().loss / labels.len() as f64, gradients)
    }
}

impl Ops {
    fn stage(self, x: &Tensor, weight: &Tensor, bias: &Tensor, kernel: usize) -> Result<Tensor> {
        match self {
            Self::Fused => conv_pool::conv_pool(x, weight, bias),
            Self::Stock => {
                let bias = bias.reshape((1, (), 1, 1))?;
                let sums = x
                    .conv2d(weight, kernel / 2, 1, 1, 1)?
                    .broadcast_add(&bias)?;
                max_pool::max_pool_2x2(&sums.relu()?)
            }
        }
    }

    fn dense(self, x: &Tensor, weight: &Tensor, bias: &Tensor, relu: bool) -> Result<Tensor> {
        match self {
            Self::Fused => dense::dense(x, weight, bias, relu),
            Self::Stock => {
                let sums = x.matmul(&weight.t()?)?.broadcast_add(bias)?;
                if relu { sums.relu() } else { Ok(sums) }
            }
        }
    }
}

fn geometries() -> Vec<(&'static str, Geometry)> {
    let odd = Geometry {
        channels: 3,
        height: 13,
        width: 11,
        filters: vec![4, 6],
        kernel: 5,
        hidden: vec![9, 7],
        classes: 5,
        stages: lenet_core::Stages::USUAL,
    };
    let flat = Geometry {
        filters: vec![3],
        hidden: vec![],
        kernel: 1,
        ..odd.clone()
    };
    vec![
        ("lab 2017, F = 8", Geometry::lab_2017(8)),
        ("odd sides", odd),
        ("one stage", flat),
    ]
}

fn dropouts(geometry: &Geometry) -> Vec<Option<Mask>> {
    let some = Mask {
        rate: 0.5,
        seed: 1 << 40 | 3,
        step: 9,
    };
    if geometry.hidden.is_empty() {
        vec![None]
    } else {
        vec![None, Some(some)]
    }
}

fn compare<T: Real>(
    comparison: &mut Comparison,
    geometry: &Geometry,
    name: &str,
    got: &(f64, Vec<T>),
    want: &(f64, Vec<T>),
    tolerance: f64,
) {
    comparison.close(&format!("{name}: loss"), &[got.0], &[want.0], tolerance);
    for parameter in geometry.parameters() {
        let want: Vec<f64> = want.1[parameter.range()]
            .iter()
            .map(|g| g.to_f64())
            .collect();
        let name = format!("{name}: {}", parameter.name);
        comparison.close(&name, &got.1[parameter.range()], &want, tolerance);
    }
}

#[test]
fn backward_is_the_reference_in_f64() {
    let mut comparison = Comparison::default();
    for (name, geometry) in geometries() {
        for dropout in dropouts(&geometry) {
            let problem = Problem::<f64>::new(&geometry, 3, dropout);
            let want = problem.by_reference();
            for ops in [Ops::Fused, Ops::Stock] {
                let got = problem.by_autograd(ops).unwrap();
                let name = format!("{name}, {ops:?}, {dropout:?}");
                compare(&mut comparison, &geometry, &name, &got, &want, 1e-11);
            }
        }
    }
    comparison.finish();
}

#[test]
fn backward_is_the_network_without_autograd_in_f32() {
    let mut comparison = Comparison::default();
    for (name, geometry) in geometries() {
        for (dropout, batch) in dropouts(&geometry).into_iter().zip([3, 17]) {
            let problem = Problem::<f32>::new(&geometry, batch, dropout);
            let want = problem.by_autograd(Ops::Fused).unwrap();
            for level in Level::available() {
                let got = problem.by_network(level);
                let name = format!("{name}, {}, batch {batch}, {dropout:?}", level.name());
                compare(&mut comparison, &geometry, &name, &got, &want, 1e-5);
            }
        }
    }
    comparison.finish();
}
