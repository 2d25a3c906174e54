//! A panel with logarithmic scales on both axes.

use lenet_stats::Interval;

use crate::axis::LogAxis;
use crate::raster::text_width;
use crate::scene::{Anchor, Ink, Rect, Scene, Shape, Stroke};
use crate::sheet::{DASH, Mark, Panel, mark};

/// Size of a panel with its axes and heading.
const SIZE: (f64, f64) = (480.0, 366.0);
const LABEL: f64 = 12.0;

/// Points or a line, of one colour.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Curve {
    pub(super) ink: Ink,
    /// Shape of the points and whether they are hollow; `None`: no points.
    pub(super) mark: Option<(Mark, bool)>,
    /// Whether the points are joined, and by a dashed line.
    pub(super) line: Option<Dashes>,
    pub(super) dots: Vec<Dot>,
}

/// How a line is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dashes {
    Whole,
    Dashed,
}

/// A point with the interval of its height, if known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Dot {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) interval: Option<Interval>,
}

/// Labels of a place on the x axis, one below the other.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tick {
    pub(super) at: f64,
    pub(super) labels: Vec<String>,
}

/// A panel made ready for drawing. Panels of one figure share their scales.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct LogLog {
    pub(super) heading: String,
    pub(super) x: LogAxis,
    pub(super) y: LogAxis,
    pub(super) x_title: String,
    pub(super) y_title: String,
    pub(super) ticks: Vec<Tick>,
    pub(super) curves: Vec<Curve>,
}

impl Panel for LogLog {
    fn heading(&self) -> String {
        self.heading.clone()
    }

    fn size(&self) -> (f64, f64) {
        SIZE
    }

    fn draw(&self, scene: &mut Scene, place: &Rect) {
        let plot = Rect {
            x: place.x + 64.0,
            y: place.y + 34.0,
            width: place.width - 64.0 - 22.0,
            height: place.height - 34.0 - 62.0,
        };
        self.draw_axes(scene, &plot);
        let at = |x: f64, y: f64| {
            let across = plot.x + self.x.share(x) * plot.width;
            (across, plot.bottom() - self.y.share(y) * plot.height)
        };
        for curve in &self.curves {
            let points: Vec<_> = curve.dots.iter().map(|dot| at(dot.x, dot.y)).collect();
            if let Some(dashes) = curve.line {
                let (width, dash) = match dashes {
                    Dashes::Whole => (1.8, None),
                    Dashes::Dashed => (1.4, Some(DASH)),
                };
                let stroke = Stroke {
                    ink: curve.ink,
                    width,
                    dash,
                };
                scene.shapes.push(Shape::Line { points, stroke });
            }
        }
        // Points above all lines.
        for curve in &self.curves {
            let Some((shape, hollow)) = curve.mark else {
                continue;
            };
            for dot in &curve.dots {
                if let Some(interval) = dot.interval {
                    let ((x, low), (_, high)) = (at(dot.x, interval.low), at(dot.x, interval.high));
                    scene.line(vec![(x, low), (x, high)], curve.ink, 1.4);
                    for end in [low, high] {
                        scene.line(vec![(x - 4.0, end), (x + 4.0, end)], curve.ink, 1.4);
                    }
                }
                mark(scene, at(dot.x, dot.y), shape, hollow, curve.ink);
            }
        }
    }
}

impl LogLog {
    fn draw_axes(&self, scene: &mut Scene, plot: &Rect) {
        let heading = (plot.x, plot.y - 12.0);
        scene.text(heading, &self.heading, 14.0, Anchor::Start, Ink::Text);
        for height in self.y.marks(12) {
            let y = plot.bottom() - self.y.share(height) * plot.height;
            scene.line(vec![(plot.x, y), (plot.right(), y)], Ink::Grid, 1.0);
            let place = (plot.x - 8.0, y + 4.3);
            scene.text(place, &height.to_string(), LABEL, Anchor::End, Ink::Muted);
        }
        let ends = vec![(plot.x, plot.bottom()), (plot.right(), plot.bottom())];
        scene.line(ends, Ink::Muted, 1.0);
        let mut free_from = f64::NEG_INFINITY;
        for tick in &self.ticks {
            let x = plot.x + self.x.share(tick.at) * plot.width;
            let down = vec![(x, plot.bottom()), (x, plot.bottom() + 4.0)];
            scene.line(down, Ink::Muted, 1.0);
            // Labels that would meet their neighbour are left out.
            let widths = tick.labels.iter().map(|label| text_width(label, LABEL));
            let half = widths.fold(0.0, f64::max) / 2.0;
            if x - half < free_from {
                continue;
            }
            free_from = x + half + 6.0;
            for (row, label) in tick.labels.iter().enumerate() {
                let place = (x, plot.bottom() + 18.0 + 14.0 * row as f64);
                scene.text(place, label, LABEL, Anchor::Middle, Ink::Muted);
            }
        }
        let rows = self.ticks.iter().map(|tick| tick.labels.len()).max();
        let below = 24.0 + 14.0 * rows.unwrap_or(1) as f64;
        let middle = (plot.x + plot.width / 2.0, plot.bottom() + below);
        scene.text(middle, &self.x_title, LABEL, Anchor::Middle, Ink::Muted);
        scene.shapes.push(Shape::Text {
            x: plot.x - 48.0,
            y: plot.y + plot.height / 2.0,
            text: self.y_title.clone(),
            size: 11.0,
            anchor: Anchor::Middle,
            ink: Ink::Muted,
            upright: true,
        });
    }
}
