//! The figures of a report: accuracy over epochs, and runtimes against size, work and phase.

mod accuracy;
pub(crate) mod confusion;
mod drawings;
mod drawn;
mod effects;
mod facets;
mod figure;
pub(crate) mod filters;
mod heatmap;
mod phases;
mod regret;
pub(crate) mod reliability;
mod runtime;
mod scatter;
mod series;
mod value_axis;
mod work;

use crate::records::runtime_figures::RuntimeFigure;
use crate::records::runtimes::Runtimes;

pub(crate) use drawings::of_study;
pub(crate) use figure::Figure;

/// The declared figures of runtimes, and those of phases and of work if they have something to show.
/// An id that is `taken` gets the prefix `runtime-`.
pub(crate) fn of_runtimes(
    runtimes: &Runtimes,
    declared: &[RuntimeFigure],
    taken: &[&str],
) -> Vec<Figure> {
    let has_points = |figure: &&RuntimeFigure| {
        let keys: Vec<&str> = figure.cells.iter().map(|cell| cell.key.as_str()).collect();
        let mut points = runtimes.points.iter();
        points.any(|point| keys.contains(&point.record.cell().as_str()))
    };
    let drawn = declared.iter().filter(has_points);
    let mut figures: Vec<Figure> = drawn.map(|f| runtime::figure(runtimes, f)).collect();
    figures.extend(phases::figure(runtimes));
    figures.extend(work::figure(runtimes));
    for figure in &mut figures {
        if taken.contains(&figure.id.as_str()) {
            figure.id.insert_str(0, "runtime-");
        }
    }
    figures
}

#[cfg(test)]
mod tests;
