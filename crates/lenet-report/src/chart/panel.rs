//! One panel of a figure: accuracy over epochs, measured and published.

use lenet_stats::Estimate;

use crate::axis::{AccuracyAxis, epoch_marks};
use crate::model::{Cell, Figure, Metric, TEST, VALIDATION};
use crate::published;
use crate::scene::{Anchor, Ink, Rect, Scene, Shape, Stroke};
use crate::sheet::{DASH, Panel};

/// Size of a panel with its axes and heading.
const SIZE: (f64, f64) = (480.0, 350.0);

/// Which images a panel's accuracies are of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Split {
    Validation,
    Test,
}

impl Split {
    fn metric(self) -> Metric {
        match self {
            Self::Validation => VALIDATION,
            Self::Test => TEST,
        }
    }

    fn published(self, curve: &'static published::Curve) -> &'static [f64] {
        match self {
            Self::Validation => &curve.validation,
            Self::Test => &curve.test,
        }
    }
}

/// A panel made ready for drawing.
#[derive(Debug, PartialEq)]
pub(super) struct AccuracyPanel {
    split: Split,
    last_epoch: usize,
    pub(super) curves: Vec<Curve>,
    /// One for both panels of a figure, so that they can be compared.
    pub(super) axis: AccuracyAxis,
}

/// A cell's curve and the published run that it repeats, if any.
#[derive(Debug, PartialEq)]
pub(super) struct Curve {
    ink: Ink,
    /// Epoch and mean.
    pub(super) measured: Vec<(usize, Estimate)>,
    /// After epoch 1, 2, …; empty where there is none.
    pub(super) published: &'static [f64],
}

impl AccuracyPanel {
    pub(super) fn new(split: Split, figure: &Figure, cells: &[&Cell], inks: &[Ink]) -> Self {
        let mut drawn: Vec<&published::Curve> = Vec::new();
        let mut curves = Vec::new();
        for (cell, ink) in cells.iter().zip(inks) {
            let last = cell.last_epoch().unwrap_or(0);
            let mean = |epoch| Some((epoch, cell.mean_at(epoch, split.metric())?));
            let id = figure.published.as_deref();
            // Cells that repeat one published run share its curve.
            let published = id
                .and_then(|id| published::curve(id, &cell.config))
                .filter(|curve| !drawn.contains(curve));
            drawn.extend(published);
            curves.push(Curve {
                ink: *ink,
                measured: (1..=last).filter_map(mean).collect(),
                published: published.map_or(&[], |curve| split.published(curve)),
            });
        }
        let last = |c: &Curve| c.measured.last().map_or(0, |m| m.0).max(c.published.len());
        let last_epoch = curves.iter().map(last).max().unwrap_or(0).max(1);
        let mut panel = Self {
            split,
            last_epoch,
            curves,
            axis: AccuracyAxis::around(std::iter::empty()),
        };
        panel.axis = AccuracyAxis::around(panel.values());
        panel
    }

    pub(super) fn has_published(&self) -> bool {
        self.curves.iter().any(|curve| !curve.published.is_empty())
    }

    /// Every accuracy that the panel shows; bands may reach further.
    pub(super) fn values(&self) -> impl Iterator<Item = f64> + Clone {
        self.curves.iter().flat_map(|c| {
            let measured = c.measured.iter().map(|(_, e)| e.point);
            measured.chain(c.published.iter().copied())
        })
    }

    /// Place of an epoch within the plot.
    fn x(&self, plot: &Rect, epoch: usize) -> f64 {
        let share = match self.last_epoch {
            1 => 0.5,
            last => (epoch as f64 - 1.0) / (last as f64 - 1.0),
        };
        plot.x + 8.0 + share * (plot.width - 16.0)
    }

    fn draw_axes(&self, scene: &mut Scene, plot: &Rect) {
        scene.text(
            (plot.x, plot.y - 12.0),
            &self.heading(),
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
            let x = self.x(plot, epoch);
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

impl Panel for AccuracyPanel {
    fn heading(&self) -> String {
        match self.split {
            Split::Validation => "Validation accuracy".to_owned(),
            Split::Test => "Test accuracy".to_owned(),
        }
    }

    fn size(&self) -> (f64, f64) {
        SIZE
    }

    fn draw(&self, scene: &mut Scene, place: &Rect) {
        let plot = Rect {
            x: place.x + 64.0,
            y: place.y + 34.0,
            width: place.width - 64.0 - 16.0,
            height: place.height - 34.0 - 46.0,
        };
        self.draw_axes(scene, &plot);
        let x = |epoch: usize| self.x(&plot, epoch);
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
            if self.last_epoch <= 20 && curve.ink != Ink::Other {
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
