//! Which trials are alike to a machine.

use crate::architecture::Architecture;
use crate::data::Data;
use crate::device::{Backend, DeviceKind, Precision};
use crate::trial::Trial;

/// What chooses the code that computes a trial, and what trials must share to be trained together
/// in single launches. Seed, learning rate, schedule, optimizer, dropout and early stopping may
/// differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Shape<'t> {
    /// [`Trial::data`].
    pub data: &'t Data,
    /// [`Trial::network`].
    pub network: &'t Architecture,
    /// [`Trial::batch_size`].
    pub batch_size: usize,
    /// [`Trial::backend`].
    pub backend: Backend,
    /// [`Trial::device`].
    pub device: DeviceKind,
    /// [`Trial::precision`].
    pub precision: Precision,
}

impl Trial {
    /// The trial's [`Shape`].
    #[must_use]
    pub fn shape(&self) -> Shape<'_> {
        // Names every setting, so that a new one must be put on one side or the other.
        let Self {
            data,
            network,
            batch_size,
            backend,
            device,
            precision,
            dropout: _,
            optimizer: _,
            learning_rate: _,
            schedule: _,
            epochs: _,
            early_stop: _,
            seed: _,
        } = self;
        Shape {
            data,
            network,
            batch_size: *batch_size,
            backend: *backend,
            device: *device,
            precision: *precision,
        }
    }
}

impl Shape<'_> {
    /// Whether both are computed by the same code, given images of one size: all but the data
    /// are equal.
    #[must_use]
    pub fn is_computed_as(&self, other: &Self) -> bool {
        matches!(self.difference(other), None | Some("data"))
    }

    /// The first setting in which two shapes differ.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Option<&'static str> {
        let pairs = [
            ("network", self.network == other.network),
            ("batch_size", self.batch_size == other.batch_size),
            ("backend", self.backend == other.backend),
            ("device", self.device == other.device),
            ("precision", self.precision == other.precision),
            ("data", self.data == other.data),
        ];
        let differing = pairs.into_iter().find(|(_, same)| !same);
        differing.map(|(setting, _)| setting)
    }
}
