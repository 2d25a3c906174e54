//! Runtime records of any number of machines, as series of points. The points of a series differ in
//! the network, the batch size and dropout alone.

use std::collections::{BTreeMap, BTreeSet};

use lenet_core::{Settings, Trial};
use lenet_results::{RuntimeRecord, StudyRecord};

use crate::records::series::{Series, SeriesKey};
use crate::records::summary::{RoundSpeed, Summary, rounds, summarize};

/// Everything that a report says about runtimes.
#[derive(Debug, Default)]
pub(crate) struct Runtimes<'a> {
    /// Points with a summary, each once. Their order: the main workload first, then workload,
    /// trials, series, batch size (largest first), dropout, filters.
    pub(crate) points: Vec<Point<'a>>,
    /// CPUs first.
    pub(crate) series: Vec<Series>,
    /// The main workload, which figures and claims are about; `None` without points.
    pub(crate) workload: Option<Workload>,
    /// Points that several records measured on the same machine with the same build.
    pub(crate) repeats: Vec<Repeat<'a>>,
    /// Records without a summary.
    pub(crate) unusable: Vec<Unusable>,
}

/// A measured point.
#[derive(Debug)]
pub(crate) struct Point<'a> {
    pub(crate) record: &'a RuntimeRecord,
    pub(crate) summary: Summary,
    /// Index into [`Runtimes::series`].
    pub(crate) series: usize,
}

/// One value per round.
pub(crate) type PerRound = BTreeMap<usize, f64>;

/// The images that a sample handles, and the settings that are not the usual ones. The figures of
/// phases and of work hold them fixed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Workload {
    pub(crate) source: String,
    pub(crate) samples: usize,
    pub(crate) validation: usize,
    pub(crate) test: usize,
    /// [`other_settings`] of the record.
    pub(crate) setting: String,
}

/// A second measurement of a point.
#[derive(Debug)]
pub(crate) struct Repeat<'a> {
    pub(crate) record: &'a RuntimeRecord,
    pub(crate) series: usize,
    /// Median of the record that the report shows, in seconds.
    pub(crate) shown: f64,
    /// Median of this record, in seconds.
    pub(crate) again: f64,
}

/// A record that is left out.
#[derive(Debug)]
pub(crate) struct Unusable {
    pub(crate) point: String,
    pub(crate) reason: String,
}

impl Workload {
    pub(crate) fn of(record: &RuntimeRecord) -> Self {
        let images = record.images;
        Self {
            source: record.config.data.source.clone(),
            samples: images.train,
            validation: images.validation,
            test: images.test,
            setting: other_settings(record),
        }
    }
}

impl Point<'_> {
    /// Times of the epochs alone, in seconds.
    pub(crate) fn training(&self) -> PerRound {
        let samples = self.record.samples.iter();
        samples.map(|s| (s.round, s.train_seconds)).collect()
    }
}

impl<'a> Runtimes<'a> {
    /// Summarizes the records. Where several records measured one point on one machine with one
    /// build, the first is shown. The others are [`Self::repeats`], unless they are copies. The
    /// main workload is `preferred` if some record has it.
    pub(crate) fn new(records: &'a [RuntimeRecord], preferred: Option<&Workload>) -> Self {
        let mut found = Self::default();
        let mut usable: Vec<(&RuntimeRecord, Summary, SeriesKey)> = Vec::new();
        for record in records {
            match read(record) {
                Ok((summary, key)) => usable.push((record, summary, key)),
                Err(reason) => found.unusable.push(Unusable::new(record, reason)),
            }
        }
        let keys: BTreeSet<SeriesKey> = usable.iter().map(|(_, _, key)| key.clone()).collect();
        found.series = Series::all(&keys);
        for (record, summary, own) in usable {
            let series = keys.iter().position(|key| *key == own);
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
        found.workload = main_workload(&found.points, preferred);
        let main = found.workload.clone();
        let order = |series: usize, record: &RuntimeRecord| {
            let workload = Workload::of(record);
            (
                Some(&workload) != main.as_ref(),
                workload,
                record.execution.trials,
                series,
                std::cmp::Reverse(record.batch_size()),
                record.dropout().to_bits(),
                record.filters(),
            )
        };
        found.points.sort_by_key(|p| order(p.series, p.record));
        found.repeats.sort_by_key(|r| order(r.series, r.record));
        found.unusable.sort_by(|a, b| a.point.cmp(&b.point));
        found
    }

    /// Points of the main workload with one trial each.
    pub(crate) fn main(&self) -> impl Iterator<Item = &Point<'a>> {
        self.points.iter().filter(|point| self.is_main(point))
    }

    /// Whether a point is of the main workload, with one trial.
    pub(crate) fn is_main(&self, point: &Point) -> bool {
        point.record.execution.trials == 1
            && self.workload.as_ref() == Some(&Workload::of(point.record))
    }

