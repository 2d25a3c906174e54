//! How a training step's time grows with its work: a fixed cost and a rate.

use lenet_stats::Estimate;

use super::Point;
use super::pairs::{Rounds, training};
use super::summary::median_or_range;

/// `seconds = fixed + flops ÷ rate`, fitted to every round on its own.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fit {
    /// What a step takes however small the network: seconds.
    pub(crate) fixed: Estimate,
    /// What is added for each floating-point operation, as a rate: FLOP/s.
    pub(crate) rate: Estimate,
    /// By what share the line misses the point that it misses most.
    pub(crate) worst: f64,
}

/// A step of a point's training.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Step {
    /// Floating-point operations, on the count of the direct method.
    pub(crate) flops: f64,
    /// Median time.
    pub(crate) seconds: f64,
}

impl Step {
    /// `None` where a time is not finite.
    pub(crate) fn of(point: &Point) -> Option<Self> {
        let times: Vec<f64> = training(point).into_values().collect();
        let median = median_or_range(&times).ok()?.point;
        Some(Self {
            flops: point.record.work.train_flops as f64 / steps(point),
            seconds: median / steps(point),
        })
    }
}

impl Fit {
    /// Median over the rounds that all points have, with their interval. `None` for fewer than
    /// three amounts of work, without a common round, or where time does not grow with work.
    pub(crate) fn new(points: &[&Point]) -> Option<Self> {
        let measured: Vec<(f64, Rounds)> = points
            .iter()
            .map(|p| {
                let per_step = training(p)
                    .into_iter()
                    .map(|(round, s)| (round, s / steps(p)));
                (
                    p.record.work.train_flops as f64 / steps(p),
                    per_step.collect(),
                )
            })
            .collect();
        let (_, first) = measured.first()?;
        let in_round = |round: &usize| {
            let at = |(flops, times): &(f64, Rounds)| Some((*flops, *times.get(round)?));
            line(&measured.iter().map(at).collect::<Option<Vec<_>>>()?)
        };
        let lines: Vec<(f64, f64)> = first.keys().filter_map(in_round).collect();
        let (fixed, rate): (Vec<f64>, Vec<f64>) = lines.into_iter().unzip();
        let (fixed, rate) = (median_or_range(&fixed).ok()?, median_or_range(&rate).ok()?);
        let miss = |p: &&Point| {
            let step = Step::of(p)?;
            Some(((fixed.point + step.flops / rate.point) / step.seconds - 1.0).abs())
        };
        let worst = points.iter().filter_map(miss).fold(0.0, f64::max);
        Some(Self { fixed, rate, worst })
    }

    /// Time of a step of that much work, in seconds.
    pub(crate) fn seconds(&self, flops: f64) -> f64 {
        self.fixed.point + flops / self.rate.point
    }
}

/// Steps of an epoch, the last one possibly smaller.
fn steps(point: &Point) -> f64 {
    let at = &point.record.point;
    at.samples.div_ceil(at.batch_size) as f64
}

/// Fixed time and rate of the line through (work, time) with least squares of the relative
/// deviations, since times range over orders of magnitude; the fixed time is kept from being
/// negative.
fn line(points: &[(f64, f64)]) -> Option<(f64, f64)> {
    let scale = points.iter().map(|(flops, _)| *flops).fold(0.0, f64::max);
    let mut works: Vec<f64> = points.iter().map(|(flops, _)| *flops).collect();
    works.sort_by(f64::total_cmp);
    works.dedup();
    if works.len() < 3 || !(scale > 0.0) || !points.iter().all(|(_, t)| t.is_finite() && *t > 0.0) {
        return None;
    }
    // Minimizes Σ (a·u + b·v − 1)², u = 1 ÷ t, v = work ÷ t.
    let (mut uu, mut uv, mut vv, mut u, mut v) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for (flops, time) in points {
        let (ui, vi) = (1.0 / time, flops / scale / time);
        uu += ui * ui;
        uv += ui * vi;
        vv += vi * vi;
        u += ui;
        v += vi;
    }
    let determinant = uu * vv - uv * uv;
    let (mut fixed, mut slope) = (
        (u * vv - v * uv) / determinant,
        (v * uu - u * uv) / determinant,
    );
    if !(fixed >= 0.0) {
        (fixed, slope) = (0.0, v / vv);
    }
    (slope > 0.0).then_some((fixed, scale / slope))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::testing::{Grid, record};
    use crate::runtime::{Runtimes, Series};

    #[test]
    fn a_line_is_found_again() {
        let exact = [1e6, 5e6, 3e8].map(|flops| (flops, 2e-3 + flops / 5e10));
        let (fixed, rate) = line(&exact).unwrap();
        assert!((fixed / 2e-3 - 1.0).abs() < 1e-9, "{fixed}");
        assert!((rate / 5e10 - 1.0).abs() < 1e-9, "{rate}");
    }

    #[test]
    fn a_cost_below_nothing_is_nothing() {
        let (fixed, rate) = line(&[(1.0, 0.5), (2.0, 2.5), (3.0, 4.0)]).unwrap();
        assert_eq!(fixed, 0.0);
        assert!(rate > 0.0);
    }

    #[test]
    fn what_has_no_line_has_none() {
        assert_eq!(line(&[(1.0, 1.0), (2.0, 2.0), (2.0, 2.0)]), None);
        assert_eq!(line(&[(1.0, 1.0), (2.0, f64::NAN), (3.0, 1.0)]), None);
        assert_eq!(line(&[(1.0, 1.0), (2.0, 0.0), (3.0, 1.0)]), None);
        assert!(Fit::new(&[]).is_none());
    }

    #[test]
    fn rounds_give_the_interval() {
        // 157 steps of 64; each round is slower than the one before.
        let records: Vec<_> = [8, 32, 128]
            .iter()
            .map(|&filters| {
                let point = Grid::cpu().point(filters, 64, 0.0);
                let flops = record(&point, &[]).work.train_flops as f64;
                let times =
                    [1.0, 1.1, 1.2].map(|slower| slower * (157.0 * 1e-3 + flops / 2e10) / 0.75);
                record(&point, &times)
            })
            .collect();
        let runtimes = Runtimes::new(&records);
        assert_eq!(
            runtimes
                .series
                .iter()
                .map(Series::on_gpu)
                .collect::<Vec<_>>(),
            [false]
        );
        let points: Vec<_> = runtimes.points.iter().collect();
        let fit = Fit::new(&points).unwrap();
        assert!((fit.fixed.point / 1.1e-3 - 1.0).abs() < 1e-9, "{fit:?}");
        assert!(
            (fit.rate.point / (2e10 / 1.1) - 1.0).abs() < 1e-9,
            "{fit:?}"
        );
        assert!((fit.fixed.low().unwrap() / 1e-3 - 1.0).abs() < 1e-9);
        assert!((fit.rate.high().unwrap() / 2e10 - 1.0).abs() < 1e-9);
        assert!(fit.worst < 1e-9);
        let step = Step::of(points[0]).unwrap();
        assert!((fit.seconds(step.flops) / step.seconds - 1.0).abs() < 1e-9);
    }
}
