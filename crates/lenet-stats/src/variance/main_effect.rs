//! Means of the levels of an axis.

use super::grid::Grid;
use crate::error::StatsError;
use crate::estimate::{Estimate, Interval};
use crate::quantile::student_t;

/// Mean of all values at each level of an axis of a complete grid, in the order of the levels.
///
/// `levels` and `values` are those of [`variance_shares`](crate::variance_shares). A mean weighs the cells
/// of its level alike, and its `n` counts the values. Its interval is Student's t interval with the
/// standard deviation pooled over all cells, of as many degrees of freedom as there are values less cells.
/// So it tells how far chance within the cells (seeds, say) moves the mean of just these cells. One value
/// per cell gives no interval.
///
/// # Errors
/// As [`variance_shares`](crate::variance_shares), and if the grid has no such axis; but values that are
/// all equal have means.
pub fn main_effect(
    levels: &[usize],
    values: &[Vec<f64>],
    axis: usize,
    level: f64,
) -> Result<Vec<Estimate>, StatsError> {
    if axis >= levels.len() {
        let axes = levels.len();
        return Err(StatsError::NoAxis { axis, axes });
    }
    let grid = Grid::new(levels, values, level)?;
    let n = grid.values() / grid.levels(axis);
    let degrees = grid.within_degrees();
    let half = (degrees > 0).then(|| {
        let variance = grid.within / degrees as f64;
        student_t((1.0 - level) / 2.0, degrees) * (variance / n as f64).sqrt()
    });
    let estimates = grid.margin(axis).into_iter().map(|mean| {
        let point = grid.mean + mean;
        Estimate {
            point,
            interval: half.map(|half| Interval {
                low: point - half,
                high: point + half,
            }),
            level,
            n,
        }
    });
    Ok(estimates.collect())
}
