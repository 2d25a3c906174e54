//! Estimates with confidence intervals over repeated runs.
//!
//! Functions that estimate return an [`Estimate`]: the value, its interval, the interval's confidence level
//! and the number of observations. One observation gives no interval. A value that is not finite
//! is an error; no function drops it silently.
//!
//! | to estimate | function | interval |
//! | --- | --- | --- |
//! | a mean | [`mean`] | Student's t |
//! | a mean of values in \[0, 1\] | [`bounded_mean`] | Student's t on the logit scale |
//! | a difference of pairs | [`paired_difference`] | Student's t |
//! | a difference of independent samples | [`welch_difference`] | Welch's t |
//! | a median | [`median`] | between order statistics, free of the distribution |
//! | a standard deviation | [`standard_deviation`] | chi-square |
//! | a share of attempts | [`proportion`] | Clopper and Pearson, exact |
//! | a mean, looking after every value | [`mean_sequence`] | confidence sequence by Bayes factors |
//! | a standard deviation, looking after every value | [`deviation_sequence`] | chi-square, the error spent over looks |
//!
//! | to decide | function | method |
//! | --- | --- | --- |
//! | from several p-values | [`holm`] | Holm's step-down adjustment |
//! | from several intervals | [`bonferroni_level`] | Bonferroni |
//! | how many runs to plan | [`observations_needed`] | width of the t interval |
//! | how many runs to plan, looking after every one | [`observations_needed_in_sequence`] | width of the confidence sequence |
//!
//! | of a complete grid of settings | function | method |
//! | --- | --- | --- |
//! | where its variance comes from | [`variance_shares`] | analysis of variance, noncentral F |
//! | the mean of each level of an axis | [`main_effect`] | Student's t, the deviation pooled |
//!
//! | of a classifier | function | method |
//! | --- | --- | --- |
//! | which class it takes for which | [`confusion`] | counts; Clopper and Pearson |
//! | whether its confidence is justified | [`calibration`] | bins of equal width |
//! | whether another one is better | [`mcnemar`] | exact binomial test; chi-square |
//! | what several decide together | [`majority_vote`] | most votes |
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

mod bounded_mean;
mod calibration;
mod comparisons;
mod confusion;
mod density;
mod deviation_sequence;
mod error;
mod estimate;
mod incomplete_beta;
mod mcnemar;
mod mean_sequence;
mod median;
mod moments;
mod noncentral_f;
mod normal;
mod observations;
mod proportion;
mod quantile;
mod root;
#[cfg(test)]
mod testing;
mod variance;
mod vote;
mod welch;

pub use bounded_mean::bounded_mean;
pub use calibration::{Calibration, CalibrationBin, calibration};
pub use comparisons::{bonferroni_level, holm};
pub use confusion::{Confusion, confusion};
pub use deviation_sequence::deviation_sequence;
pub use error::StatsError;
pub use estimate::{Estimate, Interval};
pub use mcnemar::{McNemar, mcnemar};
pub use mean_sequence::{PRIOR, mean_sequence};
pub use median::median;
pub use moments::{mean, paired_difference, standard_deviation};
pub use normal::normal_quantile;
pub use observations::{observations_needed, observations_needed_in_sequence};
pub use proportion::proportion;
pub use variance::{
    Effect, FTest, Interaction, Residual, VarianceShares, main_effect, variance_shares,
};
pub use vote::majority_vote;
pub use welch::welch_difference;
