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
    /// Share of the total (η²), chance included.
    pub share: f64,
    /// Test against the residual. `None` with one value per cell, without degrees of freedom, and where
    /// the values of each cell are equal.
    pub test: Option<FTest>,
}

/// What an effect is beyond chance within the cells.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FTest {
    /// Mean square of the effect over mean square of the residual.
    pub f_statistic: f64,
    /// Probability of a statistic as large or larger if there is no effect.
    pub p_value: f64,
    /// The share of the total in the long run, of infinitely many values per cell (ω²).
    pub share: Estimate,
    /// The same of this effect and the residual, without the other effects (partial ω²).
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
/// By chance alone an effect has a share of about its degrees of freedom over N, the number of all values.
/// What is beyond that are shares in the long run, of infinitely many values per cell. Tests and intervals of
/// these take the values within the cells for normal, with one variance in all cells. The F statistic of an
/// effect is then noncentral F, with a noncentrality λ of N·(variance of the effect / variance within the
/// cells), estimated by max(0, degrees of freedom·(F − 1)).
///
/// **Partial shares** are λ/(λ + N). Their intervals are exact: they hold all λ at which neither so large a
/// statistic nor so small would be rarer than (1 − level)/2 (Steiger, Beyond the F test, 2004).
///
/// **Shares of the total** are λ/(λ + λ' + N), with the λ' of all other effects estimated likewise (Hays,
/// Statistics for Psychologists, 1963, calls the estimate ω²). Their intervals are approximate where there are
/// other effects. They are those of λ again, but with the degrees of freedom of the residual that the
/// sampling variances of all sums of squares come to (Satterthwaite, An approximate distribution of estimates
/// of variance components, 1946): those of the residual for λ = 0, where the interval agrees with the test,
/// and more for a large λ, because a wrong variance within the cells moves numerator and denominator alike.
/// The tests simulate how often the intervals hold.
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
        let test = self
            .statistic(sum_of_squares, part.degrees)
            .map(|statistic| {
                let n = self.values as f64;
                let others = (self.between - sum_of_squares).max(0.0);
                let others = self.others(others, self.between_degrees - part.degrees);
                FTest {
                    f_statistic: statistic.value,
                    p_value: statistic.p_value(),
                    share: self.estimate(n + others.noncentrality, statistic, |noncentrality| {
                        others.degrees(statistic, noncentrality)
                    }),
                    partial: self.estimate(n, statistic, |_| statistic.residual),
                }
            });
        Effect {
            sum_of_squares,
            degrees_of_freedom: part.degrees,
            share: sum_of_squares / (self.between + self.residual.sum_of_squares),
            test,
        }
    }

    /// The other effects of that sum of squares, and the residual.
    fn others(&self, sum_of_squares: f64, degrees: usize) -> Others {
        let statistic = self.statistic(sum_of_squares, degrees);
        Others {
            noncentrality: statistic.map_or(0.0, FStatistic::noncentrality),
            central: (degrees + self.residual.degrees_of_freedom) as f64,
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
            effect: degrees as f64,
            residual: residual as f64,
        })
    }

    /// λ/(λ + rest) with an interval over the noncentralities λ that a statistic allows, with the degrees of
    /// freedom of the residual by λ.
    fn estimate(
        &self,
        rest: f64,
        statistic: FStatistic,
        residual: impl Fn(f64) -> f64,
    ) -> Estimate {
        let tail = (1.0 - self.level) / 2.0;
        let share = |noncentrality: f64| noncentrality / (noncentrality + rest);
        Estimate {
            point: share(statistic.noncentrality()),
            interval: Some(Interval {
                low: share(statistic.noncentrality_with_above(tail, &residual)),
                high: share(statistic.noncentrality_with_below(tail, &residual)),
            }),
            level: self.level,
            n: self.values,
        }
    }
}

/// The sum of squares of all other effects and of the residual, over the variance within the cells: a
/// noncentral χ².
struct Others {
    noncentrality: f64,
    /// Degrees of freedom.
    central: f64,
}

impl Others {
    /// Degrees of freedom of the residual at which a quotient of mean squares varies as the estimate of λ
    /// relative to `noncentrality` + N does.
    fn degrees(&self, statistic: FStatistic, noncentrality: f64) -> f64 {
        let mean = self.central + self.noncentrality;
        // Of the effect's expected mean square, one part is chance and one is the effect.
        let chance = statistic.effect / (statistic.effect + noncentrality);
        let effect = noncentrality / (statistic.effect + noncentrality);
        let variance = chance * chance / statistic.residual
            + 2.0 * chance * effect / mean
            + effect * effect / mean * (1.0 + self.noncentrality / mean);
        variance.recip()
    }
}

/// Beyond it no digit of an interval changes.
const LARGEST_STATISTIC: f64 = 1e200;

fn squares(values: &[f64]) -> f64 {
    values.iter().map(|v| v * v).sum()
}
