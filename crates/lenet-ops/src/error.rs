//! The errors of this crate.

use lenet_core::GeometryError;

/// What can go wrong in an op: a size, a buffer or an instruction set that does not fit; a GPU that
/// is not there or fails.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpsError {
    /// A size of the network is out of range.
    #[error("network: `{field}`: {reason}")]
    Geometry {
        /// Field of [`Geometry`](crate::Geometry).
        field: &'static str,
        /// What is wrong and what would do.
        reason: String,
    },
    /// A buffer has another length than its shape asks for.
    #[error("{op}: `{buffer}` has {got} elements, its shape needs {want}")]
    Length {
        /// The function called.
        op: &'static str,
        /// Which of its buffers.
        buffer: &'static str,
        /// Elements given.
        got: usize,
        /// Elements needed.
        want: usize,
    },
    /// An op was called with sizes or a rate that it does not have.
    #[error("{op}: {reason}")]
    Shape {
        /// The function called.
        op: &'static str,
        /// What is wrong and what would do.
        reason: String,
    },
    /// A label names no class.
    #[error("label {label} of image {position} of the batch is not below the {classes} classes")]
    Label {
        /// The label.
        label: u8,
        /// Its place in the batch.
        position: usize,
        /// Number of classes.
        classes: usize,
    },
    /// An index names no image of the set.
    #[error("index {index}, place {position} of the batch, is not below the set's {images} images")]
    Index {
        /// The index.
        index: u32,
        /// Its place in the batch.
        position: usize,
        /// Images in the set.
        images: usize,
    },
    /// The system gives no threads.
    #[error("{threads} threads cannot be started: {reason} (hint: ask for fewer)")]
    Threads {
        /// Threads asked for.
        threads: usize,
        /// What the system says.
        reason: String,
    },
    /// An instruction set that is unknown or that this machine lacks was asked for.
    #[error(
        "LENET_SIMD={asked}: this machine has {available} (unset the variable to take the best)"
    )]
    Level {
        /// What was asked for.
        asked: String,
        /// What there is.
        available: String,
    },
    /// CUDA's driver is missing or refuses to begin.
    #[error("CUDA's driver cannot be used: {reason} (hint: it comes with NVIDIA's GPU driver)")]
    NoDriver {
        /// What the driver says, or the library in its place.
        reason: String,
    },
    /// No GPU has this number.
    #[error("there is no GPU {ordinal}: the driver has {count}, counted from 0")]
    NoGpu {
        /// Number asked for.
        ordinal: usize,
        /// GPUs that the driver has.
        count: usize,
    },
    /// The compiler of the GPU's kernels is missing or too old for the GPU.
    #[error(
        "NVRTC, which compiles kernels for the GPU, cannot be used: {reason} (hint: pip install \
         nvidia-cuda-nvrtc==13.0.88, and its folder nvidia/cu13/lib in LD_LIBRARY_PATH)"
    )]
    NoCompiler {
        /// What is wrong.
        reason: String,
    },
    /// The GPU does not have the precision asked for.
    #[error(
        "precision {precision} needs a GPU of compute capability {}.{} or newer, this one has \
         {}.{} (hint: f32 runs on every GPU)",
        needed[0], needed[1], compute_capability[0], compute_capability[1]
    )]
    Precision {
        /// Asked for.
        precision: &'static str,
        /// Compute capability, major and minor, of the first GPUs that have it.
        needed: [u32; 2],
        /// That of the GPU.
        compute_capability: [u32; 2],
    },
    /// The compiler refuses a kernel's source.
    #[error("{file} cannot be compiled for the GPU:\n{log}")]
    Compile {
        /// Source file.
        file: String,
        /// What the compiler says.
        log: String,
    },
    /// A kernel does not exist or cannot be launched.
    #[error("kernel {kernel}: {reason}")]
    Kernel {
        /// Its name.
        kernel: String,
        /// What the driver says.
        reason: String,
    },
    /// The GPU has no room for a buffer.
    #[error(
        "the GPU has no {wanted} bytes left for a buffer: {free} of {total} are free \
         (hint: a smaller batch, or fewer trials at a time)"
    )]
    DeviceMemory {
        /// Bytes of the buffer.
        wanted: u64,
        /// Bytes that are free.
        free: u64,
        /// Bytes of the GPU.
        total: u64,
    },
    /// Another call of CUDA's driver failed. Launches run later than they are called, so a failed
    /// kernel may show here.
    #[error("GPU, {call}: {reason}")]
    Device {
        /// What was asked of it.
        call: &'static str,
        /// What the driver says.
        reason: String,
    },
}

/// Refuses a buffer that is not as long as its shape asks for.
pub(crate) fn check_length(
    op: &'static str,
    buffer: &'static str,
    got: usize,
    want: usize,
) -> Result<(), OpsError> {
    if got == want {
        Ok(())
    } else {
        Err(OpsError::Length {
            op,
            buffer,
            got,
            want,
        })
    }
}

impl From<GeometryError> for OpsError {
    fn from(GeometryError { field, reason }: GeometryError) -> Self {
        Self::Geometry { field, reason }
    }
}
