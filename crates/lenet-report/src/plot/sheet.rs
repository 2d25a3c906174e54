//! A sheet: a heading, panels in columns, and the legend below them.

use crate::plot::font::{text_width, wrap};
use crate::plot::legend::Entry;
use crate::plot::scene::{Anchor, Ink, Rect, Scene};

/// Size of the labels in the legend.
pub(crate) const LEGEND_TEXT: f64 = 13.0;
const TITLE_TEXT: f64 = 17.0;
const TITLE_LEFT: f64 = 16.0;
/// Baseline of the heading's first line.
const TITLE_BASE: f64 = 25.0;
/// From one line of the heading to the next.
const TITLE_LINE: f64 = 23.0;
/// Room for a heading of one line.
const TITLE_HEIGHT: f64 = 36.0;
const LEGEND_ROW: f64 = 22.0;
const LEGEND_LEFT: f64 = 64.0;
/// Room for the swatch before a label.
const SWATCH: f64 = 33.0;
/// Room for a heading above few panels.
const LEAST_WIDTH: f64 = 640.0;
/// Programs other than browsers may not take the embedded font but a wider one.
const TEXT_SLACK: f64 = 1.15;

/// Something that draws itself into a rectangle.
pub(crate) trait Panel {
    /// The heading above the panel.
    fn heading(&self) -> &str;
    /// Width and height with axes and heading. All panels of a sheet have the same size.
    fn size(&self) -> (f64, f64);
    /// Draws the panel into a rectangle of that size.
    fn draw(&self, scene: &mut Scene, place: &Rect);
}

/// A heading, panels and a legend.
pub(crate) struct Sheet {
    pub(crate) heading: String,
    pub(crate) panels: Vec<Box<dyn Panel>>,
    /// Panels side by side.
    pub(crate) columns: usize,
    pub(crate) legend: Vec<Entry>,
}

/// Where the parts of a sheet lie.
#[derive(Debug)]
pub(crate) struct Layout<'a> {
    /// Lines of the heading.
    pub(crate) heading: Vec<String>,
    pub(crate) panels: Vec<Rect>,
    pub(crate) legend: Rect,
    /// Row by row, the entries of the legend with their left ends.
    pub(crate) rows: Vec<Vec<(f64, &'a Entry)>>,
    pub(crate) width: f64,
    pub(crate) height: f64,
}

impl Sheet {
    /// The whole sheet as one drawing.
    pub(crate) fn scene(&self) -> Scene {
        let layout = self.layout();
        let mut scene = Scene::new(layout.width, layout.height, self.heading.clone());
        for (row, line) in layout.heading.iter().enumerate() {
            let at = (TITLE_LEFT, TITLE_BASE + TITLE_LINE * row as f64);
            scene.text(at, line, TITLE_TEXT, Anchor::Start, Ink::Text);
        }
        for (panel, place) in self.panels.iter().zip(&layout.panels) {
            panel.draw(&mut scene, place);
        }
        for (row, entries) in layout.rows.iter().enumerate() {
            let middle = layout.legend.y + LEGEND_ROW * (row as f64 + 0.5);
            for (x, entry) in entries {
                entry.draw_swatch(&mut scene, (*x, middle));
                let at = (x + SWATCH, middle + 4.5);
                scene.text(at, &entry.label, LEGEND_TEXT, Anchor::Start, Ink::Text);
            }
        }
        scene
    }

    /// Each panel as a drawing of its own, for a page that stacks panels on a narrow screen.
    pub(crate) fn panel_scenes(&self) -> Vec<Scene> {
        let alone = |panel: &dyn Panel| {
            let (width, height) = panel.size();
            let title = format!("{}: {}", self.heading, panel.heading());
            let mut scene = Scene::new(width, height, title);
            panel.draw(&mut scene, &Rect::at_origin(width, height));
            scene
        };
        self.panels
            .iter()
            .map(|panel| alone(panel.as_ref()))
            .collect()
    }

    /// Positions of the panels and of the legend's entries.
    pub(crate) fn layout(&self) -> Layout<'_> {
        let (panel_width, panel_height) = self.panels.first().map_or((480.0, 0.0), |p| p.size());
        let columns = self.columns.max(1);
        let width = (columns as f64 * panel_width).max(LEAST_WIDTH);
        let room = (width - 2.0 * TITLE_LEFT) / TEXT_SLACK;
        let heading = wrap(&self.heading, TITLE_TEXT, room);
        let top = TITLE_HEIGHT + TITLE_LINE * (heading.len() - 1) as f64;
        let mut rows: Vec<Vec<(f64, &Entry)>> = vec![Vec::new()];
        let mut x = LEGEND_LEFT;
        for entry in &self.legend {
            let needed = SWATCH + text_width(&entry.label, LEGEND_TEXT) * TEXT_SLACK + 22.0;
            if x > LEGEND_LEFT && x + needed > width {
                rows.push(Vec::new());
                x = LEGEND_LEFT;
            }
            rows.last_mut().expect("never empty").push((x, entry));
            x += needed;
        }
        let place = |i: usize| Rect {
            x: (i % columns) as f64 * panel_width,
            y: top + (i / columns) as f64 * panel_height,
            width: panel_width,
            height: panel_height,
        };
        let lines = self.panels.len().div_ceil(columns);
        let legend = Rect {
            x: LEGEND_LEFT,
            y: top + lines as f64 * panel_height + 4.0,
            width: width - LEGEND_LEFT,
            height: LEGEND_ROW * rows.len() as f64,
        };
        Layout {
            heading,
            panels: (0..self.panels.len()).map(place).collect(),
            legend,
            rows,
            width,
            height: legend.bottom() + 14.0,
        }
    }
}

#[cfg(test)]
mod tests;
