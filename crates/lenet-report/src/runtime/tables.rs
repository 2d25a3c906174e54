//! `runtime.csv`, a row a point; `runtime-samples.csv`, a row a sample; `runtime-fits.csv`.

use lenet_results::PhaseSeconds;

use super::{Point, Runtimes, drawing};
use crate::epochs::table;

/// What names a point, first in both tables.
const POINT: [&str; 9] = [
    "device",
    "backend",
    "data_placement",
    "filters",
    "parameters",
    "batch_size",
    "dropout",
    "samples",
    "trials",
];

/// Where it was measured, last in both tables.
const PLACE: [&str; 6] = ["host", "cpu", "gpu", "threads", "level", "revision"];

/// Times are in seconds, of all trials of a point together; a field is empty where nothing is known. `low` and `high` bound the
/// interval of the median, whose level is `interval_level`.
pub(crate) fn points(runtimes: &Runtimes) -> Vec<u8> {
    let mut columns: Vec<String> = POINT.map(str::to_owned).to_vec();
    columns.extend(["median", "low", "high"].map(str::to_owned));
    columns.extend(PhaseSeconds::NAMES.map(|name| format!("{name}_seconds")));
    columns.extend(
        [
            "phases_excess",
            "interval_level",
            "repeats",
            "first_quartile",
            "third_quartile",
            "validation",
            "test",
            "images_per_second",
            "gflops",
            "share_of_peak",
            "peak_memory_bytes",
            "peak_device_memory_bytes",
            "diverged",
        ]
        .map(str::to_owned),
    );
    columns.extend(PLACE.map(str::to_owned));
    let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
    table(&columns, runtimes.points.iter().map(point_row))
}

fn point_row(point: &Point) -> Vec<String> {
    let summary = &point.summary;
    let mut row = name(point);
    row.extend([
        summary.median.to_string(),
        text(summary.interval.map(|interval| interval.low)),
        text(summary.interval.map(|interval| interval.high)),
    ]);
    match &summary.phases {
        Some(phases) => row.extend(phases.values().map(|seconds| seconds.to_string())),
        None => row.extend(PhaseSeconds::NAMES.map(|_| String::new())),
    }
    row.extend([
        text(summary.phases_excess),
        summary.level.to_string(),
        point.record.samples.len().to_string(),
        summary.quartiles[0].to_string(),
        summary.quartiles[1].to_string(),
        point.record.point.validation.to_string(),
        point.record.point.test.to_string(),
        summary.train_images_per_second.to_string(),
        (summary.flops_per_second / 1e9).to_string(),
        text(summary.share_of_peak),
        text(summary.peak_memory_bytes),
        text(summary.peak_device_memory_bytes),
        summary.diverged.to_string(),
    ]);
    row.extend(place(point, point.record.sessions.len().saturating_sub(1)));
    row
}

/// Every sample, in the order in which a point's were taken, marks included.
pub(crate) fn samples(runtimes: &Runtimes) -> Vec<u8> {
    let own = [
        "round",
        "position",
        "session",
        "seconds",
        "train_seconds",
        "evaluation_seconds",
        "peak_memory_bytes",
        "peak_device_memory_bytes",
        "diverged",
        "outlier",
    ];
    let columns: Vec<&str> = POINT.into_iter().chain(own).chain(PLACE).collect();
    let rows = runtimes.points.iter().flat_map(|point| {
        let marked = point.record.samples.iter().zip(&point.summary.outliers);
        marked.map(|(sample, outlier)| {
            let mut row = name(point);
            row.extend([
                sample.round.to_string(),
                sample.position.to_string(),
                sample.session.to_string(),
                sample.seconds().to_string(),
                sample.train_seconds.to_string(),
                sample.evaluation_seconds.to_string(),
                text(sample.peak_memory_bytes),
                text(sample.peak_device_memory_bytes),
                sample.diverged.to_string(),
                outlier.to_string(),
            ]);
            row.extend(place(point, sample.session));
            row
        })
    });
    table(&columns, rows)
}

