//! Quantiles of the normal distribution.

use statrs::distribution::{ContinuousCDF, Normal};

/// The `p`-quantile of the standard normal distribution; ±∞ at 0 and 1.
///
/// # Panics
/// Where `p` is not in [0, 1].
#[must_use]
pub fn normal_quantile(p: f64) -> f64 {
    Normal::standard().inverse_cdf(p)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_tables() {
        // scipy.stats.norm.ppf
        let cases = [
            (0.5, 0.0),
            (0.975, 1.959963984540054),
            (0.995, 2.5758293035489004),
            (0.025, -1.959963984540054),
        ];
        for (p, expected) in cases {
            let difference = (normal_quantile(p) - expected).abs();
            assert!(difference <= 1e-9, "{p}: off by {difference}");
        }
    }
}
