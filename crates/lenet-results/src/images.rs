//! How many images a trial handles.

use serde::{Deserialize, Serialize};

/// Numbers of images in each split.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageCounts {
    /// Training images of each epoch.
    pub train: usize,
    /// Images held out for validation.
    pub validation: usize,
    /// Test images.
    pub test: usize,
}
