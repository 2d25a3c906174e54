//! The axis of a measure of cells: its scale, ticks and texts.

use crate::plot::accuracy_scale::AccuracyScale;
use crate::plot::frame::{Axis, Scale, Tick};
use crate::plot::linear_scale::LinearScale;
use crate::plot::log_scale::LogScale;
use crate::plot::scene::STEPS;
use crate::records::cell_measure::CellMeasure;
use crate::text::thousands;

/// The axis of a measure around all values. Accuracies lie on a scale that is logarithmic in the error,
/// positive quantities that span more than a factor of 5 on a logarithmic one. `gap` is the least
/// distance of ticks as a share of the axis.
pub(super) fn value_axis(
    measure: CellMeasure,
    values: impl Iterator<Item = f64> + Clone,
    gap: f64,
) -> Axis {
    let title = measure.title();
    if measure.is_accuracy() {
        let scale = AccuracyScale::around(values);
        return Axis {
            title: format!("{title} (scale logarithmic in the error)"),
            scale: Scale::Accuracy(scale),
            ticks: scale.ticks(gap).into_iter().map(Tick::of).collect(),
        };
    }
    let finite = || values.clone().filter(|value| value.is_finite());
    let (least, most) = (
        finite().fold(f64::INFINITY, f64::min),
        finite().fold(f64::NEG_INFINITY, f64::max),
    );
    if least > 0.0 && most / least > 5.0 {
        let scale = LogScale::around(finite());
        let tick = |value: f64| Tick {
            at: value,
            labels: vec![short(value)],
        };
        return Axis {
            title: format!("{title} (logarithmic scale)"),
            scale: Scale::Log(scale),
            ticks: scale
                .ticks((0.9 / gap.max(0.01)) as usize)
                .into_iter()
                .map(tick)
                .collect(),
        };
    }
    let scale = LinearScale::around(finite());
    let ticks = scale.ticks().into_iter();
    Axis {
        title,
        scale: Scale::Linear(scale),
        ticks: ticks
            .map(|(at, label)| Tick {
                at,
                labels: vec![label],
            })
            .collect(),
    }
}

/// Step of a heat map's scale for a position on an axis.
pub(super) fn step(axis: &Axis, value: f64) -> usize {
    let share = axis.scale.share(value).clamp(0.0, 1.0);
    ((share * STEPS as f64) as usize).min(STEPS - 1)
}

/// A value as tiles show it: accuracies with four decimals, others with three significant digits.
pub(super) fn value_text(measure: CellMeasure, value: f64) -> String {
    if measure.is_accuracy() {
        return format!("{value:.4}");
    }
    short(value)
}

/// A number with three significant digits, or as a whole one with separated thousands.
fn short(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return value.to_string();
    }
    if value.abs() >= 100.0 {
        let whole = thousands(value.abs().round() as usize);
        return if value < 0.0 {
            format!("−{whole}")
        } else {
            whole
        };
    }
    let decimals = (2.0 - value.abs().log10().floor()).clamp(0.0, 9.0) as usize;
    let text = format!("{value:.decimals$}");
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}
