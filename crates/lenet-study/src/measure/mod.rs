//! Runtimes of a study, measured round by round.
//!
//! [`run`] measures what a [`RuntimeStore`](lenet_results::RuntimeStore) does not hold yet of a plan's
//! runtimes:
//!
//! 1. Every runtime that has work left is warmed up with a short run that is thrown away.
//! 2. In each round every runtime is taken once, in an order shuffled anew, so that drift of the
//!    machine falls on all alike. A sample is one epoch of training and the forward passes over
//!    validation and test data, as in the report; making the network is not counted.
//! 3. In a pass of their own the phases of an epoch are timed, so that the instrument does not
//!    change the total.
//!
//! Each sample is on disk before the next begins, so a measurement broken off goes on with what is
//! missing. A repeat inside one process is no independent repeat, since a process keeps its layout of
//! memory and its compiled kernels: [`rounds_apart`] has each [`Part`] measured by a process of its own.

mod apart;
mod host;
mod pieces;
mod run;
mod session;
#[cfg(test)]
mod testing;

pub use host::load_average;

pub use apart::{Launch, rounds_apart};
pub use pieces::{Part, Piece, outstanding, round_order};
pub use run::{MeasureContext, Progress, run};
