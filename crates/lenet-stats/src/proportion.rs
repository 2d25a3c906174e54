//! A share of attempts that succeed, with its exact interval.

use crate::error::{StatsError, check_level};
use crate::estimate::{Estimate, Interval};
use crate::root::root;

/// Share of `n` independent attempts that succeeded, with the exact interval of Clopper and Pearson
/// (1934): the shares at which neither so many successes nor so few would be rarer than (1 − level) / 2.
/// It covers the true share with at least the level, whatever the share.
///
/// # Errors
/// If `n` is 0, there are more successes than attempts, or `level` is not in (0, 1).
pub fn proportion(successes: usize, n: usize, level: f64) -> Result<Estimate, StatsError> {
    check_level(level)?;
    if n == 0 {
        return Err(StatsError::Empty);
    }
    if successes > n {
        return Err(StatsError::Successes { successes, n });
    }
    let tail = (1.0 - level) / 2.0;
    let odds = least_odds(successes, n, tail);
    let odds_of_failure = least_odds(n - successes, n, tail);
    Ok(Estimate {
        point: successes as f64 / n as f64,
        interval: Some(Interval {
            low: odds / (1.0 + odds),
            high: 1.0 / (1.0 + odds_of_failure),
        }),
        level,
        n,
    })
}

/// The odds of success at which `successes` or more of `n` happen with probability `tail`.
fn least_odds(successes: usize, n: usize, tail: f64) -> f64 {
    if successes == 0 {
        return 0.0;
    }
    let (k, failures) = (successes as f64, (n - successes) as f64);
    let ways = ln_ways(successes, n);
    root(k / (failures + 0.5), |odds| {
        let exactly = ways - k * odds.recip().ln_1p() - failures * odds.ln_1p();
        let sum = relative_tail(successes, n, odds);
        (exactly + sum.ln() - tail.ln(), k / (sum * (1.0 + odds)))
    })
}

/// Logarithm of the number of ways to choose `successes` of `n`. A difference of logarithms of factorials
/// would lose the digits of few among millions.
fn ln_ways(successes: usize, n: usize) -> f64 {
    let ratios = (0..successes.min(n - successes)).map(|i| (n - i) as f64 / (i + 1) as f64);
    ratios.map(f64::ln).sum()
}

/// Probability of `successes` or more as a multiple of the probability of exactly so many. The multiple
/// stays in range where the probabilities themselves underflow.
fn relative_tail(successes: usize, n: usize, odds: f64) -> f64 {
    let (mut term, mut sum) = (1.0, 1.0);
    for count in successes..n {
        term *= odds * (n - count) as f64 / (count + 1) as f64;
        sum += term;
        if term <= f64::EPSILON / 16.0 * sum {
            break;
        }
    }
    sum
}

#[cfg(test)]
mod tests;
