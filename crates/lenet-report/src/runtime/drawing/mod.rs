//! The figures of runtimes: time against size, phases, time against work.

mod loglog;
mod phases;
mod size;
mod work;

use lenet_core::DeviceKind;

use super::{Point, Runtimes, Series};
use crate::scene::{Ink, SERIES};
use crate::sheet::{Entry, Mark, Panel, Sheet, Sign};

pub(crate) use work::fits;

/// A figure of runtimes made ready for drawing.
pub(crate) struct RuntimeFigure {
    /// What names its files after `figure-`, e.g. `4` or `phases`.
    pub(crate) id: String,
    pub(crate) heading: String,
    /// What stands below it on the page.
    pub(crate) caption: String,
    panels: Vec<Box<dyn Panel>>,
    pub(crate) legend: Vec<Entry>,
}

impl RuntimeFigure {
    /// Name of its files, without the ending.
    pub(crate) fn file_stem(&self) -> String {
        format!("figure-{}", self.id)
    }

    pub(crate) fn sheet(&self) -> Sheet<'_> {
        Sheet {
            heading: &self.heading,
            panels: self.panels.iter().map(AsRef::as_ref).collect(),
            legend: &self.legend,
        }
    }
}

/// All figures that the runtimes give; those that have nothing to show are left out. An id that
/// is taken by a study's figure gets `runtime-` in front.
pub(crate) fn figures(runtimes: &Runtimes, taken: &[&str]) -> Vec<RuntimeFigure> {
    let sizes = runtimes.batch_sizes().into_iter();
    let mut figures: Vec<RuntimeFigure> =
        sizes.map(|batch| size::figure(runtimes, batch)).collect();
    figures.extend(phases::figure(runtimes));
    figures.extend(work::figure(runtimes));
    for figure in figures
        .iter_mut()
        .filter(|f| taken.contains(&f.id.as_str()))
    {
        figure.id.insert_str(0, "runtime-");
    }
    figures
}

/// The two panels of most figures: heading, rate of dropout, whether it is at work.
fn panels(runtimes: &Runtimes) -> Vec<(String, f64, bool)> {
    let with = runtimes.dropout().unwrap_or(0.5);
    vec![
        ("Without dropout".to_owned(), 0.0, false),
        (format!("With dropout {with}"), with, true),
    ]
}

/// Colours of the series. The first CPU and the first GPU have those of the published devices.
fn inks(series: &[Series]) -> Vec<Ink> {
    let first = |on_gpu| series.iter().position(|s| s.on_gpu() == on_gpu);
    let mut next = 2;
    let mut ink = |(i, s): (usize, &Series)| {
        if first(s.on_gpu()) == Some(i) {
            return published_ink(s.on_gpu());
        }
        next += 1;
        if next <= SERIES.len() {
            Ink::Series(next - 1)
        } else {
            Ink::Other
        }
    };
    series.iter().enumerate().map(&mut ink).collect()
}

fn published_ink(on_gpu: bool) -> Ink {
    Ink::Series(usize::from(on_gpu))
}

fn mark_of(on_gpu: bool) -> Mark {
    if on_gpu { Mark::Diamond } else { Mark::Disc }
}

/// Legend entries of the series that have points among those shown.
fn entries(runtimes: &Runtimes, shown: impl Fn(&Point) -> bool) -> Vec<Entry> {
    let inks = inks(&runtimes.series);
    let has_points = |i: &usize| runtimes.main().any(|p| p.series == *i && shown(p));
    let entry = |i: usize| {
        let series = &runtimes.series[i];
        Entry {
            label: series.label.clone(),
            ink: inks[i],
            sign: Sign::Marked(mark_of(series.on_gpu()), false),
        }
    };
    (0..runtimes.series.len())
        .filter(has_points)
        .map(entry)
        .collect()
}

/// Legend entry of a device of 2017.
fn published_entry(device: DeviceKind) -> Entry {
    let on_gpu = device == DeviceKind::Cuda;
    let label = if on_gpu {
        "2017: GPU, GTX 970, one run each"
    } else {
        "2017: CPU, Core i5, one run each"
    };
    Entry {
        label: label.to_owned(),
        ink: published_ink(on_gpu),
        sign: Sign::Marked(mark_of(on_gpu), true),
    }
}

/// A whole number with its thousands set apart.
pub(crate) fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests;
