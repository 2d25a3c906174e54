//! Scaled-down LeNet for candle.
#![forbid(unsafe_code)]
pub use lenet_ops::Geometry;

/// Which code computes the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Backend {
    /// This project's fused ops.
    #[default]
    Fused,
    /// candle's own ops, with max-pool's gradient put right.
    Stock,
}
