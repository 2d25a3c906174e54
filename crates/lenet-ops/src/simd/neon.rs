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

/// Defines operations, each of which is one expression of intrinsics.
macro_rules! operations {
    ($(fn $name:ident($($argument:ident: $type:ty),+) -> $result:ty = $call:expr;)+) => {$(
        #[inline(always)]
        fn $name(self, $($argument: $type),+) -> $result {
            with_token!($call)
        }
    )+};
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

    operations! {
        fn splat(value: f32) -> float32x4_t = vdupq_n_f32(value);
        fn add(a: float32x4_t, b: float32x4_t) -> float32x4_t = vaddq_f32(a, b);
        fn mul(a: float32x4_t, b: float32x4_t) -> float32x4_t = vmulq_f32(a, b);
        fn mul_add(a: float32x4_t, b: float32x4_t, c: float32x4_t) -> float32x4_t =
            vfmaq_f32(c, a, b);
        fn max(a: float32x4_t, b: float32x4_t) -> float32x4_t = vbslq_f32(vcgtq_f32(a, b), a, b);
        fn gt_or_nan(a: float32x4_t, b: float32x4_t) -> uint32x4_t =
            vorrq_u32(vcgtq_f32(a, b), vmvnq_u32(vceqq_f32(a, a)));
        fn eq(a: float32x4_t, b: float32x4_t) -> uint32x4_t = vceqq_f32(a, b);
        fn select(mask: uint32x4_t, yes: float32x4_t, no: float32x4_t) -> float32x4_t =
            vbslq_f32(mask, yes, no);
        fn sub(a: float32x4_t, b: float32x4_t) -> float32x4_t = vsubq_f32(a, b);
        fn ne(a: float32x4_t, b: float32x4_t) -> uint32x4_t = vmvnq_u32(vceqq_f32(a, b));
        fn below(bits: float32x4_t, bound: u32) -> uint32x4_t =
            vcltq_u32(vreinterpretq_u32_f32(bits), vdupq_n_u32(bound));
        fn next_where(mask: uint32x4_t, bits: float32x4_t) -> float32x4_t = {
            let next = vaddq_u32(vreinterpretq_u32_f32(bits), vdupq_n_u32(1));
            vreinterpretq_f32_u32(vandq_u32(mask, next))
        };
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
