//! Which code computes a network.

use candle_core::{DType, Device};

/// Which code computes a network's candle ops.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Backend {
    /// The fused ops of this project: f32 and f64 on the CPU and, with the `cuda` feature, f32 on
    /// NVIDIA GPUs.
    #[default]
    Fused,
    /// The ops of candle, on every device, with a corrected gradient of max-pool. candle's ReLU
    /// turns NaN into 0, so a network of NaN may give finite numbers here.
    Stock,
}

impl Backend {
    /// The faster backend for f32 on a device.
    #[must_use]
    pub fn for_device(device: &Device) -> Self {
        Self::choose(device, DType::F32)
    }

    /// The faster backend for a type on a device.
    pub(crate) fn choose(device: &Device, dtype: DType) -> Self {
        let fused = match device {
            Device::Cpu => true,
            Device::Cuda(_) => cfg!(feature = "cuda") && dtype == DType::F32,
            Device::Metal(_) => false,
        };
        if fused { Self::Fused } else { Self::Stock }
    }
}
