//! Where an increasing function of a positive number crosses zero.

/// Newton's steps need fewer than 20 for every quantile tested; bisection of all doubles needs 64 or so.
const MOST_STEPS: usize = 200;

/// The positive `x` at which an increasing function is zero, to all digits. `function(x)` returns its value
/// and its derivative by ln x.
pub(crate) fn root(start: f64, function: impl Fn(f64) -> (f64, f64)) -> f64 {
    root_within(f64::EPSILON, start, function)
}

/// [`root`], ended by a step of at most `tolerance`, relative. For a function whose last digits are rounding
/// errors, or that gives its derivative but nearly.
///
/// Newton's method on ln x, kept in a bracket: a step that would leave the bracket, or that is not a
/// number, becomes a bisection (Press et al., Numerical Recipes, 2007, section 9.4).
pub(crate) fn root_within(tolerance: f64, start: f64, function: impl Fn(f64) -> (f64, f64)) -> f64 {
    const WIDEN: f64 = 16.0;
    let (mut low, mut high) = (start, start);
    while function(low).0 > 0.0 {
        low /= WIDEN;
    }
    while function(high).0 < 0.0 {
        high *= WIDEN;
    }
    let mut x = start;
    for _ in 0..MOST_STEPS {
        let (value, slope) = function(x);
        if value < 0.0 {
            low = x;
        } else {
            high = x;
        }
        let newton = x * (-value / slope).exp();
        let next = if low <= newton && newton <= high {
            newton
        } else {
            low.sqrt() * high.sqrt()
        };
        if (next - x).abs() <= tolerance * x {
            return next;
        }
        x = next;
    }
    x
}

#[cfg(test)]
mod tests;
