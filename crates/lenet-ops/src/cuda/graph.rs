//! Launches that are recorded once and repeated with one call.

use std::fmt;

use candle_core::cuda_backend::cudarc::driver::CudaGraph;
use candle_core::cuda_backend::cudarc::driver::sys::{
    CUgraphInstantiate_flags, CUstreamCaptureMode,
};

use super::Gpu;
use super::failure::device;
use crate::error::OpsError;

/// A sequence of launches, recorded by [`Gpu::capture`].
///
/// It runs on the stream that recorded it, in order with everything else on that stream.
pub struct Graph {
    graph: CudaGraph,
}

// SAFETY: CUDA lets any thread use a graph, one at a time; `Graph` is not `Sync`.
unsafe impl Send for Graph {}

impl fmt::Debug for Graph {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Graph").finish_non_exhaustive()
    }
}

impl Gpu {
    /// Records what `work` launches on this GPU, without running it.
    ///
    /// `work` may launch kernels, clear memory and copy within the device. It must not wait for the
    /// GPU, and must not allocate or free memory. Meanwhile no other thread may use this `Gpu`: its
    /// launches would be recorded too.
    ///
    /// # Errors
    /// `work` fails, and its recording is dropped; or the driver rejects the recording.
    pub fn capture(&self, work: impl FnOnce() -> Result<(), OpsError>) -> Result<Graph, OpsError> {
        // Other threads, with a `Gpu` of their own, may allocate memory meanwhile.
        let mode = CUstreamCaptureMode::CU_STREAM_CAPTURE_MODE_THREAD_LOCAL;
        let begun = self.stream().begin_capture(mode);
        begun.map_err(device("beginning a graph"))?;
        let worked = work();
        let ended = self.stream().end_capture(CUgraphInstantiate_flags(0));
        worked?;
        match ended.map_err(device("ending a graph"))? {
            Some(graph) => Ok(Graph { graph }),
            None => Err(OpsError::Device {
                call: "ending a graph",
                reason: "nothing was recorded".to_owned(),
            }),
        }
    }
}

impl Graph {
    /// Runs everything recorded, in order.
    ///
    /// # Errors
    /// The driver rejects the launch.
    ///
    /// # Safety
    /// The memory that each recorded launch uses is still there.
    pub unsafe fn launch(&self) -> Result<(), OpsError> {
        self.graph.launch().map_err(device("launching a graph"))
    }
}
