//! The grid of a runtime measurement, read from TOML.

use std::path::Path;

use lenet_core::Backend;
use lenet_results::DataPlacement;
use serde::Deserialize;
use toml::de::DeTable;

use super::error::RuntimeError;

/// What to measure. Lists are axes: every combination is a point.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuntimeConfig {
    /// Short name; results go to `results/` and this.
    pub name: String,
    /// Filters of both convolutions.
    pub filters: Vec<usize>,
    /// Images a step.
    pub batch_size: Vec<usize>,
    /// Rates of dropout, which is really connected.
    pub dropout: Vec<f64>,
    /// Devices; empty: all that can be reached.
    #[serde(default)]
    pub device: Vec<String>,
    /// Backends; empty: the usual one of each device.
    #[serde(default)]
    pub backend: Vec<Backend>,
    /// Where images lie; empty: all places that a device knows.
    #[serde(default)]
    pub placement: Vec<DataPlacement>,
    /// Trials that are trained together, where a device trains them in single launches.
    #[serde(default = "alone")]
    pub trials: Vec<usize>,
    /// Training images, drawn at random.
    pub samples: usize,
    /// Images held out for validation.
    pub validation: usize,
    /// Learning rate of SGD.
    pub learning_rate: f64,
    /// Rounds: samples of each point.
    pub repeats: usize,
    /// Training images of the warm-up, thrown away; 0: none.
    pub warm_up_samples: usize,
    /// Passes with a clock around each phase.
    pub phase_passes: usize,
    /// Seed of weights, samples, order of images, dropout and order of points.
    pub seed: u64,
}

fn alone() -> Vec<usize> {
    vec![1]
}

const KEYS: [&str; 15] = [
    "name",
    "filters",
    "batch_size",
    "dropout",
    "device",
    "backend",
    "placement",
    "trials",
    "samples",
    "validation",
    "learning_rate",
    "repeats",
    "warm_up_samples",
    "phase_passes",
    "seed",
];

impl RuntimeConfig {
    /// Name of the configuration that comes with this crate: the report's grid.
    pub const BUILTIN: &'static str = "runtime-2017";

    /// Opens a file, or the built-in configuration by its name.
    ///
    /// # Errors
    /// A file that cannot be read or used.
    pub fn open(file_or_name: &str) -> Result<Self, RuntimeError> {
        if file_or_name == Self::BUILTIN {
            let text = include_str!("../../configs/runtime-2017.toml");
            return Self::parse(text, file_or_name);
        }
        let text =
            std::fs::read_to_string(Path::new(file_or_name)).map_err(|e| RuntimeError::Read {
                path: file_or_name.to_owned(),
                reason: e.to_string(),
            })?;
        Self::parse(&text, file_or_name)
    }

    /// Reads a configuration; `origin` names it in errors.
    ///
    /// # Errors
    /// What is no TOML, unknown, of the wrong type or out of range.
    pub fn parse(text: &str, origin: &str) -> Result<Self, RuntimeError> {
        let syntax = |error: toml::de::Error| RuntimeError::Syntax {
            origin: match error.span() {
                Some(span) => format!("{origin}:{}", line(text, span.start)),
                None => origin.to_owned(),
            },
            message: error.message().to_owned(),
        };
        for key in DeTable::parse(text).map_err(syntax)?.get_ref().keys() {
            let name: &str = key.get_ref();
            if !KEYS.contains(&name) {
                return Err(RuntimeError::UnknownKey {
                    origin: origin.to_owned(),
                    line: line(text, key.span().start),
                    key: name.to_owned(),
                    hint: nearest(name),
                });
            }
        }
        let config: Self = toml::from_str(text).map_err(syntax)?;
        config.check()?;
        Ok(config)
    }

