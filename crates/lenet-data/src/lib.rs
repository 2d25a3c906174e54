//! Image data sets: MNIST embedded, others from IDX files; splits, subsampling, shuffled batches.
//!
//! ```
//! use lenet_core::Validation;
//! use lenet_data::{Dataset, SplitSpec, batches, epoch_order, gather_f32, gather_labels};
//!
//! let validation = Validation::first(5_000);
//! let spec = SplitSpec { validation, samples: Some(10_000), seed: 7 };
//! let splits = Dataset::mnist().split(&spec)?;
//! assert_eq!(splits.train.len(), 10_000);
//!
//! let (mut pixels, mut labels) = (Vec::new(), Vec::new());
//! let order = epoch_order(&splits.train, 7, 1);
//! for batch in batches(&order, 128) {
//!     gather_f32(&splits.train.set, batch, &mut pixels);
//!     gather_labels(&splits.train.set, batch, &mut labels);
//!     assert_eq!(pixels.len(), labels.len() * 28 * 28);
//! }
//! // 10,000 = 78 · 128 + 16, so the last batch has 16 images.
//! assert_eq!(labels.len(), 16);
//! # Ok::<(), lenet_data::DataError>(())
//! ```
//!
//! A set stays in bytes; a batch becomes floats when it is gathered. Random draws come from named
//! streams of `lenet_core::random`. So a seed gives the same draws on every machine, and the order
//! of an epoch can be computed without the epochs before it.
//!
//! Other sets are read from a folder of four IDX files, plain or gzip ([`Dataset::from_folder`]),
//! or built in memory ([`ImageSet::new`], [`Dataset::new`]). The reader does not trust headers: it
//! compares what a file announces with what it can contain before it allocates anything, and
//! decompresses no more than was announced.
//!
//! # Features
//! - `candle-datasets` (off by default): [`NamedSet`] loads sets from the Hugging Face hub, and sets are converted
//!   to and from `candle_datasets::vision::Dataset`. That crate brings about 200 others (an HTTP client with TLS,
//!   Parquet, image formats).
#![forbid(unsafe_code)]

#[cfg(feature = "candle-datasets")]
mod candle;
mod dataset;
mod embedded;
mod error;
mod folder;
mod idx;
mod named;
mod set;
mod split;
mod validation;
mod warning;

pub use dataset::Dataset;
pub use error::{DataError, IdxProblem};
pub use idx::MOST_BYTES;
pub use named::NamedSet;
pub use set::{ImageSet, gather_f32, gather_labels};
pub use split::{Split, SplitSpec, Splits, batches, epoch_order};
pub use validation::ValidationWarning;
pub use warning::DataWarning;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
