//! Opens devices for candle's ops, and words the errors about them.

use std::sync::{Mutex, PoisonError};

use candle_core::Device;
use lenet_core::DeviceKind;

use crate::error::{TrainError, first_line};

/// Opens a device for candle's ops; a GPU once per process.
pub(crate) fn open(kind: DeviceKind, ordinal: usize) -> Result<Device, TrainError> {
    match kind {
        DeviceKind::Cpu => Ok(Device::Cpu),
        DeviceKind::Cuda if !candle_core::utils::cuda_is_available() => Err(no_cuda()),
        DeviceKind::Cuda => open_gpu(ordinal),
    }
}

/// The error for a build without CUDA.
pub(crate) fn no_cuda() -> TrainError {
    TrainError::Device {
        reason: "this program was built without CUDA (hint: use `--device cpu`, or build \
                 with `--features cuda` on a machine with NVIDIA's CUDA toolkit)"
            .to_owned(),
    }
}

/// The error for a GPU that cannot be opened.
pub(crate) fn no_gpu(ordinal: usize, reason: &str) -> TrainError {
    TrainError::Device {
        reason: format!(
            "cuda:{ordinal} cannot be opened (hint: use `--device cpu`, or look with nvidia-smi \
             for a GPU and its driver): {reason}"
        ),
    }
}

/// GPUs that this process has opened, by ordinal. A second handle would load candle's kernels
/// again, which may take longer than an epoch.
static OPENED: Mutex<Vec<(usize, Device)>> = Mutex::new(Vec::new());

fn open_gpu(ordinal: usize) -> Result<Device, TrainError> {
    let mut opened = OPENED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, device)) = opened.iter().find(|(known, _)| *known == ordinal) {
        return Ok(device.clone());
    }
    let device = Device::new_cuda(ordinal)
        .map_err(|error| no_gpu(ordinal, first_line(&error.to_string())))?;
    opened.push((ordinal, device.clone()));
    Ok(device)
}
