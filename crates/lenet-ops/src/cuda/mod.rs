//! NVIDIA GPUs: a device with a stream of its own, its memory, and kernels compiled on first use.
//!
//! The kernels' sources are beside the ops, in `<op>/cuda/*.cu`. NVRTC compiles them for the GPU at
//! hand, and the result is kept on disk. So a build needs no CUDA toolkit, and a second start needs no
//! compiler.
//!
//! Everything goes through one stream, in the order of the calls. Launches return before they have
//! run; downloads and [`Gpu::synchronize`] wait.

mod buffer;
mod cache;
pub(crate) mod candle;
mod compile;
mod failure;
mod gpu;
mod graph;
mod kernels;
pub(crate) mod launch;
mod nvrtc;
mod sources;
#[cfg(test)]
pub(crate) mod tests;
pub(crate) mod types;

pub use buffer::Buffer;
pub use gpu::Gpu;
pub use graph::Graph;
