//! The whole network in plain loops, in f32 or f64. All faster code is tested against it.

mod any_stage;

use super::batch::BatchSums;
use crate::conv_pool::{self, ConvPoolShape, Pooled};
use crate::dense::{self, DenseShape};
use crate::dropout::{self, DropoutShape, Mask};
use crate::error::{OpsError, check_length};
use crate::real::Real;
use crate::softmax_cross_entropy::{self, SoftmaxCrossEntropyShape, check_labels};
use any_stage::AnyStage;
use lenet_core::{Geometry, Parameter};

/// Computes the sums over a batch, and the gradient of its mean loss with respect to every
/// parameter, which overwrites `gradients`.
///
/// `parameters` and `gradients` are in the order of [`Geometry::parameters`]; `images` are float
/// pixels, `[N, C, H, W]`; `labels` holds one class for each of the N ≥ 1 images. Dropout follows the
/// last hidden layer; it is ignored where there is none.
///
/// # Errors
/// The geometry or the rate is not valid, a buffer has the wrong length, or a label is out of range.
pub fn loss_and_gradients<T: Real>(
    geometry: &Geometry,
    parameters: &[T],
    images: &[T],
    labels: &[u8],
    dropout: Option<Mask>,
    gradients: &mut [T],
) -> Result<BatchSums, OpsError> {
    const OP: &str = "net::reference::loss_and_gradients";
    check(OP, geometry, parameters, images, labels.len())?;
    check_length(OP, "gradients", gradients.len(), geometry.parameter_count())?;
    check_labels(labels, geometry.classes)?;
    let shape = SoftmaxCrossEntropyShape {
        batch: labels.len(),
        classes: geometry.classes,
    };
    shape.validate()?;
    if let Some(dropout) = dropout {
        dropout::validate_rate(dropout.rate)?;
    }
    let pass = Activations::run(geometry, parameters, images, labels.len(), dropout);
    let logits = pass.logits();
    let mut upstream = vec![T::ZERO; logits.len()];
    softmax_cross_entropy::reference::backward(&shape, logits, labels, T::ONE, &mut upstream);
    pass.backward(geometry, parameters, images, upstream, gradients);
    Ok(pass.sums(labels))
}

/// Writes the logits of a batch, `[N, classes]` row by row, without dropout.
///
/// # Errors
/// As [`loss_and_gradients`].
pub fn logits<T: Real>(
    geometry: &Geometry,
    parameters: &[T],
    images: &[T],
    logits: &mut [T],
) -> Result<(), OpsError> {
    const OP: &str = "net::reference::logits";
    let batch = logits.len() / geometry.classes.max(1);
    check(OP, geometry, parameters, images, batch)?;
    check_length(OP, "logits", logits.len(), batch * geometry.classes)?;
    let pass = Activations::run(geometry, parameters, images, batch, None);
    logits.copy_from_slice(pass.logits());
    Ok(())
}

fn check<T>(
    op: &'static str,
    geometry: &Geometry,
    parameters: &[T],
    images: &[T],
    batch: usize,
) -> Result<(), OpsError> {
    geometry.validate()?;
    let parameter_count = geometry.parameter_count();
    check_length(op, "parameters", parameters.len(), parameter_count)?;
    let image: usize = geometry.stage_input(0).iter().product();
    check_length(op, "images", images.len(), batch * image)
}

/// All activations of a batch.
struct Activations<T> {
    batch: usize,
    hidden_layers: usize,
    /// Output and argmax of each convolution stage.
    stages: Vec<(Vec<T>, Vec<u8>)>,
    /// Output of each dense layer, before dropout; the last are the logits.
    dense: Vec<Vec<T>>,
    /// The mask, and the last hidden layer's output times it.
    dropped: Option<(Mask, Vec<T>)>,
}

impl<T: Real> Activations<T> {
    fn run(
        geometry: &Geometry,
        parameters: &[T],
        images: &[T],
        batch: usize,
        dropout: Option<Mask>,
    ) -> Self {
        let dropout = dropout.filter(|_| !geometry.hidden.is_empty());
        let hidden_layers = geometry.hidden.len();
        let mut pass = Self {
            batch,
            hidden_layers,
            stages: vec![],
            dense: vec![],
            dropped: None,
        };
        let mut tensors = geometry
            .parameters()
            .into_iter()
            .map(|p| &parameters[p.range()]);
        let mut next = || {
            tensors
                .next()
                .expect("a geometry lists weight and bias of each layer")
        };
        for stage in 0..geometry.filters.len() {
            let input = pass.stage_input(images, stage);
            let (weight, bias) = (next(), next());
            let pooled = if geometry.stages.is_usual() {
                let shape = stage_shape(geometry, stage, batch);
                let mut output = vec![T::ZERO; shape.output_len()];
                let mut argmax = vec![0; shape.output_len()];
                conv_pool::reference::forward(
                    &shape,
                    input,
                    weight,
                    bias,
                    &mut output,
                    &mut argmax,
                );
                (output, argmax)
            } else {
                AnyStage::new(geometry, stage, batch).forward(input, weight, bias)
            };
            pass.stages.push(pooled);
        }
        for layer in 0..=hidden_layers {
            if let (Some(dropout), true) = (dropout, layer == hidden_layers) {
                let hidden = &pass.dense[layer - 1];
                let mut output = vec![T::ZERO; hidden.len()];
                let shape = DropoutShape {
                    batch,
                    units: geometry.hidden[layer - 1],
                };
                dropout::reference::apply(&shape, dropout, hidden, &mut output);
                pass.dropped = Some((dropout, output));
            }
            let shape = layer_shape(geometry, layer, batch);
            let mut output = vec![T::ZERO; shape.output_len()];
            dense::reference::forward(&shape, pass.layer_input(layer), next(), next(), &mut output);
            pass.dense.push(output);
        }
        pass
    }

