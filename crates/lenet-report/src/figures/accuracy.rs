//! Accuracy over epochs: the validation images on the left, the test images on the right.

use lenet_results::EpochMeasure;
use lenet_stats::Estimate;

use crate::figures::figure::Figure;
use crate::plot::accuracy_scale::{AccuracyScale, epoch_ticks};
use crate::plot::frame::{Axis, LEFT, Margins, Scale, Tick, WIDTH};
use crate::plot::legend::{DASH, Entry, Swatch};
use crate::plot::marker::Marker;
use crate::plot::panel::{Datum, Layer, XyPanel};
use crate::plot::scene::{Ink, Mark, SERIES, Stroke};
use crate::plot::sheet::{Panel, Sheet};
use crate::records::cells::{Cell, StudyFigure};
use crate::records::trials::{Metric, TEST, VALIDATION};

/// The accuracies of a cell, and of the published run that it repeats.
pub(super) struct CellCurve {
    mark: Mark,
    ink: Ink,
    /// Epoch and mean over seeds.
    measured: Vec<(usize, Estimate)>,
    /// Epoch and published accuracy.
    published: Vec<(usize, f64)>,
}

/// The figure of a study. If there are more cells than colours, the cells that are best on the
/// validation images have colours, and the others are grey.
pub(crate) fn figure(study: &StudyFigure) -> Figure {
    let cells: Vec<&Cell> = study.filled().collect();
    let inks = inks(&cells);
    let panels: [(&str, Metric, EpochMeasure); 2] = [
        (
            "Validation accuracy",
            VALIDATION,
            EpochMeasure::ValidationAccuracy,
        ),
        ("Test accuracy", TEST, EpochMeasure::TestAccuracy),
    ];
    let panels =
        panels.map(|(heading, metric, measure)| (heading, curves(&cells, &inks, metric, measure)));
    let all = || panels.iter().flat_map(|(_, curves)| curves);
    let scale = AccuracyScale::around(all().flat_map(CellCurve::values));
    let has_published = all().any(|curve| !curve.published.is_empty());
    let panels = panels
        .iter()
        .map(|(heading, curves)| -> Box<dyn Panel> { Box::new(panel(heading, curves, scale)) });
    Figure {
        id: study.id.clone(),
        notes: study.notes.clone(),
        caption: caption(study),
        sheet: Sheet {
            heading: format!("Figure {} · {}", study.id, study.title),
            panels: panels.collect(),
            columns: 2,
            legend: legend(study, &cells, &inks, has_published),
        },
    }
}

pub(super) fn curves(
    cells: &[&Cell],
    inks: &[Ink],
    metric: Metric,
    measure: EpochMeasure,
) -> Vec<CellCurve> {
    let mut drawn: Vec<Vec<(usize, f64)>> = Vec::new();
    let curve = |(cell, ink): (&&Cell, &Ink)| {
        let last = cell.last_epoch().unwrap_or(0);
        let mean = |epoch| Some((epoch, cell.mean_at(epoch, metric)?));
        // Cells that repeat one published run share its curve.
        let mut published = cell.published(measure);
        if drawn.contains(&published) {
            published.clear();
        }
        drawn.push(published.clone());
        CellCurve {
            mark: Mark::Cell(cell.index),
            ink: *ink,
            measured: (1..=last).filter_map(mean).collect(),
            published,
        }
    };
    cells.iter().zip(inks).map(curve).collect()
}

fn panel(heading: &str, curves: &[CellCurve], scale: AccuracyScale) -> XyPanel {
    let last = curves.iter().map(CellCurve::last_epoch).max();
    let last = last.unwrap_or(0).max(1);
    // Grey first, so that colours lie above it; and lines above all bands.
    let mut ordered: Vec<&CellCurve> = curves.iter().collect();
    ordered.sort_by_key(|curve| curve.ink != Ink::Other);
    let mut layers: Vec<Layer> = ordered.iter().filter_map(|curve| curve.band()).collect();
    for curve in ordered {
        layers.extend(curve.lines(1.8, last.div_ceil(20)));
    }
    let epochs = epoch_ticks(last).into_iter();
    let accuracies = scale.ticks(0.055).into_iter();
    XyPanel {
        heading: heading.to_owned(),
        size: (WIDTH, 350.0),
        margins: Margins {
            left: LEFT,
            right: 16.0,
            bottom: 46.0,
        },
        x: Axis {
            title: "epoch".to_owned(),
            scale: Scale::Epochs { last },
            ticks: epochs.map(|epoch| Tick::of(epoch as f64)).collect(),
        },
        y: Axis {
            title: "accuracy (scale logarithmic in the error)".to_owned(),
            scale: Scale::Accuracy(scale),
            ticks: accuracies.map(Tick::of).collect(),
        },
        layers,
    }
}

impl CellCurve {
    /// All accuracies of the curve. The band may reach further.
    pub(super) fn values(&self) -> impl Iterator<Item = f64> + Clone {
        let measured = self.measured.iter().map(|(_, e)| e.point);
        measured.chain(self.published.iter().map(|(_, accuracy)| *accuracy))
    }

    pub(super) fn last_epoch(&self) -> usize {
        let measured = self.measured.last().map_or(0, |(epoch, _)| *epoch);
        let published = self.published.iter().map(|(epoch, _)| *epoch).max();
        measured.max(published.unwrap_or(0))
    }

    pub(super) fn has_published(&self) -> bool {
        !self.published.is_empty()
    }

