//! Shares of the sum of squares.

use super::grid::Grid;
use crate::error::StatsError;
use crate::estimate::{Estimate, Interval};
use crate::noncentral_f::FStatistic;

/// The sum of squares of a complete grid, taken apart. The shares of all main effects, all interactions of
/// two axes, `higher` and `residual` sum to 1.
#[derive(Debug, Clone, PartialEq)]
pub struct VarianceShares {
    /// Sum of the squares of all values about their mean, in the unit of the values, squared.
    pub total: f64,
    /// The main effect of each axis, in the order of the axes.
    pub main: Vec<Effect>,
    /// The interaction of each two axes: (0, 1), (0, 2), …, (1, 2), ….
    pub interactions: Vec<Interaction>,
    /// All interactions of three and more axes together.
    pub higher: Effect,
    /// What differs within the cells: seeds, say.
    pub residual: Residual,
}

/// The interaction of two axes: what their cells have beyond the sum of both main effects.
#[derive(Debug, Clone, PartialEq)]
pub struct Interaction {
    /// Both axes, the lower one first.
    pub axes: [usize; 2],
    /// Its share.
    pub effect: Effect,
}

/// A part of the sum of squares that comes from the axes.
#[derive(Debug, Clone, PartialEq)]
pub struct Effect {
    /// Sum of squares.
    pub sum_of_squares: f64,
    /// Degrees of freedom; 0 where axes have one level, and for `higher` of fewer than three axes.
    pub degrees_of_freedom: usize,
    /// Share of the total (η²). Its interval is one for the share in the long run, of infinitely many
    /// values per cell. There is none where there is no `test`.
    pub share: Estimate,
    /// Test against the residual. `None` with one value per cell, without degrees of freedom, and where
    /// the values of each cell are equal.
    pub test: Option<FTest>,
}

/// Whether an effect is more than chance within the cells.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FTest {
    /// Mean square of the effect over mean square of the residual.
    pub f_statistic: f64,
    /// Probability of a statistic as large or larger if there is no effect.
    pub p_value: f64,
    /// Share of this effect and the residual, without the other effects (partial η²). Its interval is one
    /// for that share in the long run.
    pub partial: Estimate,
}

/// The part of the sum of squares within the cells.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Residual {
    /// Sum of squares.
    pub sum_of_squares: f64,
    /// Degrees of freedom: values less cells.
    pub degrees_of_freedom: usize,
    /// Share of the total.
    pub share: f64,
}

/// Shares of the variance of a complete factorial grid (analysis of variance with fixed effects; Fisher,
/// Statistical Methods for Research Workers, 1925).
///
/// `levels[i]` is the number of levels of axis i. `values[cell]` has the values of one cell, the same
/// number in each; cells are in row-major order, the last axis fastest. In such a grid the sums of
/// squares follow from means of cells, add up, and do not depend on the order of the axes (types I, II and
/// III agree).
///
/// Tests and intervals take the values within the cells for normal, with one variance in all cells.
///
/// **Intervals of partial shares** are exact. An F statistic of an effect is noncentral F, with a
/// noncentrality λ of N·(variance of the effect / variance within the cells), where N counts all values;
/// the partial share in the long run is λ/(λ + N). The interval holds all λ at which neither so large a
/// statistic nor so small would be rarer than (1 − level)/2 (Steiger, Beyond the F test, 2004).
///
/// **Intervals of shares** put two such intervals together, of the effect and of all other effects
/// jointly: the share in the long run is λ/(λ + λ' + N). They follow by the method of variance estimates
/// recovery (Zou and Donner, Construction of confidence limits about effect measures, 2008), an
/// approximation.
///
/// By chance alone an effect has a share of about its degrees of freedom over N. So an interval may lie
/// below the share of the sample, where degrees of freedom are many and values are few.
///
/// # Errors
/// If there are no values, the number of cells is not the product of `levels`, cells have different
/// numbers of values, a value is not finite (its index counts through all cells), all values are equal, or
/// `level` is not in (0, 1).
pub fn variance_shares(
    levels: &[usize],
    values: &[Vec<f64>],
    level: f64,
) -> Result<VarianceShares, StatsError> {
    let grid = Grid::new(levels, values, level)?;
    let parts = Parts::new(&grid);
    let n = grid.n as f64;
    let between = n * squares(&grid.cells);
    let total = between + grid.within;
    if total <= 0.0 {
        return Err(StatsError::NoVariance);
    }
    let frame = Frame {
        between,
        between_degrees: grid.cells.len() - 1,
        residual: Residual {
            sum_of_squares: grid.within,
            degrees_of_freedom: grid.within_degrees(),
            share: grid.within / total,
        },
        values: grid.values(),
        level,
    };
    Ok(VarianceShares {
        total,
        main: parts.main.iter().map(|part| frame.effect(*part)).collect(),
        interactions: parts
            .pairs
            .iter()
            .map(|&(axes, part)| Interaction {
                axes,
                effect: frame.effect(part),
            })
            .collect(),
        higher: frame.effect(parts.higher),
        residual: frame.residual,
    })
}

/// Sum of squares and degrees of freedom.
#[derive(Clone, Copy)]
struct Part {
    sum_of_squares: f64,
    degrees: usize,
}

struct Parts {
    main: Vec<Part>,
    pairs: Vec<([usize; 2], Part)>,
    higher: Part,
}

