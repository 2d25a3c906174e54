//! The op on vectors, in two layouts.
//!
//! [`images`] puts the same place of as many images as a vector has lanes into one vector: any
//! number of channels and any kernel. [`channels`] puts neighbouring channels of one place there:
//! 3×3 kernels only, but it can do less than the direct work, since it may skip the three places
//! in four that max-pool gives no gradient.

pub(crate) mod channels;
pub(crate) mod images;
mod planes;

pub(crate) use planes::Planes;
