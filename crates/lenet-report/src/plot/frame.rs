//! The frame of a panel: its margins, heading, axes, ticks and titles.

use crate::plot::accuracy_scale::AccuracyScale;
use crate::plot::font::text_width;
use crate::plot::linear_scale::LinearScale;
use crate::plot::log_scale::LogScale;
use crate::plot::scene::{Anchor, Ink, Rect, Scene, Shape, Text};

/// Width of a panel with its axes.
pub(crate) const WIDTH: f64 = 480.0;

/// Size of the labels of ticks and axes.
pub(crate) const LABEL: f64 = 12.0;

/// Room on the left of a panel of [`WIDTH`].
pub(crate) const LEFT: f64 = 64.0;
/// Room above a plot, for its heading.
pub(crate) const TOP: f64 = 34.0;

/// How far labels below a plot may reach beyond its right end.
const BEYOND: f64 = 20.0;

/// Room around a plot, in CSS pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Margins {
    /// Room for the labels of the y axis and its title.
    pub(crate) left: f64,
    pub(crate) right: f64,
    pub(crate) bottom: f64,
}

/// An axis: its title, its scale, and the positions that carry labels.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Axis {
    pub(crate) title: String,
    pub(crate) scale: Scale,
    pub(crate) ticks: Vec<Tick>,
}

/// A labelled position on an axis. Several labels stand one below the other.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Tick {
    pub(crate) at: f64,
    pub(crate) labels: Vec<String>,
}

/// Where the values of an axis lie.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Scale {
    Accuracy(AccuracyScale),
    /// Epochs from 1 to `last`, with equal steps.
    Epochs {
        last: usize,
    },
    Log(LogScale),
    Linear(LinearScale),
    /// So many categories, at 0, 1 and so on.
    Levels(usize),
}

impl Scale {
    /// Position of a value as a share of the axis.
    pub(crate) fn share(&self, value: f64) -> f64 {
        match self {
            Self::Accuracy(scale) => scale.share(value),
            Self::Epochs { last: 1 } => 0.5,
            Self::Epochs { last } => (value - 1.0) / (*last as f64 - 1.0),
            Self::Log(scale) => scale.share(value),
            Self::Linear(scale) => scale.share(value),
            Self::Levels(count) => (value + 0.5) / (*count).max(1) as f64,
        }
    }

    /// Room between the ends of the plot and those of the scale, in CSS pixels.
    fn inset(&self) -> f64 {
        match self {
            Self::Epochs { .. } => 8.0,
            Self::Accuracy(_) | Self::Log(_) | Self::Linear(_) | Self::Levels(_) => 0.0,
        }
    }
}

impl Tick {
    /// A tick whose label is the value itself.
    pub(crate) fn of(value: f64) -> Self {
        Self {
            at: value,
            labels: vec![value.to_string()],
        }
    }
}

impl Margins {
    /// The plot inside a panel.
    pub(crate) fn plot(&self, panel: &Rect) -> Rect {
        Rect {
            x: panel.x + self.left,
            y: panel.y + TOP,
            width: panel.width - self.left - self.right,
            height: panel.height - TOP - self.bottom,
        }
    }

    /// Height of a panel whose plot is this high.
    pub(crate) fn around(&self, height: f64) -> f64 {
        TOP + height + self.bottom
    }
}

/// Draws the heading of a panel above its plot.
pub(crate) fn draw_heading(scene: &mut Scene, plot: &Rect, heading: &str) {
    let at = (plot.x, plot.y - 12.0);
    scene.text(at, heading, 14.0, Anchor::Start, Ink::Text);
}

impl Axis {
    /// Horizontal position of a value on an x axis.
    pub(crate) fn across(&self, plot: &Rect, value: f64) -> f64 {
        let inset = self.scale.inset();
        plot.x + inset + self.scale.share(value) * (plot.width - 2.0 * inset)
    }

    /// Vertical position of a value on a y axis.
    pub(crate) fn upward(&self, plot: &Rect, value: f64) -> f64 {
        plot.bottom() - self.scale.share(value) * plot.height
    }

    /// Draws the axis on the left, with a line across the plot at each tick.
    pub(crate) fn draw_left(&self, scene: &mut Scene, plot: &Rect) {
        for tick in &self.ticks {
            let y = self.upward(plot, tick.at);
            scene.line(vec![(plot.x, y), (plot.right(), y)], Ink::Grid, 1.0);
            for label in &tick.labels {
                let at = (plot.x - 8.0, y + 4.3);
                scene.text(at, label, LABEL, Anchor::End, Ink::Muted);
            }
        }
    }

    /// Draws the axis below the plot. Logarithmic ticks may lie close together, so a label that
    /// would touch its neighbour is left out there.
    pub(crate) fn draw_below(&self, scene: &mut Scene, plot: &Rect) {
        let bottom = plot.bottom();
        let ends = vec![(plot.x, bottom), (plot.right(), bottom)];
        scene.line(ends, Ink::Muted, 1.0);
        let may_touch = !matches!(self.scale, Scale::Epochs { .. } | Scale::Accuracy(_));
        let mut free_from = f64::NEG_INFINITY;
        for tick in &self.ticks {
            let x = self.across(plot, tick.at);
            scene.line(vec![(x, bottom), (x, bottom + 4.0)], Ink::Muted, 1.0);
            let widths = tick.labels.iter().map(|label| text_width(label, LABEL));
            let half = widths.fold(0.0, f64::max) / 2.0;
            if may_touch && x - half < free_from {
                continue;
            }
            free_from = x + half + 6.0;
            // A long label at the end stays within the panel.
            let x = x.min(plot.right() + BEYOND - half);
            for (row, label) in tick.labels.iter().enumerate() {
                let at = (x, bottom + 18.0 + 14.0 * row as f64);
                scene.text(at, label, LABEL, Anchor::Middle, Ink::Muted);
            }
        }
        let below = match self.scale {
            Scale::Epochs { .. } => 36.0,
            _ => {
                let rows = self.ticks.iter().map(|tick| tick.labels.len()).max();
                24.0 + 14.0 * rows.unwrap_or(1) as f64
            }
        };
        let at = (plot.x + plot.width / 2.0, bottom + below);
        scene.text(at, &self.title, LABEL, Anchor::Middle, Ink::Muted);
    }

    /// Draws the title of the axis on the left, upright.
    pub(crate) fn draw_upright_title(&self, scene: &mut Scene, plot: &Rect) {
        if self.title.is_empty() {
            return;
        }
        scene.shapes.push(Shape::Text(Text {
            at: (plot.x - 48.0, plot.y + plot.height / 2.0),
            text: self.title.clone(),
            size: 11.0,
            anchor: Anchor::Middle,
            ink: Ink::Muted,
            upright: true,
        }));
    }
}
