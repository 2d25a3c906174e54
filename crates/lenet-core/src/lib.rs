//! The words of lenet-lab: what is trained, and how.
//!
//! A [`Trial`] is everything that determines the numbers of one training run. It is made of the
//! types beside it: [`Architecture`], [`Optimizer`], [`Schedule`], [`Dropout`], [`Backend`],
//! [`DeviceKind`], [`Precision`]. [`Settings`] is the same as a flat table, each setting given or
//! left open. [`random`] holds the named random streams that everything is drawn from.
//!
//! This crate does no I/O and knows neither TOML nor tensors.
//!
//! ```
//! use lenet_core::{Optimizer, Trial};
//!
//! let trial = Trial {
//!     optimizer: Optimizer::ADAM,
//!     learning_rate: 0.001,
//!     ..Trial::default()
//! };
//! assert!(trial.validate().is_empty());
//! assert_eq!(
//!     trial.to_string(),
//!     "Adam, rate 0.001, batch 128, 16 filters, no dropout, seed 1"
//! );
//! assert_ne!(trial.identity(), Trial::default().identity());
//! ```
#![forbid(unsafe_code)]

mod architecture;
mod beginning;
pub mod bounds;
mod data;
mod device;
mod geometry;
mod gpu;
pub mod identity;
mod names;
mod number;
mod optimizer;
mod problem;
pub mod random;
mod schedule;
pub mod settings;
mod shape;
mod shown;
mod stages;
mod trial;
mod validation;

pub use architecture::Architecture;
pub use data::{Data, MNIST, Samples, TRANSPOSED};
pub use device::{Backend, DataPlacement, DeviceChoice, DeviceKind, Precision, UnknownDevice};
pub use geometry::{Geometry, GeometryError, Parameter};
pub use gpu::Gpu;
pub use names::Names;
pub use optimizer::{Optimizer, Rule};
pub use problem::Problem;
pub use schedule::{Decay, Schedule};
pub use settings::Settings;
pub use shape::Shape;
pub use shown::shown;
pub use stages::{Padding, Pooling, Stages};
pub use trial::{Dropout, EarlyStop, Patience, Trial};
pub use validation::{Validation, ValidationDraw};
