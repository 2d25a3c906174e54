//! Networks of one geometry that a GPU trains together, each as if it were alone.
//!
//! One small network leaves most of a GPU idle, so every kernel has an axis of networks. They may
//! differ in parameters, order of images, learning rate, optimizer and dropout. Images, parameters,
//! moments and an epoch's orders and rates are on the GPU. A step is one recorded sequence of
//! launches, and losses stay on the GPU until the caller asks for them.
//!
//! A network's results have the same bits whichever other networks are trained beside it. They are
//! those of [`Network`](super::Network) on a CPU up to the rounding of [`Precision`]; dropout masks
//! are equal.

mod arguments;
mod build;
mod call;
mod epoch;
mod evaluate;
mod memory;
mod pass;

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::Arc;

pub use arguments::{Part, SetId, Start, StepPart};

use super::batch::{BatchSums, check_indices};
use super::layers::Layers;
use crate::cuda::Gpu;
use crate::error::{OpsError, check_length};
use crate::softmax_cross_entropy::check_labels;
use crate::softmax_cross_entropy::cuda::{HeadSums, blocks};
use lenet_core::Geometry;
use lenet_core::Optimizer;
use lenet_core::Precision;
use memory::{EpochMemory, ImageRoom, Memory, Set};
use pass::Pass;

const OP: &str = "Ensemble";

/// The current epoch.
struct Epoch {
    set: SetId,
    networks: Vec<usize>,
    /// First batch, and the next one.
    from: usize,
    next: usize,
    dropout: bool,
}

/// What a recorded pass was made for: batch size, number of networks, set, dropout.
type PassKey = (usize, usize, usize, bool);

/// Networks on one GPU; see the [module](self).
pub struct Ensemble {
    gpu: Arc<Gpu>,
    layers: Layers,
    parameter_count: usize,
    image_size: usize,
    images: ImageRoom,
    optimizers: Vec<Optimizer>,
    sets: Vec<Set>,
    epoch: Option<Epoch>,
    // Passes hold addresses of the memory below, and are dropped first.
    passes: HashMap<PassKey, Pass>,
    epoch_memory: Option<EpochMemory>,
    memory: Memory,
}

impl std::fmt::Debug for Ensemble {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ensemble")
            .field("gpu", &self.gpu)
            .field("networks", &self.optimizers.len())
            .field("images", &self.images)
            .field("precision", &self.memory.precision)
            .finish_non_exhaustive()
    }
}

impl Ensemble {
    /// Puts networks on the GPU, to be trained in batches of at most `batch_size` images.
    ///
    /// # Errors
    /// There is no network, the geometry is not valid, the GPU does not support the precision,
    /// parameters or moments have the wrong length, or the GPU has no room.
    pub fn new(
        gpu: Arc<Gpu>,
        geometry: &Geometry,
        precision: Precision,
        batch_size: usize,
        networks: &[Start<'_>],
    ) -> Result<Self, OpsError> {
        geometry.validate()?;
        super::check_stages(geometry)?;
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
                let wanted = network.optimizer.moments() * count;
                check_length(OP, "moments", network.moments.len(), wanted)?;
            }
        }
        let images = ImageRoom::new(batch_size, networks.len());
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
        let layers = Layers::new(geometry);
        let memory = Memory::new(&gpu, geometry, &layers, images, precision, networks)?;
        Ok(Self {
            layers,
            parameter_count: count,
            image_size,
            images,
            optimizers: networks.iter().map(|network| network.optimizer).collect(),
            sets: Vec::new(),
            epoch: None,
            passes: HashMap::new(),
            epoch_memory: None,
            memory,
            gpu,
        })
    }

    /// Approximate bytes of a GPU's memory that one of `networks` networks takes. The networks are
    /// trained together in one precision, on epochs of `images` images; `moments` is
    /// [`Optimizer::moments`].
    #[must_use]
    pub fn bytes_each(
        geometry: &Geometry,
        precision: Precision,
        batch_size: usize,
        networks: usize,
        moments: usize,
        images: usize,
    ) -> u64 {
        let layers = Layers::new(geometry);
        let batch_size = batch_size.max(1);
        let images_each = ImageRoom::new(batch_size, networks);
        let memory = Memory::bytes(geometry, &layers, images_each, precision, moments);
        let batch = 4 * batch_size + 16 + 16 * blocks(batch_size);
        memory + (images.div_ceil(batch_size) * batch) as u64
    }

    /// Puts an image set on the GPU: `pixels` of all images, `[image][channel][row][column]`, and
    /// their classes.
    ///
    /// # Errors
    /// The lengths do not fit each other, a label is out of range, or there is no room.
    pub fn place(&mut self, pixels: &[u8], labels: &[u8]) -> Result<SetId, OpsError> {
        check_length(OP, "pixels", pixels.len(), labels.len() * self.image_size)?;
        check_labels(labels, self.layers.classes)?;
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
    /// There is no such network, or something that the GPU was asked to do failed.
    pub fn parameters(&self, network: usize) -> Result<Vec<f32>, OpsError> {
        self.check_networks(&[network])?;
        let mut values = vec![0.0; self.parameter_count];
        let start = network * self.memory.stride;
        self.memory.parameters.read(start, &mut values)?;
        Ok(values)
    }

    /// A network's moments: [`Optimizer::moments`] buffers, one after the other. Waits for the GPU.
    ///
    /// # Errors
    /// There is no such network, or something that the GPU was asked to do failed.
    pub fn moments(&self, network: usize) -> Result<Vec<f32>, OpsError> {
        self.check_networks(&[network])?;
        let count = self.optimizers[network].moments();
        let mut values = vec![0.0; count * self.parameter_count];
        let rows = values.chunks_exact_mut(self.parameter_count);
        for (row, moments) in rows.zip(&self.memory.moments) {
            moments.read(network * self.memory.stride, row)?;
        }
        Ok(values)
    }

    /// The precision of products, where the kernels support it.
    #[must_use]
    pub fn precision(&self) -> Precision {
        self.memory.precision
    }

    /// Number of kernels that one full step launches; `None` before the first step.
    #[must_use]
    pub fn launches(&self) -> Option<usize> {
        self.passes.values().map(Pass::launches).max()
    }

    fn check_networks(&self, networks: &[usize]) -> Result<(), OpsError> {
        if networks.is_empty() {
            return Err(shape("no network takes part".to_owned()));
        }
        for (position, &network) in networks.iter().enumerate() {
            if network >= self.optimizers.len() {
                let there = self.optimizers.len();
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
        check_indices(indices, set.images)
    }
}

fn add(all: &mut BatchSums, sums: &[HeadSums]) {
    for sums in sums {
        all.loss += sums.loss;
        all.correct += sums.correct as usize;
    }
}

fn shape(reason: String) -> OpsError {
    OpsError::Shape { op: OP, reason }
}
