//! A figure on its sheet: a heading, panels two by two, and the legend below them.

use crate::raster::text_width;
use crate::scene::{Anchor, Ink, Rect, Scene, Shape, Stroke};

/// Dashes of published curves.
pub(crate) const DASH: (f64, f64) = (6.0, 4.0);

pub(crate) const LEGEND_TEXT: f64 = 13.0;
const TITLE_HEIGHT: f64 = 36.0;
const LEGEND_ROW: f64 = 22.0;
const LEGEND_LEFT: f64 = 64.0;
/// Browsers may lack the embedded font and take a wider one.
const TEXT_SLACK: f64 = 1.15;

/// Something that can be drawn into a box.
pub(crate) trait Panel {
    /// Stands above the panel.
    fn heading(&self) -> String;
    /// Width and height with axes and heading; the same for all panels of a sheet.
    fn size(&self) -> (f64, f64);
    /// Draws it into a box of that size.
    fn draw(&self, scene: &mut Scene, place: &Rect);
}

/// A line of the legend.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    pub(crate) label: String,
    pub(crate) ink: Ink,
    pub(crate) sign: Sign,
}

/// What stands before an entry's words.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Sign {
    Line,
    Dashed,
    /// A line with a mark on it; hollow marks are published, their line is dashed.
    Marked(Mark, bool),
    /// A box filled to this opacity.
    Box(f64),
}

/// A point's shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    Disc,
    Diamond,
}

/// A figure made ready for drawing.
pub(crate) struct Sheet<'a> {
    pub(crate) heading: &'a str,
    pub(crate) panels: Vec<&'a dyn Panel>,
    pub(crate) legend: &'a [Entry],
}

/// Where a sheet's parts lie.
#[derive(Debug)]
pub(crate) struct Layout {
    pub(crate) panels: Vec<Rect>,
    pub(crate) legend: Rect,
    pub(crate) width: f64,
    pub(crate) height: f64,
}

impl Sheet<'_> {
    /// The whole figure.
    pub(crate) fn scene(&self) -> Scene {
        let (layout, rows) = self.layout();
        let mut scene = Scene::new(layout.width, layout.height, self.heading.to_owned());
        scene.text((16.0, 25.0), self.heading, 17.0, Anchor::Start, Ink::Text);
        for (panel, place) in self.panels.iter().zip(&layout.panels) {
            panel.draw(&mut scene, place);
        }
        for (row, entries) in rows.iter().enumerate() {
            let middle = layout.legend.y + LEGEND_ROW * (row as f64 + 0.5);
            for (x, entry) in entries {
                sign(&mut scene, (*x, middle), entry);
                let place = (x + 33.0, middle + 4.5);
                scene.text(place, &entry.label, LEGEND_TEXT, Anchor::Start, Ink::Text);
            }
        }
        scene
    }

    /// Each panel as a drawing of its own, for pages that stack them on a narrow screen.
    pub(crate) fn panel_scenes(&self) -> Vec<Scene> {
        let alone = |panel: &&dyn Panel| {
            let (width, height) = panel.size();
            let title = format!("{}: {}", self.heading, panel.heading());
            let mut scene = Scene::new(width, height, title);
            let place = Rect {
                x: 0.0,
                y: 0.0,
                width,
                height,
            };
            panel.draw(&mut scene, &place);
            scene
        };
        self.panels.iter().map(alone).collect()
    }

    /// Boxes of the figure's parts, and the legend's entries with their x, row by row.
    pub(crate) fn layout(&self) -> (Layout, Vec<Vec<(f64, &Entry)>>) {
        let (panel_width, panel_height) = self.panels.first().map_or((480.0, 0.0), |p| p.size());
        let width = 2.0 * panel_width;
        let mut rows: Vec<Vec<(f64, &Entry)>> = vec![Vec::new()];
        let mut x = LEGEND_LEFT;
        for entry in self.legend {
            let needed = 33.0 + text_width(&entry.label, LEGEND_TEXT) * TEXT_SLACK + 22.0;
            if x > LEGEND_LEFT && x + needed > width {
                rows.push(Vec::new());
                x = LEGEND_LEFT;
            }
            rows.last_mut().expect("never empty").push((x, entry));
            x += needed;
        }
        let place = |i: usize| Rect {
            x: (i % 2) as f64 * panel_width,
            y: TITLE_HEIGHT + (i / 2) as f64 * panel_height,
            width: panel_width,
            height: panel_height,
        };
        let lines = self.panels.len().div_ceil(2);
        let legend = Rect {
            x: LEGEND_LEFT,
            y: TITLE_HEIGHT + lines as f64 * panel_height + 4.0,
            width: width - LEGEND_LEFT,
            height: LEGEND_ROW * rows.len() as f64,
        };
        let layout = Layout {
            panels: (0..self.panels.len()).map(place).collect(),
            legend,
            width,
            height: legend.bottom() + 14.0,
        };
        (layout, rows)
    }
}

/// Draws an entry's sign, 26 wide, its left end at (x, y).
pub(crate) fn sign(scene: &mut Scene, (x, y): (f64, f64), entry: &Entry) {
    let ink = entry.ink;
    let line = |dash| Shape::Line {
        points: vec![(x, y), (x + 26.0, y)],
        stroke: Stroke {
            ink,
            width: 2.4,
            dash,
        },
    };
    match entry.sign {
        Sign::Line => scene.shapes.push(line(None)),
        Sign::Dashed => scene.shapes.push(line(Some(DASH))),
        Sign::Marked(shape, hollow) => {
            scene.shapes.push(line(hollow.then_some(DASH)));
            mark(scene, (x + 13.0, y), shape, hollow, ink);
        }
        Sign::Box(opacity) => {
            let place = Rect {
                x: x + 6.0,
                y: y - 6.0,
                width: 14.0,
                height: 12.0,
            };
            scene.shapes.push(Shape::Area {
                points: place.corners(),
                ink,
                opacity,
            });
        }
    }
}

/// Draws a point; a hollow one covers what lies below it.
pub(crate) fn mark(scene: &mut Scene, (x, y): (f64, f64), shape: Mark, hollow: bool, ink: Ink) {
    const RADIUS: f64 = 4.0;
    const WIDTH: f64 = 1.6;
    let inside = if hollow { Ink::Paper } else { ink };
    match shape {
        Mark::Disc => {
            let radius = RADIUS;
            scene.shapes.push(Shape::Dot {
                x,
                y,
                radius,
                ink: inside,
            });
            if hollow {
                scene.shapes.push(Shape::Ring {
                    x,
                    y,
                    radius,
                    ink,
                    width: WIDTH,
                });
            }
        }
        Mark::Diamond => {
            let r = RADIUS * 1.25;
            let mut points = vec![(x, y - r), (x + r, y), (x, y + r), (x - r, y)];
            scene.shapes.push(Shape::Area {
                points: points.clone(),
                ink: inside,
                opacity: 1.0,
            });
            if hollow {
                points.extend([(x, y - r), (x + r, y)]);
                scene.line(points, ink, WIDTH);
            }
        }
    }
}
