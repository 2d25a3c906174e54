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
