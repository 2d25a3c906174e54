//! Time of a training step as a fixed cost plus work at a rate.

use lenet_stats::Estimate;

use crate::records::estimates::median_or_range;
use crate::records::runtimes::{PerRound, Point, Runtimes};

/// The line `seconds = fixed + flops ÷ rate`, fitted to each round separately.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fit {
    /// Fixed cost of a step, in seconds.
    pub(crate) fixed: Estimate,
    /// Rate of the work beyond the fixed cost, in FLOP/s.
    pub(crate) rate: Estimate,
    /// Largest relative deviation of the line from a point.
    pub(crate) worst: f64,
}

/// A training step of a point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Step {
    /// Floating-point operations, counted by the direct method.
    pub(crate) flops: f64,
    /// Median time in seconds.
    pub(crate) seconds: f64,
}

/// The fit of a series, with or without dropout.
#[derive(Debug)]
pub(crate) struct FittedSeries {
    /// Index into [`Runtimes::series`].
    pub(crate) series: usize,
    pub(crate) dropout: f64,
    /// Number of points behind the fit.
    pub(crate) points: usize,
    pub(crate) fit: Fit,
}

/// All fits that the runtimes allow. A fit takes all network sizes and batch sizes together.
pub(crate) fn fits(runtimes: &Runtimes) -> Vec<FittedSeries> {
    let mut found = Vec::new();
    for series in 0..runtimes.series.len() {
        for dropout in runtimes.dropout_rates() {
            let points: Vec<&Point> = runtimes.with_dropout(series, dropout).collect();
            if let Some(fit) = Fit::new(&points) {
                found.push(FittedSeries {
                    series,
                    dropout,
                    points: points.len(),
                    fit,
                });
            }
        }
    }
    found
}

impl Step {
    /// The median step of a point; `None` if a time is not finite.
    pub(crate) fn of(point: &Point) -> Option<Self> {
        let times: Vec<f64> = point.training().into_values().collect();
        Some(Self {
            flops: flops(point),
            seconds: median_or_range(&times).ok()?.point / steps(point),
        })
    }
}

impl Fit {
    /// Median over the rounds that all points have. `None` if there are fewer than three amounts of
    /// work, no common round, or a time that does not grow with work.
    pub(crate) fn new(points: &[&Point]) -> Option<Self> {
        let per_step = |point: &&Point| -> (f64, PerRound) {
            let times = point.training().into_iter();
            let times = times.map(|(round, seconds)| (round, seconds / steps(point)));
            (flops(point), times.collect())
        };
        let measured: Vec<(f64, PerRound)> = points.iter().map(per_step).collect();
        let (_, first) = measured.first()?;
        let in_round = |round: &usize| {
            let at = |(flops, times): &(f64, PerRound)| Some((*flops, *times.get(round)?));
            line(&measured.iter().map(at).collect::<Option<Vec<_>>>()?)
        };
        let (fixed, rate): (Vec<f64>, Vec<f64>) = first.keys().filter_map(in_round).unzip();
        let (fixed, rate) = (median_or_range(&fixed).ok()?, median_or_range(&rate).ok()?);
        let miss = |p: &&Point| {
            let step = Step::of(p)?;
            Some(((fixed.point + step.flops / rate.point) / step.seconds - 1.0).abs())
        };
        let worst = points.iter().filter_map(miss).fold(0.0, f64::max);
        Some(Self { fixed, rate, worst })
    }

    /// Time in seconds of a step with this much work.
    pub(crate) fn seconds(&self, flops: f64) -> f64 {
        self.fixed.point + flops / self.rate.point
    }
}

/// Steps per epoch. The last one may be smaller.
fn steps(point: &Point) -> f64 {
    let at = point.record;
    at.images.train.div_ceil(at.batch_size()) as f64
}

/// Work of a step in FLOP.
fn flops(point: &Point) -> f64 {
    point.record.work.train_flops as f64 / steps(point)
}

/// Fixed cost and rate of the line through (work, time). The fit minimizes the squares of the
/// relative deviations, since times range over orders of magnitude. The fixed cost is at least 0.
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
mod tests;
