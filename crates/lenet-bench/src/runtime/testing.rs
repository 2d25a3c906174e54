//! A small grid, small data and synthetic records.

use lenet_core::{Backend, DeviceKind, Validation};
use lenet_data::{Dataset, ImageSet, SplitSpec, Splits};
use lenet_results::{
    DataPlacement, Environment, RuntimePoint, RuntimeRecord, RuntimeSample, RuntimeSession,
    RuntimeWork,
};

use super::RuntimeConfig;

/// Two sizes with and without dropout.
pub(super) fn config() -> RuntimeConfig {
    RuntimeConfig {
        name: "test".into(),
        filters: vec![2, 3],
        batch_size: vec![16],
        dropout: vec![0.0, 0.5],
        device: Vec::new(),
        backend: Vec::new(),
        placement: Vec::new(),
        trials: vec![1],
        samples: 40,
        validation: 20,
        learning_rate: 0.1,
        repeats: 2,
        warm_up_samples: 16,
        phase_passes: 1,
        seed: 1,
    }
}

/// 40 training, 20 validation and 30 test images of 8×8 in ten classes.
pub(super) fn splits() -> Splits {
    let set = |images: usize| {
        let pixels = (0..images * 64).map(|i| (i * 37 % 251) as u8).collect();
        let labels = (0..images).map(|i| (i % 10) as u8).collect();
        ImageSet::new(pixels, labels, [1, 8, 8]).expect("the sizes fit")
    };
    let data = Dataset::new("small", set(80), set(30)).expect("the sets fit together");
    data.split(&SplitSpec {
        validation: Validation::first(20),
        samples: Some(40),
        seed: 1,
    })
    .expect("there are enough")
}

/// A point of so many filters with these runtimes, one a round.
pub(super) fn record(filters: usize, seconds: &[f64]) -> RuntimeRecord {
    let point = RuntimePoint {
        device: DeviceKind::Cpu,
        ordinal: 0,
        backend: Backend::Fused,
        placement: DataPlacement::Streamed,
        threads: 2,
        level: "portable".into(),
        filters,
        parameters: 100 * filters,
        batch_size: 16,
        dropout: 0.0,
        source: "small".into(),
        samples: 40,
        validation: 20,
        test: 30,
        learning_rate: 0.1,
        seed: 1,
        trials: 1,
    };
    let work = RuntimeWork {
        train_flops: 4_000_000,
        evaluation_flops: 2_000_000,
    };
    let mut record = RuntimeRecord::new(point, work);
    record.sessions.push(RuntimeSession {
        environment: Environment::collect(),
        governor: "unknown".into(),
        load_average: Some(0.5),
        peak_flops_per_thread: Some(1e9),
    });
    record.samples = seconds
        .iter()
        .zip(1..)
        .map(|(&s, round)| sample(round, s))
        .collect();
    record
}

/// A sample of so many seconds, three quarters of them training.
pub(super) fn sample(round: usize, seconds: f64) -> RuntimeSample {
    RuntimeSample {
        round,
        position: 1,
        session: 0,
        train_seconds: 0.75 * seconds,
        evaluation_seconds: 0.25 * seconds,
        peak_memory_bytes: Some(1 << 20),
        peak_device_memory_bytes: None,
        diverged: false,
    }
}
