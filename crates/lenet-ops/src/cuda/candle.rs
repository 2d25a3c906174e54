//! candle's tensors as arguments of the kernels. To the kernels they are those of one network.

use std::sync::{Arc, Mutex, PoisonError};

use candle_core::backend::BackendStorage;
use candle_core::cuda_backend::cudarc::driver::{CudaSlice, DevicePtr};
use candle_core::{
    CpuStorage, CudaDevice, CudaStorage, CustomOp2, DType, Layout, Result, Shape, Tensor, bail,
};

use super::types::{Batch, Pointer};
use super::{Buffer, Gpu};
use crate::tensor::wrap;

/// Most elements of a tensor: the kernels count them in 32 bits.
const MOST: usize = u32::MAX as usize / 4;

/// candle's GPU on candle's stream, for kernels that compute one network.
pub(crate) struct CandleGpu {
    pub(crate) gpu: Gpu,
    device: CudaDevice,
    /// The network's slot: 0.
    slots: Buffer<u32>,
}

/// One per device that candle has opened, so that an op does not send its slot again.
static OPENED: Mutex<Vec<Arc<CandleGpu>>> = Mutex::new(Vec::new());

impl CandleGpu {
    /// The one of a device.
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

    /// A batch of float images.
    pub(crate) fn batch(&self, images: usize) -> Batch {
        Batch {
            slots: self.slots(),
            batch_size: size(images),
            images: size(images),
            ..Batch::default()
        }
    }

    /// Memory for a tensor of `length` elements.
    ///
    /// # Safety
    /// Every element is written before it is read.
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

    /// The elements of two tensors, one after the other: the kernels take a layer's weight and bias
    /// in this form.
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

    pub(crate) fn len(&self) -> usize {
        self.length
    }

    pub(crate) fn shape(&self) -> Shape {
        self.layout.shape().clone()
    }

    /// Address of the first element.
    pub(crate) fn pointer(&self) -> Pointer {
        address(self.slice) + (self.start * size_of::<f32>()) as Pointer
    }
}

/// An op of two tensors in a backward pass. It runs on the GPU because the forward pass did.
struct BackwardOp<F> {
    name: &'static str,
    run: F,
}

impl<F> CustomOp2 for BackwardOp<F>
where
    F: Fn(&CandleGpu, [Elements<'_>; 2]) -> Result<(CudaStorage, Shape)>,
{
    fn name(&self) -> &'static str {
        self.name
    }

    fn cpu_fwd(
        &self,
        _: &CpuStorage,
        _: &Layout,
        _: &CpuStorage,
        _: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        bail!(
            "{}: its output is on a GPU and its gradient is not",
            self.name
        )
    }

    fn cuda_fwd(
        &self,
        first: &CudaStorage,
        first_layout: &Layout,
        second: &CudaStorage,
        second_layout: &Layout,
    ) -> Result<(CudaStorage, Shape)> {
        let first = Elements::new(self.name, first, first_layout)?;
        let second = Elements::new(self.name, second, second_layout)?;
        let gpu = CandleGpu::on(first.device)?;
        (self.run)(&gpu, [first, second])
    }
}

/// Computes a tensor from two others on their GPU.
pub(crate) fn backward_op(
    name: &'static str,
    tensors: [&Tensor; 2],
    run: impl Fn(&CandleGpu, [Elements<'_>; 2]) -> Result<(CudaStorage, Shape)>,
) -> Result<Tensor> {
    tensors[0].apply_op2_no_bwd(tensors[1], &BackwardOp { name, run })
}

/// Gradients of input (where wanted), weight and bias. `to_input` computes the first from the
/// upstream gradient and the weight; `to_parameters` the others, one after the other, from the input
/// and the upstream gradient.
pub(crate) fn gradients(
    name: &'static str,
    [input, weight, bias]: [&Tensor; 3],
    upstream: &Tensor,
    to_input: impl Fn(&CandleGpu, [Elements<'_>; 2]) -> Result<(CudaStorage, Shape)>,
    to_parameters: impl Fn(&CandleGpu, [Elements<'_>; 2]) -> Result<(CudaStorage, Shape)>,
) -> Result<[Option<Tensor>; 3]> {
    let to_input = input
        .track_op()
        .then(|| backward_op(name, [upstream, weight], to_input))
        .transpose()?;
    let to_parameters = backward_op(name, [input, upstream], to_parameters)?;
    let weights = weight.elem_count();
    let to_weight = to_parameters.narrow(0, 0, weights)?;
    let to_bias = to_parameters.narrow(0, weights, bias.elem_count())?;
    Ok([
        to_input,
        Some(to_weight.reshape(weight.shape())?),
        Some(to_bias),
    ])
}

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

/// candle uses a tensor on its device's only stream, where the kernels run too.
fn address(slice: &CudaSlice<f32>) -> Pointer {
    let stream = Arc::clone(slice.stream());
    slice.device_ptr(&stream).0
}

/// A size that [`Elements`] has checked.
pub(crate) fn size(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
