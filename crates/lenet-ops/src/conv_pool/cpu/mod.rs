//! The op on vectors, in two layouts.
//!
//! [`images`] puts the same place of several images into one vector, for any number of channels and
//! any kernel. [`channels`] puts neighbouring channels of one place into a vector. It supports 3×3
//! kernels only, but does less than the direct work, since it skips the three places in four to which
//! max-pool passes no gradient.

pub(crate) mod channels;
pub(crate) mod images;
mod planes;

pub(crate) use planes::Planes;