    /// Main points of a series with this rate of dropout.
    pub(crate) fn with_dropout(
        &self,
        series: usize,
        dropout: f64,
    ) -> impl Iterator<Item = &Point<'a>> {
        self.main()
            .filter(move |p| p.series == series && p.record.dropout() == dropout)
    }

    /// Main points of a series with this batch size and rate of dropout.
    pub(crate) fn with_batch(
        &self,
        series: usize,
        batch_size: usize,
        dropout: f64,
    ) -> impl Iterator<Item = &Point<'a>> {
        self.with_dropout(series, dropout)
            .filter(move |p| p.record.batch_size() == batch_size)
    }

    /// The rate that stands for "with dropout": the rate above zero that is nearest to ½.
    pub(crate) fn dropout(&self) -> Option<f64> {
        let rates = self
            .main()
            .map(|p| p.record.dropout())
            .filter(|rate| *rate > 0.0);
        rates.min_by(|a, b| {
            (a - 0.5)
                .abs()
                .total_cmp(&(b - 0.5).abs())
                .then(a.total_cmp(b))
        })
    }

    /// The rates of dropout that figures and fits show: 0, and the one for "with dropout".
    pub(crate) fn dropout_rates(&self) -> [f64; 2] {
        [0.0, self.dropout().unwrap_or(0.5)]
    }

    /// Batch sizes of the main points, largest first.
    pub(crate) fn batch_sizes(&self) -> Vec<usize> {
        let sizes: BTreeSet<usize> = self.main().map(|p| p.record.batch_size()).collect();
        sizes.into_iter().rev().collect()
    }

    /// Rounds out of line, with the host of each. Every machine and build has its own rounds.
    pub(crate) fn slow_rounds(&self) -> Vec<(&str, RoundSpeed)> {
        let mut by_machine: BTreeMap<[&str; 3], Vec<&RuntimeRecord>> = BTreeMap::new();
        for point in &self.points {
            let machine = self.series[point.series].machine();
            by_machine.entry(machine).or_default().push(point.record);
        }
        let mut found = Vec::new();
        for ([host, ..], records) in by_machine {
            // No error: the points have summaries, so their times are finite.
            let speeds = rounds(records).unwrap_or_default().into_iter();
            found.extend(speeds.filter(|r| r.out_of_line).map(|r| (host, r)));
        }
        found
    }
}

impl Unusable {
    fn new(record: &RuntimeRecord, reason: String) -> Self {
        let (device, backend) = (record.device_name(), record.config.backend);
        let (placement, filters) = (record.execution.placement, record.filters());
        let (batch_size, dropout) = (record.batch_size(), record.dropout());
        Self {
            point: format!(
                "{device} {backend} {placement}, {filters} filters, batch {batch_size}, dropout \
                 {dropout}"
            ),
            reason,
        }
    }
}

/// The summary of a record and its series, or the reason why it has none.
fn read(record: &RuntimeRecord) -> Result<(Summary, SeriesKey), String> {
    let summary = summarize(record).map_err(|error| error.to_string())?;
    let session = record.sessions.last().ok_or("it names no machine")?;
    Ok((summary, SeriesKey::of(record, session)))
}

/// What the first cell of the studies' runtimes handles.
pub(crate) fn declared_workload(studies: &[StudyRecord]) -> Option<Workload> {
    let figures = studies.iter().flat_map(|study| &study.figures);
    let mut runtimes = figures.filter(|figure| figure.runtime.is_some());
    let cell = runtimes.find_map(|figure| figure.cells.first())?;
    let images = cell.images?;
    Some(Workload {
        source: cell.config.data.source.clone(),
        samples: images.train,
        validation: images.validation,
        test: images.test,
        setting: unusual(&cell.config),
    })
}

/// The settings of a record that are not the usual ones, apart from filters, batch size, dropout,
/// learning rate and seed; empty if there are none. Records that differ in them are no points of
/// one curve.
pub(crate) fn other_settings(record: &RuntimeRecord) -> String {
    unusual(&record.config)
}

/// Settings that tables of runtimes have columns for, or that do not affect times.
const TOLD_ELSEWHERE: [&str; 9] = [
    "learning_rate",
    "batch_size",
    "backend",
    "device",
    "data",
    "samples",
    "validation",
    "epochs",
    "early_stop",
];

fn unusual(config: &Trial) -> String {
    let (own, usual) = (Settings::of(config), Settings::of(&Trial::default()));
    let has_column = |name: &str| match name {
        // The column of filters has one number, that of both stages.
        "filters" => matches!(config.network.filters[..], [first, second] if first == second),
        "dropout" => config.dropout.connected || config.dropout.rate == 0.0,
        name => TOLD_ELSEWHERE.contains(&name),
    };
    let mut names = own.differing(&usual);
    names.retain(|name| !has_column(name));
    own.only(&names).label()
}

/// Whether two records of one series have the same point. The seed and the learning rate may differ,
/// since they do not affect times.
fn same_point(a: &RuntimeRecord, b: &RuntimeRecord) -> bool {
    let at = |r: &RuntimeRecord| {
        let sizes = (r.filters(), r.batch_size(), r.execution.trials);
        (sizes, r.dropout())
    };
    at(a) == at(b) && Workload::of(a) == Workload::of(b)
}

/// The preferred workload if it was measured, else the one with most points, else with most images.
fn main_workload(points: &[Point], preferred: Option<&Workload>) -> Option<Workload> {
    let all: BTreeSet<Workload> = points.iter().map(|p| Workload::of(p.record)).collect();
    all.into_iter().max_by_key(|workload| {
        let own = points
            .iter()
            .filter(|p| Workload::of(p.record) == *workload);
        (Some(workload) == preferred, own.count(), workload.samples)
    })
}

#[cfg(test)]
mod tests;
