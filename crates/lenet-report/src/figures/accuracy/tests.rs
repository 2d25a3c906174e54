//! Layout and content of drawings.

use super::*;
use crate::plot::font::text_width;
use crate::plot::scene::{Rect, Scene, Shape, Text};
use crate::plot::sheet::LEGEND_TEXT;
use crate::plot::svg::document;
use crate::records::index::fill;
use crate::testing::{cell, lab_config, lab_study, rising, trial};

fn sheets(seeds: u64) -> Vec<Sheet> {
    let (study, records) = lab_study(seeds);
    let (filled, _) = fill(&[study], &records);
    filled.iter().map(|study| figure(study).sheet).collect()
}

fn overlap(a: &Rect, b: &Rect) -> bool {
    a.x < b.right() && b.x < a.right() && a.y < b.bottom() && b.y < a.bottom()
}

/// A figure of `n` cells with long labels.
fn crowded(n: u32) -> Sheet {
    let (mut study, _) = lab_study(1);
    study.figures.truncate(1);
    let configs: Vec<_> = (1..=n)
        .map(|i| lab_config("sgd", f64::from(i) / 100.0, 0.0))
        .collect();
    let label = |rate| format!("optimizer = sgd, learning_rate = {rate}, dropout = 0.5");
    study.figures[0].cells = configs
        .iter()
        .map(|c| cell(&label(c.learning_rate), c, 1))
        .collect();
    let records: Vec<_> = configs
        .iter()
        .map(|c| trial(c, 0, &rising(0.5, 0.9 + c.learning_rate / 10.0, 10, 0)))
        .collect();
    figure(&fill(&[study], &records).0[0]).sheet
}

#[test]
fn the_legend_never_meets_a_panel() {
    for sheet in sheets(2).into_iter().chain([1, 7, 40].map(crowded)) {
        let layout = sheet.layout();
        for panel in &layout.panels {
            let heading = &sheet.heading;
            assert!(!overlap(panel, &layout.legend), "{heading}: {layout:?}");
        }
        assert!(!overlap(&layout.panels[0], &layout.panels[1]));
        let entries = layout.rows.concat();
        assert_eq!(entries.len(), sheet.legend.len());
        for (x, entry) in entries {
            let end = x + 33.0 + text_width(&entry.label, LEGEND_TEXT);
            assert!(end <= layout.width, "{} ends at {end}", entry.label);
        }
        // All text of a panel stays in its rectangle, and every entry in that of the legend.
        for shape in &sheet.scene().all_shapes()[2..] {
            let Shape::Text(Text { at: (x, y), .. }) = shape else {
                continue;
            };
            let inside =
                |r: &&Rect| (r.x..=r.right()).contains(x) && (r.y..=r.bottom()).contains(y);
            let places = layout.panels.iter().chain([&layout.legend]);
            assert_eq!(places.filter(inside).count(), 1, "{shape:?}");
        }
    }
}

/// Lines in a colour of a series, dashed or solid, by their points.
fn lines(scene: &Scene, colour: usize, dashed: bool) -> Vec<&[(f64, f64)]> {
    let line = |shape: &'_ Shape| -> bool {
        matches!(shape, Shape::Line { stroke, .. }
            if stroke.ink == Ink::Series(colour) && stroke.dash.is_some() == dashed)
    };
    let found = scene.all_shapes().into_iter().filter(|shape| line(shape));
    let points = found.filter_map(|shape| match shape {
        Shape::Line { points, .. } => Some(points.as_slice()),
        _ => None,
    });
    points.collect()
}

#[test]
fn published_curves_are_dashed_in_the_colour_of_their_cell() {
    for scene in &sheets(2)[0].panel_scenes() {
        for colour in 0..4 {
            for dashed in [false, true] {
                let found = lines(scene, colour, dashed);
                let points: Vec<usize> = found.iter().map(|line| line.len()).collect();
                assert_eq!(points, [10], "{}: series {colour}", scene.title);
            }
        }
    }
}

/// Position of a label.
fn label(scene: &Scene, wanted: &str) -> (f64, f64) {
    let found = scene
        .all_shapes()
        .into_iter()
        .find_map(|shape| match shape {
            Shape::Text(Text { at, text, .. }) if text == wanted => Some(*at),
            _ => None,
        });
    found.unwrap_or_else(|| panic!("no label {wanted}"))
}

