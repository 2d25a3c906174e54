//! Which GPUs have a precision.

use lenet_core::Precision;

use crate::error::OpsError;

/// Compute capability of the first GPUs that have TF32.
const TF32_CAPABILITY: [u32; 2] = [8, 0];

/// Whether GPUs of this compute capability, major and minor, have a precision.
///
/// # Errors
/// They do not.
pub fn check(precision: Precision, compute_capability: [u32; 2]) -> Result<(), OpsError> {
    if precision == Precision::Single || compute_capability >= TF32_CAPABILITY {
        return Ok(());
    }
    Err(OpsError::Precision {
        precision: precision.name(),
        needed: TF32_CAPABILITY,
        compute_capability,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tf32_needs_the_gpus_that_have_it() {
        for capability in [[5, 2], [7, 0], [7, 5]] {
            assert_eq!(check(Precision::Single, capability), Ok(()));
            let error = check(Precision::Tf32, capability).unwrap_err();
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
            assert_eq!(check(Precision::Tf32, capability), Ok(()));
        }
    }
}
