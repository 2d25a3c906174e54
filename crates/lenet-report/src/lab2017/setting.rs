//! What the report held fixed in its figures.

use crate::records::runtimes::Workload;

/// The images behind a runtime in figures 4 and 5.
pub(crate) fn workload() -> Workload {
    Workload {
        source: "mnist".to_owned(),
        samples: 10_000,
        validation: 5_000,
        test: 10_000,
        setting: String::new(),
    }
}
