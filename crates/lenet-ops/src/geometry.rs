//! Names of lenet-core.

pub use lenet_core::{Geometry, Parameter};
