//! A value with its uncertainty.

/// A point estimate with its confidence interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The point estimate, in the unit of the observations.
    pub point: f64,
    /// The confidence interval; `None` where the sample is too small to have one.
    pub interval: Option<Interval>,
    /// Confidence level of the interval, in (0, 1).
    pub level: f64,
    /// Number of observations. A paired comparison counts pairs.
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
    /// Whether the whole interval lies strictly between `low` and `high`.
    #[must_use]
    pub fn inside(&self, low: f64, high: f64) -> bool {
        low < self.low && self.high < high
    }
}

impl Estimate {
    /// Lower bound of the interval, if there is one.
    #[must_use]
    pub fn low(&self) -> Option<f64> {
        self.interval.map(|i| i.low)
    }

    /// Upper bound of the interval, if there is one.
    #[must_use]
    pub fn high(&self) -> Option<f64> {
        self.interval.map(|i| i.high)
    }
}

#[cfg(test)]
mod tests;
