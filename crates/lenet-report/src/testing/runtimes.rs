//! Made-up runtimes.

use lenet_core::{
    Architecture, Backend, Data, DataPlacement, DeviceKind, Dropout, Gpu, Samples, Trial,
};
use lenet_results::{
    Environment, Execution, ImageCounts, PhaseSeconds, RuntimeRecord, RuntimeSample,
    RuntimeSession, RuntimeWork,
};

use crate::records::runtimes::{Runtimes, Workload};

/// What a point needs besides its network, batch size and dropout.
#[derive(Debug, Clone)]
pub(crate) struct Grid {
    pub(crate) device: DeviceKind,
    pub(crate) backend: Backend,
    pub(crate) placement: DataPlacement,
    pub(crate) samples: usize,
}

impl Grid {
    /// The fused backend on the CPU, with 10,000 images.
    pub(crate) fn cpu() -> Self {
        Self {
            device: DeviceKind::Cpu,
            backend: Backend::Fused,
            placement: DataPlacement::Streamed,
            samples: 10_000,
        }
    }

    /// The stock backend on a GPU, with streamed images.
    pub(crate) fn gpu() -> Self {
        Self {
            device: DeviceKind::Cuda,
            backend: Backend::Stock,
            ..Self::cpu()
        }
    }

    /// The same with resident images.
    pub(crate) fn resident(self) -> Self {
        Self {
            placement: DataPlacement::Resident,
            ..self
        }
    }

    /// A record without samples.
    pub(crate) fn point(&self, filters: usize, batch_size: usize, dropout: f64) -> RuntimeRecord {
        let config = Trial {
            data: Data {
                samples: Samples::Drawn(self.samples),
                ..Data::default()
            },
            network: Architecture {
                filters: vec![filters; 2],
                ..Architecture::default()
            },
            dropout: Dropout::connected(dropout),
            batch_size,
            epochs: 1,
            backend: self.backend,
            device: self.device,
            ..Trial::default()
        };
        let execution = Execution {
            ordinal: 0,
            placement: self.placement,
            threads: 2,
            fixed_threads: false,
            level: match self.backend {
                Backend::Fused => "avx2".to_owned(),
                Backend::Stock => "candle".to_owned(),
            },
            trials: 1,
        };
        let images = ImageCounts {
            train: self.samples,
            validation: 5_000,
            test: 10_000,
        };
        let parameters =
            10 * filters + filters * (9 * filters + 1) + 128 * (49 * filters + 1) + 1290;
        let no_work = RuntimeWork {
            train_flops: 0,
            evaluation_flops: 0,
        };
        RuntimeRecord::new(config, execution, parameters, images, no_work)
    }

    /// A record for each number of filters, batch sizes 64 and 16, dropout 0 and ½. The seconds of a
    /// round are `seconds(filters, batch_size, dropout, round)`.
    pub(crate) fn records(
        &self,
        filters: &[usize],
        rounds: usize,
        seconds: impl Fn(usize, usize, f64, usize) -> f64,
    ) -> Vec<RuntimeRecord> {
        let mut records = Vec::new();
        for &f in filters {
            for b in [64, 16] {
                for dropout in [0.0, 0.5] {
                    let times: Vec<f64> = (1..=rounds)
                        .map(|round| seconds(f, b, dropout, round))
                        .collect();
                    records.push(record(&self.point(f, b, dropout), &times));
                }
            }
        }
        records
    }
}

/// A record with one runtime per round on a made-up host. Training takes three quarters of each.
pub(crate) fn record(blank: &RuntimeRecord, seconds: &[f64]) -> RuntimeRecord {
    let filters = blank.filters() as u64;
    // Forward pass of the report's network: both convolutions and the dense layers.
    let first = 2 * 784 * 9 * filters;
    let forward = first + 2 * 196 * 9 * filters * filters + 2 * (49 * filters + 10) * 128;
    let (images, trials) = (blank.images, blank.execution.trials);
    let mut record = blank.clone();
    record.work = RuntimeWork {
        train_flops: (3 * forward - first) * (trials * images.train) as u64,
        evaluation_flops: forward * (trials * (images.validation + images.test)) as u64,
    };
    let on_gpu = blank.config.device == DeviceKind::Cuda;
    record.sessions.push(RuntimeSession {
        environment: Environment {
            gpu: on_gpu.then(gpu),
            ..crate::testing::run(0).environment
        },
        governor: "unknown".to_owned(),
        load_average: Some(0.5),
        peak_flops_per_thread: (!on_gpu).then_some(50e9),
        shared: None,
    });
    let sample = |(round, &seconds): (usize, &f64)| RuntimeSample {
        round: round + 1,
        position: 1,
        session: 0,
        train_seconds: 0.75 * seconds,
        evaluation_seconds: 0.25 * seconds,
        peak_memory_bytes: Some(1 << 20),
        peak_device_memory_bytes: None,
        diverged: false,
    };
    record.samples = seconds.iter().enumerate().map(sample).collect();
    record
}

/// Adds a timed pass. Copying takes this share of training, and evaluation a quarter of the time.
pub(crate) fn with_phases(mut record: RuntimeRecord, copy: f64) -> RuntimeRecord {
    let total = record.samples[0].seconds();
    let rest = 0.75 * total * (1.0 - copy);
    record.phases.push(PhaseSeconds {
        prepare: 0.1 * rest,
        copy: 0.75 * total * copy,
        forward: 0.3 * rest,
        backward: 0.5 * rest,
        optimizer: 0.1 * rest,
        evaluation: 0.25 * total,
    });
    record
}

/// A CPU and a GPU with both placements. Times grow with the filters, and phases are timed.
pub(crate) fn two_devices() -> Vec<RuntimeRecord> {
    let sizes = [8, 16, 32, 64];
    let slow = |f: usize, b: usize, _, round| 0.02 * f as f64 / b as f64 + 1e-4 * round as f64;
    let fast = |f: usize, b: usize, _, _| (10.0 + f as f64) / (100.0 * b as f64);
    let mut records = Grid::cpu().records(&sizes, 3, slow);
    records.extend(Grid::gpu().records(&sizes, 3, fast));
    records.extend(Grid::gpu().resident().records(&sizes, 3, fast));
    let timed = records.into_iter().map(|record| with_phases(record, 0.2));
    timed.collect()
}

/// The images of [`Grid::cpu`].
pub(crate) fn workload() -> Workload {
    Workload {
        source: "mnist".to_owned(),
        samples: 10_000,
        validation: 5_000,
        test: 10_000,
        setting: String::new(),
    }
}

/// The records as series, with the usual images as the preferred ones.
pub(crate) fn in_series(records: &[RuntimeRecord]) -> Runtimes<'_> {
    Runtimes::new(records, Some(&workload()))
}

fn gpu() -> Gpu {
    Gpu {
        name: "A GPU".to_owned(),
        driver: "1.0".to_owned(),
        driver_cuda: "13.0".to_owned(),
        cuda: "12.9".to_owned(),
        compute_capability: "8.9".to_owned(),
        multiprocessors: 10,
        clock_hz: 1_000_000_000,
        memory_bytes: 8 << 30,
    }
}
