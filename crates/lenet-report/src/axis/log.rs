//! A logarithmic scale of positive quantities.

/// From its lowest to its highest value, both above zero.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct LogAxis {
    low: f64,
    high: f64,
}

impl LogAxis {
    /// Between the round numbers (1, 2 or 5 times a power of ten) around all values. Values that
    /// have no place on it count for nothing; without any it reaches from 0.1 to 1.
    pub(crate) fn around(values: impl Iterator<Item = f64>) -> Self {
        let (low, high) = range(values);
        let below = steps(low, high).rfind(|mark| *mark <= low);
        let above = steps(low, high).find(|mark| *mark >= high && *mark > low);
        Self {
            low: below.unwrap_or(low),
            high: above.unwrap_or(high),
        }
    }

    /// Close around all values, with a margin on either side that is a share of a tenfold.
    pub(crate) fn close_to(values: impl Iterator<Item = f64>, margin: f64) -> Self {
        let (low, high) = range(values);
        let factor = 10_f64.powf(margin);
        Self {
            low: low / factor,
            high: high * factor,
        }
    }

    /// Place of a value as a share of the axis, kept within 0 and 1.
    pub(crate) fn share(&self, value: f64) -> f64 {
        let share = (value / self.low).ln() / (self.high / self.low).ln();
        share.clamp(0.0, 1.0)
    }

    /// Round numbers on the axis: all of 1, 2 and 5 times a power of ten where there are at most
    /// `most`, else powers of ten alone, the same number of them apart.
    pub(crate) fn marks(&self, most: usize) -> Vec<f64> {
        let within = |mark: &f64| (self.low * 0.999_999..=self.high * 1.000_001).contains(mark);
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
mod tests {
    use super::*;

    #[test]
    fn it_reaches_from_round_number_to_round_number() {
        let axis = LogAxis::around([0.13, 21.4].into_iter());
        assert_eq!((axis.low, axis.high), (0.1, 50.0));
        assert_eq!(
            axis.marks(9),
            [0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0]
        );
        assert_eq!(axis.marks(5), [0.1, 1.0, 10.0]);
        assert_eq!(axis.marks(2), [0.1, 10.0]);
    }

    #[test]
    fn tenfold_steps_are_of_one_length() {
        let axis = LogAxis::around([0.1, 10.0].into_iter());
        assert!((axis.share(1.0) - 0.5).abs() < 1e-12);
        assert_eq!((axis.share(0.1), axis.share(10.0)), (0.0, 1.0));
        assert_eq!((axis.share(0.001), axis.share(1e9)), (0.0, 1.0));
    }

    #[test]
    fn one_value_none_and_impossible_ones_have_an_axis() {
        let one = LogAxis::around([1.0].into_iter());
        assert_eq!((one.low, one.high), (1.0, 2.0));
        let none = LogAxis::around([f64::NAN, -1.0, 0.0, f64::INFINITY].into_iter());
        assert_eq!((none.low, none.high), (0.1, 1.0));
        let close = LogAxis::close_to([5.0].into_iter(), 0.1);
        assert!((close.share(5.0) - 0.5).abs() < 1e-9);
    }
}
