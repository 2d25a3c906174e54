//! Instruction sets, their choice at run time, and the vectors that kernels are written in.
//!
//! A kernel is written once, generic over `Simd`. Holding a value of a `Simd` type proves that
//! the machine has its instructions: the only way to get one is its `new`, which asks the CPU.
//! `Simd::vectorize` compiles a `Kernel` with those instructions switched on; everything a
//! kernel calls must be `#[inline(always)]`, or it is compiled without them and crawls.

mod denormals;
#[cfg(target_arch = "aarch64")]
mod neon;
mod portable;
#[cfg(target_arch = "x86_64")]
mod x86;

use std::fmt::Debug;

pub(crate) use denormals::FlushDenormals;
#[cfg(target_arch = "aarch64")]
pub(crate) use neon::Neon;
pub(crate) use portable::Lanes;
#[cfg(target_arch = "x86_64")]
pub(crate) use x86::{Avx2, Avx512};

use crate::error::OpsError;

/// An instruction set that the CPU kernels exist for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// No more than the compiler's target has.
    Portable,
    /// Four lanes, AArch64.
    Neon,
    /// Eight lanes with fused multiply-add, x86-64.
    Avx2,
    /// Sixteen lanes, x86-64 with AVX-512F.
    Avx512,
}

/// Name of the environment variable that forces a level.
const VARIABLE: &str = "LENET_SIMD";

impl Level {
    /// Levels that this machine can run, the best last.
    #[must_use]
    pub fn available() -> Vec<Self> {
        let mut levels = vec![Self::Portable];
        #[cfg(target_arch = "aarch64")]
        levels.extend(Neon::new().map(|_| Self::Neon));
        #[cfg(target_arch = "x86_64")]
        {
            levels.extend(Avx2::new().map(|_| Self::Avx2));
            levels.extend(Avx512::new().map(|_| Self::Avx512));
        }
        levels
    }

    /// The best level, or the one that the environment variable `LENET_SIMD` names (`portable`,
    /// `neon`, `avx2`, `avx512`).
    ///
    /// # Errors
    /// [`OpsError::Level`] for a name that is unknown or that this machine lacks; there is no
    /// silent fallback.
    pub fn from_environment() -> Result<Self, OpsError> {
        match std::env::var_os(VARIABLE) {
            Some(name) => Self::named(&name.to_string_lossy()),
            None => Ok(*Self::available().last().unwrap_or(&Self::Portable)),
        }
    }

    fn named(name: &str) -> Result<Self, OpsError> {
        let available = Self::available();
        available
            .iter()
            .copied()
            .find(|level| level.name() == name)
            .ok_or_else(|| {
                let names: Vec<_> = available.iter().map(|level| level.name()).collect();
                OpsError::Level {
                    asked: name.to_owned(),
                    available: names.join(", "),
                }
            })
    }

    /// Name in records and in `LENET_SIMD`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Portable => "portable",
            Self::Neon => "neon",
            Self::Avx2 => "avx2",
            Self::Avx512 => "avx512",
        }
    }

    /// Runs `work` with this level's vectors.
    ///
    /// # Errors
    /// [`OpsError::Level`] where this machine lacks the level.
    pub(crate) fn dispatch<W: WithSimd>(self, work: W) -> Result<W::Output, OpsError> {
        let missing = || {
            Self::named(self.name()).map_or_else(
                |error| error,
                |_| OpsError::Level {
                    asked: self.name().to_owned(),
                    available: "no such level".to_owned(),
                },
            )
        };
        match self {
            Self::Portable => Ok(work.with(Lanes::<8>)),
            #[cfg(target_arch = "aarch64")]
            Self::Neon => Neon::new().map(|simd| work.with(simd)).ok_or_else(missing),
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => Avx2::new().map(|simd| work.with(simd)).ok_or_else(missing),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => Avx512::new()
                .map(|simd| work.with(simd))
                .ok_or_else(missing),
            #[allow(unreachable_patterns)]
            _ => Err(missing()),
        }
    }
}

/// Work that is the same for every instruction set.
pub(crate) trait WithSimd {
    /// What it gives.
    type Output;
    /// Does it.
    fn with<S: Simd>(self, simd: S) -> Self::Output;
}

