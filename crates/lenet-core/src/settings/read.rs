//! How each setting is read.

use super::node::Node;
use crate::bounds;
use crate::data::{Samples, TRANSPOSED};
use crate::device::{Backend, DataPlacement, DeviceKind, Precision};
use crate::optimizer::Optimizer;
use crate::schedule::{Decay, Schedule};
use crate::stages::{Padding, Pooling};
use crate::trial::{Dropout, EarlyStop, Patience};
use crate::validation::{Validation, ValidationDraw};

const COUNT: &str = "a whole number";
const NUMBER: &str = "a number";

pub(super) fn filters<N: Node>(node: &N) -> Result<Vec<usize>, N::Error> {
    let expected = "a number of filters or an array of them";
    if !node.is_array() {
        return Ok(vec![node.count(bounds::UNITS, expected)?; 2]);
    }
    let stages = counts(node, expected)?;
    if stages.is_empty() {
        return Err(node.refuse("give at least one stage, e.g. [16, 16]"));
    }
    Ok(stages)
}

pub(super) fn kernel<N: Node>(node: &N) -> Result<usize, N::Error> {
    let side = node.count(bounds::KERNEL, COUNT)?;
    if side.is_multiple_of(2) {
        return Err(node.refuse("give an odd number, so that the kernel has a middle"));
    }
    Ok(side)
}

pub(super) fn hidden<N: Node>(node: &N) -> Result<Vec<usize>, N::Error> {
    let expected = "a number of units or an array of them";
    if !node.is_array() {
        return Ok(vec![node.count(bounds::UNITS, expected)?]);
    }
    counts(node, expected)
}

pub(super) fn padding<N: Node>(node: &N) -> Result<Padding, N::Error> {
    let words = Padding::ALL.map(|padding| (padding.name(), padding));
    node.word(&words, "\"same\", \"valid\" or \"first\"")
}

pub(super) fn stride<N: Node>(node: &N) -> Result<usize, N::Error> {
    node.count(bounds::STRIDE, COUNT)
}

pub(super) fn pooling<N: Node>(node: &N) -> Result<Pooling, N::Error> {
    let words = Pooling::ALL.map(|pooling| (pooling.name(), pooling));
    node.word(&words, "\"each\", \"last\" or \"none\"")
}

fn counts<N: Node>(node: &N, expected: &'static str) -> Result<Vec<usize>, N::Error> {
    let elements = node.elements(expected)?;
    let count = |element: &N| element.count(bounds::UNITS, COUNT);
    elements.iter().map(count).collect()
}

pub(super) fn dropout<N: Node>(node: &N) -> Result<Dropout, N::Error> {
    if !node.is_table() {
        let expected = "a rate or a table { rate = …, connected = … }";
        let rate = node.number(bounds::DROPOUT_RATE, expected)?;
        return Ok(Dropout::connected(rate));
    }
    let (mut found, mut connected) = (None, true);
    for (key, value) in node.entries(&["rate", "connected"])? {
        match key.as_str() {
            "rate" => found = Some(value.number(bounds::DROPOUT_RATE, "a rate")?),
            _ => connected = value.boolean()?,
        }
    }
    match found {
        Some(rate) => Ok(Dropout { rate, connected }),
        None => Err(node.missing("rate", "rate = 0.5")),
    }
}

pub(super) fn optimizer<N: Node>(node: &N) -> Result<Optimizer, N::Error> {
    let kinds = Optimizer::ALL.map(|optimizer| (optimizer.name(), optimizer));
    if !node.is_table() {
        return node.word(&kinds, "an optimizer's name or a table { kind = … }");
    }
    let mut any = vec!["kind"];
    for mut optimizer in Optimizer::ALL {
        any.extend(optimizer.parameters().iter().map(|(name, ..)| *name));
    }
    let entries = node.entries(&any)?;
    let Some((_, kind)) = entries.iter().find(|(key, _)| key == "kind") else {
        return Err(node.missing("kind", "kind = \"adam\""));
    };
    let mut optimizer = kind.word(&kinds, "an optimizer's name")?;
    let mut own = vec!["kind"];
    own.extend(optimizer.parameters().iter().map(|(name, ..)| *name));
    // Again, now that the kind says which of them are its own.
    for (key, value) in node.entries(&own)? {
        for (name, bounds, slot) in optimizer.parameters() {
            if name == key {
                *slot = value.number(bounds, NUMBER)?;
            }
        }
    }
    Ok(optimizer)
}

