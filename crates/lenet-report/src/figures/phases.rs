//! The phases of an epoch: a stacked bar for each point.

use lenet_results::PhaseSeconds;

use crate::figures::figure::Figure;
use crate::plot::frame::{LABEL, LEFT, Margins, WIDTH, draw_heading};
use crate::plot::legend::{Entry, Swatch};
use crate::plot::scene::{Anchor, Ink, Rect, Scene};
use crate::plot::sheet::{Panel, Sheet};
use crate::records::runtimes::{Point, Runtimes};
use crate::records::series::Series;

const MARGINS: Margins = Margins {
    left: LEFT,
    right: 66.0,
    bottom: 46.0,
};
/// Height of a bar with the gap below it.
const ROW: f64 = 19.0;
const BAR: f64 = 13.0;
/// Height of a group's label.
const GROUP: f64 = 26.0;

/// A panel of bars, one group per series.
#[derive(Debug, Clone, PartialEq)]
struct Bars {
    heading: String,
    groups: Vec<Group>,
    /// Height of the tallest panel of the figure.
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

/// Bars of all sizes and batch sizes, without dropout or else with the lowest rate. `None` if no
/// phases were timed.
pub(super) fn figure(runtimes: &Runtimes) -> Option<Figure> {
    let timed = runtimes.main().filter(|p| p.summary.phases.is_some());
    let rates = timed.map(|p| p.record.dropout());
    let dropout = rates.min_by(f64::total_cmp)?;
    let mut panels: Vec<Bars> = Vec::new();
    for batch in runtimes.batch_sizes() {
        let bar = |p: &Point| {
            Some(Bar {
                filters: p.record.filters(),
                phases: p.summary.phases?,
            })
        };
        let group = |(i, series): (usize, &Series)| {
            let bars = runtimes.with_batch(i, batch, dropout).filter_map(bar);
            let (bars, label) = (bars.collect::<Vec<_>>(), series.label.clone());
            (!bars.is_empty()).then_some(Group { label, bars })
        };
        let series = runtimes.series.iter().enumerate();
        let groups: Vec<Group> = series.filter_map(group).collect();
        if !groups.is_empty() {
            panels.push(Bars {
                heading: format!("Batch {batch}"),
                groups,
                height: 0.0,
            });
        }
    }
    let heights = panels
        .iter()
        .map(|panel| MARGINS.around(panel.bars_height()));
    let tallest = heights.fold(0.0, f64::max);
    panels.iter_mut().for_each(|panel| panel.height = tallest);
    let entry = |(i, name): (usize, &str)| Entry {
        label: name.to_owned(),
        ink: Ink::Series(i),
        swatch: Swatch::Box,
        mark: None,
    };
    let rate = match dropout {
        0.0 => "without dropout".to_owned(),
        rate => format!("with dropout {rate}"),
    };
    Some(Figure {
        id: "phases".to_owned(),
        notes: String::new(),
        caption: "Share of each phase in an epoch and its evaluations, timed in a pass of its own \
                  with a clock around each phase; on the right the phases' sum. Prepare: \
                  shuffling and gathering a batch; copy: host to device. How far the sum is from \
                  the runtime without those clocks stands in the table. Points of other images or \
                  settings are left out."
            .to_owned(),
        sheet: Sheet {
            heading: format!("Where the time goes, {rate}"),
            panels: panels
                .into_iter()
                .map(|panel| -> Box<dyn Panel> { Box::new(panel) })
                .collect(),
            columns: 2,
            legend: PhaseSeconds::NAMES
                .into_iter()
                .enumerate()
                .map(entry)
                .collect(),
        },
    })
}

impl Bars {
    /// Height of all groups, without the margins.
    fn bars_height(&self) -> f64 {
        let of_group = |group: &Group| GROUP + ROW * group.bars.len() as f64;
        self.groups.iter().map(of_group).sum()
    }
}

impl Panel for Bars {
    fn heading(&self) -> &str {
        &self.heading
    }

    fn size(&self) -> (f64, f64) {
        (WIDTH, self.height)
    }

    fn draw(&self, scene: &mut Scene, place: &Rect) {
        let plot = Rect {
            height: self.bars_height(),
            ..MARGINS.plot(place)
        };
        draw_heading(scene, &plot, &self.heading);
        for share in [0.0, 0.25, 0.5, 0.75, 1.0] {
            let x = plot.x + share * plot.width;
            scene.line(vec![(x, plot.y), (x, plot.bottom())], Ink::Grid, 1.0);
            let label = format!("{} %", 100.0 * share);
            let at = (x, plot.bottom() + 16.0);
            scene.text(at, &label, LABEL, Anchor::Middle, Ink::Muted);
        }
        let at = (plot.x + plot.width / 2.0, plot.bottom() + 34.0);
        scene.text(at, "share of the time", LABEL, Anchor::Middle, Ink::Muted);
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
                scene.area(piece.corners(), Ink::Series(i), 1.0);
                x += width;
            }
        }
        let sum = format!("{} s", three_digits(total));
        let at = (plot.right() + 8.0, text);
        scene.text(at, &sum, LABEL, Anchor::Start, Ink::Muted);
    }
}

/// A time with three significant digits, or whole seconds.
fn three_digits(seconds: f64) -> String {
    let decimals = (2.0 - seconds.log10().floor()).clamp(0.0, 6.0) as usize;
    format!("{seconds:.decimals$}")
}
