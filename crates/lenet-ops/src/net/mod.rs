//! The whole network in one call: loss and all gradients without autograd.
//!
//! A [`Network`] owns the scratch memory for one geometry. Parameters and gradients are flat buffers
//! in the order of [`Geometry::parameters`]. Results depend on the arguments and the [`Level`] alone.
//! The number of threads changes no bit, since the batch size alone decides the order of every sum.
//! During a call, its threads treat denormal numbers (below 1.2e-38) as 0; the call restores the
//! caller's setting when it returns.

mod batch;
mod channels;
mod choice;
#[cfg(feature = "cuda")]
pub mod cuda;
mod engine;
mod gather;
mod images;
mod layers;
mod layout;
pub mod reference;
mod segment;
mod shares;
mod team;

pub use batch::{BatchSums, Images};

use lenet_core::{Backend, Geometry, Optimizer};

use crate::dropout::{self, DropoutShape, Mask};
use crate::error::{OpsError, check_length};
use crate::optimizer::Update;
use crate::simd::Level;
use crate::softmax_cross_entropy::{SoftmaxCrossEntropyShape, check_labels};
use batch::{BatchInput, check_indices};
use choice::{Choose, MakeEngines};
use layout::Lanes;
use team::Team;

/// Fewest parameters that a thread updates, where there are as many.
const SMALLEST_UPDATE: usize = 4096;

/// Refuses stages that the fused code does not compute.
pub(crate) fn check_stages(geometry: &Geometry) -> Result<(), OpsError> {
    match geometry.stages.problem(Backend::Fused) {
        None => Ok(()),
        Some(problem) => Err(OpsError::Stages {
            reason: problem.to_string(),
        }),
    }
}

/// Computes one network; see the [module](self).
pub struct Network {
    geometry: Geometry,
    level: Level,
    team: Team,
    engines: Box<dyn Choose>,
    /// `None`: the faster one for a batch.
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
    /// Prepares to compute networks of this geometry with `level`'s instructions on `threads` threads.
    /// 0 counts as 1, which means the caller's own thread.
    ///
    /// # Errors
    /// The geometry is not valid or has other stages than [`Stages::USUAL`](lenet_core::Stages::USUAL),
    /// this machine lacks the level, or no threads can be started.
    pub fn new(geometry: &Geometry, level: Level, threads: usize) -> Result<Self, OpsError> {
        geometry.validate()?;
        check_stages(geometry)?;
        let threads = threads.max(1);
        let engines = level.dispatch(MakeEngines { geometry, threads })?;
        Ok(Self {
            geometry: geometry.clone(),
            level,
            team: Team::new(threads)?,
            engines,
            lanes: None,
        })
    }

    /// Computes the sums over a batch, and the gradient of its mean loss with respect to every
    /// parameter, which overwrites `gradients`. `labels` holds one class per image of the batch, at
    /// least one. Dropout follows the last hidden layer; it is ignored where there is none.
    ///
    /// # Errors
    /// A buffer has the wrong length, or an index, a label or the rate is out of range.
    pub fn loss_and_gradients(
        &mut self,
        parameters: &[f32],
        images: Images<'_>,
        labels: &[u8],
        dropout: Option<Mask>,
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

    /// Computes the sums over a batch of any size, without dropout.
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

    /// Writes the logits of a batch of any size to `logits`, `[images, classes]` row by row, without
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
    /// The lengths do not fit each other.
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
        let update = Update::new(
            optimizer,
            learning_rate,
            step,
            parameters,
            gradients,
            moments,
        );
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
    ) -> Result<BatchInput<'a>, OpsError> {
        let parameter_count = self.geometry.parameter_count();
        check_length(op, "parameters", parameters.len(), parameter_count)?;
        let image: usize = self.geometry.stage_input(0).iter().product();
        match images {
            Images::Floats(pixels) => check_length(op, "images", pixels.len(), count * image)?,
            Images::Bytes { pixels, indices } => {
                check_length(op, "indices", indices.len(), count)?;
                let images = pixels.len() / image;
                check_length(op, "pixels", pixels.len(), images * image)?;
                check_indices(indices, images)?;
            }
        }
        Ok(BatchInput {
            parameters,
            images,
            count,
        })
    }

    /// The geometry given to [`Self::new`].
    #[must_use]
    pub fn geometry(&self) -> &Geometry {
        &self.geometry
    }

    /// The instruction set in use.
    #[must_use]
    pub fn level(&self) -> Level {
        self.level
    }

    /// Number of threads that a call uses.
    #[must_use]
    pub fn threads(&self) -> usize {
        self.team.threads()
    }
}

#[cfg(test)]
mod tests;
