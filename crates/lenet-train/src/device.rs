//! Devices: how they are named, whether they can be used.

use std::str::FromStr;
use std::sync::{Mutex, PoisonError};

use candle_core::Device;
use lenet_results::DeviceKind;

use crate::backend;
use crate::error::TrainError;

/// A device as the command line names it: `cpu`, `cuda`, `cuda:N` or `auto` (parse with
/// [`str::parse`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeviceChoice {
    /// The processor.
    Cpu,
    /// The CUDA device of this ordinal.
    Cuda(usize),
    /// The first CUDA device where there is one, else the processor.
    Auto,
}

impl DeviceChoice {
    /// Kind and ordinal (0 for the processor); checks that the device is there.
    /// [`check_device`](crate::check_device) checks what a backend needs besides.
    ///
    /// # Errors
    /// [`TrainError::Device`] saying what to do.
    pub fn resolve(self) -> Result<(DeviceKind, usize), TrainError> {
        match self {
            Self::Cpu => Ok((DeviceKind::Cpu, 0)),
            Self::Cuda(ordinal) => backend::find_gpu(ordinal).map(|()| (DeviceKind::Cuda, ordinal)),
            Self::Auto => Ok(match backend::find_gpu(0) {
                Ok(()) => (DeviceKind::Cuda, 0),
                Err(_) => (DeviceKind::Cpu, 0),
            }),
        }
    }
}

impl FromStr for DeviceChoice {
    type Err = TrainError;

    fn from_str(text: &str) -> Result<Self, TrainError> {
        match text {
            "cpu" => return Ok(Self::Cpu),
            "cuda" => return Ok(Self::Cuda(0)),
            "auto" => return Ok(Self::Auto),
            _ => {}
        }
        let ordinal = text
            .strip_prefix("cuda:")
            .and_then(|ordinal| ordinal.parse().ok());
        ordinal.map(Self::Cuda).ok_or_else(|| TrainError::Device {
            reason: format!("`{text}` is none of `cpu`, `cuda`, `cuda:N`, `auto`"),
        })
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

/// What an error says, without the backtrace that candle may add to it.
pub(crate) fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

/// Name of a device in records: `cpu` or `cuda:N`.
pub(crate) fn name(kind: DeviceKind, ordinal: usize) -> String {
    match kind {
        DeviceKind::Cpu => "cpu".to_owned(),
        DeviceKind::Cuda => format!("cuda:{ordinal}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_parsed() {
        let parse = |text: &str| text.parse::<DeviceChoice>().ok();
        assert_eq!(parse("cpu"), Some(DeviceChoice::Cpu));
        assert_eq!(parse("cuda"), Some(DeviceChoice::Cuda(0)));
        assert_eq!(parse("cuda:3"), Some(DeviceChoice::Cuda(3)));
        assert_eq!(parse("auto"), Some(DeviceChoice::Auto));
        for bad in ["", "gpu", "cuda:", "cuda:-1", "CPU"] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_gpu_out_of_reach_says_what_to_do() {
        // No machine has so many, so this holds with and without the feature.
        let error = DeviceChoice::Cuda(9_999).resolve().unwrap_err().to_string();
        assert!(error.contains("--device cpu"), "{error}");
    }

    #[cfg(not(feature = "cuda"))]
    #[test]
    fn auto_is_the_cpu_without_cuda() {
        assert_eq!(DeviceChoice::Auto.resolve().unwrap(), (DeviceKind::Cpu, 0));
    }
}
