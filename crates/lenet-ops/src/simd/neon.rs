//! AArch64's NEON.

use std::arch::aarch64::*;
use std::arch::is_aarch64_feature_detected;

use super::vector::{Kernel, Simd};

/// Proof that this CPU has NEON.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Neon(());

impl Neon {
    /// The token, where the CPU can.
    pub(crate) fn new() -> Option<Self> {
        is_aarch64_feature_detected!("neon").then_some(Self(()))
    }
}

/// An intrinsic, called by someone who holds a token.
macro_rules! with_token {
    ($call:expr) => {
        // SAFETY: the caller holds a token, and `new` makes one only after it has found NEON on
        // this machine.
        unsafe { $call }
    };
}

// SAFETY: `float32x4_t` is four f32.
unsafe impl Simd for Neon {
    type Vector = float32x4_t;
    type Mask = uint32x4_t;
    type Table = [f32; 8];
    type Index = [usize; 4];
    type Narrow = Self;
    const LANES: usize = 4;
    const WIDE: bool = true;

    fn vectorize<K: Kernel<Self>>(self, kernel: K) -> K::Output {
        #[target_feature(enable = "neon")]
        fn inner<K: Kernel<Neon>>(simd: Neon, kernel: K) -> K::Output {
            kernel.run(simd)
        }
        with_token!(inner(self, kernel))
    }

    #[inline(always)]
    fn splat(self, value: f32) -> float32x4_t {
        with_token!(vdupq_n_f32(value))
    }

    #[inline(always)]
    fn add(self, a: float32x4_t, b: float32x4_t) -> float32x4_t {
        with_token!(vaddq_f32(a, b))
    }

    #[inline(always)]
    fn mul(self, a: float32x4_t, b: float32x4_t) -> float32x4_t {
        with_token!(vmulq_f32(a, b))
    }

    #[inline(always)]
    fn mul_add(self, a: float32x4_t, b: float32x4_t, c: float32x4_t) -> float32x4_t {
        with_token!(vfmaq_f32(c, a, b))
    }

    #[inline(always)]
    fn max(self, a: float32x4_t, b: float32x4_t) -> float32x4_t {
        with_token!(vbslq_f32(vcgtq_f32(a, b), a, b))
    }

    #[inline(always)]
    fn gt_or_nan(self, a: float32x4_t, b: float32x4_t) -> uint32x4_t {
        with_token!(vorrq_u32(vcgtq_f32(a, b), vmvnq_u32(vceqq_f32(a, a))))
    }

    #[inline(always)]
    fn eq(self, a: float32x4_t, b: float32x4_t) -> uint32x4_t {
        with_token!(vceqq_f32(a, b))
    }

    #[inline(always)]
    fn select(self, mask: uint32x4_t, yes: float32x4_t, no: float32x4_t) -> float32x4_t {
        with_token!(vbslq_f32(mask, yes, no))
    }

    #[inline(always)]
    fn sum(self, a: float32x4_t) -> f32 {
        let two = with_token!(vadd_f32(vget_low_f32(a), vget_high_f32(a)));
        with_token!(vget_lane_f32::<0>(two) + vget_lane_f32::<1>(two))
    }

    #[inline(always)]
    fn load(self, from: &[f32]) -> float32x4_t {
        let from = &from[..4];
        // SAFETY: four f32 are there to read, and the caller holds a token.
        unsafe { vld1q_f32(from.as_ptr()) }
    }

    #[inline(always)]
    fn store(self, a: float32x4_t, to: &mut [f32]) {
        let to = &mut to[..4];
        // SAFETY: four f32 are there to write, and the caller holds a token.
        unsafe { vst1q_f32(to.as_mut_ptr(), a) }
    }

    #[inline(always)]
    fn narrow(self) -> Self {
        self
    }

    #[inline(always)]
    fn sub(self, a: float32x4_t, b: float32x4_t) -> float32x4_t {
        with_token!(vsubq_f32(a, b))
    }

    #[inline(always)]
    fn ne(self, a: float32x4_t, b: float32x4_t) -> uint32x4_t {
        with_token!(vmvnq_u32(vceqq_f32(a, b)))
    }

    #[inline(always)]
    fn below(self, bits: float32x4_t, bound: u32) -> uint32x4_t {
        with_token!(vcltq_u32(vreinterpretq_u32_f32(bits), vdupq_n_u32(bound)))
    }

    #[inline(always)]
    fn next_where(self, mask: uint32x4_t, bits: float32x4_t) -> float32x4_t {
        with_token!({
            let next = vaddq_u32(vreinterpretq_u32_f32(bits), vdupq_n_u32(1));
            vreinterpretq_f32_u32(vandq_u32(mask, next))
        })
    }

    #[inline(always)]
    fn table(self, rows: [&[f32; 4]; 2]) -> [f32; 8] {
        super::portable::table(rows)
    }

    #[inline(always)]
    fn index(self, code: float32x4_t, column: u32) -> [usize; 4] {
        let mut codes = [0.0; 4];
        self.store(code, &mut codes);
        codes.map(|code| super::portable::place(code, column))
    }

    #[inline(always)]
    fn pick(self, table: [f32; 8], index: [usize; 4]) -> float32x4_t {
        self.load(&index.map(|at| table[at]))
    }
}
