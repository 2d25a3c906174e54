//! The runtimes of the report, read from its drawings.

use std::sync::LazyLock;

use lenet_core::DeviceKind;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};

static RUNS: LazyLock<Vec<PublishedRun>> =
    LazyLock::new(|| rows(include_str!("../../data/published_runtime.csv")));

/// One published run of figures 4 and 5.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
pub(crate) struct PublishedRun {
    pub(crate) batch_size: usize,
    /// Whether the run stands in the panel "with dropout". The code left dropout out there, too.
    pub(crate) dropout: bool,
    #[serde(deserialize_with = "device")]
    pub(crate) device: DeviceKind,
    pub(crate) filters: usize,
    /// True number of parameters. The drawing shows a larger one.
    pub(crate) parameters: usize,
    pub(crate) seconds: f64,
}

/// All published runs.
pub(crate) fn runs() -> &'static [PublishedRun] {
    &RUNS
}

/// The published runtime of a point, in seconds.
pub(crate) fn seconds(
    device: DeviceKind,
    filters: usize,
    batch_size: usize,
    dropout: bool,
) -> Option<f64> {
    let same = |r: &&PublishedRun| {
        (r.device, r.filters, r.batch_size, r.dropout) == (device, filters, batch_size, dropout)
    };
    RUNS.iter().find(same).map(|r| r.seconds)
}

/// The table names devices as the report does.
fn device<'de, D: Deserializer<'de>>(deserializer: D) -> Result<DeviceKind, D::Error> {
    let name = String::deserialize(deserializer)?;
    Ok(match name.as_str() {
        "gpu" => DeviceKind::Cuda,
        _ => DeviceKind::Cpu,
    })
}

/// The rows of a table that is part of the program.
pub(super) fn rows<T: DeserializeOwned>(table: &str) -> Vec<T> {
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let rows = reader.deserialize().collect::<Result<_, _>>();
    rows.expect("the checked-in table has these columns")
}

#[cfg(test)]
mod tests;
