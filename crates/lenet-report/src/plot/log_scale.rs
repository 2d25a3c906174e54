//! A logarithmic scale of positive quantities.

/// A logarithmic scale from `low` to `high`, both above zero.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct LogScale {
    low: f64,
    high: f64,
}

impl LogScale {
    /// The scale between the round numbers (1, 2 or 5 times a power of ten) around all values. It
    /// ignores values that are not finite and positive. Without values it reaches from 0.1 to 1.
    pub(crate) fn around(values: impl Iterator<Item = f64>) -> Self {
        let (low, high) = range(values);
        let below = steps(low, high).rfind(|tick| *tick <= low);
        let above = steps(low, high).find(|tick| *tick >= high && *tick > low);
        Self {
            low: below.unwrap_or(low),
            high: above.unwrap_or(high),
        }
    }

    /// The scale close around all values. The margin on either side is a share of a decade.
    pub(crate) fn close_to(values: impl Iterator<Item = f64>, margin: f64) -> Self {
        let (low, high) = range(values);
        let factor = 10_f64.powf(margin);
        Self {
            low: low / factor,
            high: high * factor,
        }
    }

    /// Position of a value as a share of the axis, clamped to 0 and 1.
    pub(crate) fn share(&self, value: f64) -> f64 {
        let share = (value / self.low).ln() / (self.high / self.low).ln();
        share.clamp(0.0, 1.0)
    }

    /// Round numbers on the axis. These are all of 1, 2 and 5 times a power of ten, if they are at
    /// most `most`; otherwise every power of ten, or every second, third and so on.
    pub(crate) fn ticks(&self, most: usize) -> Vec<f64> {
        let within = |tick: &f64| (self.low * 0.999_999..=self.high * 1.000_001).contains(tick);
        let all: Vec<f64> = steps(self.low, self.high).filter(within).collect();
        if all.len() <= most {
            return all;
        }
        let tens: Vec<f64> = all
            .into_iter()
            .filter(|m| (m.log10() - m.log10().round()).abs() < 1e-9)
            .collect();
        let each = tens.len().div_ceil(most.max(1));
        tens.into_iter().step_by(each).collect()
    }
}

/// Lowest and highest of the values that are finite and above zero.
fn range(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let usable = values.filter(|v| v.is_finite() && *v > 0.0);
    let ends = usable.fold((f64::INFINITY, 0.0_f64), |(low, high), v| {
        (low.min(v), high.max(v))
    });
    if ends.1 > 0.0 { ends } else { (0.1, 1.0) }
}

/// 1, 2 and 5 times the powers of ten around a range.
fn steps(low: f64, high: f64) -> impl DoubleEndedIterator<Item = f64> {
    let (from, to) = (
        low.log10().floor() as i32 - 1,
        high.log10().ceil() as i32 + 1,
    );
    let of = |power: i32, digit: f64| {
        // Division keeps 0.1 and 0.2 what they look like.
        if power < 0 {
            digit / 10_f64.powi(-power)
        } else {
            digit * 10_f64.powi(power)
        }
    };
    (from..=to).flat_map(move |power| [1.0, 2.0, 5.0].map(|digit| of(power, digit)))
}

#[cfg(test)]
mod tests;
