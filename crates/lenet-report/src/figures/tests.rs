//! What the figures of runtimes show.

use lenet_results::RuntimeRecord;

use super::*;
use crate::figures::series::inks;
use crate::plot::scene::{Ink, Scene, Shape, Text};
use crate::records::cells::Published;
use crate::records::fit::fits;
use crate::records::runtime_figures::fill;
use crate::testing::{Grid, in_series, two_devices};

/// A figure for each batch size, whose cells all have the published seconds of their filters.
fn published(runtimes: &Runtimes) -> Vec<RuntimeFigure> {
    let mut figures = fill(&[], runtimes);
    for figure in &mut figures {
        figure.published = Some(Published {
            source: "a paper".to_owned(),
            precision: "as printed".to_owned(),
        });
        for cell in &mut figure.cells {
            cell.published = Some(cell.config.network.filters[0] as f64);
        }
    }
    figures
}

fn drawn(runtimes: &Runtimes) -> Vec<Figure> {
    of_runtimes(runtimes, &published(runtimes), &[])
}

/// The first panel of a figure.
fn first_panel(records: &[RuntimeRecord], figure: usize) -> Scene {
    let figures = drawn(&in_series(records));
    figures[figure].sheet.panel_scenes().swap_remove(0)
}

fn ids(records: &[RuntimeRecord]) -> Vec<String> {
    drawn(&in_series(records))
        .into_iter()
        .map(|f| f.id)
        .collect()
}

#[test]
fn the_reports_figures_phases_and_work_are_drawn() {
    let records = two_devices();
    let runtimes = in_series(&records);
    let figures = drawn(&runtimes);
    let ids: Vec<&str> = figures.iter().map(|f| f.id.as_str()).collect();
    assert_eq!(ids, ["batch-64", "batch-16", "phases", "work"]);
    assert!(figures[0].sheet.heading.starts_with("Figure batch-64 · "));
    let labels: Vec<&str> = figures[0]
        .sheet
        .legend
        .iter()
        .map(|e| e.label.as_str())
        .collect();
    assert_eq!(labels[..2], ["CPU, fused", "A GPU, stock, streamed"]);
    assert_eq!(labels.len(), 3 + 2, "{labels:?}");
    assert_eq!(figures[2].sheet.legend.len(), 6);
    for figure in &figures {
        assert_eq!(figure.sheet.panel_scenes().len(), 2, "{}", figure.id);
    }
    assert_eq!(fits(&runtimes).len(), 3 * 2);
}

#[test]
fn measured_marks_are_filled_and_published_ones_hollow() {
    let records = two_devices();
    let scene = first_panel(&records, 0);
    let count = |wanted: fn(&Shape) -> bool| scene.shapes.iter().filter(|s| wanted(s)).count();
    // Four sizes of the CPU; of the published CPU likewise.
    assert_eq!(
        count(|s| matches!(
            s,
            Shape::Dot {
                ink: Ink::Series(0),
                ..
            }
        )),
        4
    );
    assert_eq!(
        count(|s| matches!(
            s,
            Shape::Ring { stroke, .. } if stroke.ink == Ink::Series(0)
        )),
        4
    );
    // Diamonds: eight measured, and six hollow ones over paper.
    let filled = |s: &Shape| matches!(s, Shape::Area { ink: Ink::Series(_), points, .. } if points.len() == 4);
    assert_eq!(count(filled), 8);
    // Their labels are the true counts.
    let text = |wanted: &str| {
        scene
            .shapes
            .iter()
            .any(|s| matches!(s, Shape::Text(Text { text, .. }) if text == wanted))
    };
    assert!(text("52,258") && text("440,394") && text("F = 64"));
}

