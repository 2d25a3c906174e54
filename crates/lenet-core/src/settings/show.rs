//! How each setting is shown to people.

use std::fmt::Display;

use crate::data::Samples;
use crate::device::{Backend, DataPlacement, DeviceKind, Precision};
use crate::number::number;
use crate::optimizer::Optimizer;
use crate::schedule::Schedule;
use crate::stages::{Padding, Pooling};
use crate::trial::{Dropout, EarlyStop};
use crate::validation::Validation;

pub(super) fn filters(stages: &[usize]) -> String {
    match stages {
        [first, second] if first == second => first.to_string(),
        _ => format!("{stages:?}"),
    }
}

pub(super) fn hidden(layers: &[usize]) -> String {
    match layers {
        [units] => units.to_string(),
        _ => format!("{layers:?}"),
    }
}

pub(super) fn padding(padding: &Padding) -> &'static str {
    padding.name()
}

pub(super) fn pooling(pooling: &Pooling) -> &'static str {
    pooling.name()
}

pub(super) fn dropout(dropout: &Dropout) -> String {
    let Dropout { rate, connected } = dropout;
    if *connected {
        rate.to_string()
    } else {
        format!("{rate} (not connected)")
    }
}

pub(super) fn optimizer(optimizer: &Optimizer) -> impl Display {
    *optimizer
}

pub(super) fn learning_rate(rate: &f64) -> String {
    number(*rate)
}

pub(super) use self::learning_rate as weight_decay;

pub(super) fn schedule(schedule: &Schedule) -> impl Display {
    *schedule
}

pub(super) fn samples(samples: &Samples) -> String {
    match samples {
        Samples::All => "all".to_owned(),
        Samples::Drawn(count) => count.to_string(),
    }
}

pub(super) fn early_stop(stop: &EarlyStop) -> String {
    match stop {
        EarlyStop::Never => "never".to_owned(),
        EarlyStop::After(patience) => format!(
            "{} epochs (min_delta {})",
            patience.epochs,
            number(patience.min_delta)
        ),
    }
}

pub(super) fn backend(backend: &Backend) -> &'static str {
    backend.name()
}

pub(super) fn device(device: &DeviceKind) -> &'static str {
    device.name()
}

pub(super) fn precision(precision: &Precision) -> &'static str {
    precision.name()
}

pub(super) fn kernel(value: &usize) -> usize {
    *value
}
pub(super) use self::kernel as stride;
pub(super) use self::kernel as batch_size;
pub(super) use self::kernel as threads;
pub(super) use self::kernel as trials;
pub(super) use self::kernel as epochs;

pub(super) fn validation(validation: &Validation) -> impl Display {
    *validation
}

pub(super) fn data(name: &str) -> &str {
    name
}

pub(super) fn placement(placement: &DataPlacement) -> &'static str {
    placement.name()
}
