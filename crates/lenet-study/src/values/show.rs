//! Labels of values, one a setting.

use lenet_core::{Backend, Decay, DeviceKind, Dropout, Optimizer, Patience, Precision, Schedule};

use super::{OPTIMIZERS, parameters};
use crate::settings::{EarlyStop, Samples};

pub(crate) fn filters(stages: &[usize]) -> String {
    match stages {
        [first, second] if first == second => first.to_string(),
        _ => format!("{stages:?}"),
    }
}

pub(crate) fn hidden(layers: &[usize]) -> String {
    match layers {
        [units] => units.to_string(),
        _ => format!("{layers:?}"),
    }
}

pub(crate) fn dropout(config: &Dropout) -> String {
    let Dropout { rate, connected } = config;
    if *connected {
        rate.to_string()
    } else {
        format!("{rate} (not connected)")
    }
}

pub(crate) fn optimizer(config: &Optimizer) -> String {
    if OPTIMIZERS.iter().any(|(_, usual)| usual == config) {
        return config.name().to_owned();
    }
    let mut config = *config;
    let own: Vec<String> = parameters(&mut config)
        .iter()
        .map(|(name, value)| format!("{name} {}", number(**value)))
        .collect();
    format!("{} ({})", config.name(), own.join(", "))
}

pub(crate) fn schedule(config: &Schedule) -> String {
    let decay = match config.decay {
        Decay::Constant {} => "constant".to_owned(),
        Decay::Step {
            every_epochs,
            gamma,
        } => {
            format!("step (× {gamma} every {every_epochs} epochs)")
        }
        Decay::Cosine { floor } => format!("cosine (to {floor})"),
    };
    match config.warmup_epochs {
        0.0 => decay,
        epochs => format!("{decay} after warm-up of {epochs} epochs"),
    }
}

pub(crate) fn samples(samples: &Samples) -> String {
    match samples {
        Samples::All => "all".to_owned(),
        Samples::Drawn(count) => count.to_string(),
    }
}

pub(crate) fn early_stop(stop: &EarlyStop) -> String {
    match stop {
        EarlyStop::Never => "never".to_owned(),
        EarlyStop::When(Patience {
            patience,
            min_delta,
        }) => {
            format!("{patience} epochs (min_delta {})", number(*min_delta))
        }
    }
}

pub(crate) fn backend(kind: &Backend) -> &'static str {
    match kind {
        Backend::Fused => "fused",
        Backend::Stock => "stock",
    }
}

pub(crate) fn device(kind: &DeviceKind) -> &'static str {
    match kind {
        DeviceKind::Cpu => "cpu",
        DeviceKind::Cuda => "cuda",
    }
}

pub(crate) fn precision(precision: &Precision) -> &'static str {
    precision.name()
}

pub(crate) fn learning_rate(rate: &f64) -> String {
    number(*rate)
}

fn number(value: f64) -> String {
    if value != 0.0 && value.abs() < 1e-5 {
        format!("{value:e}")
    } else {
        value.to_string()
    }
}

pub(crate) fn kernel(value: &usize) -> usize {
    *value
}
pub(crate) use self::kernel as batch_size;
pub(crate) use self::kernel as epochs;
pub(crate) use self::kernel as validation;

pub(crate) fn data(name: &str) -> &str {
    name
}
