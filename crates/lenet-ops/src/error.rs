//! The errors of this crate.

use lenet_core::GeometryError;

/// What can go wrong in an op: a size, buffer or instruction set that does not fit, or a GPU that is
/// missing or fails.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpsError {
    /// A size of the network is out of range.
    #[error("network: `{field}`: {reason}")]
    Geometry {
        /// Field of [`Geometry`](crate::Geometry).
        field: &'static str,
        /// What is wrong, and which values are allowed.
        reason: String,
    },
    /// The fused code does not compute such stages.
    #[error("network: {reason}")]
    Stages {
        /// The setting, and what computes it.
        reason: String,
    },
    /// A buffer does not have the length that its shape needs.
    #[error("{op}: `{buffer}` has {got} elements, its shape needs {want}")]
    Length {
        /// The function called.
        op: &'static str,
        /// Name of the buffer.
        buffer: &'static str,
        /// Elements given.
        got: usize,
        /// Elements needed.
        want: usize,
    },
    /// An op does not support the sizes or the rate that it was called with.
    #[error("{op}: {reason}")]
    Shape {
        /// The function called.
        op: &'static str,
        /// What is wrong, and which values are allowed.
        reason: String,
    },
    /// A label is not below the number of classes.
    #[error("label {label} of image {position} of the batch is not below the {classes} classes")]
    Label {
        /// The label.
        label: u8,
        /// Position of its image in the batch.
        position: usize,
        /// Number of classes.
        classes: usize,
    },
    /// An index is not below the number of images in the set.
    #[error("index {index}, place {position} of the batch, is not below the set's {images} images")]
    Index {
        /// The index.
        index: u32,
        /// Its position in the batch.
        position: usize,
        /// Number of images in the set.
        images: usize,
    },
    /// The operating system starts no more threads.
    #[error("{threads} threads cannot be started: {reason} (hint: ask for fewer)")]
    Threads {
        /// Threads asked for.
        threads: usize,
        /// The system's message.
        reason: String,
    },
    /// The requested instruction set is unknown, or this machine lacks it.
    #[error(
        "LENET_SIMD={asked}: this machine has {available} (unset the variable to take the best)"
    )]
    Level {
        /// The requested name.
        asked: String,
        /// The names that this machine supports.
        available: String,
    },
    /// CUDA's driver is missing or does not start.
    #[error("CUDA's driver cannot be used: {reason} (hint: it comes with NVIDIA's GPU driver)")]
    NoDriver {
        /// Message of the driver, or of the library that stands in for it.
        reason: String,
    },
    /// No GPU has this number.
    #[error("there is no GPU {ordinal}: the driver has {count}, counted from 0")]
    NoGpu {
        /// Number asked for.
        ordinal: usize,
        /// Number of GPUs that the driver lists.
        count: usize,
    },
    /// The compiler of the GPU's kernels is missing, or too old for the GPU.
    #[error(
        "NVRTC, which compiles kernels for the GPU, cannot be used: {reason} (hint: pip install \
         nvidia-cuda-nvrtc==13.0.88, and its folder nvidia/cu13/lib in LD_LIBRARY_PATH)"
    )]
    NoCompiler {
        /// What is wrong.
        reason: String,
    },
    /// The GPU does not support the requested precision.
    #[error(
        "precision {precision} needs a GPU of compute capability {}.{} or newer, this one has \
         {}.{} (hint: f32 runs on every GPU)",
        needed[0], needed[1], compute_capability[0], compute_capability[1]
    )]
    Precision {
        /// Name of the requested precision.
        precision: &'static str,
        /// Lowest compute capability that supports it, major and minor.
        needed: [u32; 2],
        /// Compute capability of the GPU, major and minor.
        compute_capability: [u32; 2],
    },
    /// The compiler rejects a kernel's source.
    #[error("{file} cannot be compiled for the GPU:\n{log}")]
    Compile {
        /// Source file.
        file: String,
        /// The compiler's messages.
        log: String,
    },
    /// A kernel does not exist or cannot be launched.
    #[error("kernel {kernel}: {reason}")]
    Kernel {
        /// Name of the kernel.
        kernel: String,
        /// The driver's message.
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
    /// Another call of CUDA's driver failed. Kernels run after their launch has returned, so this
    /// may be the failure of an earlier kernel.
    #[error("GPU, {call}: {reason}")]
    Device {
        /// What the driver was asked to do.
        call: &'static str,
        /// The driver's message.
        reason: String,
    },
}

/// Refuses a buffer that does not have the length that its shape needs.
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

/// Checks buffers in order: the name of each, its length, and the length that its shape needs.
pub(crate) fn check_lengths<const N: usize>(
    op: &'static str,
    buffers: [(&'static str, usize, usize); N],
) -> Result<(), OpsError> {
    buffers
        .into_iter()
        .try_for_each(|(buffer, got, want)| check_length(op, buffer, got, want))
}

impl From<GeometryError> for OpsError {
    fn from(GeometryError { field, reason }: GeometryError) -> Self {
        Self::Geometry { field, reason }
    }
}
