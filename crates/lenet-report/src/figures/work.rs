//! Time of a training step against its work, with the fixed cost and the rate of each series.

use crate::figures::figure::Figure;
use crate::figures::series::{
    PointCurve, by_dropout, data, device_marker, entries, inks, log_axis, panels, round_ticks,
};
use crate::plot::log_scale::LogScale;
use crate::plot::panel::Datum;
use crate::plot::sheet::Sheet;
use crate::records::estimates::extremes;
use crate::records::fit::{Fit, FittedSeries, Step, fits};
use crate::records::runtimes::Runtimes;

/// Number of straight pieces of a fitted line, which is bent on logarithmic scales.
const PIECES: usize = 40;

/// `None` if there are less than two points.
pub(super) fn figure(runtimes: &Runtimes) -> Option<Figure> {
    let (inks, fits) = (inks(&runtimes.series), fits(runtimes));
    let drawn = by_dropout(runtimes, |dropout, _| {
        let mut curves = Vec::new();
        for (i, series) in runtimes.series.iter().enumerate() {
            let steps = runtimes.with_dropout(i, dropout).filter_map(Step::of);
            let data: Vec<Datum> = steps.map(|step| datum(step.flops, step.seconds)).collect();
            let fit = fits.iter().find(|f| f.series == i && f.dropout == dropout);
            curves.extend(fit.map(|fitted| PointCurve {
                ink: inks[i],
                marker: None,
                line: Some((1.8, None)),
                data: along(&data, &fitted.fit),
            }));
            curves.push(PointCurve {
                ink: inks[i],
                marker: Some((device_marker(series.key.on_gpu), false)),
                line: None,
                data,
            });
        }
        curves
    });
    // One point alone tells no more than the table.
    if data(&drawn).count() < 2 {
        return None;
    }
    let x = LogScale::close_to(data(&drawn).map(|datum| datum.x), 0.08);
    let y = LogScale::around(data(&drawn).map(|datum| datum.y));
    let x = log_axis("work of a training step, GFLOP", x, round_ticks(x));
    let y = log_axis("milliseconds per step", y, round_ticks(y));
    let mut legend = entries(runtimes, |_| true);
    for entry in &mut legend {
        let own =
            |f: &&FittedSeries| f.dropout == 0.0 && runtimes.series[f.series].label == entry.label;
        if let Some(fitted) = fits.iter().find(own) {
            let (fixed, rate) = (fitted.fit.fixed.point * 1e3, fitted.fit.rate.point / 1e9);
            entry.label += &format!(": {fixed:.3} ms a step, then {rate:.0} GFLOP/s");
        }
    }
    Some(Figure {
        id: "work".to_owned(),
        notes: String::new(),
        caption: "Median training time by the number of steps, for all sizes and batch sizes; \
                  points of other images or settings are left out. Work is counted by the direct method, whatever method the code takes. Lines are \
                  a fixed cost a step plus work at a fixed rate, fitted with least squares of the \
                  relative deviations to each round; the legend gives those without dropout, \
                  the table below all."
            .to_owned(),
        sheet: Sheet {
            heading: "Time of a training step against its work".to_owned(),
            panels: panels(drawn, &x, &y),
            columns: 2,
            legend,
        },
    })
}

/// A step in the units of the axes, GFLOP and milliseconds.
fn datum(flops: f64, seconds: f64) -> Datum {
    Datum {
        x: flops / 1e9,
        y: seconds * 1e3,
        interval: None,
    }
}

/// The fitted line from the leftmost to the rightmost datum.
fn along(data: &[Datum], fit: &Fit) -> Vec<Datum> {
    let Some((low, high)) = extremes(data.iter().map(|datum| datum.x)) else {
        return Vec::new();
    };
    let at = |i: usize| {
        let flops = 1e9 * low * (high / low).powf(i as f64 / PIECES as f64);
        datum(flops, fit.seconds(flops))
    };
    (0..=PIECES).map(at).collect()
}
