//! Legend entries and their swatches.

use crate::plot::marker::{Marker, RADIUS};
use crate::plot::scene::{Ink, Mark, Rect, Scene, Stroke};

/// Dash and gap of published curves, in CSS pixels.
pub(crate) const DASH: (f64, f64) = (6.0, 4.0);

/// An entry of the legend.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    pub(crate) label: String,
    pub(crate) ink: Ink,
    pub(crate) swatch: Swatch,
    /// What the entry stands for, if the page can highlight it.
    pub(crate) mark: Option<Mark>,
}

/// The symbol before an entry's label.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Swatch {
    Line,
    Dashed,
    /// A line through a marker. `hollow` stands for published data and dashes the line.
    Marked {
        marker: Marker,
        hollow: bool,
    },
    Box,
}

impl Entry {
    /// Draws the swatch, 26 wide, with its left end at (x, y).
    pub(crate) fn draw_swatch(&self, scene: &mut Scene, (x, y): (f64, f64)) {
        let mut line = |dash| {
            let (ink, width) = (self.ink, 2.4);
            scene.stroke(vec![(x, y), (x + 26.0, y)], Stroke { ink, width, dash });
        };
        match self.swatch {
            Swatch::Line => line(None),
            Swatch::Dashed => line(Some(DASH)),
            Swatch::Marked { marker, hollow } => {
                line(hollow.then_some(DASH));
                marker.draw(scene, (x + 13.0, y), RADIUS, hollow, self.ink);
            }
            Swatch::Box => {
                let filled = Rect {
                    x: x + 6.0,
                    y: y - 6.0,
                    width: 14.0,
                    height: 12.0,
                };
                scene.area(filled.corners(), self.ink, 1.0);
            }
        }
    }
}
