//! The F distribution, central and noncentral, and the noncentralities that an F statistic allows.

use crate::density::poisson_density;
use crate::incomplete_beta::{incomplete_beta, increment};
use crate::root::root_within;

/// Terms below this share of a sum no longer change it.
const NEGLIGIBLE: f64 = f64::EPSILON / 16.0;

/// Tails below it are not summed to all digits.
const LEAST_TAIL: f64 = 1e-30;

/// Relative tolerance of noncentralities.
const TOLERANCE: f64 = 1e-12;

/// Expected noncentrality up to which all terms are summed: some 17·√(λ/2) of them.
const MOST_SUMMED: f64 = 1e6;

/// Degrees of freedom of a numerator that hardly varies any more. With more of them, rounding would tell.
const MOST_DEGREES: f64 = 1e12;

/// An F statistic with its degrees of freedom, which need not be whole: of the effect, and of the residual.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FStatistic {
    pub(crate) value: f64,
    pub(crate) effect: f64,
    pub(crate) residual: f64,
}

/// Probabilities that noncentral F lies on either side of a value.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tails {
    pub(crate) below: f64,
    pub(crate) above: f64,
    /// Derivative of `above` by the noncentrality.
    pub(crate) slope: f64,
}

impl FStatistic {
    /// Probability of a statistic as large or larger where there is no effect.
    pub(crate) fn p_value(self) -> f64 {
        let (a, b, x, y) = self.beta();
        incomplete_beta(a, b, x, y).1
    }

    /// Estimate of the noncentrality: the expected statistic is about 1 + λ / degrees of freedom.
    pub(crate) fn noncentrality(self) -> f64 {
        self.effect * (self.value - 1.0).max(0.0)
    }

    /// Both tails at a noncentrality λ ≥ 0. Statistics that stand for a noncentrality above
    /// [`MOST_SUMMED`] take Patnaik's approximation, which by then is off by less than 1e-4.
    pub(crate) fn tails(self, noncentrality: f64) -> Tails {
        if self.value <= 0.0 {
            Tails {
                below: 0.0,
                above: 1.0,
                slope: 0.0,
            }
        } else if self.start() > MOST_SUMMED {
            self.patnaik(noncentrality)
        } else {
            self.mixture(noncentrality)
        }
    }

    /// Σ Poisson(j; λ/2) · I_x(a + j, b) over all j, with a and b half the degrees of freedom. The sum
    /// starts at the likeliest j and goes both ways (Benton and Krishnamoorthy, Computing discrete mixtures
    /// of continuous distributions, 2003); the beta functions follow from the first by a recurrence.
    fn mixture(self, noncentrality: f64) -> Tails {
        let (a, b, x, y) = self.beta();
        let mean = noncentrality / 2.0;
        let j = mean.floor();
        let (lower, upper) = incomplete_beta(a + j, b, x, y);
        let first = Term {
            j,
            weight: if mean > 0.0 {
                poisson_density(j, mean)
            } else {
                1.0
            },
            lower,
            upper,
            step: increment(a + j, b, x, y),
        };
        let mut sum = Tails {
            below: 0.0,
            above: 0.0,
            slope: 0.0,
        };
        sum.add(&first);
        let mut term = first;
        while term.weight > NEGLIGIBLE * sum.above.max(LEAST_TAIL) {
            term = term.next(mean, a, b, x);
            sum.add(&term);
        }
        let mut term = first;
        while term.j > 0.0 && term.weight > NEGLIGIBLE * sum.below.max(LEAST_TAIL) {
            term = term.previous(mean, a, b, x);
            sum.add(&term);
        }
        sum
    }

    /// A central F in its place, whose numerator has the same mean and variance (Patnaik, The non-central
    /// χ²- and F-distributions and their applications, 1949).
    fn patnaik(self, noncentrality: f64) -> Tails {
        let mean = self.effect + noncentrality;
        let degrees = (mean * (mean / (mean + noncentrality))).min(MOST_DEGREES);
        let odds = self.value * (self.effect / mean) * degrees / self.residual;
        let (a, b, y) = (degrees / 2.0, self.residual / 2.0, (1.0 + odds).recip());
        let x = odds * y;
        let (below, above) = incomplete_beta(a, b, x, y);
        Tails {
            below,
            above,
            slope: a * increment(a, b, x, y) / mean,
        }
    }

    /// The noncentrality at which a statistic as large or larger has probability `tail`; 0 where it has
    /// more than that without any effect. `residual` gives the degrees of freedom by the noncentrality.
    pub(crate) fn noncentrality_with_above(self, tail: f64, residual: impl Fn(f64) -> f64) -> f64 {
        let tails = |noncentrality: f64| {
            let residual = residual(noncentrality);
            Self { residual, ..self }.tails(noncentrality)
        };
        if tails(0.0).above >= tail {
            return 0.0;
        }
        root_within(TOLERANCE, self.start(), |noncentrality| {
            let tails = tails(noncentrality);
            let slope = noncentrality * tails.slope / tails.above;
            ((tails.above / tail).ln(), slope)
        })
    }

    /// The noncentrality at which a statistic as small or smaller has probability `tail`; 0 where it has
    /// less than that without any effect. `residual` gives the degrees of freedom by the noncentrality.
    pub(crate) fn noncentrality_with_below(self, tail: f64, residual: impl Fn(f64) -> f64) -> f64 {
        let tails = |noncentrality: f64| {
            let residual = residual(noncentrality);
            Self { residual, ..self }.tails(noncentrality)
        };
        if tails(0.0).below <= tail {
            return 0.0;
        }
        root_within(TOLERANCE, self.start(), |noncentrality| {
            let tails = tails(noncentrality);
            let slope = noncentrality * tails.slope / tails.below;
            ((tail / tails.below).ln(), slope)
        })
    }

    /// Where to look for a noncentrality first.
    fn start(self) -> f64 {
        self.noncentrality().max(self.effect)
    }

    /// Parameters and arguments of the beta function: a, b, x and 1 − x.
    fn beta(self) -> (f64, f64, f64, f64) {
        let odds = self.value * (self.effect / self.residual);
        let y = (1.0 + odds).recip();
        (self.effect / 2.0, self.residual / 2.0, odds * y, y)
    }
}

/// One term of the sum over j: the Poisson probability, both tails of the beta function, and what its
/// lower tail loses up to j + 1.
#[derive(Clone, Copy)]
struct Term {
    j: f64,
    weight: f64,
    lower: f64,
    upper: f64,
    step: f64,
}

impl Term {
    fn next(self, mean: f64, a: f64, b: f64, x: f64) -> Self {
        let a = a + self.j;
        Self {
            j: self.j + 1.0,
            weight: self.weight * mean / (self.j + 1.0),
            lower: (self.lower - self.step).max(0.0),
            upper: self.upper + self.step,
            step: self.step * x * (a + b) / (a + 1.0),
        }
    }

    fn previous(self, mean: f64, a: f64, b: f64, x: f64) -> Self {
        let a = a + self.j - 1.0;
        let step = self.step * (a + 1.0) / (x * (a + b));
        Self {
            j: self.j - 1.0,
            weight: self.weight * self.j / mean,
            lower: self.lower + step,
            upper: (self.upper - step).max(0.0),
            step,
        }
    }
}

impl Tails {
    fn add(&mut self, term: &Term) {
        self.below += term.weight * term.lower;
        self.above += term.weight * term.upper;
        self.slope += term.weight * term.step / 2.0;
    }
}

#[cfg(test)]
mod tests;