    /// Refuses what cannot be measured, in a file or after flags have changed it.
    ///
    /// # Errors
    /// [`RuntimeError::Value`].
    pub fn check(&self) -> Result<(), RuntimeError> {
        let fail = |key, reason: &str| {
            Err(RuntimeError::Value {
                key,
                reason: reason.to_owned(),
            })
        };
        let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
        if self.name.is_empty() || self.name.starts_with('.') || !self.name.chars().all(plain) {
            return fail("name", "give letters, digits, `-`, `_` and `.`");
        }
        for (key, list) in [
            ("filters", &self.filters),
            ("batch_size", &self.batch_size),
            ("trials", &self.trials),
        ] {
            if list.is_empty() || list.contains(&0) {
                return fail(key, "give one or more whole numbers of at least 1");
            }
        }
        if self.dropout.is_empty() || !self.dropout.iter().all(|rate| (0.0..1.0).contains(rate)) {
            return fail("dropout", "give one or more shares from 0 to below 1");
        }
        for (key, number) in [
            ("samples", self.samples),
            ("validation", self.validation),
            ("repeats", self.repeats),
        ] {
            if number == 0 {
                return fail(key, "give a whole number of at least 1");
            }
        }
        if !(self.learning_rate.is_finite() && self.learning_rate > 0.0) {
            return fail("learning_rate", "give a finite number above 0");
        }
        Ok(())
    }
}

fn line(text: &str, at: usize) -> usize {
    text[..at.min(text.len())].matches('\n').count() + 1
}

/// The key that is likely to be meant: fewest edits, fewer than a third of the letters.
fn nearest(word: &str) -> String {
    KEYS.iter()
        .map(|key| (strsim::osa_distance(word, key), key))
        .filter(|(edits, key)| edits * 3 < key.len().max(word.len()))
        .min_by_key(|(edits, _)| *edits)
        .map_or_else(
            || format!("known here: {}", KEYS.join(", ")),
            |(_, key)| format!("did you mean `{key}`?"),
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn builtin_with(from: &str, to: &str) -> String {
        let text = include_str!("../../configs/runtime-2017.toml");
        assert!(text.contains(from), "{from}");
        let changed = text.replace(from, to);
        match RuntimeConfig::parse(&changed, "grid.toml") {
            Ok(config) => format!("{config:?}"),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn the_builtin_grid_is_the_reports() {
        let config = RuntimeConfig::open(RuntimeConfig::BUILTIN).unwrap();
        assert_eq!(config.filters, [8, 16, 32, 64, 128, 256]);
        assert_eq!(config.batch_size, [64, 16]);
        assert_eq!(config.dropout, [0.0, 0.5]);
        assert_eq!((config.samples, config.repeats), (10_000, 5));
        assert_eq!(config.learning_rate, 0.1);
        assert_eq!(config.trials, [1]);
    }

    #[test]
    fn refusals_name_place_and_remedy() {
        expect_test::expect![[r#"
            grid.toml:4: unknown key `filter` (did you mean `filters`?)
            grid.toml:4: unknown key `colour` (known here: name, filters, batch_size, dropout, device, backend, placement, trials, samples, validation, learning_rate, repeats, warm_up_samples, phase_passes, seed)
            `repeats`: give a whole number of at least 1
            `filters`: give one or more whole numbers of at least 1
            `dropout`: give one or more shares from 0 to below 1
            `trials`: give one or more whole numbers of at least 1
            `learning_rate`: give a finite number above 0
            `name`: give letters, digits, `-`, `_` and `.`
            grid.toml:1: missing field `seed`"#]]
        .assert_eq(
            &[
                builtin_with("filters =", "filter ="),
                builtin_with("filters =", "colour ="),
                builtin_with("repeats = 5", "repeats = 0"),
                builtin_with("[8,", "[0,"),
                builtin_with("[0, 0.5]", "[0, 1.0]"),
                builtin_with("seed = 1", "seed = 1\ntrials = [1, 0]"),
                builtin_with("learning_rate = 0.1", "learning_rate = nan"),
                builtin_with("\"runtime-2017\"", "\"../x\""),
                builtin_with("seed = 1", ""),
            ]
            .join("\n"),
        );
        assert!(builtin_with("repeats = 5", "repeats = \"5\"").starts_with("grid.toml:"));
        assert!(RuntimeConfig::open("nowhere.toml").is_err());
    }
}
