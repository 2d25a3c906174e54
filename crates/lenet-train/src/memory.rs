//! Memory on the CPU: what a trial takes, estimated before it is taken, and what there is.

mod available;

use lenet_core::{Backend, DeviceKind, Geometry, Trial};

use crate::backend::EVALUATION_BATCH;
use crate::error::TrainError;

pub use available::available_bytes;

/// Bytes of a number.
const F32: u64 = 4;

/// Images that a thread of the fused backend takes through the network together.
const CHUNK: u64 = 32;

/// Segments of a batch, each with its own sums of the convolutions' gradients.
const SEGMENTS: u64 = 8;

/// What is done with a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MemoryUse {
    /// Its gradients are checked, it is trained, and its checkpoints are written.
    Study,
    /// It is trained.
    Training,
    /// It is evaluated.
    Evaluation,
}

/// Estimate of the bytes that a trial takes on the CPU beside its images: parameters, gradients and
/// moments with their copies, the gradients' parts, and the activations of a batch. `images` is the
/// number of training images. On a GPU it is 0, since the network lies in the GPU's own memory, whose
/// driver refuses what does not fit.
#[must_use]
pub fn memory_bytes(
    trial: &Trial,
    geometry: &Geometry,
    images: usize,
    threads: usize,
    used: MemoryUse,
) -> u64 {
    if trial.device != DeviceKind::Cpu {
        return 0;
    }
    let moments = trial.optimizer.moments() as u64;
    // In units of the parameters. A check holds f64 parameters and gradients of the reference, and a
    // checkpoint is put together in memory.
    let copies = match used {
        MemoryUse::Study => (8 + moments).max(5 + 3 * moments),
        MemoryUse::Training => 3 + moments,
        MemoryUse::Evaluation => 3,
    };
    let parameters = geometry.parameter_count() as u64;
    let batch = match used {
        MemoryUse::Evaluation => EVALUATION_BATCH,
        _ => trial.batch_size.min(images.max(1)),
    } as u64;
    let work = match trial.backend {
        Backend::Fused => fused(geometry, batch, threads.max(1) as u64, used),
        Backend::Stock => stock(geometry, batch, used),
    };
    F32.saturating_mul(parameters.saturating_mul(copies).saturating_add(work))
}

/// Refuses what does not fit in the memory that there is now. Where the system does not tell it,
/// nothing is refused.
///
/// # Errors
/// [`TrainError::Memory`].
pub fn ensure_memory(needed: u64) -> Result<(), TrainError> {
    match available_bytes() {
        Some(available) if needed > available => Err(TrainError::Memory { needed, available }),
        _ => Ok(()),
    }
}

/// Numbers of the fused backend beside parameters and moments.
fn fused(geometry: &Geometry, batch: u64, threads: u64, used: MemoryUse) -> u64 {
    let dense: u64 = geometry
        .dense_layers()
        .iter()
        .map(|&(i, o)| product([i, o]))
        .sum();
    let rows: u64 = geometry
        .dense_layers()
        .iter()
        .map(|&(i, o)| (i + o) as u64)
        .sum();
    let convolutions = (geometry.parameter_count() as u64).saturating_sub(dense);
    let values: u64 = planes(geometry)
        .iter()
        .map(|plane| plane.input + plane.output)
        .sum();
    let chunks = threads.saturating_mul(CHUNK).saturating_mul(values);
    if used == MemoryUse::Evaluation {
        return convolutions.saturating_mul(2).saturating_add(chunks);
    }
    // The weights rearranged, a sum of gradients for each segment and each thread, and rows of units for
    // the whole batch.
    let segments = batch.div_ceil(CHUNK / 2).min(SEGMENTS);
    convolutions
        .saturating_mul(3 + segments + threads)
        .saturating_add(dense)
        .saturating_add(chunks.saturating_mul(2))
        .saturating_add(batch.saturating_mul(rows))
}

/// Numbers of candle's tensors beside parameters and moments: what the backward pass needs of each layer
/// for the whole batch, and the largest convolution's columns.
fn stock(geometry: &Geometry, batch: u64, used: MemoryUse) -> u64 {
    let planes = planes(geometry);
    let columns = planes.iter().map(|plane| plane.columns).max().unwrap_or(0);
    let outputs: u64 = planes.iter().map(|plane| plane.output).sum();
    let largest = planes.iter().map(|plane| plane.output).max().unwrap_or(0);
    let kept = match used {
        MemoryUse::Evaluation => largest.saturating_mul(2),
        // Before and after ReLU, pooled, and their gradients.
        _ => outputs.saturating_mul(4),
    };
    batch.saturating_mul(columns.saturating_add(kept))
}

/// Numbers of one image at a convolution.
struct Plane {
    input: u64,
    output: u64,
    /// Each place's inputs side by side.
    columns: u64,
}

fn planes(geometry: &Geometry) -> Vec<Plane> {
    let plane = |(stage, &filters): (usize, &usize)| {
        let [channels, height, width] = geometry.stage_input(stage);
        let [rows, columns] = geometry.convolved(stage);
        Plane {
            input: product([channels, height, width]),
            output: product([filters, rows, columns]),
            columns: product([channels, geometry.kernel, geometry.kernel, rows, columns]),
        }
    };
    geometry.filters.iter().enumerate().map(plane).collect()
}

fn product<const N: usize>(sides: [usize; N]) -> u64 {
    sides
        .into_iter()
        .fold(1, |all, side| all.saturating_mul(side as u64))
}

#[cfg(test)]
mod tests;
