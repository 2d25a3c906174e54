//! Hostile input for every reader of lenet-lab: changed files, and what no reader may do with them.
//!
//! A reader may refuse an input, never panic, take ten seconds, or take more than 1 GB of memory, as long
//! as the input has at most 1 MB. Cases are drawn from a seed, so that each can be made again.
#![forbid(unsafe_code)]

mod bytes;
mod draw;
mod extremes;
mod form;
mod json;
mod run;
mod seal;
mod targets;

pub use run::{Finding, Limits, Outcome, run, try_input};
pub use targets::{TARGETS, Target};

#[cfg(test)]
mod tests;
