//! The intersection of an interval with all that came before it.

use crate::estimate::Interval;
use crate::moments::moments;

/// Intersection of the intervals of the first two, three, … values. `interval(n, mean, deviation)` is the
/// interval of the first n alone, if there is one.
///
/// Normal values are never equal, but accuracies of few images may be. An interval of equal values is a
/// point, and would bind all later ones; so it counts only where all values are equal.
///
/// Where an interval lies apart from the intersection so far, there is nothing left to intersect. The
/// result is then the point of the newest interval that lies nearest to the intersection: each bound
/// moves into the newest interval by the least distance.
pub(crate) fn running_intersection(
    values: &[f64],
    interval: impl Fn(usize, f64, f64) -> Option<Interval>,
) -> Option<Interval> {
    let mut running: Option<Interval> = None;
    for n in 2..=values.len() {
        let (mean, deviation) = moments(&values[..n]);
        if deviation == 0.0 && n < values.len() {
            continue;
        }
        let Some(newest) = interval(n, mean, deviation) else {
            continue;
        };
        let within = |bound: f64| bound.max(newest.low).min(newest.high);
        running = Some(running.map_or(newest, |before| Interval {
            low: within(before.low),
            high: within(before.high),
        }));
    }
    running
}

#[cfg(test)]
mod tests;
