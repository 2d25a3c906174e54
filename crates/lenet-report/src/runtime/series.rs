//! Records of any number of machines as series: points that differ in nothing but the network,
//! the batch size and dropout.

use std::collections::BTreeSet;

use lenet_core::DeviceKind;
use lenet_results::{DataPlacement, RuntimeRecord, RuntimeSession};

use super::summary::{RoundSpeed, Summary, rounds, summarize};

/// All that a report says of runtimes, ordered.
#[derive(Debug, Default)]
pub(crate) struct Runtimes<'a> {
    /// Points with a summary, each once: by workload (the main one first), trials, series, batch size
    /// (large first), dropout and filters.
    pub(crate) points: Vec<Point<'a>>,
    /// CPUs first.
    pub(crate) series: Vec<Series>,
    /// What the figures and claims are about; `None` where there are no points.
    pub(crate) workload: Option<Workload>,
    /// Points that several records measured on the same machine with the same build.
    pub(crate) repeats: Vec<Repeat<'a>>,
    /// Records that nothing can be said of.
    pub(crate) unusable: Vec<Unusable>,
}

/// A measured point.
#[derive(Debug)]
pub(crate) struct Point<'a> {
    pub(crate) record: &'a RuntimeRecord,
    pub(crate) summary: Summary,
    /// Its place in [`Runtimes::series`].
    pub(crate) series: usize,
}

/// A device with the code that ran on it.
#[derive(Debug)]
pub(crate) struct Series {
    facts: Facts,
    /// What tells it from the others, for legends and tables.
    pub(crate) label: String,
}

/// The images that a sample handles, which figures and claims hold fixed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Workload {
    pub(crate) source: String,
    pub(crate) samples: usize,
    pub(crate) validation: usize,
    pub(crate) test: usize,
}

/// A point measured again.
#[derive(Debug)]
pub(crate) struct Repeat<'a> {
    pub(crate) record: &'a RuntimeRecord,
    pub(crate) series: usize,
    /// Median of the record that the report shows, in seconds.
    pub(crate) shown: f64,
    /// Median of the other.
    pub(crate) again: f64,
}

/// A record left out.
#[derive(Debug)]
pub(crate) struct Unusable {
    pub(crate) point: String,
    pub(crate) reason: String,
}

/// What makes a series. Its order is that of the series.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Facts {
    on_gpu: bool,
    device: String,
    backend: &'static str,
    resident: bool,
    host: String,
    processor: String,
    gpu: Option<String>,
    threads: usize,
    level: String,
    revision: String,
}

impl Workload {
    pub(crate) fn of(record: &RuntimeRecord) -> Self {
        let point = &record.point;
        Self {
            source: point.source.clone(),
            samples: point.samples,
            validation: point.validation,
            test: point.test,
        }
    }

    /// Whether it is that of the report's figures 4 and 5.
    pub(crate) fn is_the_studys(&self) -> bool {
        let sizes = (self.samples, self.validation, self.test);
        self.source == "mnist" && sizes == (10_000, 5_000, 10_000)
    }
}

impl Facts {
    /// From the last session; all sessions of a record are of one machine and build.
    fn of(record: &RuntimeRecord, session: &RuntimeSession) -> Self {
        let (point, here) = (&record.point, &session.environment);
        Self {
            on_gpu: point.device == DeviceKind::Cuda,
            device: point.device_name(),
            backend: point.backend_name(),
            resident: point.placement == DataPlacement::Resident,
            host: here.host.clone(),
            processor: here.cpu.clone(),
            gpu: here.gpu.as_ref().map(|gpu| gpu.name.clone()),
            threads: point.threads,
            level: point.level.clone(),
            revision: here.revision.clone(),
        }
    }

