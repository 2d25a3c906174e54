//! Compiled kernels, loaded into a GPU.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, PoisonError};

use candle_core::cuda_backend::cudarc::driver::sys::CUresult;
use candle_core::cuda_backend::cudarc::driver::{CudaContext, CudaFunction, CudaModule};
use candle_core::cuda_backend::cudarc::nvrtc::Ptx;

use super::compile;
use super::failure::{device, reason};
use crate::error::OpsError;

/// All kernels, loaded into one GPU.
pub(super) struct LoadedKernels {
    modules: Vec<Arc<CudaModule>>,
    /// The functions looked up so far.
    functions: Mutex<HashMap<&'static str, CudaFunction>>,
}

impl LoadedKernels {
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

    pub(super) fn get(&self, name: &'static str) -> Result<CudaFunction, OpsError> {
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
