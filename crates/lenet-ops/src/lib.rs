//! Operations of small convolutional networks, forward and backward.
//!
//! Three layers, each usable alone:
//! - plain functions on slices, one folder an op, each with its readable reference;
//! - candle custom ops that wrap them, with `backward()`;
//! - [`net::Network`], the whole network in one call, which training uses.
#![warn(clippy::undocumented_unsafe_blocks)]

pub mod conv_pool;
#[cfg(feature = "cuda")]
pub mod cuda;
pub mod dense;
pub mod dropout;
pub mod error;
mod geometry;
pub mod gpu;
pub mod max_pool;
pub mod net;
pub mod optimizer;
pub mod peak;
mod precision;
pub mod real;
pub mod simd;
pub mod softmax_cross_entropy;
mod tensor;
#[cfg(test)]
mod testing;

pub use error::OpsError;
pub use lenet_core::{Geometry, Parameter};
pub use simd::Level;
