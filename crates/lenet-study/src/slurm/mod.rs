//! A study on a cluster that Slurm manages: an array of workers, and a report job after it.
//!
//! [`SlurmConfig`] is what a study's file, a site's file and flags say. [`Request`] is what is asked of
//! Slurm in the end, [`check`] refuses what cannot be had before anything is submitted, [`Submission`]
//! has the scripts, and [`submit`] hands them over. None of it reaches an identity or a plan.

mod arrays;
mod check;
mod config;
mod error;
mod program;
mod queue;
mod request;
mod script;
mod shared;
mod submit;
mod time_limit;
mod tools;

pub use check::{Cluster, check};
pub use config::{MOST_CPUS, MOST_WORKERS, SlurmConfig};
pub use error::SlurmError;
pub use program::keep_program;
pub use queue::{QueuedJob, queued};
pub use request::Request;
pub use script::{Submission, WorkerCommand};
pub use submit::{Submitted, submit};
pub use time_limit::TimeLimit;
