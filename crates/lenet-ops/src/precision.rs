//! What a GPU computes products in.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::OpsError;

/// Compute capability of the first GPUs that have TF32.
const TF32_CAPABILITY: [u32; 2] = [8, 0];

/// The precision of products on a GPU. Sums are f32 either way, as is everything on disk and on a
/// CPU.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum Precision {
    /// f32: 23 mantissa bits, without tensor cores.
    #[default]
    #[serde(rename = "f32")]
    Single,
    /// TF32 on tensor cores where a layer is large, f32 elsewhere: operands are rounded to 10
    /// mantissa bits, so each is off by up to 2⁻¹¹ of itself. Results depend on the number of
    /// networks as little as f32's.
    #[serde(rename = "tf32")]
    Tf32,
}

impl Precision {
    /// As it stands in settings and records: `f32`, `tf32`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Single => "f32",
            Self::Tf32 => "tf32",
        }
    }

    /// Whether GPUs of this compute capability, major and minor, have it.
    ///
    /// # Errors
    /// They do not.
    pub fn check(self, compute_capability: [u32; 2]) -> Result<(), OpsError> {
        if self == Self::Single || compute_capability >= TF32_CAPABILITY {
            return Ok(());
        }
        Err(OpsError::Precision {
            precision: self.name(),
            needed: TF32_CAPABILITY,
            compute_capability,
        })
    }
}

impl fmt::Display for Precision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tf32_needs_the_gpus_that_have_it() {
        for capability in [[5, 2], [7, 0], [7, 5]] {
            assert_eq!(Precision::Single.check(capability), Ok(()));
            let error = Precision::Tf32.check(capability).unwrap_err();
            let [major, minor] = capability;
            assert_eq!(
                error.to_string(),
                format!(
                    "precision tf32 needs a GPU of compute capability 8.0 or newer, this one has \
                     {major}.{minor} (hint: f32 runs on every GPU)"
                )
            );
        }
        for capability in [[8, 0], [8, 9], [9, 0], [12, 0]] {
            assert_eq!(Precision::Tf32.check(capability), Ok(()));
        }
    }

    #[test]
    fn settings_call_it_by_name() {
        assert_eq!(Precision::default(), Precision::Single);
        for precision in [Precision::Single, Precision::Tf32] {
            let text = serde_json::to_string(&precision).unwrap();
            assert_eq!(text, format!("\"{precision}\""));
            assert_eq!(serde_json::from_str::<Precision>(&text).unwrap(), precision);
        }
        assert!(serde_json::from_str::<Precision>("\"bf16\"").is_err());
    }
}
