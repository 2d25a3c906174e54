//! The ops that the stock backend uses, each on inputs with odd sizes.

use candle_core::{D, DType, Device, Result, Tensor};
use lenet_ops::max_pool::max_pool_2x2;

use crate::backend::{losses, sums};

/// An op: a function from its inputs and their device to its value.
type Op = Box<dyn Fn(&[Tensor], &Device) -> Result<Tensor>>;

/// An op on fixed inputs.
pub(super) struct Case {
    pub name: &'static str,
    /// Values and shape of each input; gradients with respect to all of them are compared.
    pub inputs: Vec<(Vec<f32>, Vec<usize>)>,
    pub op: Op,
}

/// Rows of the inputs with one row per image.
const ROWS: usize = 37;
const CLASSES: usize = 10;

pub(super) fn all() -> Vec<Case> {
    vec![
        case(
            "convolution, 1 channel",
            &[&[5, 1, 11, 9], &[8, 1, 3, 3]],
            |x, _| x[0].conv2d(&x[1], 1, 1, 1, 1),
        ),
        case(
            "convolution, 8 channels",
            &[&[5, 8, 14, 14], &[6, 8, 3, 3]],
            |x, _| x[0].conv2d(&x[1], 1, 1, 1, 1),
        ),
        case(
            "bias of a convolution, ReLU",
            &[&[5, 6, 7, 9], &[6]],
            |x, _| x[0].broadcast_add(&x[1].reshape((1, 6, 1, 1))?)?.relu(),
        ),
        // ReLU makes equal maxima common; the first of them must receive the gradient.
        case("max-pool", &[&[5, 6, 11, 9]], |x, _| {
            max_pool_2x2(&x[0].relu()?)
        }),
        case("dense layer", &[&[ROWS, 50], &[128, 50], &[128]], |x, _| {
            x[0].matmul(&x[1].t()?)?.broadcast_add(&x[2])?.relu()
        }),
        case("dropout's mask", &[&[ROWS, 128]], |x, device| {
            let mask = noise("mask", ROWS * 128);
            let mask = mask.iter().map(|&v| f32::from(v > 0.0)).collect();
            let mask = Tensor::from_vec(mask, (ROWS, 128), device)?;
            x[0].mul(&(mask * 2.0)?)
        }),
        case("cross-entropy", &[&[ROWS, CLASSES]], |x, device| {
            losses(&x[0], &labels(device)?)
        }),
        case("mean", &[&[ROWS]], |x, _| x[0].mean_all()),
        // Adam's moments and update use every operation of the other rules.
        case(
            "optimizers' arithmetic",
            &[&[ROWS, 5], &[ROWS, 5]],
            |x, _| {
                let squares = ((x[0].sqr()? * 0.1)? + (x[1].sqr()? * 0.9)?)?;
                let direction = (&x[1] / ((squares / 0.5)?.sqrt()? + 1e-8)?)?;
                &x[0] - (direction * 0.01)?
            },
        ),
        case("sums of losses and right answers", &[], |_, device| {
            let logits = Tensor::from_vec(noise("x", ROWS * CLASSES), (ROWS, CLASSES), device)?;
            let labels = labels(device)?;
            sums(&logits, &labels, &losses(&logits, &labels)?)
        }),
        case("largest activation", &[], |_, device| {
            Tensor::from_vec(noise("x", ROWS), ROWS, device)?.max(0)
        }),
        case("images from bytes", &[], |_, device| {
            let bytes: Vec<u8> = (0..ROWS * 99).map(|at| (at * 31 % 256) as u8).collect();
            let set = Tensor::from_vec(bytes, (ROWS, 99), device)?;
            let rows = Tensor::new(&[36u32, 0, 17, 17, 5], device)?;
            set.index_select(&rows, 0)?.to_dtype(DType::F32)? / 255.0
        }),
        case("labels by index", &[], |_, device| {
            let rows = Tensor::new(&[36u32, 0, 17, 17, 5], device)?;
            labels(device)?.index_select(&rows, 0)
        }),
        case("largest logit", &[], |_, device| {
            let logits = Tensor::from_vec(noise("x", ROWS * CLASSES), (ROWS, CLASSES), device)?;
            logits.argmax(D::Minus1)
        }),
    ]
}

fn case(
    name: &'static str,
    shapes: &[&[usize]],
    op: impl Fn(&[Tensor], &Device) -> Result<Tensor> + 'static,
) -> Case {
    let input = |(number, shape): (usize, &&[usize])| {
        let values = noise(&format!("{name} {number}"), shape.iter().product());
        (values, shape.to_vec())
    };
    Case {
        name,
        inputs: shapes.iter().enumerate().map(input).collect(),
        op: Box::new(op),
    }
}

/// Truncated normal numbers with a standard deviation of 0.5, from the random stream of this name.
pub(super) fn noise(name: &str, count: usize) -> Vec<f32> {
    let mut values = vec![0.0; count];
    let mut rng = lenet_core::random::stream(0, &format!("agreement/{name}"));
    lenet_core::random::truncated_normal(&mut rng, 0.5, &mut values);
    values
}

fn labels(device: &Device) -> Result<Tensor> {
    let labels: Vec<u32> = (0..ROWS as u32).map(|at| at * 7 % CLASSES as u32).collect();
    Tensor::from_vec(labels, ROWS, device)
}
