//! One GPU.

use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use candle_core::cuda_backend::cudarc::driver::sys::CUdevice_attribute_enum as Attribute;
use candle_core::cuda_backend::cudarc::driver::{CudaContext, CudaStream};

use super::failure::{device, reason};
use super::kernels::LoadedKernels;
use crate::error::OpsError;

/// What all streams of a GPU in this process share.
struct Shared {
    context: Arc<CudaContext>,
    name: String,
    compute_capability: [u32; 2],
    multiprocessors: u32,
    kernels: OnceLock<LoadedKernels>,
}

/// The opened GPUs by number, so that kernels are loaded once per GPU.
static OPENED: Mutex<Vec<(usize, Arc<Shared>)>> = Mutex::new(Vec::new());

impl Shared {
    fn open(ordinal: usize) -> Result<Arc<Self>, OpsError> {
        let mut opened = OPENED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, known)) = opened.iter().find(|(known, _)| *known == ordinal) {
            return Ok(Arc::clone(known));
        }
        let context = open(ordinal)?;
        // SAFETY: events order the use of memory by several streams. Memory of this context is used
        // on one stream alone, which keeps the order of the calls: see `Buffer`.
        unsafe { context.disable_event_tracking() };
        let name = context.name().map_err(device("its name"))?;
        let capability = context.compute_capability();
        let (major, minor) = capability.map_err(device("its compute capability"))?;
        let multiprocessors = context
            .attribute(Attribute::CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT)
            .map_err(device("its multiprocessors"))?;
        let shared = Arc::new(Self {
            context,
            name,
            compute_capability: [major.unsigned_abs(), minor.unsigned_abs()],
            multiprocessors: multiprocessors.unsigned_abs(),
            kernels: OnceLock::new(),
        });
        opened.push((ordinal, Arc::clone(&shared)));
        Ok(shared)
    }
}

/// One GPU with a stream. Everything runs on the stream, in the order of the calls.
pub struct Gpu {
    shared: Arc<Shared>,
    stream: Arc<CudaStream>,
}

impl Gpu {
    /// Opens GPU `ordinal`, counted from 0, with a stream of its own.
    ///
    /// # Errors
    /// There is no driver or no such GPU, or the GPU cannot be opened.
    pub fn new(ordinal: usize) -> Result<Self, OpsError> {
        let shared = Shared::open(ordinal)?;
        let stream = shared.context.new_stream().map_err(device("a stream"))?;
        Ok(Self { shared, stream })
    }

    /// The GPU of a stream that candle has made.
    pub(crate) fn with_stream(stream: Arc<CudaStream>) -> Result<Self, OpsError> {
        let shared = Shared::open(stream.context().ordinal())?;
        Ok(Self { shared, stream })
    }

    /// The GPU's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.shared.name
    }

    /// Compute capability, major and minor.
    #[must_use]
    pub fn compute_capability(&self) -> [u32; 2] {
        self.shared.compute_capability
    }

    /// Streaming multiprocessors.
    #[must_use]
    pub fn multiprocessors(&self) -> u32 {
        self.shared.multiprocessors
    }

    /// Bytes of memory: those that are free, and the total.
    ///
    /// # Errors
    /// The driver fails.
    pub fn memory(&self) -> Result<(u64, u64), OpsError> {
        let memory = self.shared.context.mem_get_info();
        let (free, total) = memory.map_err(device("its memory"))?;
        Ok((free as u64, total as u64))
    }

    /// Waits until the GPU has done everything it was asked to do.
    ///
    /// # Errors
    /// Some of it failed.
    pub fn synchronize(&self) -> Result<(), OpsError> {
        self.stream.synchronize().map_err(device("waiting for it"))
    }

    /// Loads the kernels, as the first launch would. Kernels that are not on disk are compiled.
    ///
    /// # Errors
    /// The compiler is missing or fails, or the driver rejects its output.
    pub fn load_kernels(&self) -> Result<(), OpsError> {
        self.kernels().map(|_| ())
    }

    /// All kernels. The first call of a process compiles those that are not on disk.
    pub(super) fn kernels(&self) -> Result<&LoadedKernels, OpsError> {
        let shared = &self.shared;
        if let Some(kernels) = shared.kernels.get() {
            return Ok(kernels);
        }
        let loaded = LoadedKernels::load(&shared.context, shared.compute_capability)?;
        Ok(shared.kernels.get_or_init(|| loaded))
    }

    /// The same GPU, which reports another compute capability.
    #[cfg(test)]
    pub(crate) fn with_compute_capability(self, compute_capability: [u32; 2]) -> Self {
        let Shared {
            context,
            name,
            multiprocessors,
            ..
        } = &*self.shared;
        let shared = Arc::new(Shared {
            context: Arc::clone(context),
            name: name.clone(),
            compute_capability,
            multiprocessors: *multiprocessors,
            kernels: OnceLock::new(),
        });
        Self { shared, ..self }
    }

    pub(super) fn stream(&self) -> &Arc<CudaStream> {
        &self.stream
    }
}

impl fmt::Debug for Gpu {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gpu")
            .field("ordinal", &self.shared.context.ordinal())
            .field("name", &self.shared.name)
            .finish_non_exhaustive()
    }
}

fn open(ordinal: usize) -> Result<Arc<CudaContext>, OpsError> {
    let count = CudaContext::device_count().map_err(|error| OpsError::NoDriver {
        reason: reason(error),
    })?;
    let count = usize::try_from(count).unwrap_or(0);
    if ordinal >= count {
        return Err(OpsError::NoGpu { ordinal, count });
    }
    CudaContext::new(ordinal).map_err(device("opening it"))
}
