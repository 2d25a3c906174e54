//! Hyperparameter studies from a TOML file: expand, run, resume.
//!
//! A [`StudyConfig`] is read from a file, [`Plan::expand`] makes it a list of trials, [`run`]
//! carries out those that a [`Store`](lenet_results::Store) does not hold yet. The same command
//! given again goes on where the last one stopped.
//!
//! ```
//! use lenet_study::StudyConfig;
//!
//! let config = StudyConfig::open("lab-2017")?;
//! assert_eq!(config.seeds.list(), [1, 2, 3, 4, 5]);
//! assert_eq!(config.figures[0].axes[0].name, "learning_rate");
//! # Ok::<(), lenet_study::StudyError>(())
//! ```
#![forbid(unsafe_code)]

mod allocation;
mod as_run;
mod builtin;
mod claims;
mod config;
mod data_sets;
mod decide;
mod draw;
mod engine;
mod error;
mod estimate;
mod event;
mod figure;
mod flat;
mod joint;
mod leave_out;
mod machine;
pub mod measure;
mod memory;
mod nearest;
mod node;
mod outstanding;
mod overrides;
mod plan;
mod published;
mod queue;
mod run;
mod schema;
mod search;
mod settings;
mod shell;
pub mod slurm;
mod stages;
mod status;
#[cfg(test)]
mod testing;
mod text_file;
mod trial;
pub mod verify;

pub use allocation::Allocation;
pub use builtin::{BUILTIN_NAMES, builtin};
pub use claims::{ClaimConfig, TestConfig};
pub use config::{MOST_SEEDS, Seeds, StudyConfig};
pub use data_sets::{DataSets, data_set, named_set};
pub use decide::{FIRST_LOOK, next_stage};
pub use error::{Place, StudyError};
pub use estimate::{Estimate, estimate};
pub use event::{FailedTrial, RunEvent, RunSummary};
pub use figure::{Axis, FigureConfig, MeasureKind};
pub use joint::joint_study;
pub use machine::{Device, Machine};
pub use memory::{check_runtimes, too_large};
pub use outstanding::{Survey, Work, outstanding, survey};
pub use overrides::{Overrides, Proposals, RuntimeOverrides};
pub use plan::{Earlier, MOST_RUNTIMES, MOST_TRIALS, Plan, PlannedRuntime, PlannedTrial};
pub use published::PublishedConfig;
pub use run::{RunSettings, Share, run, run_surveyed, work};
pub use schema::schema;
pub use search::{Parameter, Proposal, Range, SearchConfig, Space, Tried, Value, simulate};
pub use settings::TomlSettings;
pub use stages::Stages;
pub use status::{Look, Running, State, Status, TrialStatus, status};
pub use text_file::{MOST_TEXT_BYTES, read_text};
