//! Legend entries, their swatches, and the markers of data points.

use crate::plot::scene::{Ink, Rect, Scene, Shape, Stroke};

/// Dash and gap of published curves, in CSS pixels.
pub(crate) const DASH: (f64, f64) = (6.0, 4.0);

/// An entry of the legend.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    pub(crate) label: String,
    pub(crate) ink: Ink,
    pub(crate) swatch: Swatch,
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

/// The shape of a data point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Marker {
    Disc,
    Diamond,
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
                marker.draw(scene, (x + 13.0, y), hollow, self.ink);
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

impl Marker {
    /// Draws the marker around (x, y). A hollow marker hides what lies below it.
    pub(crate) fn draw(self, scene: &mut Scene, (x, y): (f64, f64), hollow: bool, ink: Ink) {
        const RADIUS: f64 = 4.0;
        const WIDTH: f64 = 1.6;
        let inside = if hollow { Ink::Paper } else { ink };
        match self {
            Self::Disc => {
                scene.dot((x, y), RADIUS, inside);
                if hollow {
                    scene.shapes.push(Shape::Ring {
                        at: (x, y),
                        radius: RADIUS,
                        stroke: Stroke {
                            ink,
                            width: WIDTH,
                            dash: None,
                        },
                    });
                }
            }
            Self::Diamond => {
                let r = RADIUS * 1.25;
                let mut points = vec![(x, y - r), (x + r, y), (x, y + r), (x - r, y)];
                scene.area(points.clone(), inside, 1.0);
                if hollow {
                    // One corner more than a closed outline, for a round join at the start.
                    points.extend([(x, y - r), (x + r, y)]);
                    scene.line(points, ink, WIDTH);
                }
            }
        }
    }
}