/// A loop nest to be compiled with one instruction set; `run` must be `#[inline(always)]`.
pub(crate) trait Kernel<S: Simd> {
    /// What it gives.
    type Output;
    /// Runs it.
    fn run(self, simd: S) -> Self::Output;
}

/// Vectors of f32 and what kernels do with them.
///
/// # Safety
/// `Vector` must consist of exactly `LANES` f32 and nothing else, so that vectors and their
/// lanes can be viewed as each other.
pub(crate) unsafe trait Simd: Copy + Debug + Send + Sync + 'static {
    /// `LANES` numbers.
    type Vector: Copy + Send + Sync + 'static;
    /// One truth value a lane.
    type Mask: Copy;
    /// Two rows of four numbers to pick from.
    type Table: Copy;
    /// Where each lane picks from a table.
    type Index: Copy;
    /// The instruction set with vectors half as long, where the machine has that too; else this.
    type Narrow: Simd;
    /// Numbers in a vector.
    const LANES: usize;
    /// Whether there are 32 registers, so that tiles may be twice as large as with 16.
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
    /// a where a > b, else b: so b where either is NaN.
    fn max(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// Where a > b or a is NaN.
    fn gt_or_nan(self, a: Self::Vector, b: Self::Vector) -> Self::Mask;
    /// Where a = b.
    fn eq(self, a: Self::Vector, b: Self::Vector) -> Self::Mask;
    /// Where a ≠ b or either is NaN.
    fn ne(self, a: Self::Vector, b: Self::Vector) -> Self::Mask;
    /// Where a lane's bits, as a number below 2³¹, are below `bound`.
    fn below(self, bits: Self::Vector, bound: u32) -> Self::Mask;
    /// A lane's bits plus one where the mask holds, else no bit.
    fn next_where(self, mask: Self::Mask, bits: Self::Vector) -> Self::Vector;
    /// `yes` where the mask holds, else `no`.
    fn select(self, mask: Self::Mask, yes: Self::Vector, no: Self::Vector) -> Self::Vector;
    /// Sum of the lanes, halves added to each other until one number is left.
    fn sum(self, a: Self::Vector) -> f32;
    /// Sums of the lanes of four vectors, in some order of additions.
    #[inline(always)]
    fn sum_each(self, [a, b, c, d]: [Self::Vector; 4]) -> [f32; 4] {
        [self.sum(a), self.sum(b), self.sum(c), self.sum(d)]
    }
    /// Lanes for which the mask holds.
    #[inline(always)]
    fn count(self, mask: Self::Mask) -> usize {
        let ones = self.select(mask, self.splat(1.0), self.splat(0.0));
        let held = lanes::<Self>(std::slice::from_ref(&ones)).iter();
        held.filter(|&&one| one != 0.0).count()
    }
    /// The lanes for which the mask holds, in order, from the first lane on; what follows them is
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
    /// Turns `LANES` vectors: lane j of vector i becomes lane i of vector j.
    #[inline(always)]
    fn transpose(self, square: &mut [Self::Vector]) {
        let square = lanes_mut::<Self>(&mut square[..Self::LANES]);
        for i in 0..Self::LANES {
            for j in 0..i {
                square.swap(i * Self::LANES + j, j * Self::LANES + i);
            }
        }
    }
    /// The first `LANES` numbers of `from`, which must be that many.
    fn load(self, from: &[f32]) -> Self::Vector;
    /// Writes the first `LANES` numbers of `to`, which must be that many.
    fn store(self, a: Self::Vector, to: &mut [f32]);
    /// The first four numbers of each row.
    fn table(self, rows: [&[f32; 4]; 2]) -> Self::Table;
    /// For each lane the place in a table `column` to the right of the place that its code, in
    /// row order of the 2×2 window, names; `column` is at most 2. A code is the lane's bits as a
    /// whole number; of one above 3 the place is some place in the table.
    fn index(self, code: Self::Vector, column: u32) -> Self::Index;
    /// Each lane's place of the table.
    fn pick(self, table: Self::Table, index: Self::Index) -> Self::Vector;
}

/// Has memory fetched into the caches, where the machine has an instruction for it: worth it for
/// what no simple stride leads to.
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

#[cfg(test)]
pub(crate) mod tests;
