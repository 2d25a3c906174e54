//! AVX-512F.

use std::arch::x86_64::*;

use super::{Avx2, Avx512};
use crate::simd::vector::{Kernel, Simd};

impl Avx512 {
    /// The upper half added to the lower.
    #[inline(always)]
    fn fold(self, a: __m512) -> __m256 {
        with_token!({
            let high = _mm256_castpd_ps(_mm512_extractf64x4_pd::<1>(_mm512_castps_pd(a)));
            _mm256_add_ps(_mm512_castps512_ps256(a), high)
        })
    }
}

// SAFETY: `__m512` is sixteen f32.
unsafe impl Simd for Avx512 {
    type Vector = __m512;
    type Mask = __mmask16;
    type Table = __m512;
    type Index = __m512i;
    type Narrow = Avx2;
    const LANES: usize = 16;
    const WIDE: bool = true;

    fn vectorize<K: Kernel<Self>>(self, kernel: K) -> K::Output {
        #[target_feature(enable = "avx2,fma,popcnt,avx512f")]
        fn inner<K: Kernel<Avx512>>(simd: Avx512, kernel: K) -> K::Output {
            kernel.run(simd)
        }
        with_token!(inner(self, kernel))
    }

    operations! {
        fn splat(value: f32) -> __m512 = _mm512_set1_ps(value);
        fn add(a: __m512, b: __m512) -> __m512 = _mm512_add_ps(a, b);
        fn mul(a: __m512, b: __m512) -> __m512 = _mm512_mul_ps(a, b);
        fn mul_add(a: __m512, b: __m512, c: __m512) -> __m512 = _mm512_fmadd_ps(a, b, c);
        fn max(a: __m512, b: __m512) -> __m512 = _mm512_max_ps(a, b);
        fn eq(a: __m512, b: __m512) -> __mmask16 = _mm512_cmp_ps_mask::<_CMP_EQ_OQ>(a, b);
        fn select(mask: __mmask16, yes: __m512, no: __m512) -> __m512 =
            _mm512_mask_blend_ps(mask, no, yes);
        fn sub(a: __m512, b: __m512) -> __m512 = _mm512_sub_ps(a, b);
        fn ne(a: __m512, b: __m512) -> __mmask16 = _mm512_cmp_ps_mask::<_CMP_NEQ_UQ>(a, b);
        fn gt_or_nan(a: __m512, b: __m512) -> __mmask16 =
            _mm512_cmp_ps_mask::<_CMP_GT_OQ>(a, b) | _mm512_cmp_ps_mask::<_CMP_UNORD_Q>(a, a)
        ;
        fn below(bits: __m512, bound: u32) -> __mmask16 = _mm512_cmplt_epu32_mask(
            _mm512_castps_si512(bits),
            _mm512_set1_epi32(bound.cast_signed()),
        );
        fn next_where(mask: __mmask16, bits: __m512) -> __m512 = {
            let (bits, one) = (_mm512_castps_si512(bits), _mm512_set1_epi32(1));
            _mm512_castsi512_ps(_mm512_maskz_add_epi32(mask, bits, one))
        };
        fn index(code: __m512, column: u32) -> __m512i = {
            let code = _mm512_castps_si512(code);
            let row = _mm512_and_si512(code, _mm512_set1_epi32(2));
            let place = _mm512_add_epi32(code, row);
            let place = _mm512_add_epi32(place, _mm512_set1_epi32(column.cast_signed()));
            // A code above 3 must not reach the lanes beyond.
            _mm512_and_si512(place, _mm512_set1_epi32(7))
        };
        fn pick(table: __m512, index: __m512i) -> __m512 = _mm512_permutexvar_ps(index, table);
        fn front(mask: __mmask16, a: __m512) -> __m512 = _mm512_maskz_compress_ps(mask, a);
    }

    #[inline(always)]
    fn sum(self, a: __m512) -> f32 {
        Avx2(()).sum(self.fold(a))
    }

    #[inline(always)]
    fn sum_each(self, [a, b, c, d]: [__m512; 4]) -> [f32; 4] {
        Avx2(()).sum_each([self.fold(a), self.fold(b), self.fold(c), self.fold(d)])
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

    #[inline(always)]
    fn narrow(self) -> Avx2 {
        Avx2(())
    }

    #[inline(always)]
    fn table(self, rows: [&[f32; 4]; 2]) -> __m512 {
        // Only the first eight lanes are picked from.
        with_token!(_mm512_castps256_ps512(Avx2(()).table(rows)))
    }

    #[inline(always)]
    fn count(self, mask: __mmask16) -> usize {
        mask.count_ones() as usize
    }

    #[inline(always)]
    fn transpose(self, square: &mut [__m512]) {
        let square: &mut [__m512; 16] = (&mut square[..16]).try_into().expect("sixteen");
        with_token!({
            // Squares of four within four vectors, then the squares themselves.
            let mut fours = *square;
            for i in 0..4 {
                let (a, b, c, d) = (
                    square[4 * i],
                    square[4 * i + 1],
                    square[4 * i + 2],
                    square[4 * i + 3],
                );
                let (ab, cd) = (_mm512_unpacklo_ps(a, b), _mm512_unpacklo_ps(c, d));
                fours[4 * i] = _mm512_shuffle_ps::<0b01_00_01_00>(ab, cd);
                fours[4 * i + 1] = _mm512_shuffle_ps::<0b11_10_11_10>(ab, cd);
                let (ab, cd) = (_mm512_unpackhi_ps(a, b), _mm512_unpackhi_ps(c, d));
                fours[4 * i + 2] = _mm512_shuffle_ps::<0b01_00_01_00>(ab, cd);
                fours[4 * i + 3] = _mm512_shuffle_ps::<0b11_10_11_10>(ab, cd);
            }
            for i in 0..4 {
                let (a, b, c, d) = (fours[i], fours[4 + i], fours[8 + i], fours[12 + i]);
                let ab = _mm512_shuffle_f32x4::<0b10_00_10_00>(a, b);
                let cd = _mm512_shuffle_f32x4::<0b10_00_10_00>(c, d);
                square[i] = _mm512_shuffle_f32x4::<0b10_00_10_00>(ab, cd);
                square[8 + i] = _mm512_shuffle_f32x4::<0b11_01_11_01>(ab, cd);
                let ab = _mm512_shuffle_f32x4::<0b11_01_11_01>(a, b);
                let cd = _mm512_shuffle_f32x4::<0b11_01_11_01>(c, d);
                square[4 + i] = _mm512_shuffle_f32x4::<0b10_00_10_00>(ab, cd);
                square[12 + i] = _mm512_shuffle_f32x4::<0b11_01_11_01>(ab, cd);
            }
        });
    }
}
