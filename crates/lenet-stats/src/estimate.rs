//! A value with what is known of its uncertainty.

use std::fmt;

/// A point estimate with its interval and where that comes from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The estimate itself.
    pub point: f64,
    /// Its interval; `None` where the sample is too small to have one.
    pub interval: Option<Interval>,
    /// Confidence level of the interval, e.g. 0.95.
    pub level: f64,
    /// How the interval was found.
    pub method: Method,
    /// Number of observations (of pairs, for a paired comparison).
    pub n: usize,
}

/// A closed interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// Lower bound.
    pub low: f64,
    /// Upper bound.
    pub high: f64,
}

impl Interval {
    /// Whether every value of the interval lies strictly between the bounds.
    #[must_use]
    pub fn inside(&self, low: f64, high: f64) -> bool {
        low < self.low && self.high < high
    }
}

impl Estimate {
    /// Lower bound of the interval.
    #[must_use]
    pub fn low(&self) -> Option<f64> {
        self.interval.map(|i| i.low)
    }

    /// Upper bound of the interval.
    #[must_use]
    pub fn high(&self) -> Option<f64> {
        self.interval.map(|i| i.high)
    }
}

/// How an interval was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Student's t interval of a mean.
    StudentT,
    /// Student's t interval of the mean of paired differences.
    PairedT,
    /// Chi-square interval of a standard deviation; it assumes a normal distribution.
    ChiSquare,
    /// Distribution-free interval of a median, from the order statistics.
    OrderStatistics,
    /// Percentile bootstrap (Efron 1979).
    Bootstrap {
        /// Resamples drawn.
        resamples: usize,
        /// Seed that they were drawn with.
        seed: u64,
    },
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::StudentT => f.write_str("Student t"),
            Self::PairedT => f.write_str("paired Student t"),
            Self::ChiSquare => f.write_str("chi-square"),
            Self::OrderStatistics => f.write_str("order statistics"),
            Self::Bootstrap { resamples, seed } => {
                write!(
                    f,
                    "percentile bootstrap, {resamples} resamples, seed {seed}"
                )
            }
        }
    }
}
