//! Instruction sets, their choice at run time, and the vectors that kernels are written in.
//!
//! A kernel is written once, generic over `Simd`. A value of a `Simd` type proves that the machine
//! has its instructions: only its `new`, which asks the CPU, makes one. `Simd::vectorize` compiles a
//! `Kernel` with those instructions enabled. Everything that a kernel calls must be
//! `#[inline(always)]`; otherwise it is compiled without them and runs slowly.

mod denormals;
mod level;
#[cfg(target_arch = "aarch64")]
mod neon;
mod portable;
mod vector;
#[cfg(target_arch = "x86_64")]
mod x86;

pub(crate) use denormals::FlushDenormals;
pub use level::Level;
#[cfg(test)]
pub(crate) use portable::Lanes;
pub(crate) use vector::{Kernel, Simd, WithSimd, lane, lane_mut, lanes, lanes_mut, prefetch};

#[cfg(test)]
pub(crate) mod tests;
