//! `variance.csv`, and its tables on the page.

use crate::records::variance::{FigureVariance, Outcome, Row};
use crate::tables::table::{Style, Table};
use crate::text::{DASH, or_dash, or_empty, percent};

/// A row for each figure and part of its variance, with all digits. `long_run_share` is ω², the share of
/// infinitely many seeds per cell.
pub(crate) fn full(figures: &[FigureVariance]) -> Table {
    let rows = figures.iter().flat_map(|figure| match &figure.outcome {
        Outcome::Whole { rows, .. } => rows.iter().map(|row| (figure.figure, row)).collect(),
        Outcome::Not(_) => Vec::new(),
    });
    let test = |row: &Row| row.effect.as_ref().and_then(|effect| effect.test);
    Table::of(rows)
        .text("figure", |(figure, _)| figure.id.clone())
        .text("effect", |(_, row)| row.name.clone())
        .text("sum_of_squares", |(_, row)| row.sum_of_squares)
        .text("degrees_of_freedom", |(_, row)| row.degrees_of_freedom)
        .text("share", |(_, row)| row.share)
        .text("f_statistic", move |(_, row)| {
            or_empty(test(row).map(|t| t.f_statistic))
        })
        .text("p_value", move |(_, row)| {
            or_empty(test(row).map(|t| t.p_value))
        })
        .text("long_run_share", move |(_, row)| {
            or_empty(test(row).map(|t| t.share.point))
        })
        .text("long_run_low", move |(_, row)| {
            or_empty(test(row).and_then(|t| t.share.low()))
        })
        .text("long_run_high", move |(_, row)| {
            or_empty(test(row).and_then(|t| t.share.high()))
        })
        .table()
}

/// The parts of one figure's variance for readers.
pub(crate) fn table<'r>(rows: impl Iterator<Item = &'r Row>) -> Table {
    let test = |row: &&Row| row.effect.as_ref().and_then(|effect| effect.test);
    let interval = move |row: &&Row| {
        let share = test(row).map(|test| test.share);
        let bounds = share.and_then(|share| share.interval);
        or_dash(bounds, |i| {
            format!("{} to {}", percent(i.low), percent(i.high))
        })
    };
    Table::of(rows)
        .column("setting, or two together", Style::Label, |row| {
            row.name.clone()
        })
        .number("share", |row| percent(row.share))
        .number("beyond chance", move |row| {
            or_dash(test(row).map(|test| test.share.point), percent)
        })
        .line("95 % interval", interval)
        .number("p", move |row| match test(row).map(|test| test.p_value) {
            None => DASH.to_owned(),
            Some(p) if p < 0.0001 => "< 0.0001".to_owned(),
            Some(p) => format!("{p:.4}"),
        })
        .table()
}
