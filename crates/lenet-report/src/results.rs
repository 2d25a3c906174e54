//! The table of results: a row for each figure and cell, after the last epoch.

use lenet_stats::Estimate;

use crate::epochs;
use crate::model::{Cell, Figure, TEST, VALIDATION, cell_key};
use crate::published;

/// A cell's results after the last epoch that all its trials reached.
#[derive(Debug)]
pub(crate) struct Row<'a> {
    pub(crate) figure: &'a str,
    pub(crate) cell: &'a Cell<'a>,
    pub(crate) epoch: Option<usize>,
    pub(crate) validation: Option<Estimate>,
    pub(crate) test: Option<Estimate>,
    /// Lowest and highest test accuracy of a seed.
    pub(crate) range: Option<(f64, f64)>,
    /// Published test accuracy after the same epoch.
    pub(crate) published: Option<f64>,
}

impl Row<'_> {
    /// Mean test accuracy less the published one.
    pub(crate) fn difference(&self) -> Option<f64> {
        Some(self.test?.point - self.published?)
    }
}

/// One row for each cell, figure by figure.
pub(crate) fn rows<'a>(figures: &'a [Figure<'a>]) -> Vec<Row<'a>> {
    let row = |figure: &'a Figure<'a>, cell: &'a Cell<'a>| {
        let epoch = cell.last_epoch();
        let tests = || {
            let value = |t: &&lenet_results::TrialRecord| crate::model::value_at(t, epoch?, TEST);
            cell.done.iter().filter_map(value)
        };
        let published = figure.published.as_deref().and_then(|id| {
            published::curve(id, &cell.config)?
                .test
                .get(epoch?.checked_sub(1)?)
                .copied()
        });
        Row {
            figure: &figure.id,
            cell,
            epoch,
            validation: cell.final_mean(VALIDATION),
            test: cell.final_mean(TEST),
            range: tests().next().map(|first| {
                tests().fold((first, first), |(low, high), v| (low.min(v), high.max(v)))
            }),
            published,
        }
    };
    figures
        .iter()
        .flat_map(|f| f.cells.iter().map(move |c| row(f, c)))
        .collect()
}

/// The row with the highest mean validation accuracy, the first of equals. Test accuracy has no
/// part in the choice.
pub(crate) fn best<'r, 'a>(rows: &'r [Row<'a>]) -> Option<&'r Row<'a>> {
    let measured = rows
        .iter()
        .filter_map(|row| Some((row, row.validation?.point)));
    let better = |best: (&'r Row<'a>, f64), next: (&'r Row<'a>, f64)| {
        if next.1 > best.1 { next } else { best }
    };
    measured.reduce(better).map(|(row, _)| row)
}

/// Number of different cells that have a mean: figures share cells.
pub(crate) fn distinct(rows: &[Row]) -> usize {
    let keys: std::collections::BTreeSet<String> = rows
        .iter()
        .filter(|r| r.validation.is_some())
        .map(|r| cell_key(&r.cell.config))
        .collect();
    keys.len()
}

const COLUMNS: [&str; 16] = [
    "figure",
    "cell",
    "epoch",
    "seeds",
    "planned",
    "validation_accuracy",
    "validation_low",
    "validation_high",
    "test_accuracy",
    "test_low",
    "test_high",
    "test_worst_seed",
    "test_best_seed",
    "published_test_accuracy",
    "difference",
    "parameters",
];

/// The table as CSV, with all digits; empty fields where there is no value.
pub(crate) fn csv(rows: &[Row]) -> Vec<u8> {
    fn text<T: ToString>(value: Option<T>) -> String {
        value.map(|v| v.to_string()).unwrap_or_default()
    }
    let fields = |row: &Row| {
        let bound = |e: Option<Estimate>| {
            [
                text(e.map(|e| e.point)),
                text(e.and_then(|e| e.low())),
                text(e.and_then(|e| e.high())),
            ]
        };
        let mut all = vec![
            row.figure.to_owned(),
            row.cell.label.clone(),
            text(row.epoch),
            row.cell.done.len().to_string(),
            row.cell.planned().to_string(),
        ];
        all.extend(bound(row.validation));
        all.extend(bound(row.test));
        all.push(text(row.range.map(|r| r.0)));
        all.push(text(row.range.map(|r| r.1)));
        all.push(text(row.published));
        all.push(text(row.difference()));
        all.push(text(row.cell.done.first().map(|t| t.parameters)));
        all
    };
    epochs::table(&COLUMNS, rows.iter().map(fields))
}

