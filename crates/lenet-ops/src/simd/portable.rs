//! The level that every machine has: arrays that the compiler vectorizes as it can.

use super::vector::{Kernel, Simd};

/// `L` lanes. Multiply-add rounds twice, since a fused one would be a library call. The portable
/// level has eight lanes; the tests run sixteen as well, for code that depends on their number.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Lanes<const L: usize>;

/// The portable level.
pub(crate) type Portable = Lanes<8>;

/// `L` numbers, aligned as the widest registers that the compiler may choose.
#[derive(Debug, Clone, Copy)]
#[repr(C, align(32))]
pub(crate) struct Numbers<const L: usize>([f32; L]);

impl<const L: usize> Numbers<L> {
    #[inline(always)]
    fn zip(self, other: Self, f: impl Fn(f32, f32) -> f32) -> Self {
        Self(std::array::from_fn(|i| f(self.0[i], other.0[i])))
    }
}

/// Two rows of four, one after the other.
pub(super) fn table([upper, lower]: [&[f32; 4]; 2]) -> [f32; 8] {
    std::array::from_fn(|i| if i < 4 { upper[i] } else { lower[i - 4] })
}

/// Place of a code's window place, `column` further, in two rows of four.
pub(super) fn place(code: f32, column: u32) -> usize {
    let code = code.to_bits();
    ((code + (code & 2) + column) % 8) as usize
}

// SAFETY: `Numbers` is `L` f32, and has no padding where `L` is a multiple of eight.
unsafe impl<const L: usize> Simd for Lanes<L> {
    type Vector = Numbers<L>;
    type Mask = [bool; L];
    type Table = [f32; 8];
    type Index = [usize; L];
    type Narrow = Portable;
    const LANES: usize = {
        assert!(L.is_multiple_of(8), "padding");
        L
    };
    const WIDE: bool = L > 8;

    fn vectorize<K: Kernel<Self>>(self, kernel: K) -> K::Output {
        kernel.run(self)
    }

    #[inline(always)]
    fn narrow(self) -> Portable {
        Lanes
    }

    #[inline(always)]
    fn splat(self, value: f32) -> Numbers<L> {
        Numbers([value; L])
    }

    #[inline(always)]
    fn add(self, a: Numbers<L>, b: Numbers<L>) -> Numbers<L> {
        a.zip(b, |a, b| a + b)
    }

    #[inline(always)]
    fn sub(self, a: Numbers<L>, b: Numbers<L>) -> Numbers<L> {
        a.zip(b, |a, b| a - b)
    }

    #[inline(always)]
    fn mul(self, a: Numbers<L>, b: Numbers<L>) -> Numbers<L> {
        a.zip(b, |a, b| a * b)
    }

    #[inline(always)]
    fn mul_add(self, a: Numbers<L>, b: Numbers<L>, c: Numbers<L>) -> Numbers<L> {
        self.add(self.mul(a, b), c)
    }

    #[inline(always)]
    fn max(self, a: Numbers<L>, b: Numbers<L>) -> Numbers<L> {
        a.zip(b, |a, b| if a > b { a } else { b })
    }

    #[inline(always)]
    fn gt_or_nan(self, a: Numbers<L>, b: Numbers<L>) -> [bool; L] {
        std::array::from_fn(|i| a.0[i] > b.0[i] || a.0[i].is_nan())
    }

    #[inline(always)]
    fn eq(self, a: Numbers<L>, b: Numbers<L>) -> [bool; L] {
        std::array::from_fn(|i| a.0[i] == b.0[i])
    }

    #[inline(always)]
    fn ne(self, a: Numbers<L>, b: Numbers<L>) -> [bool; L] {
        std::array::from_fn(|i| a.0[i] != b.0[i])
    }

    #[inline(always)]
    fn below(self, bits: Numbers<L>, bound: u32) -> [bool; L] {
        bits.0.map(|lane| lane.to_bits() < bound)
    }

    #[inline(always)]
    fn next_where(self, mask: [bool; L], bits: Numbers<L>) -> Numbers<L> {
        let next = |i: usize| f32::from_bits(bits.0[i].to_bits() + 1);
        Numbers(std::array::from_fn(|i| if mask[i] { next(i) } else { 0.0 }))
    }

    #[inline(always)]
    fn select(self, mask: [bool; L], yes: Numbers<L>, no: Numbers<L>) -> Numbers<L> {
        Numbers(std::array::from_fn(|i| {
            if mask[i] { yes.0[i] } else { no.0[i] }
        }))
    }

    #[inline(always)]
    fn sum(self, a: Numbers<L>) -> f32 {
        let mut lanes = a.0;
        let mut half = L / 2;
        while half > 0 {
            for i in 0..half {
                lanes[i] += lanes[i + half];
            }
            half /= 2;
        }
        lanes[0]
    }

    #[inline(always)]
    fn load(self, from: &[f32]) -> Numbers<L> {
        let from = &from[..L];
        Numbers(std::array::from_fn(|i| from[i]))
    }

    #[inline(always)]
    fn store(self, a: Numbers<L>, to: &mut [f32]) {
        to[..L].copy_from_slice(&a.0);
    }

    #[inline(always)]
    fn table(self, rows: [&[f32; 4]; 2]) -> [f32; 8] {
        table(rows)
    }

    #[inline(always)]
    fn index(self, code: Numbers<L>, column: u32) -> [usize; L] {
        code.0.map(|code| place(code, column))
    }

    #[inline(always)]
    fn pick(self, table: [f32; 8], index: [usize; L]) -> Numbers<L> {
        Numbers(index.map(|at| table[at]))
    }
}
