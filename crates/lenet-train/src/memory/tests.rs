//! Estimates by hand.

use lenet_core::{Optimizer, Stages};

use super::*;

/// 2 channels of 4×4, three 3×3 filters, no hidden layer, two classes: 57 parameters of the convolution,
/// 26 of the dense layer with its 12 features.
fn network() -> Geometry {
    Geometry {
        channels: 2,
        height: 4,
        width: 4,
        filters: vec![3],
        kernel: 3,
        hidden: vec![],
        classes: 2,
        stages: Stages::USUAL,
    }
}

#[test]
fn every_part_is_counted() {
    let of = |backend, optimizer, batch_size, threads, used| {
        let trial = Trial {
            backend,
            optimizer,
            batch_size,
            ..Trial::default()
        };
        memory_bytes(&trial, &network(), 100, threads, used) / F32
    };
    let (fused, stock) = (Backend::Fused, Backend::Stock);
    let (sgd, adam) = (Optimizer::SGD, Optimizer::ADAM);
    // Convolutions 83 − 24 = 59; a thread's chunk 32 · (32 + 48) = 2560; rows 14 for each image.
    let cases = [
        (
            (fused, sgd, 16, 1, MemoryUse::Training),
            83 * 3 + 59 * 5 + 24 + 2 * 2560 + 16 * 14,
        ),
        (
            (fused, sgd, 16, 2, MemoryUse::Training),
            83 * 3 + 59 * 6 + 24 + 4 * 2560 + 16 * 14,
        ),
        (
            (fused, adam, 16, 1, MemoryUse::Training),
            83 * 5 + 59 * 5 + 24 + 2 * 2560 + 16 * 14,
        ),
        (
            (fused, sgd, 16, 1, MemoryUse::Study),
            83 * 8 + 59 * 5 + 24 + 2 * 2560 + 16 * 14,
        ),
        (
            (fused, adam, 16, 1, MemoryUse::Study),
            83 * 11 + 59 * 5 + 24 + 2 * 2560 + 16 * 14,
        ),
        // A batch has no more images than there are, and eight segments at most.
        (
            (fused, sgd, 4000, 1, MemoryUse::Training),
            83 * 3 + 59 * 11 + 24 + 2 * 2560 + 100 * 14,
        ),
        (
            (fused, adam, 16, 1, MemoryUse::Evaluation),
            83 * 3 + 59 * 2 + 2560,
        ),
        // 16 places of 18 inputs; 48 outputs kept four times.
        (
            (stock, sgd, 10, 1, MemoryUse::Training),
            83 * 3 + 10 * (288 + 192),
        ),
        (
            (stock, sgd, 10, 1, MemoryUse::Evaluation),
            83 * 3 + 1000 * (288 + 96),
        ),
    ];
    for ((backend, optimizer, batch, threads, used), expected) in cases {
        let found = of(backend, optimizer, batch, threads, used);
        assert_eq!(found, expected, "{backend} {batch} {threads} {used:?}");
    }
    let on_gpu = Trial {
        device: DeviceKind::Cuda,
        ..Trial::default()
    };
    assert_eq!(
        memory_bytes(&on_gpu, &network(), 100, 1, MemoryUse::Study),
        0
    );
}

#[test]
fn what_does_not_fit_is_refused_with_its_bytes() {
    assert!(ensure_memory(0).is_ok());
    if available_bytes().is_some() {
        let error = ensure_memory(u64::MAX).unwrap_err().to_string();
        assert!(error.contains("18446744073709551615 bytes"), "{error}");
    }
}

#[test]
fn sizes_beyond_all_numbers_do_not_wrap() {
    let geometry = Geometry {
        filters: vec![1 << 20; 2],
        height: 1 << 20,
        width: 1 << 20,
        hidden: vec![],
        ..network()
    };
    let trial = Trial {
        batch_size: 1 << 30,
        ..Trial::default()
    };
    let found = memory_bytes(&trial, &geometry, usize::MAX, 64, MemoryUse::Training);
    assert!(found > 1 << 60, "{found}");
}
