//! How fast this machine trains and evaluates the study's network.
//!
//! A point is measured as a study would run it: whole epochs of [`lenet_train::run`] on real
//! images, with shuffling, gathering, dropout, optimizer and evaluation. The first epoch warms up
//! and is not counted; what is reported is the median of the others. [`device_check`] asks first whether
//! a device computes what the processor does.
#![forbid(unsafe_code)]

pub mod device_check;
pub mod speed;

pub use speed::{BenchError, Speed, SpeedPoint, measure};
