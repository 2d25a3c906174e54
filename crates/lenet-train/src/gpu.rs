//! The description of host, build and GPU that records carry.

use lenet_core::DeviceKind;
use lenet_ops::gpu;
use lenet_results::Environment;

/// Describes host and build, and the GPU if `device` is one.
#[must_use]
pub fn environment(device: DeviceKind, ordinal: usize) -> Environment {
    Environment {
        gpu: match device {
            DeviceKind::Cpu => None,
            DeviceKind::Cuda => gpu::facts(ordinal),
        },
        ..Environment::collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_processor_is_no_gpu() {
        assert_eq!(environment(DeviceKind::Cpu, 0).gpu, None);
        assert_eq!(environment(DeviceKind::Cuda, 9_999).gpu, None);
    }
}
