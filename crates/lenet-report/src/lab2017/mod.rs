//! What the report says of the runtimes of 2017: its published points, and what its figures hold fixed.

mod runs;
mod setting;
mod texts;

pub(crate) use runs::{PublishedRun, runs, seconds};
pub(crate) use setting::workload;
pub(crate) use texts::*;
