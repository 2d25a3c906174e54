//! Kernels at work: on a GPU, or on the driver of `tests/cuda`, which runs them on the CPU.

mod candle;
mod convolution;
mod dense;
mod device;
mod head;
mod tf32;
mod update;

use candle_core::cuda_backend::cudarc::driver::DeviceRepr;
use sha2::{Digest, Sha256};

use super::launch::Launch;
use super::types::{Batch, Clock, NULL};
use super::{Buffer, Gpu};
use crate::testing::labels;

/// Networks of a launch, by their slots in memory.
const PLACES: [&[u32]; 2] = [&[0], &[2, 0, 1]];

/// A GPU of its own for a test, which is left out unless it is asked for.
pub(crate) fn gpu() -> Gpu {
    Gpu::new(0).unwrap_or_else(|error| panic!("{error}"))
}

/// Launches a kernel and waits for it.
fn run<A: DeviceRepr>(gpu: &Gpu, launch: &Launch, arguments: &A) {
    // SAFETY: the tests' arguments name buffers of the sizes in them, which live through the wait.
    unsafe { gpu.launch(launch, arguments) }.unwrap();
    gpu.synchronize().unwrap();
}

/// With `LENET_PRINT_BITS=1`, prints the digest of a result, for comparison with another run's.
pub(crate) fn print_bits(what: &str, values: &[f32]) {
    if std::env::var_os("LENET_PRINT_BITS").is_some_and(|value| value == "1") {
        let mut hash = Sha256::new();
        for value in values {
            hash.update(value.to_bits().to_le_bytes());
        }
        let digest: [u8; 32] = hash.finalize().into();
        println!("bits: {what}: {:02x?}", &digest[..8]);
    }
}

/// Memory for as many slots as the largest of `slots` needs.
fn slot_count(slots: &[u32]) -> usize {
    slots.iter().max().map_or(0, |&slot| slot as usize + 1)
}

fn size(number: usize) -> u32 {
    u32::try_from(number).unwrap()
}

fn doubles(values: &[f32]) -> Vec<f64> {
    values.iter().map(|&value| f64::from(value)).collect()
}

/// Batch number `BATCH` of an epoch over a small set, in an order for each slot.
struct Epoch {
    pixels: Vec<u8>,
    labels: Vec<u8>,
    order: Vec<u32>,
    order_stride: usize,
    batch_size: usize,
    buffers: [Buffer<u8>; 2],
    order_buffer: Buffer<u32>,
    clock: Buffer<Clock>,
    slots: Buffer<u32>,
}

impl Epoch {
    const BATCH: usize = 1;
    const SET: usize = 23;

    /// Of images of `image_size` pixels in `classes` classes.
    fn new(gpu: &Gpu, slots: &[u32], pixels: Vec<u8>, classes: u64, batch_size: usize) -> Self {
        let labels_of_set = labels(5, Self::SET, classes);
        let order_stride = (Self::BATCH + 1) * batch_size + 3;
        let draws = labels(7, order_stride * slot_count(slots), Self::SET as u64);
        let order: Vec<u32> = draws.into_iter().map(u32::from).collect();
        let clock = Clock {
            batch: size(Self::BATCH),
            ticket: 0,
        };
        Self {
            buffers: [
                gpu.upload(&pixels).unwrap(),
                gpu.upload(&labels_of_set).unwrap(),
            ],
            order_buffer: gpu.upload(&order).unwrap(),
            clock: gpu.upload(&[clock]).unwrap(),
            slots: gpu.upload(slots).unwrap(),
            pixels,
            labels: labels_of_set,
            order,
            order_stride,
            batch_size,
        }
    }

    fn batch(&self, images: usize) -> Batch {
        Batch {
            pixels: if self.pixels.is_empty() {
                NULL
            } else {
                self.buffers[0].pointer()
            },
            labels: self.buffers[1].pointer(),
            order: self.order_buffer.pointer(),
            clock: self.clock.pointer(),
            slots: self.slots.pointer(),
            order_stride: size(self.order_stride),
            first: 0,
            batch_size: size(self.batch_size),
            images: size(images),
        }
    }

    /// Positions of the batch's images for a slot.
    fn positions(&self, slot: u32, images: usize) -> &[u32] {
        let first = slot as usize * self.order_stride + Self::BATCH * self.batch_size;
        &self.order[first..first + images]
    }

    fn labels_of(&self, slot: u32, images: usize) -> Vec<u8> {
        let positions = self.positions(slot, images).iter();
        positions.map(|&at| self.labels[at as usize]).collect()
    }
}
