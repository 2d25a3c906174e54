//! A panel of tiles: one value for each pair of levels of two settings.

use crate::plot::font::text_width;
use crate::plot::frame::{LABEL, TOP, draw_heading};
use crate::plot::scene::{Anchor, Ink, Mark, Rect, STEPS, Scene, Shape, Text};
use crate::plot::sheet::Panel;

/// Height of a tile.
const ROW: f64 = 34.0;
const GAP: f64 = 2.0;
const BOTTOM: f64 = 46.0;
const RIGHT: f64 = 12.0;

/// A panel of tiles.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct HeatPanel {
    pub(crate) heading: String,
    pub(crate) width: f64,
    pub(crate) x: Levels,
    pub(crate) y: Levels,
    pub(crate) tiles: Vec<Tile>,
}

/// The levels of a setting along one side.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Levels {
    pub(crate) title: String,
    pub(crate) names: Vec<String>,
}

/// A value at a level of either setting.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Tile {
    /// Levels on the x and the y side.
    pub(crate) at: (usize, usize),
    /// Step of the scale; `None` without a value.
    pub(crate) step: Option<usize>,
    pub(crate) text: String,
    pub(crate) mark: Option<Mark>,
}

impl HeatPanel {
    /// Room for the labels on the left.
    fn left(&self) -> f64 {
        let widths = self.y.names.iter().map(|name| text_width(name, LABEL));
        (widths.fold(0.0, f64::max) + 34.0).min(self.width / 2.0)
    }
}

impl Panel for HeatPanel {
    fn heading(&self) -> &str {
        &self.heading
    }

    fn size(&self) -> (f64, f64) {
        let rows = self.y.names.len() as f64;
        (self.width, TOP + ROW * rows + BOTTOM)
    }

    fn draw(&self, scene: &mut Scene, place: &Rect) {
        let left = self.left();
        let (columns, rows) = (self.x.names.len().max(1), self.y.names.len());
        let plot = Rect {
            x: place.x + left,
            y: place.y + TOP,
            width: place.width - left - RIGHT,
            height: ROW * rows as f64,
        };
        draw_heading(scene, &plot, &self.heading);
        let width = plot.width / columns as f64;
        for (row, name) in self.y.names.iter().enumerate() {
            let at = (plot.x - 8.0, plot.y + ROW * (row as f64 + 0.5) + 4.3);
            scene.text(at, name, LABEL, Anchor::End, Ink::Muted);
        }
        for (column, name) in self.x.names.iter().enumerate() {
            let at = (plot.x + width * (column as f64 + 0.5), plot.bottom() + 17.0);
            scene.text(at, name, LABEL, Anchor::Middle, Ink::Muted);
        }
        let at = (plot.x + plot.width / 2.0, plot.bottom() + 36.0);
        scene.text(at, &self.x.title, LABEL, Anchor::Middle, Ink::Muted);
        scene.shapes.push(Shape::Text(Text {
            at: (place.x + 14.0, plot.y + plot.height / 2.0),
            text: self.y.title.clone(),
            size: LABEL,
            anchor: Anchor::Middle,
            ink: Ink::Muted,
            upright: true,
        }));
        for tile in &self.tiles {
            let square = Rect {
                x: plot.x + width * tile.at.0 as f64 + GAP / 2.0,
                y: plot.y + ROW * tile.at.1 as f64 + GAP / 2.0,
                width: width - GAP,
                height: ROW - GAP,
            };
            scene.marked(tile.mark.as_ref(), |scene| tile.draw(scene, &square));
        }
    }
}

impl Tile {
    fn draw(&self, scene: &mut Scene, square: &Rect) {
        let fill = self.step.map_or(Ink::Grid, Ink::Step);
        scene.area(square.corners(), fill, 1.0);
        // The upper half of the scale is dark on a light ground, and light on a dark one.
        let ink = match self.step {
            Some(step) if step > STEPS / 2 => Ink::Paper,
            _ => Ink::Text,
        };
        let room = square.width - 4.0;
        let needed = text_width(&self.text, LABEL);
        let size = if needed > room {
            LABEL * room / needed
        } else {
            LABEL
        };
        let at = (
            square.x + square.width / 2.0,
            square.y + square.height / 2.0 + 4.3,
        );
        scene.text(at, &self.text, size, Anchor::Middle, ink);
    }
}
