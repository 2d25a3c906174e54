//! Readers of values, one a setting.

use lenet_core::{Backend, Decay, DeviceKind, Dropout, Optimizer, Patience, Precision, Schedule};

use super::{OPTIMIZERS, parameters};
use crate::error::StudyError;
use crate::node::{Entry, Node};
use crate::settings::{EarlyStop, Samples};

/// Most filters or units of a layer that are believed to be meant.
const MOST_UNITS: usize = 65_536;
/// Most images, epochs or seeds that are believed to be meant.
const MOST: usize = u32::MAX as usize;

type Read<T> = Result<T, StudyError>;

pub(crate) fn filters(node: &Node<'_>) -> Read<Vec<usize>> {
    let expected = "a number of filters or an array of them";
    if !node.is_array() {
        return Ok(vec![node.count_or(1, MOST_UNITS, expected)?; 2]);
    }
    let stages = node.elements(expected)?;
    if stages.is_empty() {
        return Err(node.refuse("give at least one stage, e.g. [16, 16]"));
    }
    stages
        .iter()
        .map(|stage| stage.count(1, MOST_UNITS))
        .collect()
}

pub(crate) fn kernel(node: &Node<'_>) -> Read<usize> {
    let side = node.count(1, 255)?;
    if side.is_multiple_of(2) {
        return Err(node.refuse("give an odd number, so that the kernel has a middle"));
    }
    Ok(side)
}

pub(crate) fn hidden(node: &Node<'_>) -> Read<Vec<usize>> {
    let expected = "a number of units or an array of them";
    if !node.is_array() {
        return Ok(vec![node.count_or(1, MOST_UNITS, expected)?]);
    }
    node.elements(expected)?
        .iter()
        .map(|layer| layer.count(1, MOST_UNITS))
        .collect()
}

pub(crate) fn dropout(node: &Node<'_>) -> Read<Dropout> {
    let expected = "a rate or a table { rate = …, connected = … }";
    if !node.is_table() {
        return Ok(Dropout {
            rate: rate(node, expected)?,
            connected: true,
        });
    }
    let mut found = None;
    let mut connected = true;
    for entry in node.entries(&["rate", "connected"])? {
        match entry.name.as_str() {
            "rate" => found = Some(rate(&entry.node, "a rate")?),
            _ => connected = entry.node.boolean()?,
        }
    }
    match found {
        Some(rate) => Ok(Dropout { rate, connected }),
        None => Err(missing(node, "rate", "rate = 0.5")),
    }
}

fn rate(node: &Node<'_>, expected: &'static str) -> Read<f64> {
    node.number(
        expected,
        |v| (0.0..1.0).contains(&v),
        "give a share from 0 to below 1",
    )
}

pub(crate) fn optimizer(node: &Node<'_>) -> Read<Optimizer> {
    let expected = "an optimizer's name or a table { kind = … }";
    if !node.is_table() {
        return node.word(expected, &OPTIMIZERS);
    }
    let all = &[
        "kind",
        "momentum",
        "beta1",
        "beta2",
        "epsilon",
        "weight_decay",
        "alpha",
    ];
    let entries = node.entries(all)?;
    let Some(kind) = entries.iter().find(|entry| entry.name == "kind") else {
        return Err(missing(node, "kind", "kind = \"adam\""));
    };
    let mut optimizer = kind.node.word("an optimizer's name", &OPTIMIZERS)?;
    let mut known = vec!["kind"];
    known.extend(parameters(&mut optimizer).iter().map(|(name, _)| *name));
    // Again, now that the kind says which of them are its own.
    for entry in node.entries(&known)? {
        let mut parameters = parameters(&mut optimizer);
        let slot = parameters.iter_mut().find(|(name, _)| *name == entry.name);
        if let Some((_, value)) = slot {
            **value = coefficient(&entry.name, &entry.node)?;
        }
    }
    Ok(optimizer)
}

fn coefficient(name: &str, node: &Node<'_>) -> Read<f64> {
    match name {
        "epsilon" => node.number("a number", positive, "give a finite number above 0"),
        "weight_decay" => node.number("a number", not_negative, "give a finite number, 0 or above"),
        _ => node.number(
            "a number",
            |v| (0.0..1.0).contains(&v),
            "give a number from 0 to below 1",
        ),
    }
}

pub(crate) fn learning_rate(node: &Node<'_>) -> Read<f64> {
    node.number(
        "a number",
        positive,
        "give a finite number above 0, e.g. 0.1",
    )
}

