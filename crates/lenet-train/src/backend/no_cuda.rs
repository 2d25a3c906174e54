//! In the place of the GPU's path in a build without it: says so.

use lenet_ops::Geometry;
use lenet_ops::optimizer::Rule;
use lenet_results::DeviceKind;

use super::{Backend, Group, State};
use crate::RunOptions;
use crate::device;
use crate::error::TrainError;

pub(super) fn group(
    _: &Geometry,
    _: usize,
    options: &RunOptions,
    _: &[(Rule, State)],
) -> Result<Box<dyn Group>, TrainError> {
    Err(no_gpu(options))
}

pub(super) fn alone(
    _: &Geometry,
    _: Rule,
    options: &RunOptions,
    _: State,
) -> Result<Box<dyn Backend>, TrainError> {
    Err(no_gpu(options))
}

pub(super) fn capacity(
    _: &Geometry,
    _: usize,
    _: usize,
    options: &RunOptions,
) -> Result<usize, TrainError> {
    Err(no_gpu(options))
}

fn no_gpu(options: &RunOptions) -> TrainError {
    match device::open(DeviceKind::Cuda, options.cuda_ordinal) {
        Err(error) => error,
        Ok(_) => TrainError::Device {
            reason: "this program was built without CUDA".to_owned(),
        },
    }
}