    fn backward(
        &self,
        geometry: &Geometry,
        parameters: &[T],
        images: &[T],
        mut upstream: Vec<T>,
        gradients: &mut [T],
    ) {
        let list = geometry.parameters();
        let stages = geometry.filters.len();
        for layer in (0..self.dense.len()).rev() {
            let at = 2 * (stages + layer);
            let shape = layer_shape(geometry, layer, self.batch);
            let input = self.layer_input(layer);
            let mut input_gradient = vec![T::ZERO; input.len()];
            let (weight, bias) = split(gradients, &list[at..at + 2]);
            dense::reference::backward(
                &shape,
                input,
                &parameters[list[at].range()],
                &self.dense[layer],
                &upstream,
                dense::Gradients {
                    input: Some(&mut input_gradient),
                    weight,
                    bias,
                },
            );
            if let (Some((dropout, _)), true) = (&self.dropped, layer == self.hidden_layers) {
                let shape = DropoutShape {
                    batch: self.batch,
                    units: shape.inputs,
                };
                let masked = input_gradient.clone();
                dropout::reference::apply(&shape, *dropout, &masked, &mut input_gradient);
            }
            upstream = input_gradient;
        }
        for stage in (0..stages).rev() {
            let at = 2 * stage;
            let input = self.stage_input(images, stage);
            let mut input_gradient = vec![T::ZERO; if stage > 0 { input.len() } else { 0 }];
            let (weight, bias) = split(gradients, &list[at..at + 2]);
            let (output, argmax) = &self.stages[stage];
            let kernels = &parameters[list[at].range()];
            let pooled = Pooled { output, argmax };
            let gradients = conv_pool::Gradients {
                input: (stage > 0).then_some(&mut input_gradient[..]),
                weight,
                bias,
            };
            if geometry.stages.is_usual() {
                let shape = stage_shape(geometry, stage, self.batch);
                conv_pool::reference::backward(
                    &shape, input, kernels, pooled, &upstream, gradients,
                );
            } else {
                let shape = AnyStage::new(geometry, stage, self.batch);
                shape.backward(input, kernels, pooled, &upstream, gradients);
            }
            upstream = input_gradient;
        }
    }

    fn stage_input<'a>(&'a self, images: &'a [T], stage: usize) -> &'a [T] {
        if stage == 0 {
            images
        } else {
            &self.stages[stage - 1].0
        }
    }

    fn layer_input(&self, layer: usize) -> &[T] {
        match (layer, &self.dropped) {
            (0, _) => self.features(),
            (_, Some((_, dropped))) if layer == self.hidden_layers => dropped,
            _ => &self.dense[layer - 1],
        }
    }

    fn features(&self) -> &[T] {
        &self.stages[self.stages.len() - 1].0
    }

    fn logits(&self) -> &[T] {
        &self.dense[self.dense.len() - 1]
    }

    fn sums(&self, labels: &[u8]) -> BatchSums {
        let classes = self.logits().len() / self.batch;
        let mut sums = BatchSums::default();
        for (logits, &label) in self.logits().chunks_exact(classes).zip(labels) {
            sums.loss += softmax_cross_entropy::reference::cross_entropy(logits, label).to_f64();
            sums.correct += usize::from(is_largest(logits, usize::from(label)));
        }
        let before_logits = match self.hidden_layers {
            0 => self.features(),
            layers => &self.dense[layers - 1],
        };
        let larger = |a: T, &b: &T| if b > a || b.is_nan() { b } else { a };
        sums.peak_activation = before_logits.iter().fold(T::ZERO, larger).to_f64() as f32;
        sums
    }
}

/// Whether `label`'s logit is the first of the largest; not where any logit is NaN.
fn is_largest<T: Real>(logits: &[T], label: usize) -> bool {
    logits.iter().enumerate().all(|(class, &logit)| {
        if class < label {
            logits[label] > logit
        } else {
            logits[label] >= logit
        }
    })
}

/// The gradients of a layer's weight and bias, which lie one after the other.
fn split<'a, T>(gradients: &'a mut [T], layer: &[Parameter]) -> (&'a mut [T], &'a mut [T]) {
    let [weight, bias] = [layer[0].range(), layer[1].range()];
    gradients[weight.start..bias.end].split_at_mut(weight.len())
}

fn stage_shape(geometry: &Geometry, stage: usize, batch: usize) -> ConvPoolShape {
    let [channels, height, width] = geometry.stage_input(stage);
    let (filters, kernel) = (geometry.filters[stage], geometry.kernel);
    ConvPoolShape {
        batch,
        channels,
        height,
        width,
        filters,
        kernel,
    }
}

fn layer_shape(geometry: &Geometry, layer: usize, batch: usize) -> DenseShape {
    let (inputs, outputs) = geometry.dense_layers()[layer];
    DenseShape {
        batch,
        inputs,
        outputs,
        relu: layer < geometry.hidden.len(),
    }
}

#[cfg(test)]
mod tests;
