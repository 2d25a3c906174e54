//! How series of runtimes look in every figure: their colours, markers and legend entries.

use crate::plot::frame::{Axis, LEFT, Margins, Scale, Tick, WIDTH};
use crate::plot::legend::{Entry, Swatch};
use crate::plot::log_scale::LogScale;
use crate::plot::marker::{Marker, RADIUS};
use crate::plot::panel::{Datum, Layer, XyPanel};
use crate::plot::scene::{Ink, SERIES, Stroke};
use crate::plot::sheet::Panel;
use crate::records::runtimes::{Point, Runtimes};
use crate::records::series::Series;

/// Data of one colour in a panel, with a line, markers or both.
pub(super) struct PointCurve {
    pub(super) ink: Ink,
    /// Marker, and whether it is hollow.
    pub(super) marker: Option<(Marker, bool)>,
    /// Width and dash of the line.
    pub(super) line: Option<(f64, Option<(f64, f64)>)>,
    pub(super) data: Vec<Datum>,
}

/// A logarithmic axis.
pub(super) fn log_axis(title: &str, scale: LogScale, ticks: Vec<Tick>) -> Axis {
    Axis {
        title: title.to_owned(),
        scale: Scale::Log(scale),
        ticks,
    }
}

/// Up to twelve round numbers of a scale as ticks.
pub(super) fn round_ticks(scale: LogScale) -> Vec<Tick> {
    scale.ticks(12).into_iter().map(Tick::of).collect()
}

/// Panels over the same axes, each with its heading and curves.
pub(super) fn panels(
    drawn: Vec<(String, Vec<PointCurve>)>,
    x: &Axis,
    y: &Axis,
) -> Vec<Box<dyn Panel>> {
    let panel = |(heading, curves): (String, Vec<PointCurve>)| -> Box<dyn Panel> {
        // Markers above all lines.
        let lines = curves.iter().filter_map(PointCurve::line_layer);
        let markers = curves.iter().filter_map(PointCurve::marker_layer);
        Box::new(XyPanel {
            heading,
            size: (WIDTH, 366.0),
            margins: Margins {
                left: LEFT,
                right: 22.0,
                bottom: 62.0,
            },
            x: x.clone(),
            y: y.clone(),
            layers: lines.chain(markers).collect(),
        })
    };
    drawn.into_iter().map(panel).collect()
}

impl PointCurve {
    fn line_layer(&self) -> Option<Layer> {
        let (width, dash) = self.line?;
        let ink = self.ink;
        Some(Layer::Line {
            points: self.data.iter().map(|datum| (datum.x, datum.y)).collect(),
            stroke: Stroke { ink, width, dash },
        })
    }

    fn marker_layer(&self) -> Option<Layer> {
        let (marker, hollow) = self.marker?;
        Some(Layer::Markers {
            data: self.data.clone(),
            marker,
            radius: RADIUS,
            hollow,
            ink: self.ink,
        })
    }
}

/// The panels that have curves with data: one for each rate of dropout, with its heading. `curves`
/// gets the rate, and whether it is the one for "with dropout".
pub(super) fn by_dropout(
    runtimes: &Runtimes,
    mut curves: impl FnMut(f64, bool) -> Vec<PointCurve>,
) -> Vec<(String, Vec<PointCurve>)> {
    let [without, with] = runtimes.dropout_rates();
    let panels = [
        ("Without dropout".to_owned(), without, false),
        (format!("With dropout {with}"), with, true),
    ];
    let filled = |(heading, rate, dropout)| {
        let mut curves = curves(rate, dropout);
        curves.retain(|curve| !curve.data.is_empty());
        (!curves.is_empty()).then_some((heading, curves))
    };
    panels.into_iter().filter_map(filled).collect()
}

/// All data of a figure's panels.
pub(super) fn data(drawn: &[(String, Vec<PointCurve>)]) -> impl Iterator<Item = &Datum> + Clone {
    let curves = drawn.iter().flat_map(|(_, curves)| curves);
    curves.flat_map(|curve| &curve.data)
}

/// Colours of the series. The first CPU and the first GPU have those of the published devices.
pub(super) fn inks(series: &[Series]) -> Vec<Ink> {
    let first = |on_gpu| series.iter().position(|s| s.key.on_gpu == on_gpu);
    let mut next = 2;
    let mut ink = |(i, s): (usize, &Series)| {
        if first(s.key.on_gpu) == Some(i) {
            return device_ink(s.key.on_gpu);
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

/// Colour of a kind of device.
pub(super) fn device_ink(on_gpu: bool) -> Ink {
    Ink::Series(usize::from(on_gpu))
}

/// Marker of a kind of device.
pub(super) fn device_marker(on_gpu: bool) -> Marker {
    if on_gpu {
        Marker::Diamond
    } else {
        Marker::Disc
    }
}

/// Legend entries of the series that have points among those shown.
pub(super) fn entries(runtimes: &Runtimes, shown: impl Fn(&Point) -> bool) -> Vec<Entry> {
    let series = runtimes.series.iter().zip(inks(&runtimes.series));
    let has_points = |i: usize| runtimes.main().any(|p| p.series == i && shown(p));
    let visible = series.enumerate().filter(|(i, _)| has_points(*i));
    visible
        .map(|(_, (series, ink))| {
            entry(&series.label, ink, device_marker(series.key.on_gpu), false)
        })
        .collect()
}

/// Legend entry of a curve.
pub(super) fn entry(label: &str, ink: Ink, marker: Marker, hollow: bool) -> Entry {
    Entry {
        label: label.to_owned(),
        ink,
        swatch: Swatch::Marked { marker, hollow },
        mark: None,
    }
}
