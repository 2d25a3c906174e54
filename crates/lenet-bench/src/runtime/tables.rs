//! `runtime.csv` and `runtime-samples.csv`.

use lenet_results::{PhaseSeconds, RuntimeRecord};

use super::error::RuntimeError;
use super::summary::Summary;

/// One row a point. Times are in seconds; a cell is empty where nothing is known.
///
/// # Errors
/// None in practice: the table is made in memory.
pub fn summary_csv(points: &[(&RuntimeRecord, &Summary)]) -> Result<Vec<u8>, RuntimeError> {
    let mut table = csv::Writer::from_writer(Vec::new());
    let mut heading: Vec<String> = [
        "device",
        "backend",
        "placement",
        "threads",
        "level",
        "filters",
        "parameters",
        "batch_size",
        "dropout",
        "samples",
        "repeats",
        "median",
        "low",
        "high",
        "interval_level",
        "first_quartile",
        "third_quartile",
        "images_per_second",
        "gflops",
        "share_of_peak",
        "peak_memory_bytes",
        "diverged",
    ]
    .map(str::to_owned)
    .to_vec();
    heading.extend(PhaseSeconds::NAMES.map(|name| format!("{name}_seconds")));
    heading.push("phases_excess".to_owned());
    table.write_record(&heading)?;
    for (record, summary) in points {
        let point = &record.point;
        let mut row = vec![
            point.device_name(),
            point.backend_name().to_owned(),
            point.placement.name().to_owned(),
            point.threads.to_string(),
            point.level.clone(),
            point.filters.to_string(),
            point.parameters.to_string(),
            point.batch_size.to_string(),
            point.dropout.to_string(),
            point.samples.to_string(),
            record.samples.len().to_string(),
            summary.median.to_string(),
            cell(summary.interval.map(|interval| interval.low)),
            cell(summary.interval.map(|interval| interval.high)),
            summary.level.to_string(),
            summary.quartiles[0].to_string(),
            summary.quartiles[1].to_string(),
            summary.train_images_per_second.to_string(),
            (summary.flops_per_second / 1e9).to_string(),
            cell(summary.share_of_peak),
            summary
                .peak_memory_bytes
                .map_or_else(String::new, |bytes| bytes.to_string()),
            summary.diverged.to_string(),
        ];
        match &summary.phases {
            Some(phases) => row.extend(phases.values().map(|seconds| seconds.to_string())),
            None => row.extend(PhaseSeconds::NAMES.map(|_| String::new())),
        }
        row.push(cell(summary.phases_excess));
        table.write_record(&row)?;
    }
    finish(table)
}

/// One row a sample, marks included.
///
/// # Errors
/// As [`summary_csv`].
pub fn samples_csv(points: &[(&RuntimeRecord, &Summary)]) -> Result<Vec<u8>, RuntimeError> {
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record([
        "device",
        "backend",
        "placement",
        "filters",
        "parameters",
        "batch_size",
        "dropout",
        "round",
        "position",
        "session",
        "seconds",
        "train_seconds",
        "evaluation_seconds",
        "peak_memory_bytes",
        "diverged",
        "outlier",
    ])?;
    for (record, summary) in points {
        let point = &record.point;
        for (sample, outlier) in record.samples.iter().zip(&summary.outliers) {
            table.write_record(&[
                point.device_name(),
                point.backend_name().to_owned(),
                point.placement.name().to_owned(),
                point.filters.to_string(),
                point.parameters.to_string(),
                point.batch_size.to_string(),
                point.dropout.to_string(),
                sample.round.to_string(),
                sample.position.to_string(),
                sample.session.to_string(),
                sample.seconds().to_string(),
                sample.train_seconds.to_string(),
                sample.evaluation_seconds.to_string(),
                sample
                    .peak_memory_bytes
                    .map_or_else(String::new, |bytes| bytes.to_string()),
                sample.diverged.to_string(),
                outlier.to_string(),
            ])?;
        }
    }
    finish(table)
}

fn cell(value: Option<f64>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

fn finish(table: csv::Writer<Vec<u8>>) -> Result<Vec<u8>, RuntimeError> {
    table
        .into_inner()
        .map_err(|error| RuntimeError::Csv(error.into_error().into()))
}

#[cfg(test)]
mod tests {
    use super::super::{summarize, testing};
    use super::*;

    #[test]
    fn tables_have_a_row_a_point_and_a_row_a_sample() {
        let record = testing::record(2, &[1.0, 2.0, 4.0]);
        let summary = summarize(&record, &testing::splits()).unwrap();
        let points = [(&record, &summary), (&record, &summary)];
        let text = |csv: Vec<u8>| String::from_utf8(csv).unwrap();

        let points_csv = text(summary_csv(&points).unwrap());
        assert_eq!(points_csv.lines().count(), 3);
        let row = points_csv.lines().nth(1).unwrap();
        let start = "cpu,fused,streamed,2,portable,2,200,16,0,40,3,2,1,4,0.75,1.5,3,";
        assert!(row.starts_with(start), "{row}");
        assert!(row.ends_with(",1048576,false,,,,,,,"), "{row}");

        let samples = text(samples_csv(&points).unwrap());
        assert_eq!(samples.lines().count(), 7);
        assert_eq!(
            samples.lines().nth(1).unwrap(),
            "cpu,fused,streamed,2,200,16,0,1,1,0,1,0.75,0.25,1048576,false,false"
        );
    }
}
