//! The runtimes of the 2017 report, as read from its drawings.

use std::sync::LazyLock;

use lenet_core::DeviceKind;

const TABLE: &str = include_str!("../../data/published_runtime.csv");

static RUNS: LazyLock<Vec<PublishedRun>> = LazyLock::new(parse);

/// One published run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct PublishedRun {
    pub(crate) batch_size: usize,
    /// Of the panel "with dropout", whose code left dropout out all the same.
    pub(crate) dropout: bool,
    pub(crate) device: DeviceKind,
    pub(crate) filters: usize,
    /// True count of the network, not the one that it was drawn at.
    pub(crate) parameters: usize,
    pub(crate) seconds: f64,
}

/// All published runs.
pub(crate) fn runs() -> &'static [PublishedRun] {
    &RUNS
}

/// The published runtime of a setting, in seconds.
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
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole() {
        // Six sizes on the GPU and four on the CPU, two batch sizes, two panels.
        assert_eq!(runs().len(), (6 + 4) * 2 * 2);
        for run in runs() {
            let f = run.filters;
            let true_count = 10 * f + f * (9 * f + 1) + 128 * (49 * f + 1) + 1290;
            assert_eq!(run.parameters, true_count);
            assert!((0.5..25.0).contains(&run.seconds), "{run:?}");
        }
        assert_eq!(seconds(DeviceKind::Cpu, 64, 16, false), Some(21.4));
        assert_eq!(seconds(DeviceKind::Cuda, 256, 64, true), Some(3.12));
        assert_eq!(seconds(DeviceKind::Cpu, 256, 64, true), None);
    }
}
