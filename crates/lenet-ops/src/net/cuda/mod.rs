//! Networks of one geometry that a GPU trains together, each as if it were alone.
//!
//! One network of this size leaves most of a GPU idle, so every kernel has an axis of trials: its
//! networks may differ in parameters, order of images, learning rate, optimizer and dropout.
//! Images, parameters, moments and an epoch's orders and rates lie on the GPU; a step is one
//! recorded sequence of launches, and losses stay there until they are asked for.
//!
//! A network's results are the same bits whichever others are trained beside it, and those of
//! [`Network`](super::Network) on a CPU to rounding, which is that of [`Precision`]; dropout masks
//! are equal.

mod build;
mod epoch;
mod evaluate;
mod memory;
mod pass;

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::Arc;

use super::plan::Plan;
use super::{BatchSums, Dropout};
use crate::cuda::{Buffer, Gpu};
use crate::error::{OpsError, check_length};
use crate::geometry::Geometry;
use crate::optimizer::Rule;
use crate::precision::Precision;
use crate::softmax_cross_entropy::check_labels;
use crate::softmax_cross_entropy::cuda::{Sums, WARPS, blocks};
use memory::{EpochMemory, Memory};
use pass::Pass;

const OP: &str = "Ensemble";

/// Images that an evaluation keeps a GPU busy with, over all networks.
const EVALUATED: usize = 8192;

/// Images of one network in one evaluation pass, at most.
const EVALUATED_EACH: usize = 1024;

/// A network before its first step, or as it was saved.
#[derive(Debug, Clone, Copy)]
pub struct Start<'a> {
    /// Its optimizer.
    pub rule: Rule,
    /// All parameters, in the order of the geometry.
    pub parameters: &'a [f32],
    /// [`Rule::moments`] buffers as long as the parameters, one after the other; empty: zeros.
    pub moments: &'a [f32],
}

/// A network's part in an epoch.
#[derive(Debug, Clone, Copy)]
pub struct Part<'a> {
    /// Its position in the ensemble.
    pub network: usize,
    /// Positions in the set of the whole epoch's images, in the order of training.
    pub order: &'a [u32],
    /// Optimizer steps done before the epoch's first batch.
    pub first_step: u64,
    /// Learning rate of each batch of the epoch.
    pub learning_rates: &'a [f64],
    /// Rate and seed count; a step's number comes from `first_step`.
    pub dropout: Option<Dropout>,
}

/// An image set on the GPU, given by [`Ensemble::place`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SetId(usize);

/// A part of a step, for whoever times it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepPart {
    /// Images to losses and the gradients of the logits.
    Forward,
    /// The gradients of all parameters.
    Backward,
    /// The optimizer's update.
    Update,
}

/// Images that a network has memory for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Images {
    /// In a training batch.
    batch: usize,
    /// In a pass of an evaluation.
    evaluated: usize,
}

impl Images {
    fn new(batch: usize, networks: usize) -> Self {
        let each = EVALUATED / networks.max(1);
        Self {
            batch,
            // Passes end where blocks of sums do, or sums would depend on the number of networks.
            evaluated: each.next_multiple_of(WARPS).clamp(WARPS, EVALUATED_EACH),
        }
    }

    /// In whichever forward pass has more.
    fn forward(self) -> usize {
        self.batch.max(self.evaluated)
    }
}

struct Set {
    pixels: Buffer<u8>,
    labels: Buffer<u8>,
    images: usize,
}

/// The epoch under way.
struct Epoch {
    set: SetId,
    networks: Vec<usize>,
    /// First batch and the next one.
    from: usize,
    next: usize,
    dropout: bool,
}

/// What a recorded pass was made for: batch size, networks, set, dropout.
type PassKey = (usize, usize, usize, bool);

/// Networks on one GPU: see the [module](self).
pub struct Ensemble {
    gpu: Arc<Gpu>,
    plan: Plan,
    parameter_count: usize,
    image_size: usize,
    images: Images,
    rules: Vec<Rule>,
    sets: Vec<Set>,
    epoch: Option<Epoch>,
    // Passes hold addresses of what follows them, and are dropped first.
    passes: HashMap<PassKey, Pass>,
    epoch_memory: Option<EpochMemory>,
    memory: Memory,
}

impl std::fmt::Debug for Ensemble {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ensemble")
            .field("gpu", &self.gpu)
            .field("networks", &self.rules.len())
            .field("images", &self.images)
            .field("precision", &self.memory.precision)
            .finish_non_exhaustive()
    }
}

