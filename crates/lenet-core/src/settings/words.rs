//! How a setting is told in the name of a trial.

use crate::data::Samples;
use crate::device::DeviceKind;
use crate::number::number;
use crate::optimizer::{Optimizer, Rule};
use crate::schedule::{Decay, Schedule};
use crate::settings::Settings;
use crate::trial::{Dropout, EarlyStop};

impl Settings {
    /// A setting with its value in words, where it is given: `rate 0.1`, `16 filters`, `no dropout`.
    #[must_use]
    pub fn words_of(&self, name: &str) -> Option<String> {
        let value = self.text_of(name)?;
        Some(match name {
            "optimizer" => self.optimizer.map(optimizer)?,
            "learning_rate" => format!("rate {value}"),
            "schedule" => self.schedule.map(schedule)?,
            "filters" => match self.filters.as_deref()? {
                [only] => format!("1 stage of {only} filters"),
                [first, second] if first == second => format!("{first} filters"),
                stages => format!("{} filters", listed(stages)),
            },
            "kernel" => format!("{value}×{value} kernels"),
            "hidden" => match self.hidden.as_deref()? {
                [] => "no hidden layer".to_owned(),
                [units] => format!("{units} hidden units"),
                layers => format!("{} hidden units", listed(layers)),
            },
            "dropout" => match self.dropout? {
                Dropout { rate: 0.0, .. } => "no dropout".to_owned(),
                _ => format!("dropout {value}"),
            },
            "batch_size" => format!("batch {value}"),
            "epochs" if self.epochs == Some(1) => "1 epoch".to_owned(),
            "epochs" => format!("{value} epochs"),
            "samples" => match self.samples? {
                Samples::All => "all samples".to_owned(),
                Samples::Drawn(_) => format!("{value} samples"),
            },
            "early_stop" => match self.early_stop? {
                EarlyStop::Never => "no early stop".to_owned(),
                EarlyStop::After(_) => format!("early stop after {value}"),
            },
            "device" => match self.device? {
                DeviceKind::Cpu => "CPU".to_owned(),
                DeviceKind::Cuda => "GPU".to_owned(),
            },
            "backend" => format!("{value} backend"),
            "precision" | "data" | "placement" => value,
            "threads" => format!("{value} threads"),
            "trials" => format!("{value} trials together"),
            _ => format!("{} {value}", name.replace('_', " ")),
        })
    }
}

/// Sizes of layers: `8-16`.
fn listed(sizes: &[usize]) -> String {
    let texts: Vec<String> = sizes.iter().map(usize::to_string).collect();
    texts.join("-")
}

/// The optimizer as papers write it, with its parameters where they are not the usual ones. Weight
/// decay is a setting of its own.
fn optimizer(optimizer: Optimizer) -> String {
    let title = match optimizer.rule {
        Rule::Sgd => "SGD",
        Rule::Momentum { .. } => "momentum",
        Rule::Nesterov { .. } => "Nesterov",
        Rule::Adam { .. } => "Adam",
        Rule::AdamW { .. } => "AdamW",
        Rule::RmsProp { .. } => "RMSprop",
        Rule::Lion { .. } => "Lion",
    };
    let usual = Optimizer::usual_of(optimizer);
    if usual.is_some_and(|usual| usual.rule == optimizer.rule) {
        return title.to_owned();
    }
    let values = optimizer.values().into_iter();
    let values = values.filter(|(name, _)| *name != "weight_decay");
    let values: Vec<String> = values
        .map(|(name, value)| match name == title {
            true => number(value),
            false => format!("{name} {}", number(value)),
        })
        .collect();
    format!("{title} {}", values.join(" "))
}

fn schedule(schedule: Schedule) -> String {
    let decay = match schedule.decay {
        Decay::Constant {} => "constant rate".to_owned(),
        Decay::Step {
            every_epochs,
            gamma,
        } => format!("rate × {gamma} every {every_epochs} epochs"),
        Decay::Cosine { floor: 0.0 } => "cosine".to_owned(),
        Decay::Cosine { floor } => format!("cosine to {floor}"),
    };
    match schedule.warmup_epochs {
        0.0 => decay,
        1.0 => format!("{decay} after a warm-up of 1 epoch"),
        epochs => format!("{decay} after a warm-up of {epochs} epochs"),
    }
}
