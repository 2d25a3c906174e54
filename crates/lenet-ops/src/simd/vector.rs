//! What kernels are written in: vectors and their operations.

use std::fmt::Debug;

/// Work that is the same for every instruction set.
pub(crate) trait WithSimd {
    /// The result.
    type Output;
    /// Does the work.
    fn with<S: Simd>(self, simd: S) -> Self::Output;
}

/// A loop nest to be compiled with one instruction set; `run` must be `#[inline(always)]`.
pub(crate) trait Kernel<S: Simd> {
    /// The result.
    type Output;
    /// Runs the loop nest.
    fn run(self, simd: S) -> Self::Output;
}

/// Vectors of f32 and their operations.
///
/// # Safety
/// `Vector` must consist of exactly `LANES` f32 and nothing else, so that vectors and their
/// lanes can be viewed as each other.
pub(crate) unsafe trait Simd: Copy + Debug + Send + Sync + 'static {
    /// `LANES` numbers.
    type Vector: Copy + Send + Sync + 'static;
    /// One truth value per lane.
    type Mask: Copy;
    /// Two rows of four numbers to pick from.
    type Table: Copy;
    /// Where each lane picks from a table.
    type Index: Copy;
    /// The instruction set with vectors of half the length, where the machine has it; otherwise this
    /// one.
    type Narrow: Simd;
    /// Numbers in a vector.
    const LANES: usize;
    /// Whether there are 32 vector registers, which allow tiles twice as large as 16 do.
    const WIDE: bool;

    /// Compiles and runs `kernel` with this instruction set.
    fn vectorize<K: Kernel<Self>>(self, kernel: K) -> K::Output;

    /// The token of [`Self::Narrow`].
    fn narrow(self) -> Self::Narrow;

    /// `value` in all lanes.
    fn splat(self, value: f32) -> Self::Vector;
    /// a + b.
    fn add(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// a − b.
    fn sub(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// a · b.
    fn mul(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// a · b + c, rounded once where the instruction set has that.
    fn mul_add(self, a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector;
    /// a where a > b, otherwise b; so b where either is NaN.
    fn max(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// Where a > b or a is NaN.
    fn gt_or_nan(self, a: Self::Vector, b: Self::Vector) -> Self::Mask;
    /// Where a = b.
    fn eq(self, a: Self::Vector, b: Self::Vector) -> Self::Mask;
    /// Where a ≠ b or either is NaN.
    fn ne(self, a: Self::Vector, b: Self::Vector) -> Self::Mask;
    /// Where a lane's bits, as a number below 2³¹, are below `bound`.
    fn below(self, bits: Self::Vector, bound: u32) -> Self::Mask;
    /// A lane's bits plus one where the mask holds, otherwise zero bits.
    fn next_where(self, mask: Self::Mask, bits: Self::Vector) -> Self::Vector;
    /// `yes` where the mask holds, otherwise `no`.
    fn select(self, mask: Self::Mask, yes: Self::Vector, no: Self::Vector) -> Self::Vector;
    /// Sum of the lanes: halves are added to each other until one number is left.
    fn sum(self, a: Self::Vector) -> f32;
    /// Sums of the lanes of four vectors, in some order of additions.
    #[inline(always)]
    fn sum_each(self, [a, b, c, d]: [Self::Vector; 4]) -> [f32; 4] {
        [self.sum(a), self.sum(b), self.sum(c), self.sum(d)]
    }
    /// Number of lanes for which the mask holds.
    #[inline(always)]
    fn count(self, mask: Self::Mask) -> usize {
        let ones = self.select(mask, self.splat(1.0), self.splat(0.0));
        let held = lanes::<Self>(std::slice::from_ref(&ones)).iter();
        held.filter(|&&one| one != 0.0).count()
    }
    /// Moves the lanes for which the mask holds to the front, in order. The lanes behind them hold
    /// anything.
    #[inline(always)]
    fn front(self, mask: Self::Mask, a: Self::Vector) -> Self::Vector {
        let ones = self.select(mask, self.splat(1.0), self.splat(0.0));
        let mut front = a;
        let to = lanes_mut::<Self>(std::slice::from_mut(&mut front));
        let mut count = 0;
        for (&one, &value) in lanes::<Self>(&[ones]).iter().zip(lanes::<Self>(&[a])) {
            to[count] = value;
            count += usize::from(one != 0.0);
        }
        front
    }
    /// Transposes `LANES` vectors: lane j of vector i becomes lane i of vector j.
    #[inline(always)]
    fn transpose(self, square: &mut [Self::Vector]) {
        let square = lanes_mut::<Self>(&mut square[..Self::LANES]);
        for i in 0..Self::LANES {
            for j in 0..i {
                square.swap(i * Self::LANES + j, j * Self::LANES + i);
            }
        }
    }
    /// Loads the first `LANES` numbers of `from`, which must hold that many.
    fn load(self, from: &[f32]) -> Self::Vector;
    /// Stores to the first `LANES` numbers of `to`, which must hold that many.
    fn store(self, a: Self::Vector, to: &mut [f32]);
    /// A table of two rows.
    fn table(self, rows: [&[f32; 4]; 2]) -> Self::Table;
    /// For each lane the place in a table that lies `column` places, at most 2, to the right of the
    /// one that its code names in row order of the 2×2 window. A code is the lane's bits as a whole
    /// number; a code above 3 gives any place in the table.
    fn index(self, code: Self::Vector, column: u32) -> Self::Index;
    /// Reads each lane's place of the table.
    fn pick(self, table: Self::Table, index: Self::Index) -> Self::Vector;
}

/// Fetches memory into the caches, where the machine has an instruction for it. This pays for memory
/// that no simple stride leads to.
#[inline(always)]
pub(crate) fn prefetch<T>(values: &[T]) {
    const LINE: usize = 64;
    #[cfg(target_arch = "x86_64")]
    for line in 0..size_of_val(values).div_ceil(LINE) {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        let start = values.as_ptr().cast::<i8>();
        // SAFETY: every x86-64 has the instruction; it reads nothing that a program sees, from an
        // address within the values.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(start.add(line * LINE)) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (values, LINE);
}

/// The lanes of vectors, one vector after the other.
#[inline(always)]
pub(crate) fn lanes<S: Simd>(vectors: &[S::Vector]) -> &[f32] {
    // SAFETY: a vector is `LANES` f32 and nothing else (contract of `Simd`), and no f32 is less
    // aligned than a vector is.
    unsafe { std::slice::from_raw_parts(vectors.as_ptr().cast(), vectors.len() * S::LANES) }
}

/// The lanes of vectors to write to, one vector after the other.
#[inline(always)]
pub(crate) fn lanes_mut<S: Simd>(vectors: &mut [S::Vector]) -> &mut [f32] {
    // SAFETY: as in `lanes`; every pattern of bits is an f32, and the borrow stays exclusive.
    unsafe { std::slice::from_raw_parts_mut(vectors.as_mut_ptr().cast(), vectors.len() * S::LANES) }
}

/// One lane of each vector.
#[inline]
pub(crate) fn lane<S: Simd>(vectors: &[S::Vector], lane: usize) -> impl Iterator<Item = f32> {
    lanes::<S>(vectors)
        .iter()
        .skip(lane)
        .step_by(S::LANES)
        .copied()
}

/// One lane of each vector, to write to.
#[inline]
pub(crate) fn lane_mut<S: Simd>(
    vectors: &mut [S::Vector],
    lane: usize,
) -> impl Iterator<Item = &mut f32> {
    lanes_mut::<S>(vectors)
        .iter_mut()
        .skip(lane)
        .step_by(S::LANES)
}
