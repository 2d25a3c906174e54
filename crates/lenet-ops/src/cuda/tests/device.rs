//! The device itself: memory, launches, graphs, and what is refused.

use super::gpu;
use crate::cuda::launch::Launch;
use crate::cuda::types::{Pointer, device_repr};
use crate::cuda::{Buffer, Gpu};
use crate::error::OpsError;

/// Mirror of `SaxpyArgs`.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
struct SaxpyArgs {
    x: Pointer,
    y: Pointer,
    a: f32,
    length: u32,
}

device_repr!(SaxpyArgs);

fn launch(kernel: &'static str, length: u32, shared_bytes: u32) -> Launch {
    Launch::new(kernel, [length.div_ceil(64), 1, 1], 64).with_shared(shared_bytes)
}

fn saxpy(
    gpu: &Gpu,
    launch: &Launch,
    a: f32,
    x: &Buffer<f32>,
    y: &Buffer<f32>,
) -> Result<(), OpsError> {
    let arguments = SaxpyArgs {
        x: x.pointer(),
        y: y.pointer(),
        a,
        length: u32::try_from(x.len().min(y.len())).unwrap(),
    };
    // SAFETY: the kernel touches `length` elements of both buffers, which outlive the test's waits.
    unsafe { gpu.launch(launch, &arguments) }
}

fn ramp(length: u32) -> Vec<f32> {
    (0..length).map(|i| i as f32).collect()
}

#[test]
#[ignore = "needs a GPU"]
fn kernels_compute() {
    let gpu = gpu();
    for length in [1, 63, 64, 65, 1000] {
        for (kernel, shared) in [
            ("saxpy", 0),
            ("saxpy_shared", 256),
            ("saxpy_shared", 60_000),
        ] {
            let x = gpu.upload(&ramp(length)).unwrap();
            let y = gpu.upload(&vec![1.0f32; length as usize]).unwrap();
            saxpy(&gpu, &launch(kernel, length, shared), 0.5, &x, &y).unwrap();
            let expected: Vec<f32> = ramp(length).iter().map(|x| 0.5 * x + 1.0).collect();
            assert_eq!(y.to_vec().unwrap(), expected, "{kernel}, {length}");
        }
    }
}

#[test]
#[ignore = "needs a GPU"]
fn buffers_keep_what_they_are_given() {
    let gpu = gpu();
    let mut buffer = gpu.zeroed::<u32>(5).unwrap();
    assert_eq!(buffer.to_vec().unwrap(), [0; 5]);
    buffer.write(1, &[7, 8]).unwrap();
    assert_eq!(buffer.to_vec().unwrap(), [0, 7, 8, 0, 0]);
    let mut part = [0; 2];
    buffer.read(2, &mut part).unwrap();
    assert_eq!(part, [8, 0]);
    let mut copy = gpu.zeroed::<u32>(5).unwrap();
    copy.copy_from(&buffer).unwrap();
    buffer.clear().unwrap();
    assert_eq!(copy.to_vec().unwrap(), [0, 7, 8, 0, 0]);
    assert_eq!(buffer.to_vec().unwrap(), [0; 5]);
    assert_eq!(copy.pointer_to(2, 3).unwrap(), copy.pointer() + 8);

    let empty = gpu.upload::<f32>(&[]).unwrap();
    assert!(empty.is_empty());
    assert_eq!(empty.to_vec().unwrap(), [0.0; 0]);

    assert!(buffer.write(4, &[1, 2]).is_err());
    assert!(buffer.write(usize::MAX, &[1, 2]).is_err());
    assert!(buffer.read(5, &mut part).is_err());
    assert!(buffer.pointer_to(0, 6).is_err());
    assert!(buffer.copy_from(&gpu.zeroed(4).unwrap()).is_err());
}

#[test]
#[ignore = "needs a GPU"]
fn a_graph_repeats_what_it_recorded() {
    let gpu = gpu();
    let x = gpu.upload(&ramp(100)).unwrap();
    let [mut y, mut z] = [(); 2].map(|()| gpu.zeroed::<f32>(100).unwrap());
    let step = launch("saxpy", 100, 0);
    let graph = gpu.capture(|| {
        saxpy(&gpu, &step, 1.0, &x, &y)?;
        z.copy_from(&y)?;
        saxpy(&gpu, &step, 1.0, &y, &z)
    });
    let graph = graph.unwrap();
    assert_eq!(
        y.to_vec().unwrap(),
        [0.0; 100],
        "nothing runs while it is recorded"
    );
    for times in 1..=3 {
        // SAFETY: the buffers are still there.
        unsafe { graph.launch() }.unwrap();
        let expected: Vec<f32> = ramp(100).iter().map(|x| 2.0 * times as f32 * x).collect();
        assert_eq!(z.to_vec().unwrap(), expected);
    }
    y.clear().unwrap();
    // SAFETY: as above.
    unsafe { graph.launch() }.unwrap();
    assert_eq!(y.to_vec().unwrap(), ramp(100));

    let given_up = gpu.capture(|| {
        Err(OpsError::Shape {
            op: "test",
            reason: "given up".to_owned(),
        })
    });
    assert!(matches!(given_up, Err(OpsError::Shape { .. })));
    // The stream works on.
    saxpy(&gpu, &step, 1.0, &x, &y).unwrap();
    assert_eq!(
        y.to_vec().unwrap(),
        ramp(100).iter().map(|x| 2.0 * x).collect::<Vec<_>>()
    );
}

#[test]
#[ignore = "needs a GPU"]
fn what_cannot_be_is_refused_with_a_word() {
    let gpu = gpu();
    let missing = Gpu::new(999).unwrap_err();
    assert!(matches!(missing, OpsError::NoGpu { ordinal: 999, count } if count > 0));

    let one = gpu.upload(&[1.0f32]).unwrap();
    let unknown = saxpy(&gpu, &launch("no_such_kernel", 1, 0), 1.0, &one, &one);
    let text = unknown.unwrap_err().to_string();
    assert_eq!(text, "kernel no_such_kernel: no source has it");

    let mut large = launch("saxpy", 1, 0);
    large.block = [2048, 1, 1];
    let refused = saxpy(&gpu, &large, 1.0, &one, &one).unwrap_err();
    let text = refused.to_string();
    assert!(
        text.starts_with("kernel saxpy: ") && text.contains("[2048, 1, 1]"),
        "{text}"
    );
    // The device works on.
    assert_eq!(one.to_vec().unwrap(), [1.0]);

    // Larger than any GPU, and larger than any number of bytes.
    for length in [1 << 60, usize::MAX / 2] {
        let refused = gpu.zeroed::<f32>(length).unwrap_err();
        assert!(
            matches!(refused, OpsError::DeviceMemory { total, .. } if total > 0),
            "{refused}"
        );
    }
}

#[test]
#[ignore = "needs a GPU"]
fn the_gpu_says_what_it_is() {
    let gpu = gpu();
    assert!(!gpu.name().is_empty());
    assert!(gpu.compute_capability()[0] >= 5);
    assert!(gpu.multiprocessors() > 0);
    let (free, total) = gpu.memory().unwrap();
    assert!(free > 0 && free <= total);
    gpu.synchronize().unwrap();
}
