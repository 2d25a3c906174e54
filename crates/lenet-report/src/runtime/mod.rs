//! The runtime half of a report: from samples to series of points, and what is said of them.

pub(crate) mod drawing;
pub(crate) mod fit;
pub(crate) mod pairs;
pub(crate) mod published;
mod series;
mod summary;
pub(crate) mod tables;
#[cfg(test)]
pub(crate) mod testing;

pub(crate) use series::{Point, Repeat, Runtimes, Series};
pub use summary::{RoundSpeed, Summary, rounds, summarize};