#[test]
fn points_lie_where_their_numbers_say() {
    let records = two_devices();
    let scene = first_panel(&records, 0);
    let mut dots: Vec<(f64, f64)> = scene
        .shapes
        .iter()
        .filter_map(|s| match s {
            Shape::Dot {
                at,
                ink: Ink::Series(0),
                ..
            } => Some(*at),
            _ => None,
        })
        .collect();
    dots.sort_by(|a, b| a.0.total_cmp(&b.0));
    // Time doubles with the filters, so the steps upwards are of one height.
    let steps: Vec<f64> = dots.windows(2).map(|w| w[0].1 - w[1].1).collect();
    assert!(steps.iter().all(|s| *s > 0.0), "{dots:?}");
    assert!((steps[2] / steps[1] - 1.0).abs() < 0.05, "{steps:?}");
    let mark = |wanted: &str| {
        scene.shapes.iter().find_map(|s| match s {
            Shape::Text(Text { at, text, .. }) if text == wanted => Some(at.0),
            _ => None,
        })
    };
    let at = mark("52,258").unwrap();
    assert!((dots[0].0 - at).abs() < 1e-9, "{} beside {at}", dots[0].0);
}

#[test]
fn an_interval_never_leaves_its_panel() {
    let wide = |_, _, _, round| [1.0, 1.0, 40.0][round - 1];
    let records = Grid::cpu().records(&[8], 3, wide);
    let scene = first_panel(&records, 0);
    let ends = scene.shapes.iter().filter_map(|s| match s {
        Shape::Line { points, stroke } if stroke.ink == Ink::Series(0) => {
            points.last().map(|p| p.1)
        }
        _ => None,
    });
    let highest = ends.fold(f64::INFINITY, f64::min);
    // The plot begins at 34; 40 s lie below its topmost mark, 50 s.
    assert!(highest > 34.0 + 1.0, "{highest}");
}

#[test]
fn captions_tell_images_and_the_source_of_hollow_marks() {
    let small = Grid {
        samples: 2_000,
        ..Grid::cpu()
    };
    let records = small.records(&[8, 16], 1, |f, _, _, _| f as f64);
    let runtimes = in_series(&records);
    let figure = &drawn(&runtimes)[0];
    assert_eq!(figure.sheet.legend[1].label, "CPU, a paper");
    assert!(
        figure.caption.contains("2,000 images")
            && figure
                .caption
                .ends_with("Hollow marks: a paper; as printed."),
        "{}",
        figure.caption
    );
    // No phases were timed; both batch sizes together give a line, one size of two does not.
    assert_eq!(ids(&records), ["batch-64", "batch-16", "work"]);
    assert_eq!(fits(&runtimes).len(), 2);
    let few = small.records(&[8], 1, |f, _, _, _| f as f64);
    assert!(fits(&in_series(&few)).is_empty());
}

#[test]
fn a_batch_size_of_ones_own_has_a_figure_of_its_own() {
    let mut records = Grid::cpu().records(&[8], 1, |_, _, _, _| 1.0);
    for record in &mut records {
        record.config.batch_size += 1;
    }
    assert_eq!(ids(&records), ["batch-65", "batch-17", "work"]);
    let runtimes = in_series(&records);
    let found = of_runtimes(&runtimes, &published(&runtimes), &["1", "work"]);
    assert_eq!(found[2].file_stem(), "figure-runtime-work");
    assert!(drawn(&in_series(&[])).is_empty());
}

#[test]
fn stacked_bars_fill_their_width_in_the_phases_shares() {
    let records = two_devices();
    let scene = first_panel(&records, 2);
    let width = |wanted: usize| -> f64 {
        let widths = scene.shapes.iter().filter_map(|s| match s {
            Shape::Area {
                points,
                ink: Ink::Series(i),
                ..
            } if *i == wanted => Some(points[1].0 - points[0].0),
            _ => None,
        });
        widths.sum()
    };
    let all: f64 = (0..6).map(width).sum();
    // Copying is a fifth of training, which is three quarters of all.
    assert!((width(1) / all - 0.15).abs() < 1e-9, "{}", width(1) / all);
    assert!((width(5) / all - 0.25).abs() < 1e-9, "{}", width(5) / all);
}

#[test]
fn every_series_has_a_colour_of_its_own() {
    let mut records = two_devices();
    let mut others = Grid::cpu().records(&[8, 16, 32, 64], 1, |f, _, _, _| f as f64);
    for record in &mut others {
        record.sessions[0].environment.host = "other".to_owned();
    }
    records.extend(others);
    let runtimes = in_series(&records);
    let inks = inks(&runtimes.series);
    // CPU on two hosts, then the GPU's two placements.
    assert_eq!(inks, [0, 2, 1, 3].map(Ink::Series));
}
