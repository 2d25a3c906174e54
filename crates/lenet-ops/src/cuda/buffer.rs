//! Memory of a GPU.

use std::sync::Arc;

use candle_core::cuda_backend::cudarc::driver::{
    CudaSlice, CudaStream, CudaView, DevicePtr, DeviceRepr, DriverError, ValidAsZeroBits,
};

use super::Gpu;
use super::failure::{device, is_out_of_memory};
use super::types::Pointer;
use crate::error::{OpsError, check_length};

/// An array of `T` in the memory of a GPU.
///
/// Kernels reach it by its address, which Rust does not check: a launch may write to a buffer without
/// a `&mut`.
#[derive(Debug)]
pub struct Buffer<T> {
    slice: CudaSlice<T>,
    /// The driver has no allocation of 0 bytes, so an empty array keeps one element.
    length: usize,
}

impl Gpu {
    /// Memory for `length` elements, which are uninitialized.
    ///
    /// # Errors
    /// There is no room, or the driver fails.
    ///
    /// # Safety
    /// Each element is written before it is read.
    pub unsafe fn uninitialized<T: DeviceRepr>(
        &self,
        length: usize,
    ) -> Result<Buffer<T>, OpsError> {
        let wanted = length.max(1);
        // A size that does not fit is more than any GPU has.
        if wanted.checked_mul(size_of::<T>()).is_none() {
            return Err(no_room(self, u64::MAX));
        }
        // SAFETY: the caller writes before it reads.
        let slice = unsafe { self.stream().alloc(wanted) };
        let slice = slice.map_err(|error| allocation(self, wanted * size_of::<T>(), error))?;
        Ok(Buffer { slice, length })
    }

    /// `length` elements, all zero.
    ///
    /// # Errors
    /// There is no room, or the driver fails.
    pub fn zeroed<T: DeviceRepr + ValidAsZeroBits>(
        &self,
        length: usize,
    ) -> Result<Buffer<T>, OpsError> {
        // SAFETY: every element is cleared below, before anything else.
        let mut buffer = unsafe { self.uninitialized(length) }?;
        buffer.clear()?;
        Ok(buffer)
    }

    /// A copy of `values`.
    ///
    /// # Errors
    /// There is no room, or the driver fails.
    pub fn upload<T: DeviceRepr>(&self, values: &[T]) -> Result<Buffer<T>, OpsError> {
        // SAFETY: every element is written below; an empty array is never read.
        let mut buffer = unsafe { self.uninitialized(values.len()) }?;
        buffer.write(0, values)?;
        Ok(buffer)
    }
}

impl<T: DeviceRepr> Buffer<T> {
    /// Number of elements.
    #[must_use]
    pub fn len(&self) -> usize {
        self.length
    }

    /// Whether there are no elements.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Sets every element to zero.
    ///
    /// # Errors
    /// The driver fails.
    pub fn clear(&mut self) -> Result<(), OpsError>
    where
        T: ValidAsZeroBits,
    {
        let stream = Arc::clone(self.stream());
        let cleared = stream.memset_zeros(&mut self.slice);
        cleared.map_err(device("clearing memory"))
    }

    /// Copies `values` to the elements from `start` on.
    ///
    /// # Errors
    /// The elements reach past the end, or the driver fails.
    pub fn write(&mut self, start: usize, values: &[T]) -> Result<(), OpsError> {
        self.check("Buffer::write", start, values.len())?;
        if values.is_empty() {
            return Ok(());
        }
        let stream = Arc::clone(self.stream());
        let mut view = self.slice.slice_mut(start..start + values.len());
        let copied = stream.memcpy_htod(values, &mut view);
        copied.map_err(device("copying to it"))
    }

    /// Copies `source`, memory of the same GPU, to the elements from `start` on.
    ///
    /// # Errors
    /// The elements reach past the end, or the driver fails.
    pub(crate) fn write_from(
        &mut self,
        start: usize,
        source: &CudaView<'_, T>,
    ) -> Result<(), OpsError> {
        self.check("Buffer::write_from", start, source.len())?;
        if source.is_empty() {
            return Ok(());
        }
        let stream = Arc::clone(self.stream());
        let mut view = self.slice.slice_mut(start..start + source.len());
        let copied = stream.memcpy_dtod(source, &mut view);
        copied.map_err(device("copying within it"))
    }

    /// Waits for everything that the GPU was asked to do, then copies the elements from `start` on to `values`.
    ///
    /// # Errors
    /// The elements reach past the end, or something that the GPU was asked to do failed.
    pub fn read(&self, start: usize, values: &mut [T]) -> Result<(), OpsError> {
        self.check("Buffer::read", start, values.len())?;
        let stream = self.stream();
        if !values.is_empty() {
            let view = self.slice.slice(start..start + values.len());
            let copied = stream.memcpy_dtoh(&view, values);
            copied.map_err(device("copying from it"))?;
        }
        stream.synchronize().map_err(device("waiting for it"))
    }

    /// All elements, once everything that the GPU was asked to do is done.
    ///
    /// # Errors
    /// Something that the GPU was asked to do failed.
    pub fn to_vec(&self) -> Result<Vec<T>, OpsError>
    where
        T: Clone + Default,
    {
        let mut values = vec![T::default(); self.length];
        self.read(0, &mut values)?;
        Ok(values)
    }

    /// Copies all elements from `source`, which has as many.
    ///
    /// # Errors
    /// `source` has another length, or the driver fails.
    pub fn copy_from(&mut self, source: &Self) -> Result<(), OpsError> {
        check_length("Buffer::copy_from", "source", source.length, self.length)?;
        let stream = Arc::clone(self.stream());
        let copied = stream.memcpy_dtod(&source.slice, &mut self.slice);
        copied.map_err(device("copying within it"))
    }

    /// Address of the first element, for a kernel's arguments.
    #[must_use]
    pub fn pointer(&self) -> Pointer {
        self.slice.device_ptr(self.stream()).0
    }

    /// Address of element `start`, from which a kernel will touch `length` elements.
    ///
    /// # Errors
    /// The elements reach past the end.
    pub fn pointer_to(&self, start: usize, length: usize) -> Result<Pointer, OpsError> {
        self.check("Buffer::pointer_to", start, length)?;
        Ok(self.pointer() + (start * size_of::<T>()) as Pointer)
    }

    fn stream(&self) -> &Arc<CudaStream> {
        self.slice.stream()
    }

    fn check(&self, op: &'static str, start: usize, length: usize) -> Result<(), OpsError> {
        match start.checked_add(length) {
            Some(end) if end <= self.length => Ok(()),
            _ => Err(OpsError::Shape {
                op,
                reason: format!(
                    "{length} elements from {start} on reach past the buffer's {}",
                    self.length
                ),
            }),
        }
    }
}

fn allocation(gpu: &Gpu, bytes: usize, error: DriverError) -> OpsError {
    if is_out_of_memory(error) {
        no_room(gpu, bytes as u64)
    } else {
        device("taking memory")(error)
    }
}

fn no_room(gpu: &Gpu, wanted: u64) -> OpsError {
    let (free, total) = gpu.memory().unwrap_or((0, 0));
    OpsError::DeviceMemory {
        wanted,
        free,
        total,
    }
}