    /// Words that tell it from `all`.
    fn label(&self, all: &BTreeSet<Facts>) -> String {
        let kind = || all.iter().filter(|f| f.on_gpu == self.on_gpu);
        let mut words = vec![match (&self.gpu, self.on_gpu) {
            (_, false) => "CPU".to_owned(),
            (Some(name), true) => name.clone(),
            (None, true) => self.device.clone(),
        }];
        if self.gpu.is_some() && varies(kind().map(|f| &f.device)) {
            words.push(self.device.clone());
        }
        words.push(self.backend.to_owned());
        if self.on_gpu {
            words.push(
                if self.resident {
                    "resident"
                } else {
                    "streamed"
                }
                .to_owned(),
            );
        }
        let same_code = || kind().filter(|f| f.backend == self.backend);
        if varies(same_code().map(|f| &f.level)) {
            words.push(self.level.clone());
        }
        if varies(kind().map(|f| f.threads)) {
            words.push(match self.threads {
                1 => "1 thread".to_owned(),
                n => format!("{n} threads"),
            });
        }
        if varies(all.iter().map(|f| &f.host)) {
            words.push(format!("on {}", self.host));
        } else if varies(all.iter().map(|f| &f.processor)) {
            words.push(format!("on {}", self.processor));
        }
        if varies(all.iter().map(|f| &f.revision)) {
            words.push(format!("revision {}", self.revision));
        }
        words.join(", ")
    }
}

fn varies<T: PartialEq>(mut values: impl Iterator<Item = T>) -> bool {
    let first = values.next();
    values.any(|value| Some(&value) != first.as_ref())
}

impl Series {
    pub(crate) fn on_gpu(&self) -> bool {
        self.facts.on_gpu
    }

    /// Whether the images lie on the GPU.
    pub(crate) fn resident(&self) -> bool {
        self.facts.resident
    }

    pub(crate) fn host(&self) -> &str {
        &self.facts.host
    }

    /// Whether the two differ in nothing but where the images lie.
    pub(crate) fn differs_in_placement_only(&self, other: &Self) -> bool {
        let moved = Facts {
            resident: !self.facts.resident,
            ..self.facts.clone()
        };
        moved == other.facts
    }
}

impl<'a> Runtimes<'a> {
    /// Summarizes the records. Of several that measured one point on one machine with one build
    /// the first is shown, and the others stand in [`Self::repeats`] unless they are copies.
    pub(crate) fn new(records: &'a [RuntimeRecord]) -> Self {
        let mut found = Self::default();
        let mut usable: Vec<(&RuntimeRecord, Summary, Facts)> = Vec::new();
        for record in records {
            let summary = summarize(record).map_err(|error| error.to_string());
            let session = record.sessions.last().ok_or("it names no machine");
            match (summary, session) {
                (Ok(summary), Ok(session)) => {
                    usable.push((record, summary, Facts::of(record, session)));
                }
                (Err(reason), _) => found.unusable.push(Unusable::new(record, &reason)),
                (_, Err(reason)) => found.unusable.push(Unusable::new(record, reason)),
            }
        }
        let facts: BTreeSet<Facts> = usable.iter().map(|(_, _, facts)| facts.clone()).collect();
        found.series = facts
            .iter()
            .map(|f| Series {
                facts: f.clone(),
                label: f.label(&facts),
            })
            .collect();
        for (record, summary, own) in usable {
            let series = facts.iter().position(|f| *f == own);
            let series = series.expect("the set was made of these");
            let twin = found
                .points
                .iter()
                .find(|p| p.series == series && same_point(p.record, record));
            match twin {
                None => found.points.push(Point {
                    record,
                    summary,
                    series,
                }),
                Some(twin) if twin.record == record => {}
                Some(twin) => found.repeats.push(Repeat {
                    record,
                    series,
                    shown: twin.summary.median,
                    again: summary.median,
                }),
            }
        }
        found.workload = main_workload(&found.points);
        let main = found.workload.clone();
        let order = |series: usize, record: &RuntimeRecord| {
            let (point, workload) = (&record.point, Workload::of(record));
            (
                Some(&workload) != main.as_ref(),
                workload,
                point.trials,
                series,
                std::cmp::Reverse(point.batch_size),
                point.dropout.to_bits(),
                point.filters,
            )
        };
        found.points.sort_by_key(|p| order(p.series, p.record));
        found.repeats.sort_by_key(|r| order(r.series, r.record));
        found.unusable.sort_by(|a, b| a.point.cmp(&b.point));
        found
    }

