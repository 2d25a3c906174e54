//! candle's tensors as arguments of the kernels, which compute one trial of them.

use std::sync::{Arc, Mutex, PoisonError};

use candle_core::backend::BackendStorage;
use candle_core::cuda_backend::cudarc::driver::{CudaSlice, DevicePtr};
use candle_core::{CudaDevice, CudaStorage, DType, Layout, Result, Shape, bail};

use super::types::{Batch, NULL, Pointer};
use super::{Buffer, Gpu};
use crate::tensor::wrap;

/// Elements that the kernels count in 32 bits, of one tensor.
const MOST: usize = u32::MAX as usize / 4;

/// candle's GPU on candle's stream, for kernels that compute one trial.
pub(crate) struct OneTrial {
    pub(crate) gpu: Gpu,
    device: CudaDevice,
    /// The trial's slot: 0.
    slots: Buffer<u32>,
}

/// One for each device that candle has opened, so that no op sends its slot anew.
static OPENED: Mutex<Vec<Arc<OneTrial>>> = Mutex::new(Vec::new());

impl OneTrial {
    /// That of a device.
    pub(crate) fn on(device: &CudaDevice) -> Result<Arc<Self>> {
        let mut opened = OPENED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = opened.iter().find(|known| known.device.id() == device.id()) {
            return Ok(Arc::clone(known));
        }
        let gpu = Gpu::with_stream(device.cuda_stream()).map_err(wrap)?;
        let slots = gpu.upload(&[0]).map_err(wrap)?;
        let device = device.clone();
        let made = Arc::new(Self { gpu, device, slots });
        opened.push(Arc::clone(&made));
        Ok(made)
    }

    /// Address of `[0]`.
    pub(crate) fn slots(&self) -> Pointer {
        self.slots.pointer()
    }

    /// A batch of images that are numbers already.
    pub(crate) fn batch(&self, images: usize) -> Batch {
        Batch {
            pixels: NULL,
            labels: NULL,
            order: NULL,
            clock: NULL,
            slots: self.slots(),
            order_stride: 0,
            first: 0,
            batch_size: size(images),
            images: size(images),
        }
    }

    /// Memory for a tensor of `length` elements.
    ///
    /// # Safety
    /// All of it is written before it is read.
    pub(crate) unsafe fn tensor(&self, length: usize) -> Result<NewTensor> {
        if !(1..=MOST).contains(&length) {
            bail!("a tensor of {length} elements is none that a GPU takes: give 1 to {MOST}");
        }
        // SAFETY: the caller writes before it reads.
        let slice = unsafe { self.device.alloc::<f32>(length) }?;
        Ok(NewTensor {
            slice,
            device: self.device.clone(),
        })
    }

    /// The elements of two tensors, one after the other: a layer's weight and bias, as the
    /// kernels want them.
    pub(crate) fn joined(&self, parts: [&Elements<'_>; 2]) -> Result<Buffer<f32>> {
        let length = parts.iter().map(|part| part.length).sum();
        // SAFETY: both parts are written below.
        let mut joined = unsafe { self.gpu.uninitialized(length) }.map_err(wrap)?;
        let mut start = 0;
        for part in parts {
            let view = part.slice.slice(part.start..part.start + part.length);
            joined.write_from(start, &view).map_err(wrap)?;
            start += part.length;
        }
        Ok(joined)
    }
}

/// The elements of a contiguous f32 tensor on a GPU.
pub(crate) struct Elements<'a> {
    slice: &'a CudaSlice<f32>,
    start: usize,
    length: usize,
    layout: &'a Layout,
    pub(crate) device: &'a CudaDevice,
}

impl<'a> Elements<'a> {
    pub(crate) fn new(op: &str, storage: &'a CudaStorage, layout: &'a Layout) -> Result<Self> {
        if storage.dtype() != DType::F32 {
            bail!(
                "{op}: tensors on a GPU are f32, not {:?}; use the stock backend",
                storage.dtype()
            );
        }
        let Some((start, end)) = layout.contiguous_offsets() else {
            bail!("{op}: a tensor of {:?} is not contiguous", layout.dims());
        };
        if end - start > MOST {
            bail!(
                "{op}: a tensor of {:?} is more than a GPU takes at once; use smaller batches",
                layout.dims()
            );
        }
        Ok(Self {
            slice: storage.as_cuda_slice::<f32>()?,
            start,
            length: end - start,
            layout,
            device: storage.device(),
        })
    }

    /// How many.
    pub(crate) fn len(&self) -> usize {
        self.length
    }

    pub(crate) fn shape(&self) -> Shape {
        self.layout.shape().clone()
    }

    /// Address of the first.
    pub(crate) fn pointer(&self) -> Pointer {
        address(self.slice) + (self.start * size_of::<f32>()) as Pointer
    }
}

/// Makes a type with a method `run` an op of two tensors for a backward pass, which is on the GPU
/// because the forward pass was.
macro_rules! backward_op {
    ($type:ty, $name:expr) => {
        impl candle_core::CustomOp2 for $type {
            fn name(&self) -> &'static str {
                $name
            }

            fn cpu_fwd(
                &self,
                _: &candle_core::CpuStorage,
                _: &candle_core::Layout,
                _: &candle_core::CpuStorage,
                _: &candle_core::Layout,
            ) -> candle_core::Result<(candle_core::CpuStorage, candle_core::Shape)> {
                candle_core::bail!("{}: its output is on a GPU and its gradient is not", $name)
            }

            fn cuda_fwd(
                &self,
                first: &candle_core::CudaStorage,
                first_layout: &candle_core::Layout,
                second: &candle_core::CudaStorage,
                second_layout: &candle_core::Layout,
            ) -> candle_core::Result<(candle_core::CudaStorage, candle_core::Shape)> {
                let first = Elements::new($name, first, first_layout)?;
                let second = Elements::new($name, second, second_layout)?;
                let trial = OneTrial::on(first.device)?;
                self.run(&trial, &first, &second)
            }
        }
    };
}
pub(crate) use backward_op;

/// A tensor that a kernel writes.
pub(crate) struct NewTensor {
    slice: CudaSlice<f32>,
    device: CudaDevice,
}

impl NewTensor {
    pub(crate) fn pointer(&self) -> Pointer {
        address(&self.slice)
    }

    pub(crate) fn into_storage(self) -> CudaStorage {
        CudaStorage::wrap_cuda_slice(self.slice, self.device)
    }
}

/// candle uses a tensor on its device's one stream, where the kernels run too.
fn address(slice: &CudaSlice<f32>) -> Pointer {
    let stream = Arc::clone(slice.stream());
    slice.device_ptr(&stream).0
}

/// A size that [`Elements`] has checked.
pub(crate) fn size(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
