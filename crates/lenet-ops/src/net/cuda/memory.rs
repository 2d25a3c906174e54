//! What an ensemble keeps on its GPU.

use super::arguments::Start;
use crate::conv_pool::cuda::{StageSizes, weight_gradient};
use crate::cuda::types::{Clock, NetworkConstants, StepRates};
use crate::cuda::{Buffer, Gpu};
use crate::error::OpsError;
use crate::net::layers::{ConvStage, Layers};
use crate::softmax_cross_entropy::cuda::{HeadSums, WARPS, blocks};
use lenet_core::Geometry;
use lenet_core::Optimizer;
use lenet_core::Precision;

/// Alignment of a slot's parameters, in elements: kernels read vectors of four.
const ALIGNMENT: usize = 32;

/// Number of images, over all networks, that keeps a GPU busy in an evaluation.
const EVALUATED: usize = 8192;

/// Most images of one network in one evaluation pass.
const EVALUATED_EACH: usize = 1024;

/// Numbers of images that a network has memory for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ImageRoom {
    /// In a training batch.
    pub(super) batch: usize,
    /// In a pass of an evaluation.
    pub(super) evaluated: usize,
}

impl ImageRoom {
    pub(super) fn new(batch: usize, networks: usize) -> Self {
        let each = EVALUATED / networks.max(1);
        Self {
            batch,
            // Passes end where blocks of sums do, or sums would depend on the number of networks.
            evaluated: each.next_multiple_of(WARPS).clamp(WARPS, EVALUATED_EACH),
        }
    }

    /// In the forward pass that has more.
    pub(super) fn forward(self) -> usize {
        self.batch.max(self.evaluated)
    }
}

/// An image set.
pub(super) struct Set {
    pub(super) pixels: Buffer<u8>,
    pub(super) labels: Buffer<u8>,
    pub(super) images: usize,
}

/// A stage's results and their gradients, `[place][image]…`.
pub(super) struct StageMemory {
    pub(super) stage: StageSizes,
    pub(super) pooled: Buffer<f32>,
    pub(super) codes: Buffer<u8>,
    /// With respect to `pooled`.
    pub(super) gradient: Buffer<f32>,
    /// Partial sums of the parameters' gradients, `[place][segment][parameter]`.
    pub(super) partial: Buffer<f32>,
}

/// A dense layer's output and its gradient, `[place][image][unit]`.
pub(super) struct DenseMemory {
    pub(super) output: Buffer<f32>,
    pub(super) gradient: Buffer<f32>,
}

/// All memory that does not depend on the data.
pub(super) struct Memory {
    /// Decides which kernels compute, and so the sizes of the partial sums.
    pub(super) precision: Precision,
    /// Elements between the parameters of two slots.
    pub(super) stride: usize,
    pub(super) parameters: Buffer<f32>,
    pub(super) moments: Vec<Buffer<f32>>,
    /// Gradients of the dense layers, `[place][stride]`.
    pub(super) gradients: Buffer<f32>,
    pub(super) constants: Buffer<NetworkConstants>,
    pub(super) clock: Buffer<Clock>,
    pub(super) stages: Vec<StageMemory>,
    pub(super) dense: Vec<DenseMemory>,
    /// The slot of each place, in the current epoch and in an evaluation.
    pub(super) slots: Buffer<u32>,
    pub(super) evaluated_slots: Buffer<u32>,
    pub(super) peaks: Buffer<u32>,
}