pub(super) fn weight_decay<N: Node>(node: &N) -> Result<f64, N::Error> {
    node.number(bounds::WEIGHT_DECAY, NUMBER)
}

pub(super) fn learning_rate<N: Node>(node: &N) -> Result<f64, N::Error> {
    node.number(bounds::LEARNING_RATE, NUMBER)
}

pub(super) fn schedule<N: Node>(node: &N) -> Result<Schedule, N::Error> {
    let constant = ("constant", Decay::Constant {});
    let cosine = ("cosine", Decay::Cosine { floor: 0.0 });
    if !node.is_table() {
        let expected = "a schedule's name or a table { kind = … }";
        return Ok(Schedule {
            warmup_epochs: 0.0,
            decay: node.word(&[constant, cosine], expected)?,
        });
    }
    let any = ["kind", "warmup_epochs", "every_epochs", "gamma", "floor"];
    let entries = node.entries(&any)?;
    let Some((_, kind)) = entries.iter().find(|(key, _)| key == "kind") else {
        return Err(node.missing("kind", "kind = \"cosine\""));
    };
    let every_epochs = f64::NAN;
    let gamma = 0.1;
    let step = Decay::Step {
        every_epochs,
        gamma,
    };
    let mut decay = kind.word(&[constant, ("step", step), cosine], "a schedule's name")?;
    let own: &[&str] = match decay {
        Decay::Constant {} => &["kind", "warmup_epochs"],
        Decay::Step { .. } => &["kind", "warmup_epochs", "every_epochs", "gamma"],
        Decay::Cosine { .. } => &["kind", "warmup_epochs", "floor"],
    };
    let mut warmup_epochs = 0.0;
    for (key, value) in node.entries(own)? {
        let (slot, bounds) = match (key.as_str(), &mut decay) {
            ("warmup_epochs", _) => (&mut warmup_epochs, bounds::WARM_UP),
            ("every_epochs", Decay::Step { every_epochs, .. }) => (every_epochs, bounds::PERIOD),
            ("gamma", Decay::Step { gamma, .. }) => (gamma, bounds::STEP_FACTOR),
            ("floor", Decay::Cosine { floor }) => (floor, bounds::FLOOR),
            _ => continue,
        };
        *slot = value.number(bounds, NUMBER)?;
    }
    if let Decay::Step { every_epochs, .. } = decay
        && every_epochs.is_nan()
    {
        return Err(node.missing("every_epochs", "every_epochs = 5"));
    }
    Ok(Schedule {
        warmup_epochs,
        decay,
    })
}

pub(super) fn batch_size<N: Node>(node: &N) -> Result<usize, N::Error> {
    node.count(bounds::MANY, COUNT)
}

pub(super) fn epochs<N: Node>(node: &N) -> Result<usize, N::Error> {
    node.count(bounds::MANY, COUNT)
}

pub(super) fn samples<N: Node>(node: &N) -> Result<Samples, N::Error> {
    let expected = "a number of images or \"all\"";
    if node.is_number() {
        return Ok(Samples::Drawn(node.count(bounds::MANY, expected)?));
    }
    node.word(&[("all", Samples::All)], expected)
}

