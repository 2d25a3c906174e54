//! Largest of a layer's units.

use crate::simd::{Kernel, Simd, lanes};

/// The largest of whole vectors of values and 0; NaN where any is.
pub(crate) struct LargestUnit<'a> {
    pub(crate) values: &'a [f32],
}

impl<S: Simd> Kernel<S> for LargestUnit<'_> {
    type Output = f32;

    #[inline(always)]
    fn run(self, simd: S) -> f32 {
        const CHAINS: usize = 4;
        let larger = |a: f32, b: f32| if b > a || b.is_nan() { b } else { a };
        let mut best = [simd.splat(0.0); CHAINS];
        for values in self.values.chunks_exact(CHAINS * S::LANES) {
            for (best, values) in best.iter_mut().zip(values.chunks_exact(S::LANES)) {
                let values = simd.load(values);
                *best = simd.select(simd.gt_or_nan(values, *best), values, *best);
            }
        }
        let rest = self.values.chunks_exact(CHAINS * S::LANES).remainder();
        let all = lanes::<S>(&best).iter().chain(rest);
        all.copied().fold(0.0, larger)
    }
}

#[cfg(test)]
mod tests {
    use super::LargestUnit;
    use crate::simd::{Simd, WithSimd, tests::levels};

    struct Largest<'a>(&'a [f32]);

    impl WithSimd for Largest<'_> {
        type Output = f32;

        fn with<S: Simd>(self, simd: S) -> f32 {
            simd.vectorize(LargestUnit { values: self.0 })
        }
    }

    #[test]
    fn the_largest_counts_wherever_it_stands() {
        for level in levels() {
            let peak = |values: &[f32]| level.dispatch(Largest(values)).unwrap();
            assert_eq!(peak(&[-1.0; 80]), 0.0);
            for at in 0..80 {
                let mut values = [0.5; 80];
                values[at] = 2.0;
                assert_eq!(peak(&values), 2.0);
                values[at] = f32::NAN;
                assert!(peak(&values).is_nan());
            }
        }
    }
}
