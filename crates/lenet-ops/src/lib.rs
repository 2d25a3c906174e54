//! Operations of small convolutional networks, forward and backward.
//!
//! Each of these can be used alone:
//! - plain functions on slices, one folder per op, each with a readable reference;
//! - candle custom ops that wrap them, with `backward()`;
//! - [`net::Network`], the whole network in one call, which training uses;
//! - with the `cuda` feature, `net::cuda::Ensemble`, many networks on one GPU.
#![warn(clippy::undocumented_unsafe_blocks)]

pub mod conv_pool;
#[cfg(feature = "cuda")]
pub mod cuda;
pub mod dense;
pub mod dropout;
pub mod error;
pub mod gpu;
mod gradients;
pub mod max_pool;
pub mod net;
pub mod optimizer;
pub mod peak;
pub mod precision;
pub mod real;
pub mod simd;
pub mod softmax_cross_entropy;
mod tensor;
#[cfg(test)]
mod testing;

pub use error::OpsError;
pub use lenet_core::{Geometry, Parameter};
pub use simd::Level;
