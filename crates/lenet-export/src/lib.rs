//! Records of a study as files that other people's tools read.
//!
//! [`export`] writes [`Records`] in a [`Format`]. What a format cannot say is left out, converted or rounded,
//! and [`Exported::notes`] says so. The same records give the same bytes.
//!
//! [`tensorboard::Writer`] writes one trial's events while the trial runs.
#![forbid(unsafe_code)]

mod clock;
mod error;
mod export;
mod folder;
mod format;
mod latex;
mod mlflow;
mod names;
mod numbers;
mod optuna;
mod parameter;
mod records;
mod ro_crate;
pub mod tensorboard;
#[cfg(test)]
mod testing;

pub use error::ExportError;
pub use export::{Exported, Options, check, export};
pub use format::Format;
pub use records::Records;
