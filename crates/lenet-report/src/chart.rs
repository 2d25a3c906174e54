//! A figure's drawing: two panels of accuracy over epochs, and the legend below them.

mod panel;

use crate::axis::AccuracyAxis;
use crate::model::{Cell, Figure, VALIDATION};
use crate::raster::text_width;
use crate::scene::{Anchor, Ink, Rect, SERIES, Scene, Shape, Stroke};
use panel::{DASH, Panel, SIZE, Split};

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
    /// One for both panels, so that they can be compared.
    axis: AccuracyAxis,
    pub(crate) legend: Vec<Entry>,
}

/// A line of the legend.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    pub(crate) label: String,
    pub(crate) ink: Ink,
    pub(crate) dashed: bool,
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
        let panels =
            [Split::Validation, Split::Test].map(|split| Panel::new(split, figure, &cells, &inks));
        let axis = AccuracyAxis::around(panels.iter().flat_map(Panel::values));
        if panels[0].has_published() {
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
            axis,
            legend,
        }
    }

    /// The whole figure.
    pub(crate) fn scene(&self) -> Scene {
        let (layout, rows) = self.layout();
        let mut scene = Scene::new(layout.width, layout.height, self.heading.clone());
        scene.text((16.0, 25.0), &self.heading, 17.0, Anchor::Start, Ink::Text);
        for (panel, place) in self.panels.iter().zip(&layout.panels) {
            panel.draw(&mut scene, place, &self.axis);
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
            let (width, height) = SIZE;
            let title = format!("{}: {}", self.heading, panel.heading());
            let mut scene = Scene::new(width, height, title);
            let place = Rect {
                x: 0.0,
                y: 0.0,
                width,
                height,
            };
            panel.draw(&mut scene, &place, &self.axis);
            scene
        })
    }

    /// Boxes of the figure's parts, and the legend's entries with their x, row by row.
    pub(crate) fn layout(&self) -> (Layout, Vec<Vec<(f64, &Entry)>>) {
        let (panel_width, panel_height) = SIZE;
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

#[cfg(test)]
mod tests;
