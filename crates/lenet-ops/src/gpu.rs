//! What CUDA's driver says of a GPU, and of the memory that this process takes of it.
//!
//! A build without the `cuda` feature reaches no GPU, and every function says so.

#[cfg(feature = "cuda")]
mod driver {
    use std::ffi::c_void;

    use candle_core::cuda_backend::cudarc::driver::sys::{
        CUDA_VERSION, CUdevice_attribute_enum as Attribute, CUmemPool_attribute_enum as Pool,
        CUmemoryPool, cuDriverGetVersion,
    };
    use candle_core::cuda_backend::cudarc::driver::{CudaContext, DriverError, result};

    use lenet_core::Gpu;

    /// The facts of GPU `ordinal`; `None` where it cannot be reached.
    #[must_use]
    pub fn facts(ordinal: usize) -> Option<Gpu> {
        read_facts(ordinal).ok()
    }

    fn read_facts(ordinal: usize) -> Result<Gpu, DriverError> {
        let context = CudaContext::new(ordinal)?;
        let mut driver_cuda = 0;
        // SAFETY: the pointer is that of a live `i32`, which the call writes.
        unsafe { cuDriverGetVersion(&raw mut driver_cuda) }.result()?;
        let (major, minor) = context.compute_capability()?;
        let multiprocessors =
            context.attribute(Attribute::CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT)?;
        let kilohertz = context.attribute(Attribute::CU_DEVICE_ATTRIBUTE_CLOCK_RATE);
        Ok(Gpu {
            name: context.name()?,
            driver: super::kernel_driver().unwrap_or_else(|| "unknown".to_owned()),
            driver_cuda: super::version(count(driver_cuda)),
            cuda: super::version(CUDA_VERSION),
            compute_capability: format!("{major}.{minor}"),
            multiprocessors: count(multiprocessors),
            clock_hz: 1000 * u64::from(count(kilohertz.unwrap_or(0))),
            memory_bytes: context.total_mem()? as u64,
        })
    }

    /// Makes the driver forget the most memory that this process held on GPU `ordinal`; `false`
    /// where it keeps no such number.
    #[must_use]
    pub fn forget_peak_memory(ordinal: usize) -> bool {
        let zero = pool(ordinal).and_then(|pool| {
            let mut zero = 0u64;
            // SAFETY: the pool is the device's own, which is never destroyed; the attribute is a
            // 64-bit number, and zero is the one value that the call takes for it.
            unsafe {
                result::mem_pool::set_attribute(
                    pool,
                    Pool::CU_MEMPOOL_ATTR_USED_MEM_HIGH,
                    (&raw mut zero).cast::<c_void>(),
                )
            }
        });
        zero.is_ok()
    }

    /// Most memory that this process held on GPU `ordinal` since that, in bytes.
    #[must_use]
    pub fn peak_memory(ordinal: usize) -> Option<u64> {
        let mut bytes = 0u64;
        // SAFETY: as in `forget_peak_memory`; the call writes the live 64-bit number.
        unsafe {
            result::mem_pool::get_attribute(
                pool(ordinal).ok()?,
                Pool::CU_MEMPOOL_ATTR_USED_MEM_HIGH,
                (&raw mut bytes).cast::<c_void>(),
            )
        }
        .ok()
        .map(|()| bytes)
    }

    /// The pool that candle's tensors on this GPU come from.
    fn pool(ordinal: usize) -> Result<CUmemoryPool, DriverError> {
        let context = CudaContext::new(ordinal)?;
        // SAFETY: the context's device is a device of this driver.
        unsafe { result::device::get_mem_pool(context.cu_device()) }
    }

    fn count(number: i32) -> u32 {
        u32::try_from(number).unwrap_or(0)
    }
}

#[cfg(not(feature = "cuda"))]
mod driver {
    use lenet_core::Gpu;

    /// `None`: this build reaches no GPU.
    #[must_use]
    pub fn facts(_ordinal: usize) -> Option<Gpu> {
        None
    }

    /// `false`: this build reaches no GPU.
    #[must_use]
    pub fn forget_peak_memory(_ordinal: usize) -> bool {
        false
    }

    /// `None`: this build reaches no GPU.
    #[must_use]
    pub fn peak_memory(_ordinal: usize) -> Option<u64> {
        None
    }
}

pub use driver::{facts, forget_peak_memory, peak_memory};

/// A version of CUDA as people write it, from 1000 · major + 10 · minor.
#[cfg_attr(not(feature = "cuda"), allow(dead_code))]
fn version(number: u32) -> String {
    format!("{}.{}", number / 1000, number % 1000 / 10)
}

/// Version of NVIDIA's kernel driver (Linux).
#[cfg_attr(not(feature = "cuda"), allow(dead_code))]
fn kernel_driver() -> Option<String> {
    kernel_driver_version(&std::fs::read_to_string("/proc/driver/nvidia/version").ok()?)
}

/// The first word of the module's line that looks like a version.
fn kernel_driver_version(text: &str) -> Option<String> {
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("NVRM version:"))?;
    let version =
        |word: &&str| word.contains('.') && word.chars().all(|c| c.is_ascii_digit() || c == '.');
    line.split_whitespace().find(version).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gpu_that_is_not_there_says_nothing() {
        // No machine has so many.
        assert_eq!(facts(9_999), None);
        assert!(!forget_peak_memory(9_999));
        assert_eq!(peak_memory(9_999), None);
    }

    #[test]
    fn the_drivers_text_is_understood() {
        let closed = "NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.183.01  Sun May 12 \
                      19:39:15 UTC 2024\nGCC version:  gcc version 12.2.0 (Debian)\n";
        assert_eq!(kernel_driver_version(closed).as_deref(), Some("535.183.01"));
        let open = "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.65.06  Release\n";
        assert_eq!(kernel_driver_version(open).as_deref(), Some("580.65.06"));
        assert_eq!(kernel_driver_version("GCC version: 12.2.0\n"), None);
        assert_eq!(
            (version(13_000), version(12_090)),
            ("13.0".into(), "12.9".into())
        );
    }
}
