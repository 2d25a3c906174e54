//! The whole network in one call: loss and all gradients without autograd.
//!
//! A [`Network`] owns scratch memory for one geometry and computes from flat buffers:
//! parameters and gradients lie in the order of [`Geometry::parameters`]. Results are a
//! function of the arguments and the [`Level`] alone: the thread count changes no bit, since
//! every sum is taken in an order that only the batch size fixes. While a call runs, its threads
//! take denormal numbers (below 1.2e-38) as 0; the caller's setting is back when it returns.

mod channels;
mod choice;
#[cfg(feature = "cuda")]
pub mod cuda;
mod engine;
mod gather;
mod images;
mod plan;
pub mod reference;
mod segment;
mod sums;
mod team;

use lenet_core::Optimizer;

use crate::dropout::{self, DropoutShape};
use crate::error::{OpsError, check_length};
use crate::geometry::Geometry;
use crate::optimizer::Update;
use crate::simd::Level;
use crate::softmax_cross_entropy::{SoftmaxCrossEntropyShape, check_labels};
use choice::{Build, Choose, Lanes};
use segment::Batch;
use team::Team;

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

/// Parameters that a thread updates at least, where there are as many.
const SMALLEST_UPDATE: usize = 4096;

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
pub struct Network {
    geometry: Geometry,
    level: Level,
    team: Team,
    engines: Box<dyn Choose>,
    /// `None`: whichever is the faster for a batch.
    lanes: Option<Lanes>,
}

impl std::fmt::Debug for Network {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Network")
            .field("geometry", &self.geometry)
            .field("level", &self.level)
            .field("threads", &self.threads())
            .finish_non_exhaustive()
    }
}

impl Network {
    /// Prepares to compute networks of this shape with `level`'s instructions on `threads`
    /// threads (at least 1; one means the caller's own).
    ///
    /// # Errors
    /// Where the geometry is not valid, this machine lacks the level, or no threads can be had.
    pub fn new(geometry: &Geometry, level: Level, threads: usize) -> Result<Self, OpsError> {
        geometry.validate()?;
        let threads = threads.max(1);
        let engines = level.dispatch(Build { geometry, threads })?;
        Ok(Self {
            geometry: geometry.clone(),
            level,
            team: Team::new(threads)?,
            engines,
            lanes: None,
        })
    }

    /// Loss of a batch and the gradient of its mean loss with respect to every parameter, which
    /// overwrites `gradients`. `labels` has one class for each of the batch's images, at least
    /// one. Dropout follows the last hidden layer and is ignored where there is none.
    ///
    /// # Errors
    /// A buffer of the wrong length, an index, label or rate out of range.
    pub fn loss_and_gradients(
        &mut self,
        parameters: &[f32],
        images: Images<'_>,
        labels: &[u8],
        dropout: Option<Dropout>,
        gradients: &mut [f32],
    ) -> Result<BatchSums, OpsError> {
        const OP: &str = "Network::loss_and_gradients";
        let classes = self.geometry.classes;
        SoftmaxCrossEntropyShape {
            batch: labels.len(),
            classes,
        }
        .validate()?;
        let batch = self.check(OP, parameters, images, labels.len())?;
        check_labels(labels, classes)?;
        check_length(OP, "gradients", gradients.len(), parameters.len())?;
        if let Some(dropout) = dropout {
            dropout::validate_rate(dropout.rate)?;
            DropoutShape {
                batch: labels.len(),
                units: classes,
            }
            .validate()?;
        }
        let engine = self.engines.choose(batch.count, self.lanes);
        Ok(engine.train(&mut self.team, batch, labels, dropout, gradients))
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
        let batch = self.check("Network::evaluate", parameters, images, labels.len())?;
        check_labels(labels, self.geometry.classes)?;
        let engine = self.engines.choose(batch.count, self.lanes);
        Ok(engine.evaluate(&mut self.team, batch, labels))
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
        const OP: &str = "Network::logits";
        let count = logits.len() / self.geometry.classes;
        check_length(OP, "logits", logits.len(), count * self.geometry.classes)?;
        let batch = self.check(OP, parameters, images, count)?;
        let engine = self.engines.choose(batch.count, self.lanes);
        engine.logits(&mut self.team, batch, logits);
        Ok(())
    }

    /// [`crate::optimizer::update`] on this network's threads.
    ///
    /// # Panics
    /// Where the lengths do not fit each other.
    pub fn update(
        &mut self,
        optimizer: &Optimizer,
        learning_rate: f64,
        step: u64,
        parameters: &mut [f32],
        gradients: &[f32],
        moments: &mut [f32],
    ) {
        let share = parameters.len().div_ceil(self.team.threads());
        let update = Update::new(optimizer, learning_rate, step, parameters, gradients, moments);
        let mut parts = update.split(share.max(SMALLEST_UPDATE));
        let level = self.level;
        self.team
            .for_each(&mut parts, |_, update| update.apply(level));
    }

    fn check<'a>(
        &self,
        op: &'static str,
        parameters: &'a [f32],
        images: Images<'a>,
        count: usize,
    ) -> Result<Batch<'a>, OpsError> {
        check_length(
            op,
            "parameters",
            parameters.len(),
            self.geometry.parameter_count(),
        )?;
        let image: usize = self.geometry.stage_input(0).iter().product();
        match images {
            Images::Floats(pixels) => check_length(op, "images", pixels.len(), count * image)?,
            Images::Bytes { pixels, indices } => {
                check_length(op, "indices", indices.len(), count)?;
                let images = pixels.len() / image;
                check_length(op, "pixels", pixels.len(), images * image)?;
                let beyond = indices.iter().position(|&index| index as usize >= images);
                if let Some(position) = beyond {
                    return Err(OpsError::Index {
                        index: indices[position],
                        position,
                        images,
                    });
                }
            }
        }
        Ok(Batch {
            parameters,
            images,
            count,
        })
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
        self.team.threads()
    }
}

#[cfg(test)]
mod tests;
