//! A declared figure of runtimes: seconds against the number of parameters or another setting, a panel
//! for each rate of dropout, a curve for each device and each combination of the other settings.

use std::collections::BTreeMap;

use lenet_core::DeviceKind;

use crate::figures::figure::Figure;
use crate::figures::series::{
    PointCurve, data, device_ink, device_marker, entry, inks, log_axis, panels, round_ticks,
};
use crate::plot::frame::Tick;
use crate::plot::legend::{DASH, Entry};
use crate::plot::log_scale::LogScale;
use crate::plot::marker::Marker;
use crate::plot::panel::Datum;
use crate::plot::scene::{Ink, SERIES};
use crate::plot::sheet::Sheet;
use crate::records::runtime_figures::{RuntimeCell, RuntimeFigure};
use crate::records::runtimes::{Point, Runtimes};
use crate::text::thousands;

/// Settings that change the number of parameters.
const ARCHITECTURE: [&str; 3] = ["filters", "kernel", "hidden"];

/// Settings that a series stands for, or a panel.
const TOLD: [&str; 5] = ["device", "backend", "placement", "dropout", "threads"];

/// What the horizontal axis shows.
enum Across {
    /// As this setting changes them; others that change them too make curves of their own.
    Parameters(&'static str),
    /// A setting with numbers, by its name.
    Setting(&'static str),
}

impl Across {
    fn of(figure: &RuntimeFigure) -> Self {
        let is_axis = |name: &&str| figure.axes.iter().any(|axis| axis == *name);
        let architecture: Vec<&str> = ARCHITECTURE.into_iter().filter(is_axis).collect();
        match architecture.as_slice() {
            [] => {}
            ["kernel"] => return Self::Setting("kernel"),
            ["filters", ..] => return Self::Parameters("filters"),
            _ => return Self::Parameters("hidden"),
        }
        let mut numbers = ["batch_size", "samples", "trials", "threads"].into_iter();
        numbers
            .find(|name| is_axis(name))
            .map_or(Self::Parameters("filters"), Self::Setting)
    }

    fn value(&self, cell: &RuntimeCell) -> f64 {
        let number = match self {
            Self::Parameters(_) => cell.parameters,
            Self::Setting("batch_size") => cell.config.batch_size,
            Self::Setting("kernel") => cell.config.network.kernel,
            Self::Setting("trials") => cell.execution.trials,
            Self::Setting("threads") => cell.execution.threads,
            Self::Setting(_) => cell.images.map_or(1, |images| images.train),
        };
        number.max(1) as f64
    }

    fn title(&self) -> String {
        match self {
            Self::Parameters(_) => "trainable parameters (F: filters)".to_owned(),
            Self::Setting(name) => name.replace('_', " "),
        }
    }

    fn tick(&self, cell: &RuntimeCell) -> Tick {
        let at = self.value(cell);
        let mut labels = vec![thousands(at as usize)];
        if let (Self::Parameters(_), [first, ..]) = (self, cell.config.network.filters.as_slice()) {
            labels.push(format!("F = {first}"));
        }
        Tick { at, labels }
    }

    /// The settings of a cell that neither the axis, nor the panel, nor the series tells.
    fn rest(&self, cell: &RuntimeCell) -> String {
        let told = |name: &str| {
            TOLD.contains(&name)
                || match self {
                    Self::Parameters(own) | Self::Setting(own) => *own == name,
                }
        };
        cell.beside(told)
    }
}

/// A curve on its way: what it is of, in each panel.
struct Curve {
    label: String,
    ink: Ink,
    marker: Marker,
    hollow: bool,
    data: BTreeMap<u64, Vec<Datum>>,
}

/// What was measured for one curve.
struct Measured<'a> {
    /// The settings that the series does not tell.
    rest: String,
    points: Vec<(&'a Point<'a>, &'a RuntimeCell)>,
}

/// The drawing of a declared figure.
pub(super) fn figure(runtimes: &Runtimes, declared: &RuntimeFigure) -> Figure {
    let across = Across::of(declared);
    let mut curves = published(&across, declared);
    curves.extend(measured(runtimes, &across, declared));
    let rates: BTreeMap<u64, f64> = declared
        .cells
        .iter()
        .map(|cell| cell.config.dropout.rate)
        .map(|rate| (rate.to_bits(), rate))
        .collect();
    let panel = |(bits, rate): (&u64, &f64)| {
        let heading = match rate {
            0.0 => "Without dropout".to_owned(),
            rate => format!("With dropout {rate}"),
        };
        let own = curves.iter().filter_map(|curve| curve.in_panel(*bits));
        let own: Vec<PointCurve> = own.collect();
        (!own.is_empty()).then_some((heading, own))
    };
    let drawn: Vec<(String, Vec<PointCurve>)> = rates.iter().filter_map(panel).collect();
    let heights = data(&drawn).flat_map(|datum| {
        let bounds = datum.interval.map(|i| [i.low, i.high]);
        bounds.into_iter().flatten().chain([datum.y])
    });
    let x = LogScale::close_to(data(&drawn).map(|datum| datum.x), 0.06);
    let y = LogScale::around(heights);
    let ticks = declared.cells.iter().map(|cell| across.tick(cell));
    let ticks: BTreeMap<u64, Tick> = ticks.map(|tick| (tick.at.to_bits(), tick)).collect();
    let x = log_axis(&across.title(), x, ticks.into_values().collect());
    let y = log_axis("seconds", y, round_ticks(y));
    let shown = curves.iter().filter(|curve| !curve.data.is_empty());
    // Those measured first.
    let (hollow, filled): (Vec<&Curve>, Vec<&Curve>) = shown.partition(|curve| curve.hollow);
    let legend = filled.into_iter().chain(hollow).map(Curve::entry);
    Figure {
        id: declared.id.clone(),
        notes: declared.notes.clone(),
        caption: caption(declared),
        sheet: Sheet {
            heading: format!("Figure {} · {}", declared.id, declared.title),
            legend: legend.collect(),
            columns: 2,
            panels: panels(drawn, &x, &y),
        },
    }
}

/// The published numbers, a curve for each kind of device and each combination of other settings.
fn published(across: &Across, declared: &RuntimeFigure) -> Vec<Curve> {
    let Some(source) = declared.published.as_ref().map(|p| &p.source) else {
        return Vec::new();
    };
    let mut curves: Vec<Curve> = Vec::new();
    for cell in &declared.cells {
        let Some(seconds) = cell.published else {
            continue;
        };
        let on_gpu = cell.config.device == DeviceKind::Cuda;
        let kind = if on_gpu { "GPU" } else { "CPU" };
        let label = with(&format!("{kind}, {source}"), &across.rest(cell));
        let at = curves.iter().position(|curve| curve.label == label);
        let at = at.unwrap_or_else(|| {
            let marker = device_marker(on_gpu);
            curves.push(Curve::new(label, device_ink(on_gpu), marker, true));
            curves.len() - 1
        });
        curves[at].add(cell, across, seconds, None);
    }
    curves
}

/// What was measured, a curve for each series and each combination of other settings.
fn measured(runtimes: &Runtimes, across: &Across, declared: &RuntimeFigure) -> Vec<Curve> {
    let by_key: BTreeMap<&str, &RuntimeCell> =
        declared.cells.iter().map(|c| (c.key.as_str(), c)).collect();
    // By series and rest.
    let mut found: BTreeMap<(usize, usize), Measured> = BTreeMap::new();
    let mut rests: Vec<String> = Vec::new();
    for point in &runtimes.points {
        let Some(cell) = by_key.get(point.record.cell().as_str()) else {
            continue;
        };
        let rest = across.rest(cell);
        let at = rests.iter().position(|known| *known == rest);
        let at = at.unwrap_or_else(|| {
            rests.push(rest.clone());
            rests.len() - 1
        });
        let curve = found.entry((point.series, at));
        let curve = curve.or_insert_with(|| Measured {
            rest,
            points: Vec::new(),
        });
        curve.points.push((point, cell));
    }
    let (inks, several) = (inks(&runtimes.series), rests.len() > 1);
    let curve = |(at, ((series, _), measured)): (usize, (&(usize, usize), &Measured))| {
        let own = &runtimes.series[*series];
        let ink = match (several, at < SERIES.len()) {
            (false, _) => inks[*series],
            (true, true) => Ink::Series(at),
            (true, false) => Ink::Other,
        };
        // Curves of one device differ in their marks, too.
        let marker = match several {
            true => Marker::of_ink(ink),
            false => None,
        };
        let marker = marker.unwrap_or(device_marker(own.key.on_gpu));
        let mut curve = Curve::new(with(&own.label, &measured.rest), ink, marker, false);
        for (point, cell) in &measured.points {
            curve.add(cell, across, point.summary.median, point.summary.interval);
        }
        curve
    };
    found.iter().enumerate().map(curve).collect()
}

/// A label with the settings that tell it from others.
fn with(label: &str, rest: &str) -> String {
    match rest {
        "" => label.to_owned(),
        rest => format!("{label}, {rest}"),
    }
}

impl Curve {
    fn new(label: String, ink: Ink, marker: Marker, hollow: bool) -> Self {
        Self {
            label,
            ink,
            marker,
            hollow,
            data: BTreeMap::new(),
        }
    }

    fn add(
        &mut self,
        cell: &RuntimeCell,
        across: &Across,
        seconds: f64,
        interval: Option<lenet_stats::Interval>,
    ) {
        let panel = cell.config.dropout.rate.to_bits();
        let data = self.data.entry(panel).or_default();
        data.push(Datum {
            x: across.value(cell),
            y: seconds,
            interval,
        });
        data.sort_by(|a, b| a.x.total_cmp(&b.x));
    }

    fn in_panel(&self, panel: u64) -> Option<PointCurve> {
        Some(PointCurve {
            ink: self.ink,
            marker: Some((self.marker, self.hollow)),
            line: Some(match self.hollow {
                true => (1.4, Some(DASH)),
                false => (1.8, None),
            }),
            data: self.data.get(&panel)?.clone(),
        })
    }

    fn entry(&self) -> Entry {
        entry(&self.label, self.ink, self.marker, self.hollow)
    }
}

/// How many images a runtime handles, where all cells have the same.
fn caption(declared: &RuntimeFigure) -> String {
    let mut images = declared.cells.iter().map(|cell| cell.images);
    let first = images.next().flatten();
    let same = first.filter(|first| images.all(|other| other == Some(*first)));
    let what = match same {
        None => "One epoch and the forward passes over validation and test images".to_owned(),
        Some(images) => format!(
            "One epoch of {} images and the forward passes over {} validation and {} test images",
            thousands(images.train),
            thousands(images.validation),
            thousands(images.test)
        ),
    };
    let hollow = match &declared.published {
        Some(published) => format!(
            " Hollow marks: {}; {}.",
            published.source, published.precision
        ),
        None => String::new(),
    };
    format!("{what}: medians with their intervals, both scales logarithmic.{hollow}")
}
