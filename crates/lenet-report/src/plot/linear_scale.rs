//! A linear scale.

/// A linear scale between two round numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct LinearScale {
    low: f64,
    step: f64,
    steps: usize,
}

impl LinearScale {
    /// The scale of four to ten equal round steps (1, 2 or 5 times a power of ten) around all values.
    /// It ignores values that are not finite. Without values it reaches from 0 to 1.
    pub(crate) fn around(values: impl Iterator<Item = f64>) -> Self {
        let finite = values.filter(|value| value.is_finite());
        let ends = finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
            (low.min(value), high.max(value))
        });
        let (low, high) = match ends {
            (low, high) if low < high => (low, high),
            (low, high) if low == high => (
                low - 0.5 * low.abs().max(1.0),
                high + 0.5 * high.abs().max(1.0),
            ),
            _ => (0.0, 1.0),
        };
        let power = 10_f64.powf(((high - low) / 4.0).log10().floor());
        let step = [5.0, 2.0, 1.0]
            .map(|digit| digit * power)
            .into_iter()
            .find(|step| (high - low) / step >= 4.0)
            .unwrap_or(power);
        let from = (low / step).floor();
        Self {
            low: from * step,
            step,
            steps: ((high / step).ceil() - from).max(1.0) as usize,
        }
    }

    /// Position of a value as a share of the axis, clamped to 0 and 1.
    pub(crate) fn share(&self, value: f64) -> f64 {
        ((value - self.low) / (self.step * self.steps as f64)).clamp(0.0, 1.0)
    }

    /// The round numbers on the axis with their texts.
    pub(crate) fn ticks(&self) -> Vec<(f64, String)> {
        let decimals = (-self.step.log10().floor()).clamp(0.0, 12.0) as usize;
        let tick = |i: usize| {
            let value = self.low + i as f64 * self.step;
            let text = format!("{value:.decimals$}");
            (
                value,
                if text.starts_with("-0") && value.abs() < self.step / 2.0 {
                    "0".to_owned()
                } else {
                    text
                },
            )
        };
        (0..=self.steps).map(tick).collect()
    }
}

#[cfg(test)]
mod tests;