impl Parts {
    fn new(grid: &Grid) -> Self {
        let values = grid.values() as f64;
        let mut left = grid.cells.clone();
        let mut degrees_left = left.len() - 1;
        let margins: Vec<Vec<f64>> = (0..grid.axes()).map(|axis| grid.margin(axis)).collect();
        let mut main = Vec::new();
        for (axis, margin) in margins.iter().enumerate() {
            for (cell, value) in left.iter_mut().enumerate() {
                *value -= margin[grid.level_of(cell, axis)];
            }
            let degrees = margin.len() - 1;
            degrees_left -= degrees;
            main.push(Part {
                sum_of_squares: values / margin.len() as f64 * squares(margin),
                degrees,
            });
        }
        let mut pairs = Vec::new();
        for first in 0..grid.axes() {
            for second in first + 1..grid.axes() {
                let levels = grid.levels(second);
                let mut margin = grid.pair_margin(first, second);
                for (index, value) in margin.iter_mut().enumerate() {
                    *value -= margins[first][index / levels] + margins[second][index % levels];
                }
                for (cell, value) in left.iter_mut().enumerate() {
                    let row = grid.level_of(cell, first);
                    *value -= margin[row * levels + grid.level_of(cell, second)];
                }
                let degrees = (grid.levels(first) - 1) * (levels - 1);
                degrees_left -= degrees;
                let part = Part {
                    sum_of_squares: values / margin.len() as f64 * squares(&margin),
                    degrees,
                };
                pairs.push(([first, second], part));
            }
        }
        let higher = Part {
            sum_of_squares: grid.n as f64 * squares(&left),
            degrees: degrees_left,
        };
        Self {
            main,
            pairs,
            higher,
        }
    }
}

/// What an effect is measured against.
struct Frame {
    /// Sum of squares of all effects together, and its degrees of freedom.
    between: f64,
    between_degrees: usize,
    residual: Residual,
    /// Number of all values.
    values: usize,
    level: f64,
}

impl Frame {
    fn effect(&self, part: Part) -> Effect {
        // Without degrees of freedom there are but rounding errors.
        let sum_of_squares = if part.degrees == 0 {
            0.0
        } else {
            part.sum_of_squares
        };
        let of = |rest: f64, interval| Estimate {
            point: sum_of_squares / (sum_of_squares + rest),
            interval,
            level: self.level,
            n: self.values,
        };
        let others = (self.between - sum_of_squares).max(0.0);
        let rest = others + self.residual.sum_of_squares;
        let Some(statistic) = self.statistic(sum_of_squares, part.degrees) else {
            return Effect {
                sum_of_squares,
                degrees_of_freedom: part.degrees,
                share: of(rest, None),
                test: None,
            };
        };
        let own = self.bounds(Some(statistic));
        let others = self.bounds(self.statistic(others, self.between_degrees - part.degrees));
        let n = self.values as f64;
        let partial = Interval {
            low: own.low / (own.low + n),
            high: own.high / (own.high + n),
        };
        Effect {
            sum_of_squares,
            degrees_of_freedom: part.degrees,
            share: of(rest, Some(share_interval(own, others, n))),
            test: Some(FTest {
                f_statistic: statistic.value,
                p_value: statistic.p_value(),
                partial: of(self.residual.sum_of_squares, Some(partial)),
            }),
        }
    }

    /// The F statistic against the residual, where there is one.
    fn statistic(&self, sum_of_squares: f64, degrees: usize) -> Option<FStatistic> {
        let residual = self.residual.degrees_of_freedom;
        if degrees == 0 || residual == 0 {
            return None;
        }
        let mean_square = self.residual.sum_of_squares / residual as f64;
        let value = sum_of_squares / degrees as f64 / mean_square;
        // Not if the residual is 0, or so small that the quotient leaves the range of numbers.
        (value < LARGEST_STATISTIC).then_some(FStatistic {
            value,
            effect: degrees,
            residual,
        })
    }

    /// What noncentralities a statistic allows; 0 for no effects at all.
    fn bounds(&self, statistic: Option<FStatistic>) -> Noncentrality {
        let Some(statistic) = statistic else {
            return Noncentrality::default();
        };
        let tail = (1.0 - self.level) / 2.0;
        Noncentrality {
            low: statistic.noncentrality_with_above(tail),
            middle: statistic.noncentrality_with_above(0.5),
            high: statistic.noncentrality_with_below(tail),
        }
    }
}

/// Beyond it no digit of an interval changes.
const LARGEST_STATISTIC: f64 = 1e200;

/// Bounds and median-unbiased estimate of a noncentrality.
#[derive(Clone, Copy, Default)]
struct Noncentrality {
    low: f64,
    middle: f64,
    high: f64,
}

/// Interval of own/(own + others + n) from the bounds of both noncentralities. Each bound lies as far from
/// the estimate as the root of the sum of squares of what either bound alone moves it.
fn share_interval(own: Noncentrality, others: Noncentrality, n: f64) -> Interval {
    let share = |own: f64, others: f64| own / (own + others + n);
    let middle = share(own.middle, others.middle);
    let bound = |own_bound: f64, others_bound: f64| {
        (share(own_bound, others.middle) - middle).hypot(share(own.middle, others_bound) - middle)
    };
    Interval {
        low: (middle - bound(own.low, others.high)).max(0.0),
        high: (middle + bound(own.high, others.low)).min(1.0),
    }
}

fn squares(values: &[f64]) -> f64 {
    values.iter().map(|v| v * v).sum()
}
