//! How often a network was called in training.

use std::sync::atomic::{AtomicU64, Ordering};

/// Number of training calls so far. A copy continues from the count of its original.
#[derive(Debug, Default)]
pub(super) struct Calls(AtomicU64);

impl Calls {
    /// Counts one more call; gives its number, from 1.
    pub fn count(&self) -> u64 {
        self.0.fetch_add(1, Ordering::Relaxed) + 1
    }
}

impl Clone for Calls {
    fn clone(&self) -> Self {
        Self(AtomicU64::new(self.0.load(Ordering::Relaxed)))
    }
}