impl Ensemble {
    /// Puts networks on the GPU, to be trained in batches of at most `batch_size` images.
    ///
    /// # Errors
    /// No network, a geometry that is not valid, a precision that the GPU does not have, parameters
    /// or moments of the wrong length, more than the GPU has room for.
    pub fn new(
        gpu: Arc<Gpu>,
        geometry: &Geometry,
        precision: Precision,
        batch_size: usize,
        networks: &[Start<'_>],
    ) -> Result<Self, OpsError> {
        geometry.validate()?;
        crate::precision::check(precision, gpu.compute_capability())?;
        let count = geometry.parameter_count();
        if networks.is_empty() || batch_size == 0 {
            return Err(shape(format!(
                "{} networks in batches of {batch_size} images: give at least one of each",
                networks.len()
            )));
        }
        for network in networks {
            check_length(OP, "parameters", network.parameters.len(), count)?;
            if !network.moments.is_empty() {
                let wanted = network.rule.moments() * count;
                check_length(OP, "moments", network.moments.len(), wanted)?;
            }
        }
        let images = Images::new(batch_size, networks.len());
        let image_size: usize = geometry.stage_input(0).iter().product();
        let widest = geometry.filters.iter().max().unwrap_or(&1) * geometry.height * geometry.width;
        let most = [count, image_size, widest].into_iter().max().unwrap_or(0);
        // Kernels count the elements of a network, and of one batch of it, in 32 bits.
        if most.saturating_mul(images.forward()) > u32::MAX as usize / 4 || networks.len() > 65_535
        {
            return Err(shape(format!(
                "{} networks in batches of {batch_size} images are more than a GPU takes at once",
                networks.len()
            )));
        }
        let plan = Plan::new(geometry);
        let memory = Memory::new(&gpu, geometry, &plan, images, precision, networks)?;
        Ok(Self {
            plan,
            parameter_count: count,
            image_size,
            images,
            rules: networks.iter().map(|network| network.rule).collect(),
            sets: Vec::new(),
            epoch: None,
            passes: HashMap::new(),
            epoch_memory: None,
            memory,
            gpu,
        })
    }

    /// About so many bytes of a GPU's memory are taken by one of `networks` networks that are
    /// trained together in a precision, on epochs of `images` images; `moments` as
    /// [`Rule::moments`].
    #[must_use]
    pub fn bytes_each(
        geometry: &Geometry,
        precision: Precision,
        batch_size: usize,
        networks: usize,
        moments: usize,
        images: usize,
    ) -> u64 {
        let plan = Plan::new(geometry);
        let batch_size = batch_size.max(1);
        let images_each = Images::new(batch_size, networks);
        let memory = Memory::bytes(geometry, &plan, images_each, precision, moments);
        let batch = 4 * batch_size + 16 + 16 * blocks(batch_size);
        memory + (images.div_ceil(batch_size) * batch) as u64
    }

    /// Puts an image set on the GPU: `pixels` of all images, `[image][channel][row][column]`, and
    /// their classes.
    ///
    /// # Errors
    /// Lengths that do not fit each other, a label out of range, no room.
    pub fn place(&mut self, pixels: &[u8], labels: &[u8]) -> Result<SetId, OpsError> {
        check_length(OP, "pixels", pixels.len(), labels.len() * self.image_size)?;
        check_labels(labels, self.plan.classes)?;
        self.sets.push(Set {
            pixels: self.gpu.upload(pixels)?,
            labels: self.gpu.upload(labels)?,
            images: labels.len(),
        });
        Ok(SetId(self.sets.len() - 1))
    }

    /// All parameters of a network, in the order of the geometry. Waits for the GPU.
    ///
    /// # Errors
    /// No such network; something asked of the GPU failed.
    pub fn parameters(&self, network: usize) -> Result<Vec<f32>, OpsError> {
        self.check_networks(&[network])?;
        let mut values = vec![0.0; self.parameter_count];
        let start = network * self.memory.stride;
        self.memory.parameters.read(start, &mut values)?;
        Ok(values)
    }

    /// A network's moments: [`Rule::moments`] buffers, one after the other. Waits for the GPU.
    ///
    /// # Errors
    /// No such network; something asked of the GPU failed.
    pub fn moments(&self, network: usize) -> Result<Vec<f32>, OpsError> {
        self.check_networks(&[network])?;
        let count = self.rules[network].moments();
        let mut values = vec![0.0; count * self.parameter_count];
        let rows = values.chunks_exact_mut(self.parameter_count);
        for (row, moments) in rows.zip(&self.memory.moments) {
            moments.read(network * self.memory.stride, row)?;
        }
        Ok(values)
    }

    /// What products are computed in, where the kernels have it.
    #[must_use]
    pub fn precision(&self) -> Precision {
        self.memory.precision
    }

    /// Kernels that one full step launches, or `None` before the first.
    #[must_use]
    pub fn launches(&self) -> Option<usize> {
        self.passes.values().map(Pass::launches).max()
    }

    fn check_networks(&self, networks: &[usize]) -> Result<(), OpsError> {
        if networks.is_empty() {
            return Err(shape("no network takes part".to_owned()));
        }
        for (position, &network) in networks.iter().enumerate() {
            if network >= self.rules.len() {
                let there = self.rules.len();
                return Err(shape(format!(
                    "network {network} of {there}, counted from 0"
                )));
            }
            if networks[..position].contains(&network) {
                return Err(shape(format!("network {network} takes part twice")));
            }
        }
        Ok(())
    }

    fn check_indices(&self, set: SetId, indices: &[u32]) -> Result<(), OpsError> {
        let Some(set) = self.sets.get(set.0) else {
            return Err(shape("a set of another ensemble".to_owned()));
        };
        if indices.is_empty() {
            return Err(shape("no images".to_owned()));
        }
        match indices
            .iter()
            .position(|&index| index as usize >= set.images)
        {
            Some(position) => Err(OpsError::Index {
                index: indices[position],
                position,
                images: set.images,
            }),
            None => Ok(()),
        }
    }
}

fn add(all: &mut BatchSums, sums: &[Sums]) {
    for sums in sums {
        all.loss += sums.loss;
        all.correct += sums.correct as usize;
    }
}

fn shape(reason: String) -> OpsError {
    OpsError::Shape { op: OP, reason }
}
