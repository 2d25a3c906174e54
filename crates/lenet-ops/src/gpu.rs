//! What CUDA's driver says of a GPU, and of the memory that this process takes of it.
//!
//! In a build without the `cuda` feature there is no GPU and every function says so.

/// Facts of one GPU.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// Its name.
    pub name: String,
    /// Newest CUDA that the driver serves: 1000 · major + 10 · minor.
    pub driver_cuda: u32,
    /// CUDA that this program was built for, in the same form.
    pub cuda: u32,
    /// Compute capability, major and minor.
    pub compute_capability: [u32; 2],
    /// Streaming multiprocessors.
    pub multiprocessors: u32,
    /// Highest clock of the multiprocessors, in Hz; 0 where the driver does not tell.
    pub clock_hz: u64,
    /// Memory of the device, in bytes.
    pub memory_bytes: u64,
}

#[cfg(feature = "cuda")]
mod driver {
    use std::ffi::c_void;

    use candle_core::cuda_backend::cudarc::driver::sys::{
        CUDA_VERSION, CUdevice_attribute_enum as Attribute, CUmemPool_attribute_enum as Pool,
        CUmemoryPool, cuDriverGetVersion,
    };
    use candle_core::cuda_backend::cudarc::driver::{CudaContext, DriverError, result};

    use super::Facts;

    /// The facts of GPU `ordinal`; `None` where it cannot be reached.
    #[must_use]
    pub fn facts(ordinal: usize) -> Option<Facts> {
        read_facts(ordinal).ok()
    }

    fn read_facts(ordinal: usize) -> Result<Facts, DriverError> {
        let context = CudaContext::new(ordinal)?;
        let mut driver_cuda = 0;
        // SAFETY: the pointer is that of a live `i32`, which the call writes.
        unsafe { cuDriverGetVersion(&raw mut driver_cuda) }.result()?;
        let (major, minor) = context.compute_capability()?;
        let multiprocessors =
            context.attribute(Attribute::CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT)?;
        let kilohertz = context.attribute(Attribute::CU_DEVICE_ATTRIBUTE_CLOCK_RATE);
        Ok(Facts {
            name: context.name()?,
            driver_cuda: count(driver_cuda),
            cuda: CUDA_VERSION,
            compute_capability: [count(major), count(minor)],
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
    use super::Facts;

    /// `None`: this build reaches no GPU.
    #[must_use]
    pub fn facts(_ordinal: usize) -> Option<Facts> {
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
}
