//! What a search found against the epochs that it took: the best so far, and how far that is from the best of
//! all.

use crate::figures::drawn::Drawn;
use crate::figures::figure::Figure;
use crate::figures::series::{log_axis, round_ticks};
use crate::figures::value_axis::value_axis;
use crate::plot::frame::{Axis, LEFT, Margins, Scale, Tick, WIDTH};
use crate::plot::legend::{Entry, Swatch};
use crate::plot::linear_scale::LinearScale;
use crate::plot::log_scale::LogScale;
use crate::plot::marker::{Marker, RADIUS};
use crate::plot::panel::{Datum, Layer, XyPanel};
use crate::plot::scene::{Ink, Mark, SERIES, Stroke};
use crate::plot::sheet::{Panel, Sheet};
use crate::records::cell_measure::CellMeasure;
use crate::records::search::{Searched, Step};
use crate::text::count;

/// `None` without a search, or where no cell of it has a score.
pub(super) fn figure(drawn: &Drawn) -> Option<Figure> {
    let searched = Searched::of(drawn.study)?;
    let found = searched.winner()?;
    let measure = CellMeasure::Epoch(searched.record.measure);
    let sign = if measure.is_accuracy() { 1.0 } else { -1.0 };
    let scored = || searched.steps.iter().filter(|step| step.score.is_finite());
    let last = searched.steps.last()?.epochs as f64;
    let x = epochs_axis(last);
    let y = value_axis(measure, scored().map(|step| sign * step.score), 0.06);
    let so_far = steps(&searched.steps, last, |step| sign * step.best);
    let mut layers = vec![Layer::Line {
        points: so_far,
        stroke: BEST,
    }];
    layers.extend(scored().map(|step| marker(step, sign)));
    let mut panels = vec![panel(
        format!("Best {} so far", measure.title()),
        &x,
        y,
        layers,
    )];
    let best = searched.steps.iter().map(|step| step.best);
    let best = best.fold(f64::NEG_INFINITY, f64::max);
    let regret = regret(&searched.steps, best);
    if !regret.is_empty() {
        let scale = LogScale::around(regret.iter().map(|(_, regret)| *regret));
        let y = log_axis("regret (logarithmic scale)", scale, round_ticks(scale));
        let layers = vec![Layer::Line {
            points: regret,
            stroke: BEST,
        }];
        let heading = format!("Regret: distance to the best {}", measure.title());
        panels.push(panel(heading, &x, y, layers));
    }
    let rungs = searched.steps.iter().map(|step| step.place.rung).max()?;
    let mut legend = vec![Entry {
        label: "best so far".to_owned(),
        ink: Ink::Muted,
        swatch: Swatch::Line,
        mark: None,
    }];
    legend.extend((0..=rungs).filter_map(|rung| {
        let mut of_rung = searched.steps.iter().filter(|step| step.place.rung == rung);
        let epochs = of_rung.next()?.cell.config.epochs;
        Some(Entry {
            label: match rungs {
                0 => format!("a proposal, {}", count(epochs, "epoch")),
                _ => format!("rung {}: {}", rung + 1, count(epochs, "epoch")),
            },
            ink: ink(rung),
            swatch: Swatch::Marked {
                marker: Marker::of_series(rung),
                hollow: false,
            },
            mark: None,
        })
    }));
    legend.push(Entry {
        label: format!("the winner: {}", found.cell.name),
        ink: ink(found.place.rung),
        swatch: Swatch::Line,
        mark: Some(Mark::Cell(found.cell.index)),
    });
    Some(Figure {
        id: String::new(),
        notes: String::new(),
        caption: format!(
            "One mark per cell, in the order in which the search asked for them; epochs are those of all \
             seeds, and a trial that goes on from a shorter one counts with its new epochs alone. A cell with \
             a trial that failed or diverged has no mark. {}.",
            capital(&searched.in_words())
        ),
        sheet: Sheet {
            heading: drawn.heading("what the search found"),
            columns: panels.len(),
            panels,
            legend,
        },
    })
}

const BEST: Stroke = Stroke {
    ink: Ink::Muted,
    width: 1.8,
    dash: None,
};

/// Epochs and regret at each step before the best is found, as a staircase.
fn regret(all: &[Step<'_>], best: f64) -> Vec<(f64, f64)> {
    let found = all.iter().position(|step| step.best == best);
    let before = found.unwrap_or(all.len());
    let until = found.map_or(0.0, |at| all[at].epochs as f64);
    steps(&all[..before], until, |step| best - step.best)
}

/// A staircase: each value holds until the next step, the last one until the end.
fn steps(all: &[Step<'_>], end: f64, value: impl Fn(&Step<'_>) -> f64) -> Vec<(f64, f64)> {
    let mut points: Vec<(f64, f64)> = Vec::new();
    for step in all.iter().filter(|step| step.best.is_finite()) {
        let (at, value) = (step.epochs as f64, value(step));
        if let Some((_, before)) = points.last().copied()
            && before != value
        {
            points.push((at, before));
        }
        points.push((at, value));
    }
    if let Some((_, last)) = points.last().copied() {
        points.push((end, last));
    }
    points
}

fn marker(step: &Step<'_>, sign: f64) -> Layer {
    let rung = step.place.rung;
    let markers = Layer::Markers {
        data: vec![Datum {
            x: step.epochs as f64,
            y: sign * step.score,
            interval: None,
        }],
        marker: Marker::of_series(rung),
        radius: RADIUS,
        hollow: false,
        ink: ink(rung),
    };
    markers.of(Some(&Mark::Cell(step.cell.index)))
}

fn ink(rung: usize) -> Ink {
    match rung < SERIES.len() {
        true => Ink::Series(rung),
        false => Ink::Other,
    }
}

fn epochs_axis(last: f64) -> Axis {
    let scale = LinearScale::around([0.0, last].into_iter());
    let tick = |(at, label)| Tick {
        at,
        labels: vec![label],
    };
    Axis {
        title: "epochs of training, all trials together".to_owned(),
        scale: Scale::Linear(scale),
        ticks: scale.ticks().into_iter().map(tick).collect(),
    }
}

fn panel(heading: String, x: &Axis, y: Axis, layers: Vec<Layer>) -> Box<dyn Panel> {
    Box::new(XyPanel {
        heading,
        size: (WIDTH, 366.0),
        margins: Margins {
            left: LEFT,
            right: 22.0,
            bottom: 62.0,
        },
        x: x.clone(),
        y,
        layers,
    })
}

/// A sentence with a capital.
fn capital(sentence: &str) -> String {
    let mut letters = sentence.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}

#[cfg(test)]
mod tests;
