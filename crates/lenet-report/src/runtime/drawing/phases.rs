//! Where an epoch's time goes: a stacked bar for each point.

use lenet_results::PhaseSeconds;

use super::RuntimeFigure;
use crate::runtime::Runtimes;
use crate::scene::{Anchor, Ink, Rect, Scene, Shape};
use crate::sheet::{Entry, Panel, Sign};

const WIDTH: f64 = 480.0;
const TOP: f64 = 34.0;
const BOTTOM: f64 = 46.0;
const ROW: f64 = 19.0;
const BAR: f64 = 13.0;
const GROUP: f64 = 26.0;
const LABEL: f64 = 12.0;

/// A panel made ready for drawing: the series' bars, one below the other.
#[derive(Debug, Clone, PartialEq)]
struct Bars {
    heading: String,
    groups: Vec<Group>,
    /// Of the tallest panel of the figure.
    height: f64,
}

#[derive(Debug, Clone, PartialEq)]
struct Group {
    label: String,
    bars: Vec<Bar>,
}

#[derive(Debug, Clone, PartialEq)]
struct Bar {
    filters: usize,
    phases: PhaseSeconds,
}

/// Bars of all sizes and batch sizes without dropout, or with the lowest rate there is. `None`
/// where no phases were timed.
pub(super) fn figure(runtimes: &Runtimes) -> Option<RuntimeFigure> {
    let timed = || runtimes.main().filter(|p| p.summary.phases.is_some());
    let rates = timed().map(|p| p.record.point.dropout);
    let dropout = rates.min_by(f64::total_cmp)?;
    let mut panels: Vec<Bars> = Vec::new();
    for batch in runtimes.batch_sizes() {
        let group = |(i, series): (usize, &crate::runtime::Series)| {
            let own = timed().filter(|p| {
                let at = &p.record.point;
                p.series == i && (at.batch_size, at.dropout) == (batch, dropout)
            });
            let bars: Vec<Bar> = own
                .filter_map(|p| {
                    Some(Bar {
                        filters: p.record.point.filters,
                        phases: p.summary.phases?,
                    })
                })
                .collect();
            let label = series.label.clone();
            (!bars.is_empty()).then_some(Group { label, bars })
        };
        let groups: Vec<Group> = runtimes
            .series
            .iter()
            .enumerate()
            .filter_map(group)
            .collect();
        if !groups.is_empty() {
            panels.push(Bars {
                heading: format!("Batch {batch}"),
                groups,
                height: 0.0,
            });
        }
    }
    let tallest = panels.iter().map(Bars::needed).fold(0.0, f64::max);
    panels.iter_mut().for_each(|panel| panel.height = tallest);
    let entry = |(i, name): (usize, &str)| Entry {
        label: name.to_owned(),
        ink: Ink::Series(i),
        sign: Sign::Box(1.0),
    };
    let rate = match dropout {
        0.0 => "without dropout".to_owned(),
        rate => format!("with dropout {rate}"),
    };
    Some(RuntimeFigure {
        id: "phases".to_owned(),
        heading: format!("Where the time goes, {rate}"),
        caption: "Share of each phase in an epoch and its evaluations, timed in a pass of its own \
                  with a clock around each phase; on the right the phases' sum. Prepare: \
                  shuffling and gathering a batch; copy: host to device. How far the sum is from \
                  the runtime without those clocks stands in the table."
            .to_owned(),
        panels: panels
            .into_iter()
            .map(|p| -> Box<dyn Panel> { Box::new(p) })
            .collect(),
        legend: PhaseSeconds::NAMES
            .into_iter()
            .enumerate()
            .map(entry)
            .collect(),
    })
}

impl Bars {
    fn needed(&self) -> f64 {
        let of_group = |group: &Group| GROUP + ROW * group.bars.len() as f64;
        TOP + self.groups.iter().map(of_group).sum::<f64>() + BOTTOM
    }
}

impl Panel for Bars {
    fn heading(&self) -> String {
        self.heading.clone()
    }

    fn size(&self) -> (f64, f64) {
        (WIDTH, self.height)
    }

    fn draw(&self, scene: &mut Scene, place: &Rect) {
        let plot = Rect {
            x: place.x + 64.0,
            y: place.y + TOP,
            width: place.width - 64.0 - 66.0,
            height: self.needed() - TOP - BOTTOM,
        };
        let heading = (plot.x, plot.y - 12.0);
        scene.text(heading, &self.heading, 14.0, Anchor::Start, Ink::Text);
        for share in [0.0, 0.25, 0.5, 0.75, 1.0] {
            let x = plot.x + share * plot.width;
            scene.line(vec![(x, plot.y), (x, plot.bottom())], Ink::Grid, 1.0);
            let label = format!("{} %", 100.0 * share);
            let place = (x, plot.bottom() + 16.0);
            scene.text(place, &label, LABEL, Anchor::Middle, Ink::Muted);
        }
        let title = (plot.x + plot.width / 2.0, plot.bottom() + 34.0);
        scene.text(
            title,
            "share of the time",
            LABEL,
            Anchor::Middle,
            Ink::Muted,
        );
        let mut y = plot.y;
        for group in &self.groups {
            let place = (plot.x, y + GROUP - 8.0);
            scene.text(place, &group.label, LABEL, Anchor::Start, Ink::Text);
            y += GROUP;
            for bar in &group.bars {
                bar.draw(scene, &plot, y);
                y += ROW;
            }
        }
    }
}

impl Bar {
    fn draw(&self, scene: &mut Scene, plot: &Rect, y: f64) {
        let total = self.phases.sum();
        let text = y + BAR - 2.5;
        let label = format!("F = {}", self.filters);
        scene.text((plot.x - 8.0, text), &label, LABEL, Anchor::End, Ink::Muted);
        let mut x = plot.x;
        for (i, seconds) in self.phases.values().into_iter().enumerate() {
            let width = seconds / total * plot.width;
            if width > 0.0 {
                let piece = Rect {
                    x,
                    y,
                    width,
                    height: BAR,
                };
                scene.shapes.push(Shape::Area {
                    points: piece.corners(),
                    ink: Ink::Series(i),
                    opacity: 1.0,
                });
                x += width;
            }
        }
        let sum = format!("{} s", three_digits(total));
        scene.text(
            (plot.right() + 8.0, text),
            &sum,
            LABEL,
            Anchor::Start,
            Ink::Muted,
        );
    }
}

/// A time with three significant digits, or whole seconds.
fn three_digits(seconds: f64) -> String {
    let decimals = (2.0 - seconds.log10().floor()).clamp(0.0, 6.0) as usize;
    format!("{seconds:.decimals$}")
}
