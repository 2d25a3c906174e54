//! What an ensemble keeps on its GPU.

use super::super::plan::Plan;
use super::{Images, Start};
use crate::conv_pool::cuda::{Stage, weight_gradient};
use crate::cuda::types::{Clock, Rate, Trial};
use crate::cuda::{Buffer, Gpu};
use crate::error::OpsError;
use crate::geometry::Geometry;
use crate::optimizer::Rule;
use crate::precision::Precision;
use crate::softmax_cross_entropy::cuda::{Sums, blocks};

/// Alignment of a slot's parameters, in elements: kernels read vectors of four.
const ALIGNMENT: usize = 32;

/// A stage's results and their gradients, `[place][image]…`.
pub(super) struct StageMemory {
    pub(super) stage: Stage,
    pub(super) pooled: Buffer<f32>,
    pub(super) codes: Buffer<u8>,
    /// With respect to `pooled`.
    pub(super) gradient: Buffer<f32>,
    /// Partial sums of the parameters' gradients, `[place][segment][parameter]`.
    pub(super) partial: Buffer<f32>,
}

/// A dense layer's output and its gradient, `[place][image][unit]`.
pub(super) struct LayerMemory {
    pub(super) output: Buffer<f32>,
    pub(super) gradient: Buffer<f32>,
}

/// Everything that does not depend on the data.
pub(super) struct Memory {
    /// Which kernels the partial sums' sizes are those of.
    pub(super) precision: Precision,
    /// Elements between the parameters of two slots.
    pub(super) stride: usize,
    pub(super) parameters: Buffer<f32>,
    pub(super) moments: Vec<Buffer<f32>>,
    /// Of the dense layers, `[place][stride]`.
    pub(super) gradients: Buffer<f32>,
    pub(super) trials: Buffer<Trial>,
    pub(super) clock: Buffer<Clock>,
    pub(super) stages: Vec<StageMemory>,
    pub(super) layers: Vec<LayerMemory>,
    /// The slot of each place: in the epoch under way, and in an evaluation.
    pub(super) slots: Buffer<u32>,
    pub(super) evaluated_slots: Buffer<u32>,
    pub(super) peaks: Buffer<u32>,
}

impl Memory {
    pub(super) fn new(
        gpu: &Gpu,
        geometry: &Geometry,
        plan: &Plan,
        images: Images,
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
        let moments = networks.iter().map(|network| network.rule.moments());
        let moments = (0..moments.max().unwrap_or(0)).map(|index| {
            rows(&|network| {
                let of = network.moments.chunks_exact(count).nth(index);
                of.unwrap_or(&[]).to_vec()
            })
        });
        let forward = slots * images.forward();
        let backward = slots * images.batch;
        let stages = plan.stages.iter().enumerate().map(|(index, planned)| {
            let stage = Stage::new(geometry, index);
            let [_, height, width] = planned.input;
            let pooled = planned.filters * (height / 2) * (width / 2);
            let segments = most_segments(index == 0, &stage, images.batch, precision);
            let partial = segments * stage.parameters() as usize;
            Ok(StageMemory {
                stage,
                pooled: gpu.zeroed(forward * pooled)?,
                codes: gpu.zeroed(forward * pooled)?,
                gradient: gpu.zeroed(backward * pooled)?,
                partial: gpu.zeroed(slots * partial)?,
            })
        });
        let layers = plan.dense.iter().map(|layer| {
            Ok(LayerMemory {
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
            trials: gpu.upload(&vec![Trial::new(&Rule::Sgd, 0); slots])?,
            clock: gpu.upload(&[Clock::default()])?,
            stages: stages.collect::<Result<_, OpsError>>()?,
            layers: layers.collect::<Result<_, OpsError>>()?,
            slots: gpu.zeroed(slots)?,
            evaluated_slots: gpu.zeroed(slots)?,
            peaks: gpu.zeroed(slots)?,
        })
    }

    /// Bytes that one network takes, not counting its orders and sums.
    pub(super) fn bytes(
        geometry: &Geometry,
        plan: &Plan,
        images: Images,
        precision: Precision,
        moments: usize,
    ) -> u64 {
        let parameters = (2 + moments) * geometry.parameter_count();
        let stages = plan.stages.iter().enumerate().map(|(index, planned)| {
            let stage = Stage::new(geometry, index);
            let [_, height, width] = planned.input;
            let pooled = planned.filters * (height / 2) * (width / 2);
            let segments = most_segments(index == 0, &stage, images.batch, precision);
            let partial = segments * stage.parameters() as usize;
            (5 * images.forward() + 4 * images.batch) * pooled + 4 * partial
        });
        let units: usize = plan.dense.iter().map(|layer| layer.outputs).sum();
        let units = 4 * (images.forward() + images.batch) * units;
        (4 * parameters + stages.sum::<usize>() + units) as u64
    }
}

/// Most segments of any batch of at most `images` images.
fn most_segments(first: bool, stage: &Stage, images: usize, precision: Precision) -> usize {
    let segments = (1..=images).map(|images| {
        let (_, segments, _) = weight_gradient(first, stage, images as u32, 1, precision);
        segments.segments as usize
    });
    segments.max().unwrap_or(0)
}

/// Orders, rates and sums of an epoch, for all slots.
pub(super) struct EpochMemory {
    /// Images of an epoch.
    pub(super) images: usize,
    pub(super) batches: usize,
    /// `[slot][images]`.
    pub(super) orders: Buffer<u32>,
    /// `[slot][batches]`.
    pub(super) rates: Buffer<Rate>,
    /// `[slot][batches][blocks of a batch]`.
    pub(super) sums: Buffer<Sums>,
}

impl EpochMemory {
    pub(super) fn new(
        gpu: &Gpu,
        slots: usize,
        images: usize,
        batch_size: usize,
    ) -> Result<Self, OpsError> {
        let batches = images.div_ceil(batch_size);
        let rates = vec![Rate::new(&Rule::Sgd, 0.0, 1); slots * batches];
        Ok(Self {
            images,
            batches,
            orders: gpu.zeroed(slots * images)?,
            rates: gpu.upload(&rates)?,
            sums: gpu.upload(&vec![Sums::default(); slots * batches * blocks(batch_size)])?,
        })
    }
}
