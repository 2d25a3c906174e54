//! The runtimes of the report, read from its drawings.

use std::sync::LazyLock;

use lenet_results::DeviceKind;

const TABLE: &str = include_str!("../../data/published_runtime.csv");

static RUNS: LazyLock<Vec<PublishedRun>> = LazyLock::new(parse);

/// One published run of figures 4 and 5.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct PublishedRun {
    pub(crate) batch_size: usize,
    /// Whether the run stands in the panel "with dropout". The code left dropout out there, too.
    pub(crate) dropout: bool,
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

fn parse() -> Vec<PublishedRun> {
    fn number<T: std::str::FromStr>(text: &str) -> T {
        let value = text.parse().ok();
        value.expect("the checked-in table holds numbers")
    }
    let run = |line: &str| {
        let cells: Vec<&str> = line.split(',').collect();
        let &[
            _,
            batch_size,
            dropout,
            device,
            filters,
            parameters,
            _,
            seconds,
        ] = cells.as_slice()
        else {
            unreachable!("the checked-in table has eight columns: {line}");
        };
        PublishedRun {
            batch_size: number(batch_size),
            dropout: number(dropout),
            device: match device {
                "gpu" => DeviceKind::Cuda,
                _ => DeviceKind::Cpu,
            },
            filters: number(filters),
            parameters: number(parameters),
            seconds: number(seconds),
        }
    };
    TABLE.lines().skip(1).map(run).collect()
}

#[cfg(test)]
mod tests;
