//! Which values a parameter of Optuna may have.

use serde_json::{Value, json};

use crate::parameter::Parameter;

/// A distribution of Optuna. Ranges are logarithmic where the greatest value is at least ten times the least.
#[derive(Debug, PartialEq)]
pub(super) enum Distribution {
    Integer { low: u64, high: u64, log: bool },
    Float { low: f64, high: f64, log: bool },
    Categorical(Vec<Parameter>),
}

/// From this ratio of the greatest value to the least on, a range is logarithmic.
const LOGARITHMIC: f64 = 10.0;

impl Distribution {
    /// The distribution that has exactly the range of these values: whole numbers, numbers or whatever.
    pub(super) fn of<'p>(values: impl Iterator<Item = &'p Parameter>) -> Self {
        let mut distinct: Vec<&Parameter> = Vec::new();
        for value in values {
            if !distinct.contains(&value) {
                distinct.push(value);
            }
        }
        let integers = distinct.iter().map(|value| match value {
            // A whole number that a float holds exactly, as Optuna keeps it.
            Parameter::Integer(number) if value.number().is_some() => Some(*number),
            _ => None,
        });
        if let Some(integers) = integers.collect::<Option<Vec<u64>>>()
            && let (Some(low), Some(high)) = (integers.iter().min(), integers.iter().max())
        {
            let (low, high) = (*low, *high);
            let log = is_logarithmic(low as f64, high as f64);
            return Self::Integer { low, high, log };
        }
        let floats = distinct.iter().map(|value| value.number());
        if let Some(mut floats) = floats.collect::<Option<Vec<f64>>>() {
            floats.sort_by(f64::total_cmp);
            if let (Some(low), Some(high)) = (floats.first(), floats.last()) {
                let (low, high) = (*low, *high);
                let log = is_logarithmic(low, high);
                return Self::Float { low, high, log };
            }
        }
        Self::Categorical(distinct.into_iter().cloned().collect())
    }

    /// The value as Optuna keeps it: a number, or the index of a choice.
    pub(super) fn internal(&self, value: &Parameter) -> Option<f64> {
        match self {
            Self::Integer { .. } | Self::Float { .. } => value.number(),
            Self::Categorical(choices) => {
                let place = choices.iter().position(|choice| choice == value)?;
                Some(place as f64)
            }
        }
    }

    /// The distribution as Optuna's journal has it: JSON in a text.
    pub(super) fn json(&self) -> String {
        let (name, attributes) = match self {
            Self::Integer { low, high, log } => (
                "IntDistribution",
                json!({ "low": low, "high": high, "log": log, "step": 1 }),
            ),
            Self::Float { low, high, log } => (
                "FloatDistribution",
                json!({ "low": low, "high": high, "log": log, "step": null }),
            ),
            Self::Categorical(choices) => {
                let choices: Vec<Value> = choices.iter().map(super::plain).collect();
                ("CategoricalDistribution", json!({ "choices": choices }))
            }
        };
        json!({ "name": name, "attributes": attributes }).to_string()
    }
}

fn is_logarithmic(low: f64, high: f64) -> bool {
    low > 0.0 && high >= LOGARITHMIC * low
}
