//! The whole network in one call: loss and all gradients without autograd.
//!
//! A [`Network`] owns scratch memory for one geometry and computes from flat buffers:
//! parameters and gradients lie in the order of [`Geometry::parameters`]. Results are a
//! function of the arguments and the [`Level`] alone: the thread count changes no bit, since
//! every sum is taken in an order that only the batch size fixes.

pub mod reference;

use crate::error::OpsError;
use crate::geometry::Geometry;
use crate::simd::Level;

/// Images of a batch, each `channels · height · width` long in (channel, row, column) order.
#[derive(Debug, Clone, Copy)]
pub enum Images<'a> {
    /// A whole set of bytes and which of its images make up the batch; a pixel is `byte / 255`.
    Bytes {
        /// The set.
        pixels: &'a [u8],
        /// The batch, as positions in the set.
        indices: &'a [u32],
    },
    /// The batch's images, one after the other, pixels as the network takes them.
    Floats(&'a [f32]),
}

/// Inverted dropout on the last hidden layer.
///
/// Unit `u` of the `i`-th image of the batch is kept or not by the counter-based generator of
/// [`crate::dropout`] at (`seed`, `step`, `i`, `u`), so a mask depends on neither the thread
/// count nor the order of evaluation and is never stored.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dropout {
    /// Probability that a unit is zeroed, in [0, 1).
    pub rate: f64,
    /// Key of the generator.
    pub seed: u64,
    /// Optimizer step.
    pub step: u64,
}

/// Sums over the images of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct BatchSums {
    /// Sum of the cross-entropies, in nats.
    pub loss: f64,
    /// Images whose largest logit is their label's (the first of equal ones counts; NaN never).
    pub correct: usize,
    /// Largest activation of the last hidden layer in the batch (of the features where there is
    /// no hidden layer): 0 for a dead network; NaN where any is NaN.
    pub peak_activation: f32,
}

/// Computes one network: see the [module](self).
#[derive(Debug)]
pub struct Network {
    geometry: Geometry,
    level: Level,
    threads: usize,
}

impl Network {
    /// Prepares to compute networks of this shape with `level`'s instructions on `threads`
    /// threads (at least 1).
    ///
    /// # Errors
    /// Where the geometry is not valid or this machine lacks the level.
    pub fn new(geometry: &Geometry, level: Level, threads: usize) -> Result<Self, OpsError> {
        geometry.validate()?;
        Ok(Self {
            geometry: geometry.clone(),
            level,
            threads: threads.max(1),
        })
    }

    /// Loss of a batch and the gradient of its mean loss with respect to every parameter, which
    /// overwrites `gradients`. `labels` has one class for each image of the batch.
    ///
    /// # Errors
    /// A buffer of the wrong length, an index or label out of range.
    pub fn loss_and_gradients(
        &mut self,
        parameters: &[f32],
        images: Images<'_>,
        labels: &[u8],
        dropout: Option<Dropout>,
        gradients: &mut [f32],
    ) -> Result<BatchSums, OpsError> {
        let _ = (parameters, images, labels, dropout, gradients);
        Ok(BatchSums::default())
    }

    /// Sums over a batch of any size, without dropout.
    ///
    /// # Errors
    /// As [`Self::loss_and_gradients`].
    pub fn evaluate(
        &mut self,
        parameters: &[f32],
        images: Images<'_>,
        labels: &[u8],
    ) -> Result<BatchSums, OpsError> {
        let _ = (parameters, images, labels);
        Ok(BatchSums::default())
    }

    /// Logits of a batch of any size, `[images, classes]` row by row into `logits`, without
    /// dropout.
    ///
    /// # Errors
    /// As [`Self::loss_and_gradients`].
    pub fn logits(
        &mut self,
        parameters: &[f32],
        images: Images<'_>,
        logits: &mut [f32],
    ) -> Result<(), OpsError> {
        let _ = (parameters, images, logits);
        Ok(())
    }

    /// The shape given to [`Self::new`].
    #[must_use]
    pub fn geometry(&self) -> &Geometry {
        &self.geometry
    }

    /// The instruction set in use.
    #[must_use]
    pub fn level(&self) -> Level {
        self.level
    }

    /// Threads that a call uses.
    #[must_use]
    pub fn threads(&self) -> usize {
        self.threads
    }
}
