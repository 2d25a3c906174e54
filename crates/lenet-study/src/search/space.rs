//! What a search varies, and the values that it draws.

use lenet_core::Settings;
use lenet_core::bounds::{Bounds, Counts};
use lenet_core::random::{ChaCha8Rng, uniform};
use lenet_core::settings::Node;
use lenet_results::{Numbers, Scale, SearchedSetting, SearchedValues};

/// The settings that a search varies, at least one, in the order of the file.
#[derive(Debug, Clone, PartialEq)]
pub struct Space {
    /// Their names are distinct.
    pub parameters: Vec<Parameter>,
}

/// A setting that a search varies.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// The setting, one of [`Settings::NAMES`].
    pub name: String,
    /// What it may be.
    pub range: Range,
}

/// What a setting may be.
#[derive(Debug, Clone, PartialEq)]
pub enum Range {
    /// Numbers between two ends.
    Numbers(Numbers),
    /// One of these, at least one, distinct.
    Choice(Vec<Settings>),
}

/// What was drawn for a parameter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value {
    /// A number of a range.
    Number(f64),
    /// An index into the choices.
    Choice(usize),
}

/// Digits of a number that is drawn. More would say nothing, and nobody would copy them.
const DIGITS: usize = 4;

impl Space {
    /// Names of what varies.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        self.parameters.iter().map(|p| p.name.as_str()).collect()
    }

    /// The settings that these values are.
    #[must_use]
    pub fn settings(&self, values: &[Value]) -> Settings {
        let mut settings = Settings::default();
        for (parameter, value) in self.parameters.iter().zip(values) {
            match (&parameter.range, value) {
                (Range::Choice(choices), Value::Choice(index)) => {
                    settings = settings.overlaid(&choices[*index]);
                }
                (_, Value::Number(number)) => {
                    // What the ends may be, all between them may be.
                    let _ = settings.read(&parameter.name, &Number(*number));
                }
                _ => {}
            }
        }
        settings
    }

    /// Number of combinations, if there are choices alone.
    pub(super) fn combinations(&self) -> Option<usize> {
        let choices = |parameter: &Parameter| match &parameter.range {
            Range::Choice(choices) => Some(choices.len()),
            Range::Numbers(_) => None,
        };
        let mut all = self.parameters.iter().map(choices);
        all.try_fold(1_usize, |product, own| product.checked_mul(own?))
    }

    /// The combination of this number; the last parameter varies fastest.
    pub(super) fn combination(&self, mut number: usize) -> Vec<Value> {
        let mut values: Vec<Value> = Vec::new();
        for parameter in self.parameters.iter().rev() {
            if let Range::Choice(choices) = &parameter.range {
                values.push(Value::Choice(number % choices.len()));
                number /= choices.len();
            }
        }
        values.reverse();
        values
    }

    /// The space for records.
    pub(super) fn record(&self) -> Vec<SearchedSetting> {
        let values = |parameter: &Parameter| match &parameter.range {
            Range::Numbers(numbers) => SearchedValues::Numbers(*numbers),
            Range::Choice(choices) => {
                let text = |choice: &Settings| choice.text_of(&parameter.name).unwrap_or_default();
                SearchedValues::Choice(choices.iter().map(text).collect())
            }
        };
        let setting = |parameter: &Parameter| SearchedSetting {
            name: parameter.name.clone(),
            values: values(parameter),
        };
        self.parameters.iter().map(setting).collect()
    }
}

impl Range {
    /// Draws a value.
    pub(super) fn draw(&self, rng: &mut ChaCha8Rng) -> Value {
        let share = uniform(rng);
        match self {
            Self::Choice(choices) => {
                let index = (share * choices.len() as f64) as usize;
                Value::Choice(index.min(choices.len() - 1))
            }
            Self::Numbers(numbers) => {
                let (low, high) = ends(numbers);
                Value::Number(number_at(numbers, low + share * (high - low)))
            }
        }
    }
}

/// The ends of a range on the axis that its numbers are spread evenly on. A whole number stands for all that
/// is rounded to it.
pub(super) fn ends(numbers: &Numbers) -> (f64, f64) {
    let half = if numbers.scale.is_whole() { 0.5 } else { 0.0 };
    let (low, high) = (numbers.from - half, numbers.to + half);
    match numbers.scale.is_log() {
        true => (libm::log(low), libm::log(high)),
        false => (low, high),
    }
}

/// The place of a number on that axis.
pub(super) fn place_of(numbers: &Numbers, number: f64) -> f64 {
    match numbers.scale.is_log() {
        true => libm::log(number),
        false => number,
    }
}

/// The number at a place on that axis: rounded, and within the range.
pub(super) fn number_at(numbers: &Numbers, place: f64) -> f64 {
    let number = match numbers.scale.is_log() {
        true => libm::exp(place),
        false => place,
    };
    let number = match numbers.scale {
        Scale::Integer | Scale::IntegerLog => libm::round(number),
        Scale::Linear | Scale::Log => {
            let text = format!("{number:.0$e}", DIGITS - 1);
            text.parse().unwrap_or(number)
        }
    };
    number.clamp(numbers.from, numbers.to)
}

/// A number as the value of a setting. Errors say nothing, since nobody reads them.
struct Number(f64);

impl Node for Number {
    type Error = ();

    fn is_array(&self) -> bool {
        false
    }

    fn is_table(&self) -> bool {
        false
    }

    fn is_number(&self) -> bool {
        true
    }

    fn string(&self, _: &'static str) -> Result<&str, ()> {
        Err(())
    }

    fn boolean(&self) -> Result<bool, ()> {
        Err(())
    }

    fn count(&self, bounds: Counts, _: &'static str) -> Result<usize, ()> {
        let count = self.0 as usize;
        let is_held = count as f64 == self.0 && bounds.hold(count);
        is_held.then_some(count).ok_or(())
    }

    fn number(&self, bounds: Bounds, _: &'static str) -> Result<f64, ()> {
        bounds.hold(self.0).then_some(self.0).ok_or(())
    }

    fn word<T: Copy>(&self, _: &[(&'static str, T)], _: &'static str) -> Result<T, ()> {
        Err(())
    }

    fn elements(&self, _: &'static str) -> Result<Vec<Self>, ()> {
        Err(())
    }

    fn entries(&self, _: &[&str]) -> Result<Vec<(String, Self)>, ()> {
        Err(())
    }

    fn refuse(&self, _: &str) {}

    fn missing(&self, _: &str, _: &str) {}
}

#[cfg(test)]
mod tests;
