//! A figure's drawing: two panels of accuracy over epochs, and the legend below them.

use lenet_stats::Estimate;

use crate::axis::{AccuracyAxis, epoch_marks};
use crate::model::{Cell, Figure, Metric, TEST, VALIDATION};
use crate::published;
use crate::raster::text_width;
use crate::scene::{Anchor, Ink, Rect, SERIES, Scene, Shape, Stroke};

/// Size of a panel with its axes and heading.
pub(crate) const PANEL: (f64, f64) = (480.0, 350.0);

const DASH: (f64, f64) = (6.0, 4.0);
const TITLE_HEIGHT: f64 = 36.0;
const LEGEND_ROW: f64 = 22.0;
const LEGEND_TEXT: f64 = 13.0;
/// Browsers may lack the embedded font and take a wider one.
const TEXT_SLACK: f64 = 1.15;

/// A figure made ready for drawing.
#[derive(Debug, PartialEq)]
pub(crate) struct Chart {
    pub(crate) heading: String,
    panels: [Panel; 2],
    pub(crate) legend: Vec<Entry>,
}

/// A line of the legend.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    pub(crate) label: String,
    pub(crate) ink: Ink,
    pub(crate) dashed: bool,
}

#[derive(Debug, PartialEq)]
struct Panel {
    heading: &'static str,
    axis: AccuracyAxis,
    last_epoch: usize,
    curves: Vec<Curve>,
}

#[derive(Debug, PartialEq)]
struct Curve {
    ink: Ink,
    /// Epoch and mean.
    measured: Vec<(usize, Estimate)>,
    published: &'static [f64],
}

/// Where a drawn figure's parts lie.
#[derive(Debug)]
pub(crate) struct Layout {
    pub(crate) panels: [Rect; 2],
    pub(crate) legend: Rect,
    pub(crate) width: f64,
    pub(crate) height: f64,
}

impl Chart {
    /// Takes a figure's curves. Where there are more cells than colours, those that are best on
    /// the validation data get the colours and the rest are grey.
    pub(crate) fn new(figure: &Figure) -> Self {
        let cells: Vec<&Cell> = figure.filled().collect();
        let inks = inks(&cells);
        let mut legend: Vec<Entry> = cells
            .iter()
            .zip(&inks)
            .filter(|(_, ink)| **ink != Ink::Other)
            .map(|(cell, ink)| Entry {
                label: legend_label(cell),
                ink: *ink,
                dashed: false,
            })
            .collect();
        let others = cells.len() - legend.len();
        if others > 0 {
            let label = format!("{others} other cells (see the table)");
            legend.push(Entry {
                label,
                ink: Ink::Other,
                dashed: false,
            });
        }
        let panels = [("Validation accuracy", VALIDATION), ("Test accuracy", TEST)]
            .map(|(heading, metric)| Panel::new(heading, metric, figure, &cells, &inks));
        if panels[0].curves.iter().any(|c| !c.published.is_empty()) {
            let label = "dashed: published in 2017, one run each".to_owned();
            legend.push(Entry {
                label,
                ink: Ink::Muted,
                dashed: true,
            });
        }
        Self {
            heading: format!("Figure {} · {}", figure.id, figure.title),
            panels,
            legend,
        }
    }

    /// The whole figure.
    pub(crate) fn scene(&self) -> Scene {
        let (layout, rows) = self.layout();
        let mut scene = Scene::new(layout.width, layout.height, self.heading.clone());
        scene.text((16.0, 25.0), &self.heading, 17.0, Anchor::Start, Ink::Text);
        for (panel, place) in self.panels.iter().zip(&layout.panels) {
            panel.draw(&mut scene, place);
        }
        for (row, entries) in rows.iter().enumerate() {
            let middle = layout.legend.y + LEGEND_ROW * (row as f64 + 0.5);
            for (x, entry) in entries {
                let points = vec![(*x, middle), (x + 26.0, middle)];
                let dash = entry.dashed.then_some(DASH);
                let stroke = Stroke {
                    ink: entry.ink,
                    width: 2.4,
                    dash,
                };
                scene.shapes.push(Shape::Line { points, stroke });
                let place = (x + 33.0, middle + 4.5);
                scene.text(place, &entry.label, LEGEND_TEXT, Anchor::Start, Ink::Text);
            }
        }
        scene
    }