pub(super) fn validation<N: Node>(node: &N) -> Result<Validation, N::Error> {
    if !node.is_table() {
        let expected = "a number of images or a table { count = …, draw = …, stratified = … }";
        return Ok(Validation::first(node.count(bounds::MANY, expected)?));
    }
    let draws = [
        ("first", ValidationDraw::First),
        ("seed", ValidationDraw::Seed),
    ];
    let (mut found, mut draw, mut stratified) = (None, ValidationDraw::First, false);
    for (key, value) in node.entries(&["count", "draw", "stratified"])? {
        match key.as_str() {
            "count" => found = Some(value.count(bounds::MANY, COUNT)?),
            "draw" => draw = value.word(&draws, "\"first\" or \"seed\"")?,
            _ => stratified = value.boolean()?,
        }
    }
    match found {
        Some(count) => Ok(Validation {
            count,
            draw,
            stratified,
        }),
        None => Err(node.missing("count", "count = 5000")),
    }
}

pub(super) fn early_stop<N: Node>(node: &N) -> Result<EarlyStop, N::Error> {
    let expected = "\"never\", a number of epochs, or a table { patience = …, min_delta = … }";
    let mut patience = Patience {
        epochs: 3,
        min_delta: 0.0,
    };
    if node.is_number() {
        patience.epochs = node.count(bounds::MANY, expected)?;
        return Ok(EarlyStop::After(patience));
    }
    if !node.is_table() {
        return node.word(&[("never", EarlyStop::Never)], expected);
    }
    for (key, value) in node.entries(&["patience", "min_delta"])? {
        match key.as_str() {
            "patience" => patience.epochs = value.count(bounds::MANY, COUNT)?,
            _ => patience.min_delta = value.number(bounds::IMPROVEMENT, NUMBER)?,
        }
    }
    Ok(EarlyStop::After(patience))
}

pub(super) fn backend<N: Node>(node: &N) -> Result<Backend, N::Error> {
    let words = Backend::ALL.map(|backend| (backend.name(), backend));
    node.word(&words, "\"fused\" or \"stock\"")
}

pub(super) fn device<N: Node>(node: &N) -> Result<DeviceKind, N::Error> {
    let words = DeviceKind::ALL.map(|device| (device.name(), device));
    node.word(&words, "\"cpu\" or \"cuda\"")
}

pub(super) fn precision<N: Node>(node: &N) -> Result<Precision, N::Error> {
    let words = Precision::ALL.map(|precision| (precision.name(), precision));
    node.word(&words, "\"f32\" or \"tf32\"")
}

pub(super) fn data<N: Node>(node: &N) -> Result<String, N::Error> {
    if node.is_table() {
        let (mut folder, mut is_transposed) = (None, false);
        for (key, value) in node.entries(&["folder", "transpose"])? {
            match key.as_str() {
                "folder" => folder = Some(data(&value)?),
                _ => is_transposed = value.boolean()?,
            }
        }
        let folder = folder.ok_or_else(|| node.missing("folder", "folder = \"emnist/letters\""))?;
        return Ok(match is_transposed && !folder.ends_with(TRANSPOSED) {
            true => folder + TRANSPOSED,
            false => folder,
        });
    }
    let expected = "\"mnist\", a folder of IDX files, or a table { folder = …, transpose = … }";
    let text = node.string(expected)?;
    if text.is_empty() {
        return Err(node.refuse("give \"mnist\" or a folder of IDX files"));
    }
    if text.contains(char::is_control) {
        return Err(node.refuse("it holds a control character, which no table could show"));
    }
    Ok(text.to_owned())
}

pub(super) fn placement<N: Node>(node: &N) -> Result<DataPlacement, N::Error> {
    let words = DataPlacement::ALL.map(|placement| (placement.name(), placement));
    node.word(&words, "\"streamed\" or \"resident\"")
}

pub(super) fn threads<N: Node>(node: &N) -> Result<usize, N::Error> {
    node.count(bounds::THREADS, COUNT)
}

pub(super) fn trials<N: Node>(node: &N) -> Result<usize, N::Error> {
    node.count(bounds::TOGETHER, COUNT)
}
