//! The launch of a kernel.

use candle_core::cuda_backend::cudarc::driver::sys::CUfunction_attribute_enum as FunctionAttribute;
use candle_core::cuda_backend::cudarc::driver::{
    DeviceRepr, DriverError, LaunchConfig, PushKernelArg,
};

use super::Gpu;
use super::failure::reason;
use crate::error::OpsError;

/// Dynamic shared memory that a block has without asking, in bytes.
const SHARED_BYTES: u32 = 48 << 10;

/// A kernel with the sizes of its grid and its blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Launch {
    pub(crate) kernel: &'static str,
    /// Blocks in x, y, z.
    pub(crate) grid: [u32; 3],
    /// Threads of a block in x, y, z.
    pub(crate) block: [u32; 3],
    /// Bytes of dynamic shared memory of a block.
    pub(crate) shared_bytes: u32,
}

impl Launch {
    /// A grid of blocks of `threads` threads, without dynamic shared memory.
    pub(crate) fn new(kernel: &'static str, grid: [u32; 3], threads: u32) -> Self {
        Self {
            kernel,
            grid,
            block: [threads, 1, 1],
            shared_bytes: 0,
        }
    }

    /// The same with dynamic shared memory.
    pub(crate) fn with_shared(self, shared_bytes: u32) -> Self {
        Self {
            shared_bytes,
            ..self
        }
    }
}

impl Gpu {
    /// Launches a kernel with `arguments`, its only parameter.
    ///
    /// # Errors
    /// The kernel does not exist or cannot be compiled, or the driver rejects the sizes. A failure
    /// while the kernel runs appears at a later call.
    ///
    /// # Safety
    /// `arguments` has the layout of the kernel's parameter. The memory that the kernel reads and
    /// writes through the addresses and sizes in it belongs to this GPU and lives until the kernel has
    /// run.
    pub(crate) unsafe fn launch<A: DeviceRepr>(
        &self,
        launch: &Launch,
        arguments: &A,
    ) -> Result<(), OpsError> {
        let function = self.kernels()?.get(launch.kernel)?;
        let failed = |error: DriverError| OpsError::Kernel {
            kernel: launch.kernel.to_owned(),
            reason: format!(
                "{}; grid {:?}, block {:?}, {} bytes of shared memory",
                reason(error),
                launch.grid,
                launch.block,
                launch.shared_bytes
            ),
        };
        if launch.shared_bytes > SHARED_BYTES {
            let limit = FunctionAttribute::CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES;
            let bytes = i32::try_from(launch.shared_bytes).unwrap_or(i32::MAX);
            function.set_attribute(limit, bytes).map_err(failed)?;
        }
        let mut builder = self.stream().launch_builder(&function);
        builder.arg(arguments);
        // SAFETY: the caller vouches for the arguments; the kernel belongs to this context.
        let launched = unsafe {
            builder.launch(LaunchConfig {
                grid_dim: launch.grid.into(),
                block_dim: launch.block.into(),
                shared_mem_bytes: launch.shared_bytes,
            })
        };
        launched.map(drop).map_err(failed)
    }
}