    /// Points of the main workload, of one trial each.
    pub(crate) fn main(&self) -> impl Iterator<Item = &Point<'a>> {
        let is_main = |p: &&Point| {
            let point = &p.record.point;
            point.trials == 1 && self.workload.as_ref() == Some(&Workload::of(p.record))
        };
        self.points.iter().filter(is_main)
    }

    /// A point of the main workload.
    pub(crate) fn point(
        &self,
        series: usize,
        filters: usize,
        batch_size: usize,
        dropout: f64,
    ) -> Option<&Point<'a>> {
        self.main().find(|p| {
            let at = &p.record.point;
            p.series == series
                && (at.filters, at.batch_size, at.dropout) == (filters, batch_size, dropout)
        })
    }

    /// The rate that stands for "with dropout": of those above zero the nearest to the study's ½.
    pub(crate) fn dropout(&self) -> Option<f64> {
        let rates = self
            .main()
            .map(|p| p.record.point.dropout)
            .filter(|rate| *rate > 0.0);
        rates.min_by(|a, b| {
            (a - 0.5)
                .abs()
                .total_cmp(&(b - 0.5).abs())
                .then(a.total_cmp(b))
        })
    }

    /// Batch sizes, large first.
    pub(crate) fn batch_sizes(&self) -> Vec<usize> {
        let sizes: BTreeSet<usize> = self.main().map(|p| p.record.point.batch_size).collect();
        sizes.into_iter().rev().collect()
    }

    /// Rounds that are out of line, with the host that they were measured on. Every machine and
    /// build has rounds of its own.
    pub(crate) fn slow_rounds(&self) -> Vec<(&str, RoundSpeed)> {
        let key = |p: &Point| {
            let facts = &self.series[p.series].facts;
            (
                facts.host.clone(),
                facts.processor.clone(),
                facts.revision.clone(),
            )
        };
        let machines: BTreeSet<_> = self.points.iter().map(key).collect();
        let mut found = Vec::new();
        for machine in machines {
            let records = self
                .points
                .iter()
                .filter(|p| key(p) == machine)
                .map(|p| p.record);
            let host = self.points.iter().find(|p| key(p) == machine);
            let host = host.map_or("", |p| self.series[p.series].host());
            // Points that have a summary have times that rounds can be told from.
            let speeds = rounds(records).unwrap_or_default();
            found.extend(
                speeds
                    .into_iter()
                    .filter(|r| r.out_of_line)
                    .map(|r| (host, r)),
            );
        }
        found
    }
}

impl Unusable {
    fn new(record: &RuntimeRecord, reason: &str) -> Self {
        let point = &record.point;
        Self {
            point: format!(
                "{} {} {}, {} filters, batch {}, dropout {}",
                point.device_name(),
                point.backend_name(),
                point.placement.name(),
                point.filters,
                point.batch_size,
                point.dropout
            ),
            reason: reason.to_owned(),
        }
    }
}

/// Whether two records of one series are of the same point, the seed and the learning rate
/// aside: times do not go with them.
fn same_point(a: &RuntimeRecord, b: &RuntimeRecord) -> bool {
    let at = |r: &RuntimeRecord| {
        let point = &r.point;
        let sizes = (point.filters, point.batch_size, point.trials);
        (sizes, point.dropout)
    };
    at(a) == at(b) && Workload::of(a) == Workload::of(b)
}

/// The study's own where it was measured, else the one with most points, else most images.
fn main_workload(points: &[Point]) -> Option<Workload> {
    let all: BTreeSet<Workload> = points.iter().map(|p| Workload::of(p.record)).collect();
    all.into_iter().max_by_key(|workload| {
        let count = points
            .iter()
            .filter(|p| Workload::of(p.record) == *workload)
            .count();
        (workload.is_the_studys(), count, workload.samples)
    })
}

#[cfg(test)]
mod tests;
