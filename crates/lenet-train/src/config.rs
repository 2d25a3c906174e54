//! A trial's configuration against the engine and the data: what can be run.

use lenet_data::{Split, Splits};
use lenet_ops::Geometry;
use lenet_ops::optimizer::Rule;
use lenet_results::{
    BackendKind, DecayConfig, DeviceKind, NetworkConfig, OptimizerConfig, Precision, TrialConfig,
};

use crate::error::TrainError;

/// Shape of the network that `network` describes for images and classes of this data.
///
/// # Errors
/// A size out of range.
pub fn geometry(network: &NetworkConfig, data: &Splits) -> Result<Geometry, TrainError> {
    let [channels, height, width] = data.train.set.shape();
    let geometry = Geometry {
        channels,
        height,
        width,
        filters: network.filters.clone(),
        kernel: network.kernel,
        hidden: network.hidden.clone(),
        classes: data.classes,
    };
    geometry.validate()?;
    Ok(geometry)
}

/// The configured optimizer as the ops know it.
pub(crate) fn rule(optimizer: &OptimizerConfig) -> Rule {
    match *optimizer {
        OptimizerConfig::Sgd {} => Rule::Sgd,
        OptimizerConfig::Momentum { momentum } => Rule::Momentum { momentum },
        OptimizerConfig::Nesterov { momentum } => Rule::Nesterov { momentum },
        OptimizerConfig::Adam {
            beta1,
            beta2,
            epsilon,
        } => Rule::Adam {
            beta1,
            beta2,
            epsilon,
        },
        OptimizerConfig::AdamW {
            beta1,
            beta2,
            epsilon,
            weight_decay,
        } => Rule::AdamW {
            beta1,
            beta2,
            epsilon,
            weight_decay,
        },
        OptimizerConfig::RmsProp { alpha, epsilon } => Rule::RmsProp { alpha, epsilon },
    }
}

/// Refuses what cannot be run, before any work.
pub(crate) fn check(config: &TrialConfig, data: &Splits) -> Result<(), TrainError> {
    let fail = |field, reason: String| Err(TrainError::Config { field, reason });
    let rate = config.learning_rate;
    if !(rate.is_finite() && rate > 0.0) {
        return fail("learning_rate", format!("{rate} is not a positive number"));
    }
    if config.batch_size == 0 {
        return fail("batch_size", "a step needs at least 1 image".to_owned());
    }
    if config.epochs == 0 {
        return fail("epochs", "train for at least 1 epoch".to_owned());
    }
    if !(0.0..1.0).contains(&config.dropout.rate) {
        return fail(
            "dropout.rate",
            format!("{} is not in [0, 1)", config.dropout.rate),
        );
    }
    if config.dropout.effective_rate() > 0.0 && config.network.hidden.is_empty() {
        return fail(
            "dropout",
            "there is no hidden layer to drop units of".to_owned(),
        );
    }
    check_optimizer(&config.optimizer)?;
    check_schedule(config)?;
    if let Some(stop) = config.early_stop
        && !(stop.min_delta.is_finite() && stop.min_delta >= 0.0)
    {
        return fail(
            "early_stop.min_delta",
            format!("{} is negative", stop.min_delta),
        );
    }
    check_precision(config.backend, config.device, config.precision)?;
    let shape = data.train.set.shape();
    check_split("training", &data.train, shape, data.classes)?;
    check_split("validation", &data.validation, shape, data.classes)?;
    check_split("test", &data.test, shape, data.classes)
}

/// Refuses a precision that is not to be had there.
pub(crate) fn check_precision(
    backend: BackendKind,
    device: DeviceKind,
    precision: Precision,
) -> Result<(), TrainError> {
    let own_kernels = (BackendKind::Fused, DeviceKind::Cuda);
    if precision == Precision::Tf32 && (backend, device) != own_kernels {
        return Err(TrainError::Config {
            field: "precision",
            reason: "tf32 is for GPUs and the fused backend; take f32 elsewhere".to_owned(),
        });
    }
    Ok(())
}

