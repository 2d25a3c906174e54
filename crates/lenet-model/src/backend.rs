//! Which backend suits a device.

use candle_core::{DType, Device};
use lenet_core::Backend;

/// Chooses a [`Backend`] for a device. Bring it into scope to call `Backend::for_device`.
pub trait ForDevice {
    /// The backend that is faster on a device, for f32.
    #[must_use]
    fn for_device(device: &Device) -> Self;
}

impl ForDevice for Backend {
    fn for_device(device: &Device) -> Self {
        faster_backend(device, DType::F32)
    }
}

/// The backend that is faster for a device and a type.
pub(crate) fn faster_backend(device: &Device, dtype: DType) -> Backend {
    let fused = match device {
        Device::Cpu => true,
        Device::Cuda(_) => cfg!(feature = "cuda") && dtype == DType::F32,
        Device::Metal(_) => false,
    };
    if fused {
        Backend::Fused
    } else {
        Backend::Stock
    }
}
