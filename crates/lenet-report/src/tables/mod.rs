//! The tables of a report, and the files that they make.

pub(crate) mod claims;
pub(crate) mod epochs;
pub(crate) mod mistakes;
pub(crate) mod results;
pub(crate) mod runs;
pub(crate) mod runtimes;
pub(crate) mod table;
pub(crate) mod variance;
