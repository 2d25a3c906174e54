//! Image sets: MNIST embedded, others from IDX files; splits, subsampling, shuffled batches.
#![forbid(unsafe_code)]

mod embedded;
mod error;
mod folder;
mod idx;
mod set;
mod split;

pub use error::{DataError, IdxProblem};
pub use set::{Dataset, ImageSet, gather_f32, gather_labels};
pub use split::{Split, SplitSpec, Splits, batches, epoch_order};
