//! Whether one of two classifiers is better, from the images that only one gets right.

use statrs::function::erf::erfc;

use crate::incomplete_beta::incomplete_beta;

/// McNemar's test of two classifiers on the same images.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct McNemar {
    /// Exact two-sided p-value: twice the binomial probability of so few images on the rarer side, and at
    /// most 1.
    pub exact_p_value: f64,
    /// Chi-square statistic with one degree of freedom and the continuity correction: (|b − c| − 1)²/(b + c).
    pub chi_square: f64,
    /// P-value of `chi_square`, for large counts.
    pub chi_square_p_value: f64,
}

/// McNemar's test (McNemar, Note on the sampling error of the difference between correlated proportions,
/// 1947): `b` images that only the first classifier gets right, `c` that only the second does. Where one is
/// as good as the other, each of these images falls to either with probability ½; images that both or
/// neither get right tell nothing.
///
/// If there are no such images, the statistic is 0 and both p-values are 1.
#[must_use]
pub fn mcnemar(b: usize, c: usize) -> McNemar {
    if b == 0 && c == 0 {
        return McNemar {
            exact_p_value: 1.0,
            chi_square: 0.0,
            chi_square_p_value: 1.0,
        };
    }
    let (rarer, commoner) = (b.min(c) as f64, b.max(c) as f64);
    // The binomial probability of at most k of n is I_½(n − k, k + 1).
    let (tail, _) = incomplete_beta(commoner, rarer + 1.0, 0.5, 0.5);
    let chi_square = (commoner - rarer - 1.0).powi(2) / (commoner + rarer);
    McNemar {
        exact_p_value: (2.0 * tail).min(1.0),
        chi_square,
        chi_square_p_value: erfc((chi_square / 2.0).sqrt()),
    }
}

#[cfg(test)]
mod tests;