#[test]
fn a_curve_lies_where_the_labels_say() {
    let (study, records) = lab_study(2);
    let (filled, _) = fill(&[study], &records);
    let published = filled[0].cells[0].published(EpochMeasure::TestAccuracy);
    assert_eq!(published.len(), 10);
    let scene = &figure(&filled[0]).sheet.panel_scenes()[1];
    // A tenfold smaller error is as far as from 0 to 0.9. Labels stand 4.3 below their line.
    let (zero, nine_tenths) = (label(scene, "0").1 - 4.3, label(scene, "0.9").1 - 4.3);
    let drawn = lines(scene, 0, true)[0];
    for ((x, y), (epoch, accuracy)) in drawn.iter().zip(&published) {
        let epoch = label(scene, &epoch.to_string()).0;
        let height = zero - (zero - nine_tenths) * -(1.0 - accuracy).log10();
        assert!((x - epoch).abs() < 1e-9, "{x} for {epoch}");
        assert!((y - height).abs() < 1e-9, "{y} for {height}");
    }
}

#[test]
fn one_seed_has_no_band_and_two_have() {
    let bands = |seeds| {
        let scene = sheets(seeds)[0].scene();
        let is_band = |s: &&&Shape| matches!(s, Shape::Area { ink: Ink::Series(_), alpha, .. } if *alpha < 1.0);
        scene.all_shapes().iter().filter(is_band).count()
    };
    assert_eq!(bands(1), 0);
    assert_eq!(bands(3), 8);
}

#[test]
fn more_cells_than_colours_leave_the_best_coloured() {
    let sheet = crowded(40);
    // Eight colours, the rest, and the published curves of 0.1 and 0.01.
    assert_eq!(sheet.legend.len(), 10);
    assert!(
        sheet.legend[8].label.starts_with("32 other cells"),
        "{:?}",
        sheet.legend[8]
    );
    assert!(sheet.legend.iter().any(|e| e.label.contains("rate 0.4")));
    assert!(
        sheet
            .legend
            .iter()
            .all(|e| !e.label.contains("learning_rate = 0.01,"))
    );
}

#[test]
fn a_figure_without_records_is_still_drawn() {
    let (study, _) = lab_study(2);
    let figure = figure(&fill(&[study], &[]).0[0]);
    assert!(figure.sheet.legend.is_empty());
    assert!(document(&figure.sheet.scene()).contains("Validation accuracy"));
}

#[test]
fn ids_become_safe_file_names() {
    let (mut study, _) = lab_study(1);
    study.figures[0].id = "../x y".to_owned();
    let figure = figure(&fill(&[study], &[]).0[0]);
    assert_eq!(figure.file_stem(), "figure-..-x-y");
}

/// The figure of one cell with these trials, of which the last have dead networks.
fn with_dead(accuracies: &[f64], dead: usize) -> Figure {
    let (mut study, _) = lab_study(1);
    let config = lab_config("sgd", 0.1, 0.0);
    study.figures.truncate(1);
    study.figures[0].published_data = None;
    study.figures[0].cells = vec![cell("a", &config, accuracies.len() as u64)];
    let mut records: Vec<_> = (0..)
        .zip(accuracies)
        .map(|(seed, accuracy)| trial(&config, seed, &[*accuracy; 10]))
        .collect();
    for record in records.iter_mut().rev().take(dead) {
        record.epochs.iter_mut().for_each(|e| e.dead = true);
    }
    figure(&fill(&[study], &records).0[0])
}

#[test]
fn a_legend_says_how_many_networks_its_curve_is_of() {
    let label = |dead| {
        with_dead(&[0.9, 0.8, 0.1], dead).sheet.legend[0]
            .label
            .clone()
    };
    let name = "SGD, rate 0.1, batch 128, 16 filters, no dropout";
    assert_eq!(label(0), name);
    assert_eq!(label(1), format!("{name} (the 2 that live)"));
    assert_eq!(label(2), format!("{name} (the 1 that live)"));
    assert_eq!(label(3), name);
    let told = "Some networks died; they are listed below.";
    let caption = |dead| with_dead(&[0.9, 0.8, 0.1], dead).caption;
    assert_eq!(caption(0), "3 of 3 trials.");
    assert_eq!(caption(1), format!("3 of 3 trials. {told}"));
}

#[test]
fn cells_that_repeat_one_published_run_share_its_curve() {
    let (mut study, records) = lab_study(2);
    let data = study.figures[0].published_data.as_mut().unwrap();
    data.series.truncate(1);
    data.series[0].cells = vec![0, 1];
    let sheet = figure(&fill(&[study], &records).0[0]).sheet;
    let scene = &sheet.panel_scenes()[1];
    let dashed = [0, 1, 2, 3].map(|colour| lines(scene, colour, true).len());
    assert_eq!(dashed, [1, 0, 0, 0]);
    let last = sheet.legend.last().unwrap();
    assert_eq!(last.label, "dashed: the report of 2017, one run each");
    // Without published numbers there is nothing to explain.
    let (mut study, records) = lab_study(2);
    study.figures[0]
        .published_data
        .as_mut()
        .unwrap()
        .series
        .clear();
    let sheet = figure(&fill(&[study], &records).0[0]).sheet;
    assert_eq!(sheet.legend.len(), 4);
}
