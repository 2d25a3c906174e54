//! A panel of curves over two axes.

use lenet_stats::Interval;

use crate::plot::frame::{Axis, Margins, draw_heading};
use crate::plot::marker::Marker;
use crate::plot::scene::{Ink, Mark, Rect, Scene, Stroke};
use crate::plot::sheet::Panel;

/// Curves over two axes. Panels of one figure share their scales.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct XyPanel {
    pub(crate) heading: String,
    /// Width and height of the panel with its axes and heading.
    pub(crate) size: (f64, f64),
    pub(crate) margins: Margins,
    pub(crate) x: Axis,
    pub(crate) y: Axis,
    /// From the bottom layer to the top one.
    pub(crate) layers: Vec<Layer>,
}

/// One layer of data. Positions are in the units of the axes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Layer {
    /// A translucent area, given by its outline.
    Band { outline: Vec<(f64, f64)>, ink: Ink },
    Line {
        points: Vec<(f64, f64)>,
        stroke: Stroke,
    },
    Markers {
        data: Vec<Datum>,
        marker: Marker,
        radius: f64,
        hollow: bool,
        ink: Ink,
    },
    /// A layer that stands for something.
    Marked { mark: Mark, layer: Box<Layer> },
}

/// A value with the interval of its height, if there is one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Datum {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) interval: Option<Interval>,
}

impl Panel for XyPanel {
    fn heading(&self) -> &str {
        &self.heading
    }

    fn size(&self) -> (f64, f64) {
        self.size
    }

    fn draw(&self, scene: &mut Scene, place: &Rect) {
        let plot = self.margins.plot(place);
        draw_heading(scene, &plot, &self.heading);
        self.y.draw_left(scene, &plot);
        self.x.draw_below(scene, &plot);
        self.y.draw_upright_title(scene, &plot);
        let at = |(x, y): (f64, f64)| (self.x.across(&plot, x), self.y.upward(&plot, y));
        for layer in &self.layers {
            layer.draw(scene, &at);
        }
    }
}

impl Layer {
    /// The layer as something that stands for `mark`.
    pub(crate) fn of(self, mark: Option<&Mark>) -> Self {
        match mark {
            None => self,
            Some(mark) => Self::Marked {
                mark: mark.clone(),
                layer: Box::new(self),
            },
        }
    }

    fn draw(&self, scene: &mut Scene, at: &dyn Fn((f64, f64)) -> (f64, f64)) {
        let all = |points: &[(f64, f64)]| points.iter().copied().map(at).collect();
        match self {
            Self::Band { outline, ink } => scene.area(all(outline), *ink, 0.18),
            Self::Line { points, stroke } => scene.stroke(all(points), *stroke),
            Self::Marked { mark, layer } => {
                scene.marked(Some(mark), |scene| layer.draw(scene, at));
            }
            Self::Markers {
                data,
                marker,
                radius,
                hollow,
                ink,
            } => {
                for datum in data {
                    if let Some(interval) = datum.interval {
                        let (x, low) = at((datum.x, interval.low));
                        let (_, high) = at((datum.x, interval.high));
                        scene.line(vec![(x, low), (x, high)], *ink, 1.4);
                        for end in [low, high] {
                            scene.line(vec![(x - 4.0, end), (x + 4.0, end)], *ink, 1.4);
                        }
                    }
                    marker.draw(scene, at((datum.x, datum.y)), *radius, *hollow, *ink);
                }
            }
        }
    }
}
