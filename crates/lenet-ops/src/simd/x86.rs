//! AVX2 with FMA, and AVX-512F.

use std::arch::x86_64::*;

use super::{Kernel, Simd};

/// Proof that this CPU has AVX2 and FMA.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Avx2(());

/// Proof that this CPU has AVX-512F.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Avx512(());

impl Avx2 {
    /// The token, where the CPU (and the system) can.
    pub(crate) fn new() -> Option<Self> {
        (is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma")).then_some(Self(()))
    }
}

impl Avx512 {
    /// The token, where the CPU (and the system) can.
    pub(crate) fn new() -> Option<Self> {
        let below = Avx2::new();
        (below.is_some() && is_x86_feature_detected!("avx512f")).then_some(Self(()))
    }
}

/// An intrinsic, called by someone who holds a token.
macro_rules! with_token {
    ($call:expr) => {
        // SAFETY: the caller holds a token, and `new` makes one only after it has found the
        // instructions that this intrinsic needs on this machine.
        unsafe { $call }
    };
}

// SAFETY: `__m256` is eight f32.
unsafe impl Simd for Avx2 {
    type Vector = __m256;
    type Mask = __m256;
    const LANES: usize = 8;
    const WIDE: bool = false;

    fn vectorize<K: Kernel<Self>>(self, kernel: K) -> K::Output {
        #[target_feature(enable = "avx2,fma")]
        fn inner<K: Kernel<Avx2>>(simd: Avx2, kernel: K) -> K::Output {
            kernel.run(simd)
        }
        with_token!(inner(self, kernel))
    }

    #[inline(always)]
    fn splat(self, value: f32) -> __m256 {
        with_token!(_mm256_set1_ps(value))
    }

    #[inline(always)]
    fn add(self, a: __m256, b: __m256) -> __m256 {
        with_token!(_mm256_add_ps(a, b))
    }

    #[inline(always)]
    fn mul(self, a: __m256, b: __m256) -> __m256 {
        with_token!(_mm256_mul_ps(a, b))
    }

    #[inline(always)]
    fn mul_add(self, a: __m256, b: __m256, c: __m256) -> __m256 {
        with_token!(_mm256_fmadd_ps(a, b, c))
    }

    #[inline(always)]
    fn max(self, a: __m256, b: __m256) -> __m256 {
        with_token!(_mm256_max_ps(a, b))
    }

    #[inline(always)]
    fn gt_or_nan(self, a: __m256, b: __m256) -> __m256 {
        with_token!(_mm256_or_ps(
            _mm256_cmp_ps::<_CMP_GT_OQ>(a, b),
            _mm256_cmp_ps::<_CMP_UNORD_Q>(a, a),
        ))
    }

    #[inline(always)]
    fn eq(self, a: __m256, b: __m256) -> __m256 {
        with_token!(_mm256_cmp_ps::<_CMP_EQ_OQ>(a, b))
    }

    #[inline(always)]
    fn select(self, mask: __m256, yes: __m256, no: __m256) -> __m256 {
        with_token!(_mm256_blendv_ps(no, yes, mask))
    }

    #[inline(always)]
    fn sum(self, a: __m256) -> f32 {
        with_token!({
            let four = _mm_add_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps::<1>(a));
            let two = _mm_add_ps(four, _mm_movehl_ps(four, four));
            _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)))
        })
    }

    #[inline(always)]
    fn load(self, from: &[f32]) -> __m256 {
        let from = &from[..8];
        // SAFETY: eight f32 are there to read, and the caller holds a token.
        unsafe { _mm256_loadu_ps(from.as_ptr()) }
    }

    #[inline(always)]
    fn store(self, a: __m256, to: &mut [f32]) {
        let to = &mut to[..8];
        // SAFETY: eight f32 are there to write, and the caller holds a token.
        unsafe { _mm256_storeu_ps(to.as_mut_ptr(), a) }
    }
}

// SAFETY: `__m512` is sixteen f32.
unsafe impl Simd for Avx512 {
    type Vector = __m512;
    type Mask = __mmask16;
    const LANES: usize = 16;
    const WIDE: bool = true;

    fn vectorize<K: Kernel<Self>>(self, kernel: K) -> K::Output {
        #[target_feature(enable = "avx2,fma,avx512f")]
        fn inner<K: Kernel<Avx512>>(simd: Avx512, kernel: K) -> K::Output {
            kernel.run(simd)
        }
        with_token!(inner(self, kernel))
    }

    #[inline(always)]
    fn splat(self, value: f32) -> __m512 {
        with_token!(_mm512_set1_ps(value))
    }

    #[inline(always)]
    fn add(self, a: __m512, b: __m512) -> __m512 {
        with_token!(_mm512_add_ps(a, b))
    }

    #[inline(always)]
    fn mul(self, a: __m512, b: __m512) -> __m512 {
        with_token!(_mm512_mul_ps(a, b))
    }

    #[inline(always)]
    fn mul_add(self, a: __m512, b: __m512, c: __m512) -> __m512 {
        with_token!(_mm512_fmadd_ps(a, b, c))
    }

    #[inline(always)]
    fn max(self, a: __m512, b: __m512) -> __m512 {
        with_token!(_mm512_max_ps(a, b))
    }

    #[inline(always)]
    fn gt_or_nan(self, a: __m512, b: __m512) -> __mmask16 {
        with_token!(
            _mm512_cmp_ps_mask::<_CMP_GT_OQ>(a, b) | _mm512_cmp_ps_mask::<_CMP_UNORD_Q>(a, a)
        )
    }

    #[inline(always)]
    fn eq(self, a: __m512, b: __m512) -> __mmask16 {
        with_token!(_mm512_cmp_ps_mask::<_CMP_EQ_OQ>(a, b))
    }

    #[inline(always)]
    fn select(self, mask: __mmask16, yes: __m512, no: __m512) -> __m512 {
        with_token!(_mm512_mask_blend_ps(mask, no, yes))
    }

    #[inline(always)]
    fn sum(self, a: __m512) -> f32 {
        let eight = with_token!({
            let high = _mm256_castpd_ps(_mm512_extractf64x4_pd::<1>(_mm512_castps_pd(a)));
            _mm256_add_ps(_mm512_castps512_ps256(a), high)
        });
        Avx2(()).sum(eight)
    }

    #[inline(always)]
    fn load(self, from: &[f32]) -> __m512 {
        let from = &from[..16];
        // SAFETY: sixteen f32 are there to read, and the caller holds a token.
        unsafe { _mm512_loadu_ps(from.as_ptr()) }
    }

    #[inline(always)]
    fn store(self, a: __m512, to: &mut [f32]) {
        let to = &mut to[..16];
        // SAFETY: sixteen f32 are there to write, and the caller holds a token.
        unsafe { _mm512_storeu_ps(to.as_mut_ptr(), a) }
    }
}