pub(crate) fn schedule(node: &Node<'_>) -> Read<Schedule> {
    let expected = "a schedule's name or a table { kind = … }";
    if !node.is_table() {
        let kinds = [
            ("constant", Decay::Constant {}),
            ("cosine", Decay::Cosine { floor: 0.0 }),
        ];
        return Ok(Schedule {
            warmup_epochs: 0.0,
            decay: node.word(expected, &kinds)?,
        });
    }
    let all = ["kind", "warmup_epochs", "every_epochs", "gamma", "floor"];
    let entries = node.entries(&all)?;
    let Some(kind) = entries.iter().find(|entry| entry.name == "kind") else {
        return Err(missing(node, "kind", "kind = \"cosine\""));
    };
    let kinds = [
        ("constant", Decay::Constant {}),
        (
            "step",
            Decay::Step {
                every_epochs: f64::NAN,
                gamma: 0.1,
            },
        ),
        ("cosine", Decay::Cosine { floor: 0.0 }),
    ];
    let mut decay = kind.node.word("a schedule's name", &kinds)?;
    let known: &[&str] = match decay {
        Decay::Constant {} => &["kind", "warmup_epochs"],
        Decay::Step { .. } => &["kind", "warmup_epochs", "every_epochs", "gamma"],
        Decay::Cosine { .. } => &["kind", "warmup_epochs", "floor"],
    };
    let mut warmup = 0.0;
    for Entry { name, node } in node.entries(known)? {
        match (name.as_str(), &mut decay) {
            ("warmup_epochs", _) => {
                warmup = node.number(
                    "a number",
                    not_negative,
                    "give a number of epochs, 0 or above",
                )?;
            }
            ("every_epochs", Decay::Step { every_epochs, .. }) => {
                *every_epochs =
                    node.number("a number", positive, "give a number of epochs above 0")?;
            }
            ("gamma", Decay::Step { gamma, .. }) => {
                *gamma = node.number("a number", positive, "give a factor above 0, e.g. 0.1")?;
            }
            ("floor", Decay::Cosine { floor }) => {
                *floor = node.number(
                    "a number",
                    |v| (0.0..=1.0).contains(&v),
                    "give a share from 0 to 1",
                )?;
            }
            _ => {}
        }
    }
    if let Decay::Step { every_epochs, .. } = decay
        && every_epochs.is_nan()
    {
        return Err(missing(node, "every_epochs", "every_epochs = 5"));
    }
    Ok(Schedule {
        warmup_epochs: warmup,
        decay,
    })
}

pub(crate) fn batch_size(node: &Node<'_>) -> Read<usize> {
    node.count(1, MOST)
}

pub(crate) fn epochs(node: &Node<'_>) -> Read<usize> {
    node.count(1, MOST)
}

pub(crate) fn samples(node: &Node<'_>) -> Read<Samples> {
    let expected = "a number of images or \"all\"";
    if node.is_number() {
        return Ok(Samples::Drawn(node.count_or(1, MOST, expected)?));
    }
    node.word(expected, &[("all", Samples::All)])
}

pub(crate) fn validation(node: &Node<'_>) -> Read<usize> {
    node.count(1, MOST)
}

pub(crate) fn early_stop(node: &Node<'_>) -> Read<EarlyStop> {
    let expected = "\"never\", a number of epochs, or a table { patience = …, min_delta = … }";
    if node.is_number() {
        let patience = node.count_or(1, MOST, expected)?;
        return Ok(EarlyStop::When(Patience {
            patience,
            min_delta: 0.0,
        }));
    }
    if !node.is_table() {
        return node.word(expected, &[("never", EarlyStop::Never)]);
    }
    let mut config = Patience {
        patience: 3,
        min_delta: 0.0,
    };
    for entry in node.entries(&["patience", "min_delta"])? {
        match entry.name.as_str() {
            "patience" => config.patience = entry.node.count(1, MOST)?,
            _ => {
                config.min_delta = entry.node.number(
                    "a number",
                    not_negative,
                    "give a finite loss, 0 or above",
                )?;
            }
        }
    }
    Ok(EarlyStop::When(config))
}

pub(crate) fn backend(node: &Node<'_>) -> Read<Backend> {
    let words = [("fused", Backend::Fused), ("stock", Backend::Stock)];
    node.word("\"fused\" or \"stock\"", &words)
}

pub(crate) fn device(node: &Node<'_>) -> Read<DeviceKind> {
    node.word(
        "\"cpu\" or \"cuda\"",
        &[("cpu", DeviceKind::Cpu), ("cuda", DeviceKind::Cuda)],
    )
}

pub(crate) fn precision(node: &Node<'_>) -> Read<Precision> {
    let both = [Precision::Single, Precision::Tf32];
    let words = both.map(|precision| (precision.name(), precision));
    node.word("\"f32\" or \"tf32\"", &words)
}

pub(crate) fn data(node: &Node<'_>) -> Read<String> {
    let text = node.string("\"mnist\" or a folder of IDX files")?;
    if text.is_empty() {
        return Err(node.refuse("give \"mnist\" or a folder of IDX files"));
    }
    Ok(text.to_owned())
}

fn positive(value: f64) -> bool {
    value.is_finite() && value > 0.0
}

fn not_negative(value: f64) -> bool {
    value.is_finite() && value >= 0.0
}

fn missing(node: &Node<'_>, name: &str, hint: &str) -> StudyError {
    StudyError::MissingKey {
        place: node.place(),
        key: format!("{}.{name}", node.path()),
        hint: format!("write {hint}"),
    }
}
