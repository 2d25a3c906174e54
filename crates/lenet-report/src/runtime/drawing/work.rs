//! Time of a training step against its work, with the fixed cost and the rate of each device.

use super::loglog::{Curve, Dashes, Dot, LogLog, Tick};
use super::{RuntimeFigure, entries, inks, mark_of, panels};
use crate::axis::LogAxis;
use crate::runtime::fit::{Fit, Step};
use crate::runtime::{Point, Runtimes};
use crate::sheet::Panel;

/// A series' fit, with or without dropout.
#[derive(Debug)]
pub(crate) struct FittedSeries {
    /// Its place in [`Runtimes::series`].
    pub(crate) series: usize,
    pub(crate) dropout: f64,
    /// Points that it rests on.
    pub(crate) points: usize,
    pub(crate) fit: Fit,
}

/// All fits that the runtimes allow: points of all sizes and batch sizes together.
pub(crate) fn fits(runtimes: &Runtimes) -> Vec<FittedSeries> {
    let mut found = Vec::new();
    for series in 0..runtimes.series.len() {
        for (_, dropout, _) in panels(runtimes) {
            let points = of(runtimes, series, dropout);
            if let Some(fit) = Fit::new(&points) {
                found.push(FittedSeries {
                    series,
                    dropout,
                    points: points.len(),
                    fit,
                });
            }
        }
    }
    found
}

fn of<'r>(runtimes: &'r Runtimes, series: usize, dropout: f64) -> Vec<&'r Point<'r>> {
    let wanted = |p: &&Point| p.series == series && p.record.point.dropout == dropout;
    runtimes.main().filter(wanted).collect()
}

/// Pieces of a fitted line.
const PIECES: usize = 40;

pub(super) fn figure(runtimes: &Runtimes) -> Option<RuntimeFigure> {
    let (inks, fits) = (inks(&runtimes.series), fits(runtimes));
    let mut drawn = Vec::new();
    for (heading, dropout, _) in panels(runtimes) {
        let mut curves = Vec::new();
        for (i, series) in runtimes.series.iter().enumerate() {
            let steps = of(runtimes, i, dropout).into_iter().filter_map(Step::of);
            let dots: Vec<Dot> = steps.map(|step| dot(step.flops, step.seconds)).collect();
            let fit = fits.iter().find(|f| f.series == i && f.dropout == dropout);
            if let Some(fitted) = fit {
                curves.push(Curve {
                    ink: inks[i],
                    mark: None,
                    line: Some(Dashes::Whole),
                    dots: along(&dots, &fitted.fit),
                });
            }
            curves.push(Curve {
                ink: inks[i],
                mark: Some((mark_of(series.on_gpu()), false)),
                line: None,
                dots,
            });
        }
        curves.retain(|curve| !curve.dots.is_empty());
        if !curves.is_empty() {
            drawn.push((heading, curves));
        }
    }
    if drawn.is_empty() {
        return None;
    }
    let dots = || {
        drawn
            .iter()
            .flat_map(|(_, curves)| curves)
            .flat_map(|curve| &curve.dots)
    };
    let x = LogAxis::close_to(dots().map(|dot| dot.x), 0.08);
    let y = LogAxis::around(dots().map(|dot| dot.y));
    let marks = x.marks(12).into_iter();
    let ticks: Vec<Tick> = marks
        .map(|at| Tick {
            at,
            labels: vec![at.to_string()],
        })
        .collect();
    let panel = |(heading, curves)| -> Box<dyn Panel> {
        Box::new(LogLog {
            heading,
            x,
            y,
            x_title: "work of a training step, GFLOP".to_owned(),
            y_title: "milliseconds a step".to_owned(),
            ticks: ticks.clone(),
            curves,
        })
    };
    let mut legend = entries(runtimes, |_| true);
    for entry in &mut legend {
        let own =
            |f: &&FittedSeries| f.dropout == 0.0 && runtimes.series[f.series].label == entry.label;
        if let Some(fitted) = fits.iter().find(own) {
            let (fixed, rate) = (fitted.fit.fixed.point * 1e3, fitted.fit.rate.point / 1e9);
            entry.label += &format!(": {fixed:.3} ms a step, then {rate:.0} GFLOP/s");
        }
    }
    Some(RuntimeFigure {
        id: "work".to_owned(),
        heading: "Time of a training step against its work".to_owned(),
        caption: "Median training time by the number of steps, for all sizes and batch sizes. \
                  Work is counted by the direct method, whatever method the code takes. Lines are \
                  a fixed cost a step plus work at a fixed rate, fitted with least squares of the \
                  relative deviations to each round; the legend gives those without dropout, \
                  the table below all."
            .to_owned(),
        panels: drawn.into_iter().map(panel).collect(),
        legend,
    })
}

/// In the figure's units.
fn dot(flops: f64, seconds: f64) -> Dot {
    Dot {
        x: flops / 1e9,
        y: seconds * 1e3,
        interval: None,
    }
}

/// The fitted line from the leftmost to the rightmost point; on these scales it is bent.
fn along(dots: &[Dot], fit: &Fit) -> Vec<Dot> {
    let low = dots.iter().map(|d| d.x).fold(f64::INFINITY, f64::min);
    let high = dots.iter().map(|d| d.x).fold(0.0, f64::max);
    let at = |i: usize| {
        let flops = 1e9 * low * (high / low).powf(i as f64 / PIECES as f64);
        dot(flops, fit.seconds(flops))
    };
    (0..=PIECES).map(at).collect()
}
