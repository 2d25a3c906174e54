//! Runtimes of the cells of a test, process by process.

use std::collections::{BTreeMap, BTreeSet};

use lenet_results::{Measure, PhaseSeconds, RuntimeRecord, RuntimeSample, TestRecord};

/// One value for each seed, in the order in which the study runs its seeds; of runtimes one for each
/// process.
pub(crate) type PerSeed = BTreeMap<(usize, u64), f64>;

/// All records of runtimes, by cell.
#[derive(Debug, Default)]
pub(crate) struct Timings<'a>(BTreeMap<String, Vec<&'a RuntimeRecord>>);

/// The record that stands for each cell of a test: one machine for each side, the same for both if it
/// has cells of both.
#[derive(Debug, Default)]
pub(crate) struct Chosen<'a>(BTreeMap<String, &'a RuntimeRecord>);

/// What shares its rounds: host, processor, revision of the build, threads.
type Machine<'a> = (&'a str, &'a str, &'a str, usize);

impl<'a> Timings<'a> {
    pub(crate) fn new(records: &'a [RuntimeRecord]) -> Self {
        let mut found = Self::default();
        for record in records.iter().filter(|r| !r.samples.is_empty()) {
            found.0.entry(record.cell()).or_default().push(record);
        }
        found
    }

    /// The records of a test.
    pub(crate) fn choose(&self, test: &TestRecord) -> Chosen<'a> {
        let pairs = || {
            let comparisons = test.comparisons.iter();
            comparisons.flat_map(|c| c.pairs.iter().chain(&c.baseline))
        };
        let left: BTreeSet<&str> = pairs().map(|pair| pair.left.as_str()).collect();
        let right: BTreeSet<&str> = pairs().filter_map(|pair| pair.right.as_deref()).collect();
        let both = |machine: &Machine<'a>| self.count(&right, machine).min(1);
        let on_left = self.best(&left, |machine| (both(machine), self.count(&left, machine)));
        let on_right = self.best(&right, |machine| {
            (
                usize::from(Some(*machine) == on_left),
                self.count(&right, machine),
            )
        });
        let mut chosen = Chosen::default();
        for (cells, machine) in [(left, on_left), (right, on_right)] {
            for cell in cells {
                let mut records = self.0.get(cell).into_iter().flatten();
                if let Some(record) = records.find(|r| machine_of(r) == machine) {
                    chosen.0.entry(cell.to_owned()).or_insert(record);
                }
            }
        }
        chosen
    }

    /// The machine of the greatest rank; of equals the fastest.
    fn best(
        &self,
        cells: &BTreeSet<&str>,
        rank: impl Fn(&Machine<'a>) -> (usize, usize),
    ) -> Option<Machine<'a>> {
        let mut machines: BTreeMap<Machine<'a>, f64> = BTreeMap::new();
        for record in cells.iter().filter_map(|cell| self.0.get(*cell)).flatten() {
            let seconds: f64 = record.samples.iter().map(RuntimeSample::seconds).sum();
            let mean = seconds / record.samples.len() as f64;
            if let Some(machine) = machine_of(record) {
                *machines.entry(machine).or_default() += mean;
            }
        }
        let better = |a: &(Machine<'a>, f64), b: &(Machine<'a>, f64)| {
            rank(&a.0).cmp(&rank(&b.0)).then(b.1.total_cmp(&a.1))
        };
        machines
            .into_iter()
            .max_by(better)
            .map(|(machine, _)| machine)
    }

    /// Cells that a machine has.
    fn count(&self, cells: &BTreeSet<&str>, machine: &Machine<'a>) -> usize {
        let has = |cell: &&&str| {
            let mut records = self.0.get(**cell).into_iter().flatten();
            records.any(|record| machine_of(record).as_ref() == Some(machine))
        };
        cells.iter().filter(has).count()
    }
}

fn machine_of<'a>(record: &&'a RuntimeRecord) -> Option<Machine<'a>> {
    let here = &record.sessions.last()?.environment;
    let threads = record.execution.threads;
    Some((&here.host, &here.cpu, &here.revision, threads))
}

impl Chosen<'_> {
    /// The values of a cell, one for each process that measured it: rounds of one process are no
    /// independent repeats, so they count as their mean. Processes are told apart by their first
    /// round, passes that time phases by their position.
    pub(crate) fn read(&self, cell: &str, measure: Measure) -> PerSeed {
        let Some(record) = self.0.get(cell) else {
            return PerSeed::new();
        };
        let images = (record.execution.trials * record.images.train) as f64;
        let flops = (record.work.train_flops + record.work.evaluation_flops) as f64;
        // What was not measured is no number.
        let bytes = |bytes: Option<u64>| bytes.map_or(f64::NAN, |bytes| bytes as f64);
        match measure {
            Measure::Seconds => by_process(record, |s| s.seconds()),
            Measure::TrainSeconds => by_process(record, |s| s.train_seconds),
            Measure::EvaluationSeconds => by_process(record, |s| s.evaluation_seconds),
            Measure::ImagesPerSecond => by_process(record, |s| images / s.train_seconds),
            Measure::Gflops => by_process(record, |s| flops / s.seconds() / 1e9),
            Measure::PeakMemoryBytes => by_process(record, |s| bytes(s.peak_memory_bytes)),
            Measure::PeakDeviceMemoryBytes => {
                by_process(record, |s| bytes(s.peak_device_memory_bytes))
            }
            Measure::PhaseShare(phase) => {
                let share = |phases: &PhaseSeconds| {
                    phases.values()[phase] / (phases.sum() - phases.evaluation)
                };
                let passes = record.phases.iter().enumerate();
                passes.map(|(at, pass)| ((at, 0), share(pass))).collect()
            }
            _ => PerSeed::new(),
        }
    }

    /// Whether several rounds of a cell were measured by one process.
    pub(crate) fn shares_a_process(&self, cell: &str) -> bool {
        let Some(record) = self.0.get(cell) else {
            return false;
        };
        let processes: BTreeSet<usize> = record.samples.iter().map(|s| s.session).collect();
        processes.len() < record.samples.len()
    }
}

fn by_process(record: &RuntimeRecord, value: impl Fn(&RuntimeSample) -> f64) -> PerSeed {
    let mut processes: BTreeMap<usize, Vec<(usize, f64)>> = BTreeMap::new();
    for sample in &record.samples {
        let own = processes.entry(sample.session).or_default();
        own.push((sample.round, value(sample)));
    }
    let mean = |values: Vec<(usize, f64)>| {
        let first = values.iter().map(|(round, _)| *round).min().unwrap_or(0);
        let sum: f64 = values.iter().map(|(_, value)| value).sum();
        ((first, 0), sum / values.len() as f64)
    };
    processes.into_values().map(mean).collect()
}

#[cfg(test)]
mod tests;