/// The fixed cost of a step and the rate beyond it, a row for each series and rate of dropout;
/// `low` and `high` bound the medians over rounds.
pub(crate) fn fits(runtimes: &Runtimes) -> Vec<u8> {
    let columns = [
        "series",
        "dropout",
        "points",
        "rounds",
        "fixed_seconds",
        "fixed_low",
        "fixed_high",
        "gflops",
        "gflops_low",
        "gflops_high",
        "interval_level",
        "worst_miss",
    ];
    let rows = drawing::fits(runtimes).into_iter().map(|fitted| {
        let (fixed, rate) = (fitted.fit.fixed, fitted.fit.rate);
        vec![
            runtimes.series[fitted.series].label.clone(),
            fitted.dropout.to_string(),
            fitted.points.to_string(),
            fixed.n.to_string(),
            fixed.point.to_string(),
            text(fixed.low()),
            text(fixed.high()),
            (rate.point / 1e9).to_string(),
            text(rate.low().map(|flops| flops / 1e9)),
            text(rate.high().map(|flops| flops / 1e9)),
            fixed.level.to_string(),
            fitted.fit.worst.to_string(),
        ]
    });
    table(&columns, rows)
}

fn name(point: &Point) -> Vec<String> {
    let point = &point.record.point;
    vec![
        point.device_name(),
        point.backend_name().to_owned(),
        point.placement.name().to_owned(),
        point.filters.to_string(),
        point.parameters.to_string(),
        point.batch_size.to_string(),
        point.dropout.to_string(),
        point.samples.to_string(),
        point.trials.to_string(),
    ]
}

fn place(point: &Point, session: usize) -> Vec<String> {
    let here = point.record.sessions.get(session).map(|s| &s.environment);
    let point = &point.record.point;
    vec![
        text(here.map(|e| &e.host)),
        text(here.map(|e| &e.cpu)),
        text(here.and_then(|e| e.gpu.as_ref()).map(|gpu| &gpu.name)),
        point.threads.to_string(),
        point.level.clone(),
        text(here.map(|e| &e.revision)),
    ]
}

fn text<T: ToString>(value: Option<T>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::testing::{Grid, record};

    #[test]
    fn tables_have_a_row_a_point_and_a_row_a_sample() {
        let records = [
            record(&Grid::cpu().point(8, 16, 0.0), &[1.0, 2.0, 4.0]),
            record(&Grid::gpu().point(8, 16, 0.0), &[0.5, 0.25, 0.5]),
        ];
        let runtimes = Runtimes::new(&records);
        let read = |csv: Vec<u8>| {
            let text = String::from_utf8(csv).unwrap();
            text.lines().map(str::to_owned).collect::<Vec<_>>()
        };
        let rows = read(points(&runtimes));
        assert_eq!(rows.len(), 3);
        let start = "device,backend,data_placement,filters,parameters,batch_size,dropout,samples,trials,\
                     median,low,high,prepare_seconds,copy_seconds,forward_seconds,\
                     backward_seconds,optimizer_seconds,evaluation_seconds,";
        assert!(rows[0].starts_with(start), "{}", rows[0]);
        let start = "cpu,fused,streamed,8,52258,16,0,10000,1,2,1,4,,,,,,,,0.75,3,1.5,3,";
        assert!(rows[1].starts_with(start), "{}", rows[1]);
        assert!(rows[2].starts_with("cuda:0,stock,streamed,8,52258,16,0,10000,1,0.5,"));

        let rows = read(samples(&runtimes));
        assert_eq!(rows.len(), 1 + 6);
        let start =
            "cpu,fused,streamed,8,52258,16,0,10000,1,1,1,0,1,0.75,0.25,1048576,,false,false,";
        assert!(rows[1].starts_with(start), "{}", rows[1]);
        assert!(
            rows[1].ends_with(",bench,A Processor,,2,avx2,abc1234"),
            "{}",
            rows[1]
        );
        assert!(rows[4].contains(",A GPU,"), "{}", rows[4]);
    }
}