    /// The intervals around the means; `None` for a grey curve or without an area.
    pub(super) fn band(&self) -> Option<Layer> {
        let bounds = self.measured.iter();
        let bounds = bounds.filter_map(|(epoch, mean)| Some((*epoch as f64, mean.interval?)));
        let bounds: Vec<_> = bounds.collect();
        let upper = bounds.iter().map(|(epoch, i)| (*epoch, i.high));
        let lower = bounds.iter().rev().map(|(epoch, i)| (*epoch, i.low));
        let outline: Vec<_> = upper.chain(lower).collect();
        let ink = self.ink;
        let visible = outline.len() > 2 && ink != Ink::Other;
        visible.then(|| Layer::Band { outline, ink }.of(Some(&self.mark)))
    }

    /// The published line dashed, the measured one with a marker at every so many epochs.
    pub(super) fn lines(&self, width: f64, each: usize) -> Vec<Layer> {
        let ink = self.ink;
        let line = |points, dash| {
            let stroke = Stroke { ink, width, dash };
            Layer::Line { points, stroke }.of(Some(&self.mark))
        };
        let mut layers = Vec::new();
        if !self.published.is_empty() {
            let published = self.published.iter();
            let points = published.map(|(epoch, accuracy)| (*epoch as f64, *accuracy));
            layers.push(line(points.collect(), Some(DASH)));
        }
        let measured = self.measured.iter();
        let points: Vec<_> = measured.map(|(e, m)| (*e as f64, m.point)).collect();
        let marked = points
            .iter()
            .filter(|(epoch, _)| *epoch as usize % each == 0);
        let datum = |(x, y): &(f64, f64)| Datum {
            x: *x,
            y: *y,
            interval: None,
        };
        let data: Vec<Datum> = marked.map(datum).collect();
        layers.push(line(points, None));
        layers.extend(Marker::of_ink(ink).map(|marker| {
            let markers = Layer::Markers {
                data,
                marker,
                radius: 3.0,
                hollow: false,
                ink,
            };
            markers.of(Some(&self.mark))
        }));
        layers
    }
}

fn inks(cells: &[&Cell]) -> Vec<Ink> {
    if cells.len() <= SERIES.len() {
        return (0..cells.len()).map(Ink::Series).collect();
    }
    let accuracy = |i: &usize| cells[*i].final_mean(VALIDATION).map_or(-1.0, |e| e.point);
    let mut order: Vec<usize> = (0..cells.len()).collect();
    order.sort_by(|a, b| accuracy(b).total_cmp(&accuracy(a)));
    let mut inks = vec![Ink::Other; cells.len()];
    for (colour, cell) in order.into_iter().take(SERIES.len()).enumerate() {
        inks[cell] = Ink::Series(colour);
    }
    inks
}

/// A cell's name, with the number of its trials where some are missing, and of networks that live where
/// only some died.
fn legend_label(cell: &Cell) -> String {
    let (died, done) = (cell.died(), cell.done.len());
    let mut notes = Vec::new();
    if done < cell.planned() {
        notes.push(format!("{} seeds", cell.seeds()));
    }
    if (1..done).contains(&died) {
        notes.push(format!("the {} that live", done - died));
    }
    match notes.as_slice() {
        [] => cell.name.clone(),
        notes => format!("{} ({})", cell.name, notes.join("; ")),
    }
}

/// The swatch of a curve in an ink.
pub(super) fn swatch(ink: Ink) -> Swatch {
    match Marker::of_ink(ink) {
        Some(marker) => Swatch::Marked {
            marker,
            hollow: false,
        },
        None => Swatch::Line,
    }
}

fn legend(study: &StudyFigure, cells: &[&Cell], inks: &[Ink], has_published: bool) -> Vec<Entry> {
    let coloured = cells.iter().zip(inks);
    let coloured = coloured.filter(|(_, ink)| **ink != Ink::Other);
    let mut legend: Vec<Entry> = coloured
        .map(|(cell, ink)| Entry {
            label: legend_label(cell),
            ink: *ink,
            swatch: swatch(*ink),
            mark: Some(Mark::Cell(cell.index)),
        })
        .collect();
    let others = cells.len() - legend.len();
    if others > 0 {
        legend.push(Entry {
            label: format!("{others} other cells (see the table)"),
            ink: Ink::Other,
            swatch: Swatch::Line,
            mark: None,
        });
    }
    legend.extend(has_published.then(|| published_entry(study)).flatten());
    legend
}

/// What dashed lines are.
pub(super) fn published_entry(study: &StudyFigure) -> Option<Entry> {
    let published = study.published.as_ref()?;
    Some(Entry {
        label: format!("dashed: {}", published.source),
        ink: Ink::Muted,
        swatch: Swatch::Dashed,
        mark: None,
    })
}

pub(super) fn caption(study: &StudyFigure) -> String {
    let cells = &study.cells;
    let done: usize = cells.iter().map(|c| c.done.len()).sum();
    let planned: usize = cells.iter().map(Cell::planned).sum();
    let mut text = format!("{done} of {planned} trials.");
    let without = cells.iter().filter(|c| c.done.is_empty()).count();
    if without > 0 {
        let all = cells.len();
        text.push_str(&format!(" {without} of {all} cells have no results yet."));
    }
    let mut epochs = cells.iter().flat_map(|c| &c.done).flat_map(|t| &t.epochs);
    if epochs.any(|e| e.dead) {
        text.push_str(" Some networks died; they are listed below.");
    }
    text
}

#[cfg(test)]
mod tests;