    /// Each panel as a drawing of its own, for pages that stack them on a narrow screen.
    pub(crate) fn panel_scenes(&self) -> [Scene; 2] {
        self.panels.each_ref().map(|panel| {
            let (width, height) = PANEL;
            let title = format!("{}: {}", self.heading, panel.heading);
            let mut scene = Scene::new(width, height, title);
            panel.draw(
                &mut scene,
                &Rect {
                    x: 0.0,
                    y: 0.0,
                    width,
                    height,
                },
            );
            scene
        })
    }

    /// Boxes of the figure's parts, and the legend's entries with their x, row by row.
    pub(crate) fn layout(&self) -> (Layout, Vec<Vec<(f64, &Entry)>>) {
        let (panel_width, panel_height) = PANEL;
        let (left, width) = (64.0, 2.0 * panel_width);
        let mut rows: Vec<Vec<(f64, &Entry)>> = vec![Vec::new()];
        let mut x = left;
        for entry in &self.legend {
            let needed = 33.0 + text_width(&entry.label, LEGEND_TEXT) * TEXT_SLACK + 22.0;
            if x > left && x + needed > width {
                rows.push(Vec::new());
                x = left;
            }
            rows.last_mut().expect("never empty").push((x, entry));
            x += needed;
        }
        let panel = |x| Rect {
            x,
            y: TITLE_HEIGHT,
            width: panel_width,
            height: panel_height,
        };
        let legend = Rect {
            x: left,
            y: TITLE_HEIGHT + panel_height + 4.0,
            width: width - left,
            height: LEGEND_ROW * rows.len() as f64,
        };
        let layout = Layout {
            panels: [panel(0.0), panel(panel_width)],
            legend,
            width,
            height: legend.bottom() + 14.0,
        };
        (layout, rows)
    }
}

fn inks(cells: &[&Cell]) -> Vec<Ink> {
    if cells.len() <= SERIES.len() {
        return (0..cells.len()).map(Ink::Series).collect();
    }
    let accuracy = |i: &usize| cells[*i].final_mean(VALIDATION).map_or(-1.0, |e| e.point);
    let mut order: Vec<usize> = (0..cells.len()).collect();
    order.sort_by(|a, b| accuracy(b).total_cmp(&accuracy(a)));
    let mut inks = vec![Ink::Other; cells.len()];
    for (colour, cell) in order.into_iter().take(SERIES.len()).enumerate() {
        inks[cell] = Ink::Series(colour);
    }
    inks
}

fn legend_label(cell: &Cell) -> String {
    let (done, planned) = (cell.done.len(), cell.planned());
    let count = if done == planned {
        format!("n = {done}")
    } else {
        format!("n = {done} of {planned}")
    };
    format!("{} ({count})", cell.label)
}

impl Panel {
    fn new(
        heading: &'static str,
        metric: Metric,
        figure: &Figure,
        cells: &[&Cell],
        inks: &[Ink],
    ) -> Self {
        let mut drawn: Vec<*const published::Curve> = Vec::new();
        let mut curves = Vec::new();
        for (cell, ink) in cells.iter().zip(inks) {
            let last = cell.last_epoch().unwrap_or(0);
            let measured: Vec<(usize, Estimate)> = (1..=last)
                .filter_map(|e| Some((e, cell.mean_at(e, metric)?)))
                .collect();
            // Cells that repeat one published run share its curve.
            let published = figure
                .published
                .as_deref()
                .and_then(|id| published::curve(id, &cell.config))
                .filter(|curve| !drawn.contains(&std::ptr::from_ref(*curve)));
            drawn.extend(published.map(std::ptr::from_ref));
            let published = published.map_or(&[][..], |curve| {
                if heading.starts_with("Test") {
                    &curve.test
                } else {
                    &curve.validation
                }
            });
            curves.push(Curve {
                ink: *ink,
                measured,
                published,
            });
        }
        let values = curves.iter().flat_map(|c| {
            c.measured
                .iter()
                .map(|(_, e)| e.point)
                .chain(c.published.iter().copied())
        });
        let axis = AccuracyAxis::around(values);
        let last = |c: &Curve| c.measured.last().map_or(0, |m| m.0).max(c.published.len());
        let last_epoch = curves.iter().map(last).max().unwrap_or(0).max(1);
        Self {
            heading,
            axis,
            last_epoch,
            curves,
        }
    }

