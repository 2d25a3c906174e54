//! Settings of a trial as other programs take them: numbers where they are numbers, else texts.

use lenet_core::{Settings, Trial, shown};

/// The value of a setting.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Parameter {
    Integer(u64),
    Float(f64),
    Text(String),
}

impl Parameter {
    /// A setting's text as [`Settings::text_of`] gives it.
    fn of(text: &str) -> Self {
        if let Ok(number) = text.parse() {
            return Self::Integer(number);
        }
        match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Self::Float(number),
            _ => Self::Text(shown(text)),
        }
    }

    /// The number, where a float holds it exactly.
    pub(crate) fn number(&self) -> Option<f64> {
        const EXACT: u64 = 1 << f64::MANTISSA_DIGITS;
        match self {
            Self::Integer(number) => (*number <= EXACT).then_some(*number as f64),
            Self::Float(number) => Some(*number),
            Self::Text(_) => None,
        }
    }

    pub(crate) fn text(&self) -> String {
        match self {
            Self::Integer(number) => number.to_string(),
            Self::Float(number) => number.to_string(),
            Self::Text(text) => text.clone(),
        }
    }
}

/// Every setting of a trial in the order of [`Settings::NAMES`], and last its `seed`.
pub(crate) fn parameters(trial: &Trial) -> Vec<(&'static str, Parameter)> {
    let settings = Settings::of(trial);
    let named = Settings::NAMES.iter();
    let named = named.filter_map(|name| Some((*name, Parameter::of(&settings.text_of(name)?))));
    named
        .chain([("seed", Parameter::Integer(trial.seed))])
        .collect()
}

/// Names of the settings in which trials differ, in the order of [`Settings::NAMES`].
pub(crate) fn varying<'t>(trials: impl IntoIterator<Item = &'t Trial>) -> Vec<&'static str> {
    let mut trials = trials.into_iter();
    let Some(first) = trials.next().map(Settings::of) else {
        return Vec::new();
    };
    let mut found: Vec<&str> = Vec::new();
    for trial in trials {
        let new = first.differing(&Settings::of(trial)).into_iter();
        let new: Vec<_> = new.filter(|name| !found.contains(name)).collect();
        found.extend(new);
    }
    let all = Settings::NAMES.iter().copied();
    all.filter(|name| found.contains(name)).collect()
}

#[cfg(test)]
mod tests;
