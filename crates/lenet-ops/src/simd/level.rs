//! The choice of an instruction set at run time.

#[cfg(target_arch = "aarch64")]
use super::neon::Neon;
use super::portable::Portable;
use super::vector::WithSimd;
#[cfg(target_arch = "x86_64")]
use super::x86::{Avx2, Avx512};
use crate::error::OpsError;

/// An instruction set that the CPU kernels support.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// Only the instructions of the compiler's target.
    Portable,
    /// Four lanes, AArch64.
    Neon,
    /// Eight lanes with fused multiply-add, x86-64.
    Avx2,
    /// Sixteen lanes, x86-64 with AVX-512F.
    Avx512,
}

/// Environment variable that forces a level.
const VARIABLE: &str = "LENET_SIMD";

impl Level {
    /// Every level, whether this machine has it or not.
    pub const ALL: [Self; 4] = [Self::Portable, Self::Neon, Self::Avx2, Self::Avx512];

    /// The level of this name, whether this machine has it or not; `None` if there is none.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.name() == name)
    }

    /// Whether this machine has it.
    #[must_use]
    pub fn is_available(self) -> bool {
        Self::available().contains(&self)
    }

    /// The levels that this machine supports, the best last.
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

    /// The level that the environment variable `LENET_SIMD` names (`portable`, `neon`, `avx2`,
    /// `avx512`), or the best one where the variable is not set.
    ///
    /// # Errors
    /// [`OpsError::Level`] where the name is unknown or this machine lacks the level; there is no
    /// silent fallback.
    pub fn from_environment() -> Result<Self, OpsError> {
        let best = || *Self::available().last().unwrap_or(&Self::Portable);
        Ok(Self::forced()?.unwrap_or_else(best))
    }

    /// The level that `LENET_SIMD` names; `None` where the variable is not set.
    ///
    /// # Errors
    /// As [`Level::from_environment`].
    pub fn forced() -> Result<Option<Self>, OpsError> {
        let name = std::env::var_os(VARIABLE);
        name.map(|name| Self::named(&name.to_string_lossy()))
            .transpose()
    }

    pub(super) fn named(name: &str) -> Result<Self, OpsError> {
        let found = Self::available()
            .into_iter()
            .find(|level| level.name() == name);
        found.ok_or_else(|| Self::missing(name))
    }

    fn missing(asked: &str) -> OpsError {
        let names: Vec<_> = Self::available().into_iter().map(Self::name).collect();
        OpsError::Level {
            asked: asked.to_owned(),
            available: names.join(", "),
        }
    }

    /// The name in records and in `LENET_SIMD`.
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
        let missing = || Self::missing(self.name());
        match self {
            Self::Portable => Ok(work.with(Portable::default())),
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
