//! Two measures of the cells against each other, with the Pareto front.

use lenet_results::{Drawing, EpochMeasure};

use crate::figures::drawn::{Drawn, measure};
use crate::figures::figure::Figure;
use crate::figures::value_axis::value_axis;
use crate::plot::frame::{LEFT, Margins, WIDTH};
use crate::plot::legend::{Entry, Swatch};
use crate::plot::marker::{Marker, RADIUS};
use crate::plot::panel::{Datum, Layer, XyPanel};
use crate::plot::scene::{Ink, Mark, SERIES, Stroke};
use crate::plot::sheet::{Panel, Sheet};
use crate::records::cell_measure::CellMeasure;

const SECONDS: CellMeasure = CellMeasure::Epoch(EpochMeasure::SecondsPerEpoch);

/// A cell with both measures.
struct Point {
    at: (f64, f64),
    cell: usize,
    level: usize,
}

pub(super) fn figure(drawn: &Drawn, drawing: &Drawing) -> Option<Figure> {
    let up = measure(drawing);
    let across: Vec<CellMeasure> = match drawing.across.as_deref().map(str::parse) {
        Some(Ok(named)) => vec![named],
        _ => vec![SECONDS, CellMeasure::Parameters],
    };
    let colour = drawn.axis(drawing.colour.as_ref(), &[], &drawn.grid.by_influence(up))?;
    let points = across
        .iter()
        .map(|measure| (*measure, drawn.points(*measure, up, colour)));
    let varies = |points: &[Point]| {
        let first = points.first().map(|point| point.at.0);
        points.iter().any(|point| Some(point.at.0) != first)
    };
    let points: Vec<(CellMeasure, Vec<Point>)> =
        points.filter(|(_, points)| varies(points)).collect();
    let all = points
        .iter()
        .flat_map(|(_, points)| points)
        .map(|point| point.at.1);
    let all: Vec<f64> = all.collect();
    if all.is_empty() {
        return None;
    }
    let y = value_axis(up, all.iter().copied(), 0.06);
    let panel = |(across, points): &(CellMeasure, Vec<Point>)| -> Box<dyn Panel> {
        let mut x = value_axis(*across, points.iter().map(|point| point.at.0), 0.12);
        x.title = format!(
            "{}{}",
            x.title,
            if across.is_gain() {
                ""
            } else {
                ", fewer is better"
            }
        );
        let mut layers = vec![Layer::Line {
            points: front(points, *across, up),
            stroke: FRONT,
        }];
        layers.extend(points.iter().map(|point| {
            let ink = ink(point.level);
            let marker = Layer::Markers {
                data: vec![Datum {
                    x: point.at.0,
                    y: point.at.1,
                    interval: None,
                }],
                marker: Marker::of_ink(ink).unwrap_or(Marker::Disc),
                radius: if points.len() > 400 { 2.4 } else { RADIUS },
                hollow: false,
                ink,
            };
            marker.of(Some(&Mark::Cell(point.cell)))
        }));
        Box::new(XyPanel {
            heading: format!("Against {}", across.title()),
            size: (WIDTH, 366.0),
            margins: Margins {
                left: LEFT,
                right: 22.0,
                bottom: 62.0,
            },
            x,
            y: y.clone(),
            layers,
        })
    };
    let mut legend = drawn.legend(colour);
    legend.push(Entry {
        label: "Pareto front: no cell is better in both".to_owned(),
        ink: Ink::Muted,
        swatch: Swatch::Dashed,
        mark: None,
    });
    let names: Vec<String> = points.iter().map(|(across, _)| across.title()).collect();
    Some(Figure {
        id: String::new(),
        notes: String::new(),
        caption:
            "One mark per cell: means over seeds. Seconds are those of the study's own run, while \
                  other trials ran beside; figures of runtime measure them alone."
                .to_owned(),
        sheet: Sheet {
            heading: drawn.heading(&format!("{} against {}", up.title(), names.join(" and "))),
            columns: points.len().max(1),
            panels: points.iter().map(panel).collect(),
            legend,
        },
    })
}

const FRONT: Stroke = Stroke {
    ink: Ink::Muted,
    width: 1.4,
    dash: Some(crate::plot::legend::DASH),
};

fn ink(level: usize) -> Ink {
    if level < SERIES.len() {
        Ink::Series(level)
    } else {
        Ink::Other
    }
}

impl Drawn<'_> {
    fn points(&self, across: CellMeasure, up: CellMeasure, colour: usize) -> Vec<Point> {
        let point = |(levels, cell): &(Vec<usize>, &crate::records::cells::Cell)| {
            Some(Point {
                at: (across.mean([*cell])?.point, up.mean([*cell])?.point),
                cell: cell.index,
                level: levels[colour],
            })
        };
        self.grid.cells.iter().filter_map(point).collect()
    }
}

/// The points that no other point beats or equals in both measures, from left to right.
fn front(points: &[Point], across: CellMeasure, up: CellMeasure) -> Vec<(f64, f64)> {
    let sign = |measure: CellMeasure| if measure.is_gain() { 1.0 } else { -1.0 };
    let (x, y) = (sign(across), sign(up));
    let mut order: Vec<(f64, f64)> = points.iter().map(|point| point.at).collect();
    order.sort_by(|a, b| {
        (x * b.0)
            .total_cmp(&(x * a.0))
            .then((y * b.1).total_cmp(&(y * a.1)))
    });
    let mut best = f64::NEG_INFINITY;
    order.retain(|(_, height)| {
        let better = y * height > best;
        best = best.max(y * height);
        better
    });
    order.sort_by(|a, b| a.0.total_cmp(&b.0));
    order
}

#[cfg(test)]
mod tests;
