//! The mean at each value of a setting, over all values of the others: main effects, and interactions
//! of two settings.

use lenet_results::Drawing;

use crate::figures::drawn::{Drawn, measure};
use crate::figures::figure::Figure;
use crate::figures::value_axis::{value_axis, value_text};
use crate::plot::frame::{Axis, LEFT, Margins, Scale, Tick};
use crate::plot::marker::{Marker, RADIUS};
use crate::plot::panel::{Datum, Layer, XyPanel};
use crate::plot::scene::{Ink, Mark, SERIES, Stroke};
use crate::plot::sheet::{Panel, Sheet};
use crate::records::cell_measure::CellMeasure;
use crate::records::index::Varying;
use crate::text::count;

const MARGINS: Margins = Margins {
    left: LEFT,
    right: 16.0,
    bottom: 50.0,
};

/// A panel for each axis.
pub(super) fn main(drawn: &Drawn, drawing: &Drawing) -> Option<Figure> {
    let measure = measure(drawing);
    let order = drawn.grid.by_influence(measure);
    let curves = order
        .iter()
        .map(|axis| (*axis, drawn.means(*axis, &[], measure)));
    let curves: Vec<(usize, Vec<Point>)> = curves.collect();
    let all = curves.iter().flat_map(|(_, points)| points);
    let y = axis_of(all, measure)?;
    let columns = match order.len() {
        0..=3 => order.len(),
        4 => 2,
        _ => 3,
    };
    let size = (960.0 / columns.max(2) as f64, 270.0);
    let panel = |(axis, points): &(usize, Vec<Point>)| -> Box<dyn Panel> {
        let axis = &drawn.grid.axes[*axis];
        Box::new(XyPanel {
            heading: axis.title(),
            size,
            margins: MARGINS,
            x: levels(axis),
            y: y.clone(),
            layers: layers(points, Ink::Series(0)),
        })
    };
    Some(Figure {
        id: String::new(),
        notes: String::new(),
        caption: "Mean over all cells with this value and over seeds, whatever the other settings, with \
                  its 95 % interval over seeds (the cells' mean of each seed is one number). Settings from \
                  the most to the least influential. Dead networks count with their accuracy."
            .to_owned(),
        sheet: Sheet {
            heading: drawn.heading(&format!("effect of each setting on {}", measure.title())),
            panels: curves.iter().map(panel).collect(),
            columns: columns.max(1),
            legend: Vec::new(),
        },
    })
}

/// One panel: a line for each value of a second setting.
pub(super) fn interaction(drawn: &Drawn, drawing: &Drawing) -> Option<Figure> {
    let measure = measure(drawing);
    let order = drawn.grid.by_influence(measure);
    let named = |name: &Option<String>| drawn.grid.axis(name.as_ref()?);
    let (x, colour) = match (named(&drawing.x), named(&drawing.colour)) {
        (None, None) => drawn.grid.strongest_pair(measure)?,
        (x, colour) => {
            let x = x.or_else(|| drawn.axis(None, &Vec::from_iter(colour), &order))?;
            (x, drawn.axis(drawing.colour.as_ref(), &[x], &order)?)
        }
    };
    let lines = 0..drawn.grid.axes[colour].values.len();
    let lines = lines.map(|level| drawn.means(x, &[(colour, level)], measure));
    let lines: Vec<Vec<Point>> = lines.collect();
    let y = axis_of(lines.iter().flatten(), measure)?;
    let of_line = |(level, points): (usize, &Vec<Point>)| {
        let ink = if level < SERIES.len() {
            Ink::Series(level)
        } else {
            Ink::Other
        };
        layers(points, ink)
    };
    let titles = [x, colour].map(|axis| drawn.grid.axes[axis].title());
    let panel: Box<dyn Panel> = Box::new(XyPanel {
        heading: String::new(),
        size: (720.0, 360.0),
        margins: MARGINS,
        x: Axis {
            title: titles[0].clone(),
            ..levels(&drawn.grid.axes[x])
        },
        y,
        layers: lines.iter().enumerate().flat_map(of_line).collect(),
    });
    let over = match drawn.grid.axes.len() {
        2 => "Mean over seeds",
        _ => "Mean over all cells with both values and over seeds",
    };
    Some(Figure {
        id: String::new(),
        notes: String::new(),
        caption: format!(
            "{over}, with its 95 % interval over seeds. Were the lines parallel, the effect of one setting \
             would not depend on the other (on this scale)."
        ),
        sheet: Sheet {
            heading: drawn.heading(&format!("{} with {}", titles[0], titles[1])),
            panels: vec![panel],
            columns: 1,
            legend: drawn.legend(colour),
        },
    })
}

/// A mean at a level of an axis.
struct Point {
    datum: Datum,
    mark: Option<Mark>,
}

impl Drawn<'_> {
    /// The mean at each level of an axis, among the cells at these levels of others.
    fn means(&self, axis: usize, fixed: &[(usize, usize)], measure: CellMeasure) -> Vec<Point> {
        let point = |level: usize| {
            let mut levels = vec![(axis, level)];
            levels.extend(fixed);
            let cells: Vec<_> = self.grid.at(&levels).collect();
            let mean = measure.mean(cells.iter().copied())?;
            let interval = mean.interval.map_or(String::new(), |i| {
                let [low, high] = [i.low, i.high].map(|bound| value_text(measure, bound));
                format!(" ({low} to {high}, {} %)", 100.0 * mean.level)
            });
            let words = format!(
                "{}\n{} {}{interval}\nmean of {}, {}",
                self.words(&levels),
                measure.title(),
                value_text(measure, mean.point),
                count(cells.len(), "cell"),
                count(mean.n, "seed"),
            );
            Some(Point {
                datum: Datum {
                    x: level as f64,
                    y: mean.point,
                    interval: mean.interval,
                },
                mark: match cells.as_slice() {
                    [cell] => Some(Mark::Cell(cell.index)),
                    _ => self.mark(&levels, words),
                },
            })
        };
        let levels = 0..self.grid.axes[axis].values.len();
        levels.filter_map(point).collect()
    }
}

/// The axis around all means and their intervals.
fn axis_of<'p>(points: impl Iterator<Item = &'p Point>, measure: CellMeasure) -> Option<Axis> {
    let bounds = |point: &'p Point| {
        let ends = point.datum.interval.map(|i| [i.low, i.high]);
        ends.into_iter().flatten().chain([point.datum.y])
    };
    let values: Vec<f64> = points.flat_map(bounds).collect();
    (!values.is_empty()).then(|| value_axis(measure, values.iter().copied(), 0.06))
}

/// The values of a setting side by side.
fn levels(axis: &Varying) -> Axis {
    let tick = |(level, value): (usize, &crate::records::index::Value)| Tick {
        at: level as f64,
        labels: vec![value.text.clone()],
    };
    Axis {
        title: String::new(),
        scale: Scale::Levels(axis.values.len()),
        ticks: axis.values.iter().enumerate().map(tick).collect(),
    }
}

fn layers(points: &[Point], ink: Ink) -> Vec<Layer> {
    let line = Layer::Line {
        points: points.iter().map(|p| (p.datum.x, p.datum.y)).collect(),
        stroke: Stroke {
            ink,
            width: 1.6,
            dash: None,
        },
    };
    let marker = |point: &Point| {
        let layer = Layer::Markers {
            data: vec![point.datum],
            marker: Marker::of_ink(ink).unwrap_or(Marker::Disc),
            radius: RADIUS,
            hollow: false,
            ink,
        };
        layer.of(point.mark.as_ref())
    };
    std::iter::once(line)
        .chain(points.iter().map(marker))
        .collect()
}
