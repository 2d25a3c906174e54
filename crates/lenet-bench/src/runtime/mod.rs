//! Training runtime against network size: the second half of the 2017 report, as a measurement.
//!
//! A [`RuntimeConfig`] names the grid, [`Plan::new`] makes it points for the devices at hand,
//! [`run`] measures what a [`RuntimeStore`](lenet_results::RuntimeStore) does not hold yet:
//!
//! 1. Every point that has work left is warmed up with a short run that is thrown away.
//! 2. In each round every point is run once, in an order shuffled anew, so that drift of the
//!    machine falls on all alike. A sample is one epoch of training and the forward passes over
//!    validation and test data, as in the report; making the network is not counted.
//! 3. In a pass of their own the phases of an epoch are timed, so that the instrument does not
//!    change the total.
//!
//! Each sample is on disk before the next begins, so a run broken off goes on with what is
//! missing. What the samples say is told by the report, from the records alone.

mod config;
mod error;
mod host;
mod plan;
mod run;
mod schedule;
mod session;
#[cfg(test)]
mod testing;

pub use config::RuntimeConfig;
pub use error::RuntimeError;
pub use plan::{Device, LeftOut, Plan, devices};
pub use run::{Progress, RunContext, run};
pub use schedule::{Work, outstanding, round_order};
