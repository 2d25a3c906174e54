//! A figure's drawing: two panels of accuracy over epochs, and the legend below them.

mod panel;

use crate::axis::AccuracyAxis;
use crate::model::{Cell, Figure, VALIDATION};
use crate::scene::{Ink, SERIES};
use crate::sheet::{Entry, Panel, Sheet, Sign};
use panel::{AccuracyPanel, Split};

/// A figure made ready for drawing.
#[derive(Debug, PartialEq)]
pub(crate) struct Chart {
    pub(crate) heading: String,
    panels: [AccuracyPanel; 2],
    pub(crate) legend: Vec<Entry>,
}

impl Chart {
    /// Takes a figure's curves. Where there are more cells than colours, those that are best on
    /// the validation data get the colours and the rest are grey.
    pub(crate) fn new(figure: &Figure) -> Self {
        let cells: Vec<&Cell> = figure.filled().collect();
        let inks = inks(&cells);
        let mut legend: Vec<Entry> = cells
            .iter()
            .zip(&inks)
            .filter(|(_, ink)| **ink != Ink::Other)
            .map(|(cell, ink)| Entry {
                label: legend_label(cell),
                ink: *ink,
                sign: Sign::Line,
            })
            .collect();
        let others = cells.len() - legend.len();
        if others > 0 {
            let label = format!("{others} other cells (see the table)");
            legend.push(Entry {
                label,
                ink: Ink::Other,
                sign: Sign::Line,
            });
        }
        let mut panels = [Split::Validation, Split::Test]
            .map(|split| AccuracyPanel::new(split, figure, &cells, &inks));
        let axis = AccuracyAxis::around(panels.iter().flat_map(AccuracyPanel::values));
        panels
            .iter_mut()
            .for_each(|panel| panel.axis = axis.clone());
        if panels[0].has_published() {
            let label = "dashed: published in 2017, one run each".to_owned();
            legend.push(Entry {
                label,
                ink: Ink::Muted,
                sign: Sign::Dashed,
            });
        }
        Self {
            heading: format!("Figure {} · {}", figure.id, figure.title),
            panels,
            legend,
        }
    }

    /// The figure on its sheet.
    pub(crate) fn sheet(&self) -> Sheet<'_> {
        Sheet {
            heading: &self.heading,
            panels: self.panels.iter().map(|p| p as &dyn Panel).collect(),
            legend: &self.legend,
        }
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

fn legend_label(cell: &Cell) -> String {
    let (done, planned) = (cell.done.len(), cell.planned());
    let count = if done == planned {
        format!("n = {done}")
    } else {
        format!("n = {done} of {planned}")
    };
    format!("{} ({count})", cell.label)
}

#[cfg(test)]
mod tests;
