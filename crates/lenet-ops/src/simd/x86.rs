//! AVX2 with FMA, and AVX-512F.

use std::arch::x86_64::*;

use super::vector::{Kernel, Simd};

/// Proof that this CPU has AVX2, FMA and POPCNT.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Avx2(());

/// Proof that this CPU has AVX-512F.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Avx512(());

impl Avx2 {
    /// The token, where the CPU (and the system) can.
    pub(crate) fn new() -> Option<Self> {
        (is_x86_feature_detected!("avx2")
            && is_x86_feature_detected!("fma")
            && is_x86_feature_detected!("popcnt"))
        .then_some(Self(()))
    }
}

impl Avx512 {
    /// The token, where the CPU (and the system) can.
    pub(crate) fn new() -> Option<Self> {
        let below = Avx2::new();
        (below.is_some() && is_x86_feature_detected!("avx512f")).then_some(Self(()))
    }
}

/// For each mask of eight lanes the lanes it holds for, a byte each from the lowest on.
static FRONT: [u64; 256] = {
    let mut fronts = [0; 256];
    let mut mask = 0;
    while mask < 256 {
        let (mut lane, mut count) = (0, 0);
        while lane < 8 {
            if mask >> lane & 1 == 1 {
                fronts[mask] |= lane << (8 * count);
                count += 1;
            }
            lane += 1;
        }
        mask += 1;
    }
    fronts
};

