//! Numbers of cells, seed by seed.

use std::collections::{BTreeMap, BTreeSet};

use lenet_core::Settings;
use lenet_results::{
    CellRecord, ComparisonRecord, ImageCounts, Measure, Moment, Outcome, PairRecord, Reading,
    RuntimeRecord, StudyRecord, TestRecord, TrialRecord,
};

use crate::claims::timings::{Chosen, PerSeed, Timings};
use crate::records::trials::value_at;

/// All records, by the cells that they belong to.
#[derive(Debug, Default)]
pub(crate) struct Observations<'a> {
    trials: BTreeMap<String, BTreeMap<u64, &'a TrialRecord>>,
    images: BTreeMap<String, ImageCounts>,
    settings: BTreeMap<String, Settings>,
    /// Positions of seeds in the order of the study.
    ranks: BTreeMap<u64, usize>,
    timings: Timings<'a>,
}

/// The records that one test reads.
#[derive(Debug)]
pub(crate) struct Reader<'o, 'a> {
    observations: &'o Observations<'a>,
    chosen: Chosen<'a>,
}

impl<'a> Observations<'a> {
    /// The trials that have results; of a study that was run until its claims were decided only
    /// those that it planned, since others would be a further look. Each identity should occur
    /// once.
    pub(crate) fn new(
        study: &StudyRecord,
        trials: &'a [TrialRecord],
        runtimes: &'a [RuntimeRecord],
    ) -> Self {
        let mut found = Self {
            timings: Timings::new(runtimes),
            ..Self::default()
        };
        let cells = || study.figures.iter().flat_map(|figure| &figure.cells);
        let mut planned = BTreeSet::new();
        for trial in cells().flat_map(|cell| &cell.trials) {
            let next = found.ranks.len();
            found.ranks.entry(trial.seed).or_insert(next);
            planned.insert(&trial.identity);
        }
        for record in trials {
            let failed = matches!(record.outcome, Outcome::Failed { .. });
            let counts = study.until_decided.is_none() || planned.contains(&record.identity);
            if counts && !failed && !record.epochs.is_empty() {
                let seeds = found.trials.entry(record.config.cell()).or_default();
                seeds.insert(record.config.seed, record);
            }
        }
        for cell in cells() {
            let images = cell.images.map(|images| (cell.config.cell(), images));
            found.images.extend(images);
            let (key, settings) = settings(cell);
            found.settings.insert(key, settings);
        }
        found
    }

    /// What a test reads.
    pub(crate) fn reader(&self, test: &TestRecord) -> Reader<'_, 'a> {
        Reader {
            observations: self,
            chosen: match test.left.measure.is_of_runtime() {
                true => self.timings.choose(test),
                false => Chosen::default(),
            },
        }
    }

    /// A comparison in words; of a change also what it leads from and to.
    pub(crate) fn label(&self, comparison: &ComparisonRecord) -> String {
        let of = |pairs: &[PairRecord], name: &str| {
            let settings = pairs.iter().filter_map(|p| self.settings.get(&p.left));
            let mut texts: Vec<Option<String>> = settings.map(|s| s.text_of(name)).collect();
            texts.dedup();
            match texts.as_slice() {
                [Some(only)] => Some(only.clone()),
                _ => None,
            }
        };
        let change = |name: &&str| {
            let from = of(&comparison.baseline, name)?;
            let to = of(&comparison.pairs, name)?;
            (from != to).then(|| format!("{name} from {from} to {to}"))
        };
        let changes = Settings::NAMES.iter().filter_map(change);
        let own = Some(comparison.label.clone()).filter(|label| !label.is_empty());
        crate::text::joined(own.into_iter().chain(changes), ", ")
    }

    fn trials(&self, cell: &str, reading: &Reading) -> PerSeed {
        let Some(seeds) = self.trials.get(cell) else {
            return PerSeed::new();
        };
        let rank = |seed: &u64| self.ranks.get(seed).copied().unwrap_or(usize::MAX);
        let value = |(seed, trial): (&u64, &&TrialRecord)| {
            Some(((rank(seed), *seed), value(trial, reading)?))
        };
        seeds.iter().filter_map(value).collect()
    }
}

impl Reader<'_, '_> {
    /// The values of a cell. A value that a trial does not have, such as the epochs until an
    /// accuracy that it never reached, is NaN.
    pub(crate) fn read(&self, cell: &str, reading: &Reading) -> PerSeed {
        match reading.measure.is_of_runtime() {
            true => self.chosen.read(cell, reading.measure),
            false => self.observations.trials(cell, reading),
        }
    }

    /// Whether several rounds of a runtime were measured by one process.
    pub(crate) fn shares_a_process(&self, cell: &str) -> bool {
        self.chosen.shares_a_process(cell)
    }

    /// Images behind an accuracy of a cell.
    pub(crate) fn images(&self, cell: &str, measure: Measure) -> Option<usize> {
        use lenet_results::EpochMeasure::{TestAccuracy, TrainAccuracy, ValidationAccuracy};
        let images = self.observations.images.get(cell)?;
        match measure {
            Measure::Epoch(TrainAccuracy) => Some(images.train),
            Measure::Epoch(ValidationAccuracy) => Some(images.validation),
            Measure::Epoch(TestAccuracy) => Some(images.test),
            _ => None,
        }
    }
}

/// The key of a cell and all its settings.
fn settings(cell: &CellRecord) -> (String, Settings) {
    let settings = Settings::of(&cell.config);
    match &cell.execution {
        None => (cell.config.cell(), settings),
        Some(execution) => {
            let of_runtime = Settings {
                placement: Some(execution.placement),
                threads: Some(execution.threads),
                trials: Some(execution.trials),
                ..settings
            };
            (execution.cell(&cell.config), of_runtime)
        }
    }
}

fn value(trial: &TrialRecord, reading: &Reading) -> Option<f64> {
    match reading.measure {
        Measure::Epoch(measure) => value_at(trial, epoch(trial, reading.at)?, |e| measure.of(e)),
        Measure::EpochsUntil(measure, bound) => {
            let reached = |e: &&lenet_results::EpochRecord| measure.reaches(measure.of(e), bound);
            let first = trial.epochs.iter().find(reached);
            Some(first.map_or(f64::NAN, |e| e.epoch as f64))
        }
        Measure::SecondsUntil(measure, bound) => {
            let mut seconds = 0.0;
            for epoch in &trial.epochs {
                seconds += epoch.train_seconds;
                if measure.reaches(measure.of(epoch), bound) {
                    return Some(seconds);
                }
            }
            Some(f64::NAN)
        }
        Measure::Parameters => Some(trial.parameters as f64),
        _ => None,
    }
}

/// The epoch that a moment means for a trial.
fn epoch(trial: &TrialRecord, at: Moment) -> Option<usize> {
    match at {
        Moment::First => Some(1),
        Moment::Last => Some(trial.config.epochs),
        Moment::Epoch(epoch) => Some(epoch),
        Moment::Best => {
            let mut best: Option<(usize, f64)> = None;
            for epoch in &trial.epochs {
                let accuracy = epoch.validation_accuracy;
                if best.is_none_or(|(_, known)| accuracy > known) && !accuracy.is_nan() {
                    best = Some((epoch.epoch, accuracy));
                }
            }
            best.map(|(epoch, _)| epoch)
        }
    }
}

#[cfg(test)]
mod tests;
