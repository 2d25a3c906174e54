//! Means, standard deviations and paired differences.

use crate::error::{StatsError, check};
use crate::estimate::{Estimate, Interval, Method};
use crate::quantile::{chi_square, student_t};

/// Mean of the observations with Student's t interval.
///
/// # Errors
/// If there are no observations, one is not finite, or `level` is not in (0, 1).
pub fn mean(values: &[f64], level: f64) -> Result<Estimate, StatsError> {
    check(values, level)?;
    Ok(t_estimate(values, level, Method::StudentT))
}

/// Mean of `left[i] − right[i]` with Student's t interval of the differences: what two settings
/// differ by when each was run with the same seeds.
///
/// # Errors
/// If the samples differ in length or are empty, a difference is not finite, or `level` is not
/// in (0, 1).
pub fn paired_difference(left: &[f64], right: &[f64], level: f64) -> Result<Estimate, StatsError> {
    if left.len() != right.len() {
        return Err(StatsError::Unpaired {
            left: left.len(),
            right: right.len(),
        });
    }
    let differences: Vec<f64> = left.iter().zip(right).map(|(l, r)| l - r).collect();
    check(&differences, level)?;
    Ok(t_estimate(&differences, level, Method::PairedT))
}

/// Sample standard deviation (divisor n − 1) with the chi-square interval, which assumes that
/// the observations are normally distributed. One observation gives 0 and no interval.
///
/// # Errors
/// If there are no observations, one is not finite, or `level` is not in (0, 1).
pub fn standard_deviation(values: &[f64], level: f64) -> Result<Estimate, StatsError> {
    check(values, level)?;
    let n = values.len();
    let (_, deviation) = moments(values);
    let interval = (n > 1).then(|| {
        let freedom = n - 1;
        let bound = |p| deviation * (freedom as f64 / chi_square(p, freedom)).sqrt();
        let tail = (1.0 - level) / 2.0;
        Interval {
            low: bound(1.0 - tail),
            high: bound(tail),
        }
    });
    Ok(Estimate {
        point: deviation,
        interval,
        level,
        method: Method::ChiSquare,
        n,
    })
}

fn t_estimate(values: &[f64], level: f64, method: Method) -> Estimate {
    let n = values.len();
    let (mean, deviation) = moments(values);
    let interval = (n > 1).then(|| {
        let quantile = student_t(1.0 - (1.0 - level) / 2.0, n - 1);
        let half = quantile * deviation / (n as f64).sqrt();
        Interval {
            low: mean - half,
            high: mean + half,
        }
    });
    Estimate {
        point: mean,
        interval,
        level,
        method,
        n,
    }
}

/// Mean and sample standard deviation, in two passes about the first value, so that equal
/// observations give exactly their value and a deviation of exactly 0.
fn moments(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let origin = values[0];
    let mean = origin + values.iter().map(|v| v - origin).sum::<f64>() / n;
    if values.len() == 1 {
        return (mean, 0.0);
    }
    let squares: f64 = values.iter().map(|v| (v - mean).powi(2)).sum();
    (mean, (squares / (n - 1.0)).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEFT: [f64; 5] = [0.9871, 0.9869, 0.9880, 0.9859, 0.9866];
    const RIGHT: [f64; 5] = [0.9865, 0.9858, 0.9871, 0.9861, 0.9854];

    fn assert_close(got: Option<f64>, want: f64) {
        let got = got.expect("an interval");
        assert!((got - want).abs() <= 1e-9, "{got} != {want}");
    }

    /// `stats.t.interval(0.95, 4, np.mean(x), stats.sem(x))`, scipy 1.x.
    #[test]
    fn mean_interval_agrees_with_scipy() {
        let e = mean(&LEFT, 0.95).unwrap();
        assert!((e.point - 0.9869).abs() <= 1e-12, "{}", e.point);
        assert_close(e.low(), 0.985_950_309_656_575);
        assert_close(e.high(), 0.987_849_690_343_425);
        assert_eq!((e.n, e.method), (5, Method::StudentT));
    }

    /// The same of `x - y`.
    #[test]
    fn paired_interval_agrees_with_scipy() {
        let e = paired_difference(&LEFT, &RIGHT, 0.95).unwrap();
        assert!((e.point - 0.00072).abs() <= 1e-12, "{}", e.point);
        assert_close(e.low(), 2.090_898_549_186_946_2e-5);
        assert_close(e.high(), 0.001_419_091_014_508_105_1);
        let wider = paired_difference(&LEFT, &RIGHT, 1.0 - 0.05 / 3.0).unwrap();
        assert_close(wider.low(), -0.000_277_300_553_613_004_9);
    }

    /// `s * sqrt(4 / chi2.ppf(p, 4))` with `s = np.std(x, ddof=1)`, scipy 1.x.
    #[test]
    fn deviation_interval_agrees_with_scipy() {
        let e = standard_deviation(&LEFT, 0.95).unwrap();
        assert!((e.point - 0.000_764_852_927_038_909_7).abs() <= 1e-12);
        assert_close(e.low(), 0.000_458_248_735_152_758);
        assert_close(e.high(), 0.002_197_847_437_733_876);
    }

    #[test]
    fn one_observation_has_no_interval() {
        assert_eq!(mean(&[0.5], 0.95).unwrap().interval, None);
        assert_eq!(paired_difference(&[0.5], &[0.4], 0.95).unwrap().low(), None);
        assert_eq!(standard_deviation(&[0.5], 0.95).unwrap().interval, None);
    }

    #[test]
    fn equal_observations_have_no_spread() {
        let e = mean(&[0.1135; 7], 0.95).unwrap();
        let exact = Interval {
            low: 0.1135,
            high: 0.1135,
        };
        assert_eq!((e.point, e.interval), (0.1135, Some(exact)));
        assert_eq!(standard_deviation(&[0.1135; 7], 0.95).unwrap().point, 0.0);
    }

    #[test]
    fn bad_input_is_refused() {
        assert_eq!(mean(&[], 0.95), Err(StatsError::Empty));
        assert!(matches!(
            mean(&[0.1, f64::NAN], 0.95),
            Err(StatsError::NotFinite { index: 1, .. })
        ));
        assert!(matches!(
            paired_difference(&[f64::INFINITY], &[f64::INFINITY], 0.95),
            Err(StatsError::NotFinite { index: 0, .. })
        ));
        assert_eq!(
            paired_difference(&[1.0], &[], 0.95),
            Err(StatsError::Unpaired { left: 1, right: 0 })
        );
        for level in [0.0, 1.0, -0.5, 95.0] {
            assert_eq!(mean(&[0.1], level), Err(StatsError::Level(level)));
        }
        assert!(matches!(mean(&[0.1], f64::NAN), Err(StatsError::Level(_))));
    }
}
