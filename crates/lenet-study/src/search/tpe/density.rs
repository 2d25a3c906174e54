//! The density of a parameter's values, estimated from some of them.

use lenet_core::random::{ChaCha8Rng, standard_normal, uniform};
use lenet_results::Numbers;

use crate::search::space::{Range, Value, ends, number_at, place_of};

/// A Parzen estimator.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Density {
    /// A mixture of normal distributions, cut off at the ends of the range: one around each value, and a wide
    /// one around the middle.
    Numbers {
        numbers: Numbers,
        /// Mean and standard deviation, all of one weight.
        kernels: Vec<(f64, f64)>,
    },
    /// The probability of each choice.
    Choice(Vec<f64>),
}

/// No kernel is narrower than this part of the range.
const NARROWEST: f64 = 100.0;

impl Density {
    /// The density of these values of a range.
    pub(super) fn of(range: &Range, values: &[Value]) -> Self {
        match range {
            Range::Choice(choices) => Self::Choice(shares(choices.len(), values)),
            Range::Numbers(numbers) => {
                let number = |value: &Value| match value {
                    Value::Number(number) => Some(place_of(numbers, *number)),
                    Value::Choice(_) => None,
                };
                let places: Vec<f64> = values.iter().filter_map(number).collect();
                Self::Numbers {
                    numbers: *numbers,
                    kernels: kernels(&places, ends(numbers)),
                }
            }
        }
    }

    /// Draws a value.
    pub(super) fn draw(&self, rng: &mut ChaCha8Rng) -> Value {
        match self {
            Self::Choice(shares) => {
                let mut left = uniform(rng);
                let found = shares.iter().position(|share| {
                    left -= share;
                    left < 0.0
                });
                Value::Choice(found.unwrap_or(shares.len() - 1))
            }
            Self::Numbers { numbers, kernels } => {
                let at = (uniform(rng) * kernels.len() as f64) as usize;
                let (mean, deviation) = kernels[at.min(kernels.len() - 1)];
                let (low, high) = ends(numbers);
                let place = loop {
                    let place = mean + deviation * standard_normal(rng);
                    if (low..=high).contains(&place) {
                        break place;
                    }
                };
                Value::Number(number_at(numbers, place))
            }
        }
    }

    /// The logarithm of the density at a value, of a logarithmic scale on the axis of logarithms; of whole
    /// numbers and of choices, that of the probability.
    pub(super) fn ln(&self, value: Value) -> f64 {
        match (self, value) {
            (Self::Choice(shares), Value::Choice(index)) => libm::log(shares[index]),
            (Self::Numbers { numbers, kernels }, Value::Number(number)) => {
                let (low, high) = ends(numbers);
                let place = place_of(numbers, number);
                let density = |(mean, deviation): &(f64, f64)| {
                    let at = |place: f64| (place - mean) / deviation;
                    let whole = share_below(at(high)) - share_below(at(low));
                    let here = match numbers.scale.is_whole() {
                        true => {
                            let [below, above] = [-0.5, 0.5].map(|d| place_of(numbers, number + d));
                            share_below(at(above)) - share_below(at(below))
                        }
                        false => normal(at(place)) / deviation,
                    };
                    here / whole
                };
                let sum: f64 = kernels.iter().map(density).sum();
                libm::log(sum / kernels.len() as f64)
            }
            _ => f64::NEG_INFINITY,
        }
    }
}

/// The probability of each of so many choices: the mean of a distribution around each value and an even one.
/// The share that is not the value's own is the smaller, the more values there are.
fn shares(choices: usize, values: &[Value]) -> Vec<f64> {
    let kernels = values.len() as f64 + 1.0;
    let even = 1.0 / kernels;
    let whole = 1.0 + choices as f64 * even;
    let share = |choice: usize| {
        let own = values
            .iter()
            .filter(|value| **value == Value::Choice(choice));
        let around = (own.count() as f64 + values.len() as f64 * even) / whole;
        (around + 1.0 / choices as f64) / kernels
    };
    (0..choices).map(share).collect()
}

/// A kernel at each place, as wide as the larger gap to its neighbours, and a wide one in the middle. A place
/// that has no neighbour has the ends of the range.
fn kernels(places: &[f64], (low, high): (f64, f64)) -> Vec<(f64, f64)> {
    let (middle, width) = (0.5 * (low + high), high - low);
    let narrowest = width / NARROWEST.min(places.len() as f64 + 2.0);
    let mut sorted: Vec<f64> = places.to_vec();
    sorted.sort_by(f64::total_cmp);
    let kernel = |(at, &place): (usize, &f64)| {
        let below = at.checked_sub(1).map(|before| place - sorted[before]);
        let above = sorted.get(at + 1).map(|next| next - place);
        let gap = match (below, above) {
            (None, None) => (place - low).max(high - place),
            (below, above) => below.unwrap_or(0.0).max(above.unwrap_or(0.0)),
        };
        (place, gap.clamp(narrowest, width))
    };
    let mut kernels: Vec<(f64, f64)> = sorted.iter().enumerate().map(kernel).collect();
    kernels.push((middle, width));
    kernels
}

/// The normal density.
fn normal(z: f64) -> f64 {
    libm::exp(-0.5 * z * z) / libm::sqrt(2.0 * std::f64::consts::PI)
}

/// The share of the normal distribution below a number.
fn share_below(z: f64) -> f64 {
    0.5 * libm::erfc(-z * std::f64::consts::FRAC_1_SQRT_2)
}

#[cfg(test)]
mod tests;
