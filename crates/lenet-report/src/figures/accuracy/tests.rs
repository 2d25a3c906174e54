//! Layout and content of drawings.

use super::*;
use crate::model::figures;
use crate::raster::text_width;
use crate::scene::{Rect, Shape};
use crate::sheet::LEGEND_TEXT;
use crate::testing::{cell, lab_config, lab_study, rising, trial};

fn charts(seeds: u64) -> Vec<Chart> {
    let (study, records) = lab_study(seeds);
    figures(&[study], &records).iter().map(Chart::new).collect()
}

fn overlap(a: &Rect, b: &Rect) -> bool {
    a.x < b.right() && b.x < a.right() && a.y < b.bottom() && b.y < a.bottom()
}

/// A figure of `n` cells with long labels.
fn crowded(n: u32) -> Chart {
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
    Chart::new(&figures(&[study], &records)[0])
}

#[test]
fn the_legend_never_meets_a_panel() {
    for chart in charts(2)
        .into_iter()
        .chain([crowded(1), crowded(7), crowded(40)])
    {
        let sheet = chart.sheet();
        let (layout, rows) = sheet.layout();
        for panel in &layout.panels {
            assert!(
                !overlap(panel, &layout.legend),
                "{}: {layout:?}",
                chart.heading
            );
        }
        assert!(!overlap(&layout.panels[0], &layout.panels[1]));
        assert_eq!(rows.concat().len(), chart.legend.len());
        for (x, entry) in rows.concat() {
            let end = x + 33.0 + text_width(&entry.label, LEGEND_TEXT);
            assert!(end <= layout.width, "{} ends at {end}", entry.label);
        }
        // Everything drawn for a panel stays in its box, every entry in the legend's.
        for shape in &chart.sheet().scene().shapes[2..] {
            let Shape::Text { x, y, .. } = shape else {
                continue;
            };
            let inside = |r: &Rect| (r.x..=r.right()).contains(x) && (r.y..=r.bottom()).contains(y);
            let hits = layout
                .panels
                .iter()
                .chain([&layout.legend])
                .filter(|r| inside(r))
                .count();
            assert_eq!(hits, 1, "{shape:?}");
        }
    }
}

#[test]
fn published_curves_are_dashed_in_the_colour_of_their_cell() {
    let chart = &charts(2)[0];
    for panel in &chart.panels {
        assert_eq!(panel.curves.len(), 4);
        for curve in &panel.curves {
            assert_eq!((curve.measured.len(), curve.published.len()), (10, 10));
        }
    }
    assert_eq!(chart.panels[1].curves[0].published[9], 0.9869);
    let scene = &chart.sheet().panel_scenes()[1];
    for colour in 0..4 {
        let lines = |dashed: bool| {
            let of_colour = |s: &&Shape| {
                matches!(s, Shape::Line { stroke, .. }
                    if stroke.ink == Ink::Series(colour) && stroke.dash.is_some() == dashed)
            };
            scene.shapes.iter().filter(of_colour).count()
        };
        assert_eq!((lines(true), lines(false)), (1, 1), "series {colour}");
    }
}

#[test]
fn one_seed_has_no_band_and_two_have() {
    let bands = |seeds| {
        let scene = charts(seeds)[0].sheet().scene();
        let is_band = |s: &&Shape| {
            matches!(
                s,
                Shape::Area {
                    ink: Ink::Series(_),
                    ..
                }
            )
        };
        scene.shapes.iter().filter(is_band).count()
    };
    assert_eq!(bands(1), 0);
    assert_eq!(bands(3), 8);
}

#[test]
fn more_cells_than_colours_leave_the_best_coloured() {
    let chart = crowded(40);
    // Eight colours, the rest, and the published curves of 0.1 and 0.01.
    assert_eq!(chart.legend.len(), 10);
    assert!(
        chart.legend[8].label.starts_with("32 other cells"),
        "{:?}",
        chart.legend[8]
    );
    assert!(
        chart
            .legend
            .iter()
            .any(|e| e.label.contains("learning_rate = 0.4,"))
    );
    assert!(
        chart
            .legend
            .iter()
            .all(|e| !e.label.contains("learning_rate = 0.01,"))
    );
}

#[test]
fn a_figure_without_records_is_still_drawn() {
    let (study, _) = lab_study(2);
    let chart = Chart::new(&figures(&[study], &[])[0]);
    assert!(chart.legend.is_empty());
    assert!(chart.sheet().scene().svg().contains("Validation accuracy"));
}
