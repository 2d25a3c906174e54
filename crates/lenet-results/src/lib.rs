//! Versioned records of training trials and their store on disk.
//!
//! A [`Trial`](lenet_core::Trial) holds every setting that determines a result. Its
//! [`identity`](lenet_core::Trial::identity) names the trial's folder, so finished work is found
//! and never done twice. A [`Store`] keeps one folder per trial, with one writer at a time. The
//! training engine writes records through this crate, and reports read them.
//!
//! ```
//! use lenet_results::{Store, TrialState};
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path();
//! let store = Store::create(path)?;
//! assert!(matches!(store.trial("0123456789abcdef").state(), TrialState::Missing));
//! assert!(store.records()?.is_empty());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![forbid(unsafe_code)]

mod checksum;
pub mod claim;
pub mod cores;
pub mod device_check;
mod difference;
pub mod drawing;
pub mod environment;
pub mod error;
pub mod execution;
pub mod files;
pub mod float;
pub mod format;
pub mod images;
mod lines;
mod listing;
mod lock;
pub mod measure;
pub mod merge;
mod owner;
mod pack;
mod parallel;
pub mod predictions;
mod published;
pub mod record;
pub mod registration;
pub mod runtime;
pub mod runtime_store;
#[cfg(test)]
mod samples;
pub mod scheduler;
pub mod search;
pub mod store;
pub mod study;
pub mod submission;
pub mod trial;
mod unfinished;
pub mod validate;
pub mod worker;

pub use claim::*;
pub use cores::{SharedNode, cores};
pub use device_check::*;
pub use difference::Difference;
pub use drawing::*;
pub use environment::Environment;
pub use error::StoreError;
pub use execution::*;
pub use format::{STUDY_FORMAT, TRIAL_FORMAT};
pub use images::ImageCounts;
pub use listing::Listing;
pub use lock::Holder;
pub use measure::*;
pub use merge::{Conflict, Merged, merge};
pub use pack::{Packed, is_pack, pack, unpack};
pub use predictions::{Kernels, PREDICTIONS_FORMAT, Prediction, Predictions, PredictionsError};
pub use record::*;
pub use registration::*;
pub use runtime::*;
pub use runtime_store::*;
pub use scheduler::{Scheduler, worker_of_this_process};
pub use search::*;
pub use store::{FoundRecords, Store, read_study, write_study};
pub use study::*;
pub use submission::*;
pub use trial::{Finished, SetAside, TrialDir, TrialState, TrialWriter};
pub use unfinished::UnfinishedTrial;
pub use worker::*;
