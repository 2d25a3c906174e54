//! Estimates with confidence intervals over repeated runs.
//!
//! Every function returns an [`Estimate`]: the value, its interval, the interval's confidence level
//! and the number of observations. One observation gives no interval. A value that is not finite
//! is an error; no function drops it silently.
//!
//! ```
//! let accuracies = [0.9871, 0.9869, 0.9880, 0.9859, 0.9866];
//! let estimate = lenet_stats::mean(&accuracies, 0.95)?;
//! assert!((estimate.point - 0.9869).abs() < 1e-12);
//! let interval = estimate.interval.expect("five values have an interval");
//! assert!(interval.low < 0.9869 && 0.9869 < interval.high);
//! # Ok::<(), lenet_stats::StatsError>(())
//! ```
#![forbid(unsafe_code)]

mod error;
mod estimate;
mod median;
mod moments;
mod quantile;

pub use error::StatsError;
pub use estimate::{Estimate, Interval};
pub use median::median;
pub use moments::{mean, paired_difference, standard_deviation};
