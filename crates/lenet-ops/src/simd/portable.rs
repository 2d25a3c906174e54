//! The level that every machine has: arrays that the compiler vectorizes as it can.

use super::{Kernel, Simd};

/// Eight lanes; multiply-add rounds twice, since a fused one would be a library call.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Portable;

/// Eight numbers, aligned as the widest registers that the compiler may choose.
#[derive(Debug, Clone, Copy)]
#[repr(C, align(32))]
pub(crate) struct F32x8([f32; 8]);

impl F32x8 {
    #[inline(always)]
    fn zip(self, other: Self, f: impl Fn(f32, f32) -> f32) -> Self {
        Self(std::array::from_fn(|i| f(self.0[i], other.0[i])))
    }
}

// SAFETY: `F32x8` is eight f32 (32 bytes, aligned to 32, so without padding).
unsafe impl Simd for Portable {
    type Vector = F32x8;
    type Mask = [bool; 8];
    const LANES: usize = 8;
    const WIDE: bool = false;

    fn vectorize<K: Kernel<Self>>(self, kernel: K) -> K::Output {
        kernel.run(self)
    }

    #[inline(always)]
    fn splat(self, value: f32) -> F32x8 {
        F32x8([value; 8])
    }

    #[inline(always)]
    fn add(self, a: F32x8, b: F32x8) -> F32x8 {
        a.zip(b, |a, b| a + b)
    }

    #[inline(always)]
    fn mul(self, a: F32x8, b: F32x8) -> F32x8 {
        a.zip(b, |a, b| a * b)
    }

    #[inline(always)]
    fn mul_add(self, a: F32x8, b: F32x8, c: F32x8) -> F32x8 {
        self.add(self.mul(a, b), c)
    }

    #[inline(always)]
    fn max(self, a: F32x8, b: F32x8) -> F32x8 {
        a.zip(b, |a, b| if a > b { a } else { b })
    }

    #[inline(always)]
    fn gt_or_nan(self, a: F32x8, b: F32x8) -> [bool; 8] {
        std::array::from_fn(|i| a.0[i] > b.0[i] || a.0[i].is_nan())
    }

    #[inline(always)]
    fn eq(self, a: F32x8, b: F32x8) -> [bool; 8] {
        std::array::from_fn(|i| a.0[i] == b.0[i])
    }

    #[inline(always)]
    fn select(self, mask: [bool; 8], yes: F32x8, no: F32x8) -> F32x8 {
        F32x8(std::array::from_fn(|i| {
            if mask[i] { yes.0[i] } else { no.0[i] }
        }))
    }

    #[inline(always)]
    fn sum(self, a: F32x8) -> f32 {
        let four: [f32; 4] = std::array::from_fn(|i| a.0[i] + a.0[i + 4]);
        (four[0] + four[2]) + (four[1] + four[3])
    }

    #[inline(always)]
    fn load(self, from: &[f32]) -> F32x8 {
        F32x8(std::array::from_fn(|i| from[i]))
    }

    #[inline(always)]
    fn store(self, a: F32x8, to: &mut [f32]) {
        to[..8].copy_from_slice(&a.0);
    }
}
