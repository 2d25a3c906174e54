//! Flags that several commands have in common.

use std::str::FromStr;

use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use lenet_core::Backend;

/// Where networks are computed, by which code, and in what precision.
#[derive(Debug, Args)]
pub struct Compute {
    /// Where to compute: cpu, cuda, cuda:N or auto
    #[arg(long, value_name = "D")]
    pub device: Option<String>,
    /// Which code computes the network
    #[arg(long, value_parser = backend(), value_name = "B")]
    pub backend: Option<Backend>,
    /// What a GPU computes products in: f32 or tf32
    #[arg(long, value_name = "P")]
    pub precision: Option<String>,
}

/// Names of the backends, with a word on each.
pub fn backend() -> impl TypedValueParser<Value = Backend> {
    let about = |backend| match backend {
        Backend::Fused => "This project's fused operations",
        Backend::Stock => "candle's own operations",
    };
    let names = Backend::ALL.map(|backend| PossibleValue::new(backend.name()).help(about(backend)));
    PossibleValuesParser::new(names).map(|name| {
        let named = |backend: &Backend| backend.name() == name;
        let found = Backend::ALL.into_iter().find(named);
        found.expect("the parser lets no other name through")
    })
}

/// How many threads compute.
#[derive(Debug, Args)]
pub struct Threads {
    /// Threads; default: all cores
    #[arg(long, value_name = "N")]
    pub threads: Option<usize>,
}

/// Whether progress is shown.
#[derive(Debug, Args)]
pub struct Progress {
    /// No progress, only the results
    #[arg(long, short)]
    pub quiet: bool,
}

/// `--shard I/N`: one of the parts that a study is divided into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    /// Counted from 1.
    pub part: usize,
    /// Number of parts.
    pub of: usize,
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts = text.split_once('/');
        let numbers = parts.and_then(|(part, of)| Some((part.parse().ok()?, of.parse().ok()?)));
        match numbers {
            Some((part, of)) if (1..=of).contains(&part) => Ok(Self { part, of }),
            _ => Err("give the part and the number of parts, as 1/4".to_owned()),
        }
    }
}

/// `--set KEY=VALUE`: one setting of a trial.
#[derive(Debug, Clone)]
pub struct Assignment {
    /// Name of the setting; whether there is such a setting is checked later.
    pub key: String,
    /// Its value, as TOML or as a bare word.
    pub value: String,
}

impl FromStr for Assignment {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (key, value) = text.split_once('=').unwrap_or_default();
        let (key, value) = (key.trim().to_owned(), value.trim().to_owned());
        if key.is_empty() || value.is_empty() {
            return Err("give a setting and its value, e.g. kernel=5");
        }
        Ok(Self { key, value })
    }
}