impl Memory {
    pub(super) fn new(
        gpu: &Gpu,
        geometry: &Geometry,
        layers: &Layers,
        images: ImageRoom,
        precision: Precision,
        networks: &[Start<'_>],
    ) -> Result<Self, OpsError> {
        let slots = networks.len();
        let count = geometry.parameter_count();
        let stride = count.next_multiple_of(ALIGNMENT);
        let rows = |values: &dyn Fn(&Start<'_>) -> Vec<f32>| {
            let mut all = vec![0.0; slots * stride];
            for (row, network) in all.chunks_exact_mut(stride).zip(networks) {
                let values = values(network);
                row[..values.len()].copy_from_slice(&values);
            }
            gpu.upload(&all)
        };
        let moments = networks.iter().map(|network| network.optimizer.moments());
        let moments = (0..moments.max().unwrap_or(0)).map(|index| {
            rows(&|network| {
                let of = network.moments.chunks_exact(count).nth(index);
                of.unwrap_or(&[]).to_vec()
            })
        });
        let forward = slots * images.forward();
        let backward = slots * images.batch;
        let stages = layers.stages.iter().enumerate().map(|(index, planned)| {
            let (stage, pooled, partial) = lengths(geometry, index, planned, images, precision);
            Ok(StageMemory {
                stage,
                pooled: gpu.zeroed(forward * pooled)?,
                codes: gpu.zeroed(forward * pooled)?,
                gradient: gpu.zeroed(backward * pooled)?,
                partial: gpu.zeroed(slots * partial)?,
            })
        });
        let dense = layers.dense.iter().map(|layer| {
            Ok(DenseMemory {
                output: gpu.zeroed(forward * layer.outputs)?,
                gradient: gpu.zeroed(backward * layer.outputs)?,
            })
        });
        Ok(Self {
            precision,
            stride,
            parameters: rows(&|network| network.parameters.to_vec())?,
            moments: moments.collect::<Result<_, _>>()?,
            gradients: gpu.zeroed(slots * stride)?,
            constants: gpu.upload(&vec![NetworkConstants::new(&Optimizer::SGD, 0); slots])?,
            clock: gpu.upload(&[Clock::default()])?,
            stages: stages.collect::<Result<_, OpsError>>()?,
            dense: dense.collect::<Result<_, OpsError>>()?,
            slots: gpu.zeroed(slots)?,
            evaluated_slots: gpu.zeroed(slots)?,
            peaks: gpu.zeroed(slots)?,
        })
    }

    /// Bytes that one network takes, without its orders and sums.
    pub(super) fn bytes(
        geometry: &Geometry,
        layers: &Layers,
        images: ImageRoom,
        precision: Precision,
        moments: usize,
    ) -> u64 {
        let parameters = (2 + moments) * geometry.parameter_count();
        let stages = layers.stages.iter().enumerate().map(|(index, planned)| {
            let (_, pooled, partial) = lengths(geometry, index, planned, images, precision);
            (5 * images.forward() + 4 * images.batch) * pooled + 4 * partial
        });
        let units: usize = layers.dense.iter().map(|layer| layer.outputs).sum();
        let units = 4 * (images.forward() + images.batch) * units;
        (4 * parameters + stages.sum::<usize>() + units) as u64
    }
}

/// A stage's sizes, its elements pooled per image, and its elements of partial sums per network: as
/// many as any batch has.
fn lengths(
    geometry: &Geometry,
    index: usize,
    stage: &ConvStage,
    images: ImageRoom,
    precision: Precision,
) -> (StageSizes, usize, usize) {
    let [_, height, width] = stage.input;
    let pooled = stage.filters * (height / 2) * (width / 2);
    let sizes = StageSizes::new(geometry, index);
    let segments = (1..=images.batch).map(|images| {
        let (_, segments, _) = weight_gradient(index == 0, &sizes, images as u32, 1, precision);
        segments.segments as usize
    });
    let partial = segments.max().unwrap_or(0) * sizes.parameters() as usize;
    (sizes, pooled, partial)
}

/// Orders, rates and sums of an epoch, for all slots.
pub(super) struct EpochMemory {
    /// Images of an epoch.
    pub(super) images: usize,
    pub(super) batches: usize,
    /// `[slot][images]`.
    pub(super) orders: Buffer<u32>,
    /// `[slot][batches]`.
    pub(super) rates: Buffer<StepRates>,
    /// `[slot][batches][blocks of a batch]`.
    pub(super) sums: Buffer<HeadSums>,
}

impl EpochMemory {
    pub(super) fn new(
        gpu: &Gpu,
        slots: usize,
        images: usize,
        batch_size: usize,
    ) -> Result<Self, OpsError> {
        let batches = images.div_ceil(batch_size);
        let rates = vec![StepRates::new(&Optimizer::SGD, 0.0, 1); slots * batches];
        Ok(Self {
            images,
            batches,
            orders: gpu.zeroed(slots * images)?,
            rates: gpu.upload(&rates)?,
            sums: gpu.upload(&vec![
                HeadSums::default();
                slots * batches * blocks(batch_size)
            ])?,
        })
    }
}
