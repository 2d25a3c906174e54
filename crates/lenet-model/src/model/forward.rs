//! The forward pass over candle tensors, by either backend.

use candle_core::{Error, Module, ModuleT, Result, Shape, Tensor};
use lenet_core::Backend;
use lenet_ops::dropout::Mask;

use super::LeNet;
use super::affine::Affine;
use crate::input::{image_shape, leading_axis};
use crate::layers;

impl LeNet {
    /// Activations of the last hidden layer, `[N, units]`, or of the last max-pool, `[N, F·H·W]`,
    /// where there is no hidden layer. They are features for a network with another task.
    ///
    /// # Errors
    /// The images do not fit the network, or the device fails.
    pub fn hidden_activations(&self, images: &Tensor) -> Result<Tensor> {
        let mut x = self.images(images)?;
        for (stage, layer) in self.stages.iter().enumerate() {
            let (weight, bias) = (&layer.weight, &layer.bias);
            x = match self.backend {
                Backend::Fused => lenet_ops::conv_pool::conv_pool(&x.contiguous()?, weight, bias)?,
                Backend::Stock => layers::stage(&x, &self.geometry, stage, weight, bias)?,
            };
        }
        let mut x = x.flatten_from(1)?;
        for layer in &self.hidden {
            x = self.dense(&x, layer, true)?;
        }
        Ok(x)
    }

    /// Logits, `[N, classes]`, from the output of [`Self::hidden_activations`].
    ///
    /// # Errors
    /// The activations have another number of units, or the device fails.
    pub fn logits_from_hidden(&self, hidden: &Tensor) -> Result<Tensor> {
        self.dense(hidden, &self.output, false)
    }

    /// Logits, `[N, classes]`, without dropout.
    ///
    /// # Errors
    /// As [`Self::hidden_activations`].
    pub fn forward(&self, images: &Tensor) -> Result<Tensor> {
        self.forward_train(images, None)
    }

    /// Logits, `[N, classes]`, as in training. `dropout` gives the rate at which units of the last
    /// hidden layer are zeroed, instead of the configuration's, and the seed and step that determine
    /// which.
    ///
    /// # Errors
    /// As [`Self::hidden_activations`].
    pub fn forward_train(&self, images: &Tensor, dropout: Option<Mask>) -> Result<Tensor> {
        let mut hidden = self.hidden_activations(images)?;
        if let Some(Mask { rate, seed, step }) = dropout {
            hidden = if self.backend == Backend::Fused && hidden.device().is_cpu() {
                lenet_ops::dropout::dropout(&hidden, rate, seed, step)?
            } else {
                stock_dropout(&hidden, rate, seed, step)?
            };
        }
        self.logits_from_hidden(&hidden)
    }

    /// The images as `[N, C, H, W]`.
    fn images(&self, images: &Tensor) -> Result<Tensor> {
        let [channels, height, width] = image_shape(&self.geometry);
        let count = leading_axis(images.dims(), &self.geometry).ok().flatten();
        match count {
            Some(count) => images.reshape((count, channels, height, width)),
            None => Err(Error::UnexpectedShape {
                msg: "images of this network, at least one".to_owned(),
                expected: Shape::from((images.dim(0).unwrap_or(1).max(1), channels, height, width)),
                got: images.shape().clone(),
            }),
        }
    }

    fn dense(&self, x: &Tensor, layer: &Affine, relu: bool) -> Result<Tensor> {
        match self.backend {
            Backend::Fused => lenet_ops::dense::dense(x, &layer.weight, &layer.bias, relu),
            Backend::Stock => layers::dense(x, &layer.weight, &layer.bias, relu),
        }
    }
}

impl LeNet {
    /// Logits, `[N, classes]`. In training, dropout has the configuration's rate, and the n-th call
    /// draws the mask of step n.
    ///
    /// # Errors
    /// As [`Self::hidden_activations`].
    pub fn forward_t(&self, images: &Tensor, train: bool) -> Result<Tensor> {
        let dropout = (train && self.config.dropout > 0.0).then(|| Mask {
            rate: self.config.dropout,
            seed: self.dropout_seed,
            step: self.training_calls.count(),
        });
        self.forward_train(images, dropout)
    }

    /// The network where candle wants a [`ModuleT`], as `Tensor::apply_t` does, with dropout in
    /// training.
    #[must_use]
    pub fn with_dropout(self) -> WithDropout {
        WithDropout(self)
    }
}

impl Module for LeNet {
    /// Logits, `[N, classes]`, without dropout.
    ///
    /// Whatever is a `Module` is by that a [`ModuleT`], too, which computes the same in training. Call
    /// [`LeNet::forward_t`] for dropout, or give [`LeNet::with_dropout`] where a `ModuleT` is wanted.
    fn forward(&self, images: &Tensor) -> Result<Tensor> {
        Self::forward(self, images)
    }
}

/// A network whose dropout acts where candle trains it as a [`ModuleT`]; see [`LeNet::with_dropout`].
#[derive(Debug, Clone)]
pub struct WithDropout(LeNet);

impl WithDropout {
    /// The network itself.
    #[must_use]
    pub fn network(&self) -> &LeNet {
        &self.0
    }
}

impl ModuleT for WithDropout {
    /// As [`LeNet::forward_t`].
    fn forward_t(&self, images: &Tensor, train: bool) -> Result<Tensor> {
        self.0.forward_t(images, train)
    }
}

/// Dropout with the masks of the fused op, made on the host.
fn stock_dropout(x: &Tensor, rate: f64, seed: u64, step: u64) -> Result<Tensor> {
    let (images, units) = x.dims2()?;
    let mut mask = vec![0f32; images * units];
    for (image, mask) in mask.chunks_exact_mut(units).enumerate() {
        lenet_ops::dropout::scale_factors(rate, seed, step, image, mask);
        // The scale itself is applied below in the tensor's own precision.
        mask.iter_mut()
            .for_each(|factor| *factor = f32::from(*factor > 0.0));
    }
    let mask = Tensor::from_vec(mask, (images, units), x.device())?.to_dtype(x.dtype())?;
    x.mul(&(mask * (1.0 / (1.0 - rate)))?)
}
