//! Versioned records of training trials and their on-disk store.
#![forbid(unsafe_code)]
pub mod config;
pub mod environment;
pub mod record;
pub mod study;

pub use config::*;
pub use environment::Environment;
pub use record::*;
pub use study::*;

/// JSON for floats that need not be finite.
pub mod float {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    /// Writes.
    ///
    /// # Errors
    /// The serializer's.
    pub fn serialize<S: Serializer>(value: &f64, to: S) -> Result<S::Ok, S::Error> {
        value.serialize(to)
    }
    /// Reads.
    ///
    /// # Errors
    /// The deserializer's.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
        f64::deserialize(from)
    }
}

impl TrialConfig {
    /// Placeholder.
    #[must_use]
    pub fn identity(&self) -> String {
        String::new()
    }
}
