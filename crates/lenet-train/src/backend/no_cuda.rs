//! In the place of the GPU's path in a build without it: says so.

use lenet_ops::Geometry;
use lenet_ops::optimizer::Rule;
use lenet_results::{Precision, TrialConfig};

use super::{Backend, Group, State};
use crate::RunOptions;
use crate::device;
use crate::error::TrainError;

pub(super) fn group(
    _: &Geometry,
    _: &TrialConfig,
    _: &RunOptions,
    _: &[(Rule, State)],
) -> Result<Box<dyn Group>, TrainError> {
    Err(device::no_cuda())
}

pub(super) fn alone(
    _: &Geometry,
    _: Rule,
    _: &RunOptions,
    _: State,
) -> Result<Box<dyn Backend>, TrainError> {
    Err(device::no_cuda())
}

pub(super) fn capacity(
    _: &Geometry,
    _: &TrialConfig,
    _: usize,
    _: &RunOptions,
) -> Result<usize, TrainError> {
    Err(device::no_cuda())
}

pub(super) fn find(_: usize) -> Result<(), TrainError> {
    Err(device::no_cuda())
}

pub(super) fn prepare(_: usize, _: Precision) -> Result<(), TrainError> {
    Err(device::no_cuda())
}
