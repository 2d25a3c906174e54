//! What a device says of work that it cannot do.

use lenet_core::{Architecture, Backend, DeviceChoice, DeviceKind, Trial};
use lenet_data::{Split, Splits};
use lenet_train::TrainError;

use super::{Answer, Checked, training};

/// Bytes of the first convolution's output: more than any GPU holds.
const TOO_MANY_BYTES: usize = 1 << 40;
/// Filters whose weights still fit easily.
const FILTERS: usize = 2048;
/// Higher than any machine's last ordinal.
const NOWHERE: usize = 9_999;

/// A step that needs a terabyte must end in an error that says what to do. The device must work
/// afterwards.
pub(super) fn memory(checked: &Checked<'_>) -> Result<Answer, TrainError> {
    if checked.kind == DeviceKind::Cpu {
        return Ok(Answer::skipped(
            "the system may end a process that asks for too much of the host's memory",
        ));
    }
    let [_, height, width] = checked.data.train.set.shape();
    let images = TOO_MANY_BYTES / (4 * FILTERS * height * width);
    let data = repeated(checked.data, images);
    let large = Trial {
        network: Architecture {
            filters: vec![FILTERS; 2],
            kernel: 3,
            hidden: vec![16],
            ..Architecture::default()
        },
        batch_size: images,
        ..training::config(checked, Backend::Stock, checked.kind, 1)
    };
    let said = match lenet_train::time_steps(&large, &data, &checked.options(), 1) {
        Ok(_) => {
            return Ok(Answer::new(
                false,
                "a step of a terabyte was done".to_owned(),
            ));
        }
        Err(error @ TrainError::OutOfMemory { .. }) => error.to_string(),
        Err(other) => return Ok(Answer::new(false, other.to_string())),
    };
    let small = training::config(checked, Backend::Stock, checked.kind, 1);
    lenet_train::time_steps(&small, checked.data, &checked.options(), 1)?;
    Ok(Answer::new(
        true,
        format!("{said}; a small network then runs"),
    ))
}

/// A training split of this many images, which repeat.
fn repeated(data: &Splits, images: usize) -> Splits {
    let known = data.train.indices.iter().copied();
    Splits {
        train: Split {
            set: data.train.set.clone(),
            indices: known.cycle().take(images).collect(),
        },
        ..data.clone()
    }
}

/// An ordinal that no machine has must be refused with what to do.
pub(super) fn ordinal() -> Answer {
    match lenet_train::resolve_device(DeviceChoice::Cuda(NOWHERE)) {
        Ok(_) => Answer::new(false, format!("cuda:{NOWHERE} was opened")),
        Err(error) => {
            let text = error.to_string();
            Answer::new(text.contains("--device cpu"), text)
        }
    }
}
