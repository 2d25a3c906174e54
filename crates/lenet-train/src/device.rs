//! Devices: whether they can be used.

use std::sync::{Mutex, PoisonError};

use candle_core::Device;
use lenet_core::{DeviceChoice, DeviceKind};

use crate::backend;
use crate::error::{TrainError, first_line};

/// Kind and ordinal (0 for the processor) of the device asked for, which is there.
/// [`check_device`](crate::check_device) checks what a backend needs besides.
///
/// # Errors
/// [`TrainError::Device`] saying what to do.
pub fn resolve_device(choice: DeviceChoice) -> Result<(DeviceKind, usize), TrainError> {
    match choice {
        DeviceChoice::Cpu => Ok((DeviceKind::Cpu, 0)),
        DeviceChoice::Cuda(ordinal) => {
            backend::find_gpu(ordinal).map(|()| (DeviceKind::Cuda, ordinal))
        }
        DeviceChoice::Auto => Ok(match backend::find_gpu(0) {
            Ok(()) => (DeviceKind::Cuda, 0),
            Err(_) => (DeviceKind::Cpu, 0),
        }),
    }
}

/// Opens a device for candle's ops.
pub(crate) fn open(kind: DeviceKind, ordinal: usize) -> Result<Device, TrainError> {
    match kind {
        DeviceKind::Cpu => Ok(Device::Cpu),
        DeviceKind::Cuda if !candle_core::utils::cuda_is_available() => Err(no_cuda()),
        DeviceKind::Cuda => open_gpu(ordinal),
    }
}

/// The error of a build without CUDA.
pub(crate) fn no_cuda() -> TrainError {
    TrainError::Device {
        reason: "this program was built without CUDA (hint: use `--device cpu`, or build \
                 with `--features cuda` on a machine with NVIDIA's CUDA toolkit)"
            .to_owned(),
    }
}

/// The error of a GPU that is out of reach.
pub(crate) fn no_gpu(ordinal: usize, reason: &str) -> TrainError {
    TrainError::Device {
        reason: format!(
            "cuda:{ordinal} cannot be opened (hint: use `--device cpu`, or look with nvidia-smi \
             for a GPU and its driver): {reason}"
        ),
    }
}

/// GPUs that this process has opened, by ordinal. A second handle would load candle's kernels
/// anew, which may take longer than the epoch that it is opened for.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gpu_out_of_reach_says_what_to_do() {
        // No machine has so many, so this holds with and without the feature.
        let error = resolve_device(DeviceChoice::Cuda(9_999))
            .unwrap_err()
            .to_string();
        assert!(error.contains("--device cpu"), "{error}");
    }

    #[cfg(not(feature = "cuda"))]
    #[test]
    fn auto_is_the_cpu_without_cuda() {
        assert_eq!(
            resolve_device(DeviceChoice::Auto).unwrap(),
            (DeviceKind::Cpu, 0)
        );
    }
}
