//! Compiled kernels in a GPU, and their launch.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, PoisonError};

use candle_core::cuda_backend::cudarc::driver::sys::{
    CUfunction_attribute_enum as FunctionAttribute, CUresult,
};
use candle_core::cuda_backend::cudarc::driver::{
    CudaContext, CudaFunction, CudaModule, DeviceRepr, DriverError, LaunchConfig, PushKernelArg,
};
use candle_core::cuda_backend::cudarc::nvrtc::Ptx;

use super::Gpu;
use super::compile;
use super::gpu::{device, reason};
use super::types::Launch;
use crate::error::OpsError;

/// Dynamic shared memory that a block has without asking, in bytes.
const SHARED_BYTES: u32 = 48 << 10;

/// All kernels, loaded into one GPU.
pub(super) struct Kernels {
    modules: Vec<Arc<CudaModule>>,
    /// Those that were looked for.
    functions: Mutex<HashMap<&'static str, CudaFunction>>,
}

impl Kernels {
    pub(super) fn load(
        context: &Arc<CudaContext>,
        compute_capability: [u32; 2],
    ) -> Result<Self, OpsError> {
        let mut modules = Vec::new();
        for image in compile::images(compute_capability)?.iter() {
            // The driver finds the end of PTX, which is text, by a zero byte; a binary image has
            // its size in its header.
            let mut bytes = image.clone();
            bytes.push(0);
            let module = context.load_module(Ptx::from_binary(bytes));
            modules.push(module.map_err(device("loading kernels"))?);
        }
        let functions = Mutex::default();
        Ok(Self { modules, functions })
    }

    fn get(&self, name: &'static str) -> Result<CudaFunction, OpsError> {
        let functions = self.functions.lock();
        let mut functions = functions.unwrap_or_else(PoisonError::into_inner);
        match functions.entry(name) {
            Entry::Occupied(found) => Ok(found.get().clone()),
            Entry::Vacant(place) => {
                let found = self.find(name).map_err(|reason| OpsError::Kernel {
                    kernel: name.to_owned(),
                    reason,
                })?;
                Ok(place.insert(found).clone())
            }
        }
    }

    fn find(&self, name: &str) -> Result<CudaFunction, String> {
        for module in &self.modules {
            match module.load_function(name) {
                Ok(function) => return Ok(function),
                Err(error) if error.0 == CUresult::CUDA_ERROR_NOT_FOUND => {}
                Err(error) => return Err(reason(error)),
            }
        }
        Err("no source has it".to_owned())
    }
}

impl Gpu {
    /// Launches a kernel with `arguments`, its one parameter.
    ///
    /// # Errors
    /// No such kernel; it cannot be compiled; the driver refuses the sizes. A failure while it runs
    /// shows at a later call.
    ///
    /// # Safety
    /// `arguments` is laid out as the kernel's parameter is. What the kernel reads and writes by the
    /// addresses and sizes in it is memory of this GPU, and there until it has run.
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
        // SAFETY: the caller's word for the arguments; the kernel is one of this context.
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
