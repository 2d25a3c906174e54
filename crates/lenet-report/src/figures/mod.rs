//! The figures of a report: accuracy over epochs, and runtimes against size, work and phase.

pub(crate) mod accuracy;
mod figure;
mod phases;
mod series;
mod size;
mod work;

use crate::records::runtimes::Runtimes;

pub(crate) use figure::Figure;

/// All figures of runtimes that have something to show. An id that is `taken` gets the prefix
/// `runtime-`.
pub(crate) fn of_runtimes(runtimes: &Runtimes, taken: &[&str]) -> Vec<Figure> {
    let sizes = runtimes.batch_sizes().into_iter();
    let mut figures: Vec<Figure> = sizes.map(|batch| size::figure(runtimes, batch)).collect();
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