/// Refuses a split that a network for images of `shape` and so many classes cannot take.
pub(crate) fn check_split(
    name: &str,
    split: &Split,
    shape: [usize; 3],
    classes: usize,
) -> Result<(), TrainError> {
    let fail = |reason: String| Err(TrainError::Data { reason });
    if split.indices.is_empty() {
        return fail(format!("the {name} split has no images"));
    }
    if split.set.shape() != shape {
        return fail(format!(
            "images of the {name} split are {:?} (channels, height, width), the network takes \
             {shape:?}",
            split.set.shape()
        ));
    }
    let labels = split.set.labels();
    for &index in &split.indices {
        match labels.get(index as usize) {
            None => return fail(format!("the {name} split has no image {index}")),
            Some(&label) if usize::from(label) >= classes => {
                return fail(format!(
                    "image {index} of the {name} split has label {label}, the network has \
                     {classes} classes"
                ));
            }
            Some(_) => {}
        }
    }
    Ok(())
}

fn check_optimizer(optimizer: &OptimizerConfig) -> Result<(), TrainError> {
    let fraction = |field, value: f64| {
        if (0.0..1.0).contains(&value) {
            return Ok(());
        }
        Err(TrainError::Config {
            field,
            reason: format!("{value} is not in [0, 1)"),
        })
    };
    let not_negative = |field, value: f64| {
        if value.is_finite() && value >= 0.0 {
            return Ok(());
        }
        Err(TrainError::Config {
            field,
            reason: format!("{value} is not a number of at least 0"),
        })
    };
    match *optimizer {
        OptimizerConfig::Sgd {} => Ok(()),
        OptimizerConfig::Momentum { momentum } | OptimizerConfig::Nesterov { momentum } => {
            fraction("optimizer.momentum", momentum)
        }
        OptimizerConfig::Adam {
            beta1,
            beta2,
            epsilon,
        } => {
            fraction("optimizer.beta1", beta1)?;
            fraction("optimizer.beta2", beta2)?;
            not_negative("optimizer.epsilon", epsilon)
        }
        OptimizerConfig::AdamW {
            beta1,
            beta2,
            epsilon,
            weight_decay,
        } => {
            fraction("optimizer.beta1", beta1)?;
            fraction("optimizer.beta2", beta2)?;
            not_negative("optimizer.epsilon", epsilon)?;
            not_negative("optimizer.weight_decay", weight_decay)
        }
        OptimizerConfig::RmsProp { alpha, epsilon } => {
            fraction("optimizer.alpha", alpha)?;
            not_negative("optimizer.epsilon", epsilon)
        }
    }
}

fn check_schedule(config: &TrialConfig) -> Result<(), TrainError> {
    let fail = |field, reason: String| Err(TrainError::Config { field, reason });
    let warmup = config.schedule.warmup_epochs;
    if !(warmup.is_finite() && warmup >= 0.0) {
        return fail(
            "schedule.warmup_epochs",
            format!("{warmup} is not a number of at least 0"),
        );
    }
    match config.schedule.decay {
        DecayConfig::Constant {} => Ok(()),
        DecayConfig::Step { every_epochs, .. }
            if !(every_epochs.is_finite() && every_epochs > 0.0) =>
        {
            let reason = format!("{every_epochs} is not a positive number");
            fail("schedule.decay.every_epochs", reason)
        }
        DecayConfig::Step { gamma, .. } if !(gamma.is_finite() && gamma > 0.0) => fail(
            "schedule.decay.gamma",
            format!("{gamma} is not a positive number"),
        ),
        DecayConfig::Cosine { floor } if !(0.0..=1.0).contains(&floor) => {
            fail("schedule.decay.floor", format!("{floor} is not in [0, 1]"))
        }
        DecayConfig::Step { .. } | DecayConfig::Cosine { .. } => Ok(()),
    }
}