    /// Draws the panel into a box of the scene.
    fn draw(&self, scene: &mut Scene, place: &Rect) {
        let plot = Rect {
            x: place.x + 64.0,
            y: place.y + 34.0,
            width: place.width - 64.0 - 16.0,
            height: place.height - 34.0 - 46.0,
        };
        self.draw_axes(scene, &plot);
        let last = self.last_epoch;
        let x = |epoch: usize| {
            let share = if last == 1 {
                0.5
            } else {
                (epoch as f64 - 1.0) / (last as f64 - 1.0)
            };
            plot.x + 8.0 + share * (plot.width - 16.0)
        };
        let y = |accuracy: f64| plot.bottom() - self.axis.share(accuracy) * plot.height;
        // Grey first, so that colours lie above it; and lines above all bands.
        let mut ordered: Vec<&Curve> = self.curves.iter().collect();
        ordered.sort_by_key(|c| c.ink != Ink::Other);
        for curve in &ordered {
            let points = band(&curve.measured, x, y);
            if points.len() > 2 && curve.ink != Ink::Other {
                scene.shapes.push(Shape::Area {
                    points,
                    ink: curve.ink,
                    opacity: 0.18,
                });
            }
        }
        for curve in &ordered {
            let stroke = |dash| Stroke {
                ink: curve.ink,
                width: 1.8,
                dash,
            };
            let published: Vec<_> = curve
                .published
                .iter()
                .enumerate()
                .map(|(i, a)| (x(i + 1), y(*a)))
                .collect();
            if !published.is_empty() {
                let stroke = stroke(Some(DASH));
                scene.shapes.push(Shape::Line {
                    points: published,
                    stroke,
                });
            }
            let points: Vec<_> = curve
                .measured
                .iter()
                .map(|(e, m)| (x(*e), y(m.point)))
                .collect();
            if last <= 20 && curve.ink != Ink::Other {
                let dot = |&(x, y): &(f64, f64)| Shape::Dot {
                    x,
                    y,
                    radius: 2.6,
                    ink: curve.ink,
                };
                scene.shapes.extend(points.iter().map(dot));
            }
            scene.shapes.push(Shape::Line {
                points,
                stroke: stroke(None),
            });
        }
    }

    fn draw_axes(&self, scene: &mut Scene, plot: &Rect) {
        scene.text(
            (plot.x, plot.y - 12.0),
            self.heading,
            14.0,
            Anchor::Start,
            Ink::Text,
        );
        for mark in self.axis.marks(0.055) {
            let y = plot.bottom() - self.axis.share(mark) * plot.height;
            scene.line(vec![(plot.x, y), (plot.right(), y)], Ink::Grid, 1.0);
            let place = (plot.x - 8.0, y + 4.3);
            scene.text(place, &mark.to_string(), 12.0, Anchor::End, Ink::Muted);
        }
        let ends = vec![(plot.x, plot.bottom()), (plot.right(), plot.bottom())];
        scene.line(ends, Ink::Muted, 1.0);
        for epoch in epoch_marks(self.last_epoch) {
            let share = if self.last_epoch == 1 {
                0.5
            } else {
                (epoch as f64 - 1.0) / (self.last_epoch as f64 - 1.0)
            };
            let x = plot.x + 8.0 + share * (plot.width - 16.0);
            scene.line(
                vec![(x, plot.bottom()), (x, plot.bottom() + 4.0)],
                Ink::Muted,
                1.0,
            );
            let place = (x, plot.bottom() + 18.0);
            scene.text(place, &epoch.to_string(), 12.0, Anchor::Middle, Ink::Muted);
        }
        let middle = plot.x + plot.width / 2.0;
        scene.text(
            (middle, plot.bottom() + 36.0),
            "epoch",
            12.0,
            Anchor::Middle,
            Ink::Muted,
        );
        scene.shapes.push(Shape::Text {
            x: plot.x - 48.0,
            y: plot.y + plot.height / 2.0,
            text: "accuracy (scale logarithmic in the error)".to_owned(),
            size: 11.0,
            anchor: Anchor::Middle,
            ink: Ink::Muted,
            upright: true,
        });
    }
}

/// Outline of the interval around the mean: its upper bounds there, its lower bounds back.
fn band(
    measured: &[(usize, Estimate)],
    x: impl Fn(usize) -> f64,
    y: impl Fn(f64) -> f64,
) -> Vec<(f64, f64)> {
    let bounds: Vec<_> = measured
        .iter()
        .filter_map(|(e, m)| Some((x(*e), m.interval?)))
        .collect();
    let upper = bounds.iter().map(|(x, i)| (*x, y(i.high)));
    let lower = bounds.iter().rev().map(|(x, i)| (*x, y(i.low)));
    upper.chain(lower).collect()
}

#[cfg(test)]
mod tests;