/// The table for readers, as Markdown.
pub(crate) fn markdown(rows: &[Row]) -> String {
    let mut out = String::from(
        "| figure | cell | seeds | epoch | test accuracy, mean (95 % interval) | lowest–highest \
         seed | published | difference |\n| --- | --- | --: | --: | --- | --- | --: | --: |\n",
    );
    for row in rows {
        let cells = [
            row.figure.to_owned(),
            row.cell.label.clone(),
            seeds(row),
            row.epoch.map_or("–".to_owned(), |e| e.to_string()),
            with_interval(row.test),
            row.range
                .map_or("–".to_owned(), |(l, h)| format!("{l:.4}–{h:.4}")),
            row.published.map_or("–".to_owned(), |p| format!("{p:.4}")),
            signed(row.difference()),
        ];
        let safe = cells.map(|c| c.replace('|', "\\|").replace('\n', " "));
        out.push_str(&format!("| {} |\n", safe.join(" | ")));
    }
    out
}

/// Trials with results, and of how many where some are missing.
pub(crate) fn seeds(row: &Row) -> String {
    let (done, planned) = (row.cell.done.len(), row.cell.planned());
    if done == planned {
        done.to_string()
    } else {
        format!("{done} of {planned}")
    }
}

/// `0.9869 (0.9860–0.9878)`, the interval only where there is one.
pub(crate) fn with_interval(estimate: Option<Estimate>) -> String {
    match estimate {
        None => "–".to_owned(),
        Some(Estimate {
            point,
            interval: None,
            ..
        }) => format!("{point:.4}"),
        Some(Estimate {
            point,
            interval: Some(i),
            ..
        }) => format!("{point:.4} ({:.4}–{:.4})", i.low, i.high).replace('-', "−"),
    }
}

/// A difference with its sign.
pub(crate) fn signed(value: Option<f64>) -> String {
    let text = |v: f64| format!("{v:+.4}").replace('-', "−");
    value.map_or("–".to_owned(), text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::figures;
    use crate::testing::lab_study;

    #[test]
    fn rows_stand_beside_the_published_values() {
        let (study, records) = lab_study(3);
        let figures = figures(&[study], &records);
        let rows = rows(&figures);
        assert_eq!(rows.len(), 20);
        assert_eq!((rows[0].figure, rows[0].epoch), ("1", Some(10)));
        assert_eq!(rows[0].published, Some(0.9869));
        let test = rows[0].test.unwrap();
        assert_eq!(rows[0].difference(), Some(test.point - 0.9869));
        let (low, high) = rows[0].range.unwrap();
        assert!(low < test.point && test.point < high);
    }

    #[test]
    fn the_best_is_chosen_by_validation_accuracy() {
        let (study, mut records) = lab_study(2);
        // A cell that shines on the test data alone must not be chosen.
        for record in records
            .iter_mut()
            .filter(|r| r.config.learning_rate == 0.01)
        {
            record.epochs[9].test_accuracy = 1.0;
        }
        let figures = figures(&[study], &records);
        let rows = rows(&figures);
        let best = best(&rows).unwrap();
        assert_eq!((best.figure, best.cell.config.learning_rate), ("3", 0.001));
    }

    #[test]
    fn partial_studies_show_how_much_there_is() {
        let (study, records) = lab_study(3);
        let figures = figures(&[study], &records[..2]);
        let rows = rows(&figures);
        assert_eq!(seeds(&rows[0]), "2 of 3");
        assert_eq!(with_interval(rows[1].test), "–");
        assert_eq!(distinct(&rows), 1);
        let table = markdown(&rows);
        assert_eq!(table.lines().count(), 22);
        assert!(table.contains("| 2 of 3 | 10 | 0.98"), "{table}");
        let csv = String::from_utf8(csv(&rows)).unwrap();
        assert_eq!(csv.lines().next().unwrap().split(',').count(), 16);
    }

    #[test]
    fn a_minus_is_a_minus() {
        assert_eq!(signed(Some(-0.00123)), "−0.0012");
        assert_eq!(signed(Some(0.5)), "+0.5000");
    }
}