/// An intrinsic, called by someone who holds a token.
macro_rules! with_token {
    ($call:expr) => {
        // SAFETY: the caller holds a token, and `new` makes one only after it has found the
        // instructions that this intrinsic needs on this machine.
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

mod avx512;

// SAFETY: `__m256` is eight f32.
unsafe impl Simd for Avx2 {
    type Vector = __m256;
    type Mask = __m256;
    type Table = __m256;
    type Index = __m256i;
    type Narrow = Self;
    const LANES: usize = 8;
    const WIDE: bool = false;

    fn vectorize<K: Kernel<Self>>(self, kernel: K) -> K::Output {
        #[target_feature(enable = "avx2,fma,popcnt")]
        fn inner<K: Kernel<Avx2>>(simd: Avx2, kernel: K) -> K::Output {
            kernel.run(simd)
        }
        with_token!(inner(self, kernel))
    }

    operations! {
        fn splat(value: f32) -> __m256 = _mm256_set1_ps(value);
        fn add(a: __m256, b: __m256) -> __m256 = _mm256_add_ps(a, b);
        fn mul(a: __m256, b: __m256) -> __m256 = _mm256_mul_ps(a, b);
        fn mul_add(a: __m256, b: __m256, c: __m256) -> __m256 = _mm256_fmadd_ps(a, b, c);
        fn max(a: __m256, b: __m256) -> __m256 = _mm256_max_ps(a, b);
        fn eq(a: __m256, b: __m256) -> __m256 = _mm256_cmp_ps::<_CMP_EQ_OQ>(a, b);
        fn select(mask: __m256, yes: __m256, no: __m256) -> __m256 =
            _mm256_blendv_ps(no, yes, mask);
        fn sub(a: __m256, b: __m256) -> __m256 = _mm256_sub_ps(a, b);
        fn ne(a: __m256, b: __m256) -> __m256 = _mm256_cmp_ps::<_CMP_NEQ_UQ>(a, b);
        fn gt_or_nan(a: __m256, b: __m256) -> __m256 = _mm256_or_ps(
            _mm256_cmp_ps::<_CMP_GT_OQ>(a, b),
            _mm256_cmp_ps::<_CMP_UNORD_Q>(a, a),
        );
        fn sum(a: __m256) -> f32 = {
            let four = _mm_add_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps::<1>(a));
            let two = _mm_add_ps(four, _mm_movehl_ps(four, four));
            _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)))
        };
        fn below(bits: __m256, bound: u32) -> __m256 = _mm256_castsi256_ps(_mm256_cmpgt_epi32(
            _mm256_set1_epi32(bound.cast_signed()),
            _mm256_castps_si256(bits),
        ));
        fn next_where(mask: __m256, bits: __m256) -> __m256 = {
            let next = _mm256_add_epi32(_mm256_castps_si256(bits), _mm256_set1_epi32(1));
            _mm256_and_ps(mask, _mm256_castsi256_ps(next))
        };
        fn index(code: __m256, column: u32) -> __m256i = {
            let code = _mm256_castps_si256(code);
            let row = _mm256_and_si256(code, _mm256_set1_epi32(2));
            let place = _mm256_add_epi32(code, row);
            _mm256_add_epi32(place, _mm256_set1_epi32(column.cast_signed()))
        };
        fn pick(table: __m256, index: __m256i) -> __m256 = _mm256_permutevar8x32_ps(table, index);
        fn front(mask: __m256, a: __m256) -> __m256 = {
            let lanes = FRONT[_mm256_movemask_ps(mask) as usize & 255].cast_signed();
            _mm256_permutevar8x32_ps(a, _mm256_cvtepu8_epi32(_mm_cvtsi64_si128(lanes)))
        };
    }

    #[inline(always)]
    fn sum_each(self, [a, b, c, d]: [__m256; 4]) -> [f32; 4] {
        with_token!({
            let ab = _mm256_add_ps(_mm256_unpacklo_ps(a, b), _mm256_unpackhi_ps(a, b));
            let cd = _mm256_add_ps(_mm256_unpacklo_ps(c, d), _mm256_unpackhi_ps(c, d));
            let even = _mm256_shuffle_ps::<0b01_00_01_00>(ab, cd);
            let odd = _mm256_shuffle_ps::<0b11_10_11_10>(ab, cd);
            let halves = _mm256_add_ps(even, odd);
            let high = _mm256_extractf128_ps::<1>(halves);
            let four = _mm_add_ps(_mm256_castps256_ps128(halves), high);
            let mut sums = [0.0; 4];
            _mm_storeu_ps(sums.as_mut_ptr(), four);
            sums
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

    #[inline(always)]
    fn narrow(self) -> Self {
        self
    }

    #[inline(always)]
    fn table(self, [upper, lower]: [&[f32; 4]; 2]) -> __m256 {
        // SAFETY: four f32 are there to read in each row, and the caller holds a token.
        unsafe {
            let upper = _mm256_castps128_ps256(_mm_loadu_ps(upper.as_ptr()));
            _mm256_insertf128_ps::<1>(upper, _mm_loadu_ps(lower.as_ptr()))
        }
    }

    #[inline(always)]
    fn count(self, mask: __m256) -> usize {
        with_token!(_mm256_movemask_ps(mask)).count_ones() as usize
    }

    #[inline(always)]
    fn transpose(self, square: &mut [__m256]) {
        let square: &mut [__m256; 8] = (&mut square[..8]).try_into().expect("eight of eight");
        with_token!({
            let [a, b, c, d, e, f, g, h] = *square;
            let (ab, cd) = (_mm256_unpacklo_ps(a, b), _mm256_unpacklo_ps(c, d));
            let (ef, gh) = (_mm256_unpacklo_ps(e, f), _mm256_unpacklo_ps(g, h));
            let (ab2, cd2) = (_mm256_unpackhi_ps(a, b), _mm256_unpackhi_ps(c, d));
            let (ef2, gh2) = (_mm256_unpackhi_ps(e, f), _mm256_unpackhi_ps(g, h));
            const LOW: i32 = 0b01_00_01_00;
            const HIGH: i32 = 0b11_10_11_10;
            let upper = [
                _mm256_shuffle_ps::<LOW>(ab, cd),
                _mm256_shuffle_ps::<HIGH>(ab, cd),
                _mm256_shuffle_ps::<LOW>(ab2, cd2),
                _mm256_shuffle_ps::<HIGH>(ab2, cd2),
            ];
            let lower = [
                _mm256_shuffle_ps::<LOW>(ef, gh),
                _mm256_shuffle_ps::<HIGH>(ef, gh),
                _mm256_shuffle_ps::<LOW>(ef2, gh2),
                _mm256_shuffle_ps::<HIGH>(ef2, gh2),
            ];
            for i in 0..4 {
                square[i] = _mm256_permute2f128_ps::<0x20>(upper[i], lower[i]);
                square[4 + i] = _mm256_permute2f128_ps::<0x31>(upper[i], lower[i]);
            }
        });
    }
}
