//! Which code computes a network.

use candle_core::{DType, Device};

/// Which code computes a network's candle ops.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Backend {
    /// This project's fused ops: f32 and f64 on the CPU; with the `cuda` feature, f32 on NVIDIA
    /// GPUs.
    #[default]
    Fused,
    /// candle's own ops, with max-pool's gradient put right; every device. candle's ReLU turns
    /// NaN into 0, so a network of NaN may give finite numbers here.
    Stock,
}

impl Backend {
    /// The faster code that runs on a device, for f32.
    #[must_use]
    pub fn for_device(device: &Device) -> Self {
        Self::choose(device, DType::F32)
    }

    /// The faster code for a device and a type.
    pub(crate) fn choose(device: &Device, dtype: DType) -> Self {
        let fused = match device {
            Device::Cpu => true,
            Device::Cuda(_) => cfg!(feature = "cuda") && dtype == DType::F32,
            Device::Metal(_) => false,
        };
        if fused { Self::Fused } else { Self::Stock }
    }
}
