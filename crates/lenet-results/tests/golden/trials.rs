//! What the golden files of trials and runtimes say, field by field. No two numbers of one type are
//! equal where they could be mistaken for each other.

use lenet_core::{
    Architecture, Backend, Data, DataPlacement, Decay, DeviceKind, Dropout, EarlyStop, Gpu,
    Optimizer, Patience, Precision, Samples, Schedule, Trial, Validation, ValidationDraw,
};
use lenet_results::{
    Environment, EpochRecord, Execution, ImageCounts, Outcome, PhaseSeconds, RunRecord,
    RuntimeRecord, RuntimeSample, RuntimeSession, RuntimeWork, SelfCheck, TrialRecord,
};

pub fn text(text: &str) -> String {
    text.to_owned()
}

/// A trial with a setting of every kind that is not the usual one.
pub fn trial() -> Trial {
    Trial {
        data: Data {
            source: text("idx:0123456789abcdef"),
            validation: Validation {
                count: 4000,
                draw: ValidationDraw::Seed,
                stratified: true,
            },
            samples: Samples::Drawn(600),
        },
        network: Architecture {
            filters: vec![8, 12],
            kernel: 5,
            hidden: vec![96, 32],
            ..Architecture::default()
        },
        dropout: Dropout {
            rate: 0.25,
            connected: false,
        },
        optimizer: Optimizer::MOMENTUM,
        learning_rate: 0.0625,
        schedule: Schedule {
            warmup_epochs: 0.5,
            decay: Decay::Step {
                every_epochs: 2.5,
                gamma: 0.75,
            },
        },
        batch_size: 48,
        epochs: 7,
        early_stop: EarlyStop::After(Patience {
            epochs: 3,
            min_delta: 0.001,
        }),
        seed: 11,
        backend: Backend::Fused,
        device: DeviceKind::Cuda,
        precision: Precision::Tf32,
    }
}

fn environment(host: &str, gpu: Option<Gpu>) -> Environment {
    Environment {
        host: text(host),
        os: text("linux x86_64"),
        cpu: text("A processor"),
        cores: 6,
        version: text("0.1.0"),
        revision: text("19bfcb8a0001"),
        profile: text("release"),
        rustc: text("rustc 1.94.0"),
        features: gpu.iter().map(|_| text("cuda")).collect(),
        gpu,
    }
}

fn gpu() -> Gpu {
    Gpu {
        name: text("NVIDIA GeForce GTX 970"),
        driver: text("580.65.06"),
        driver_cuda: text("13.0"),
        cuda: text("12.9"),
        compute_capability: text("5.2"),
        multiprocessors: 13,
        clock_hz: 1_178_000_000,
        memory_bytes: 4_294_967_296,
    }
}

/// A start beside others on a GPU, and a resumption alone on a processor.
pub fn runs() -> Vec<RunRecord> {
    let start = RunRecord {
        from_epoch: 0,
        started_unix: 1_500_000_000,
        environment: environment("a-host", Some(gpu())),
        threads: 4,
        jobs: 5,
        group: 40,
        device: text("cuda:1"),
        level: text("candle"),
        self_check: Some(SelfCheck {
            worst_relative_error: 0.000_244_140_625,
            worst_tensor: text("conv1.weight"),
            tolerance: 0.0005,
            passed: true,
            seconds: 0.75,
        }),
        scheduler: None,
    };
    let resumption = RunRecord {
        from_epoch: 1,
        started_unix: 1_500_000_600,
        environment: environment("b-host", None),
        threads: 2,
        jobs: 3,
        group: 1,
        device: text("cpu"),
        level: text("avx2"),
        self_check: None,
        scheduler: None,
    };
    vec![start, resumption]
}

/// An ordinary epoch, one with losses that JSON has no numbers for, and one of a dead network.
pub fn epochs() -> Vec<EpochRecord> {
    let first = EpochRecord {
        epoch: 1,
        step: 13,
        learning_rate: 0.0625,
        train_loss: 1.5,
        train_accuracy: 0.1,
        validation_loss: 1.25,
        validation_accuracy: 0.2,
        test_loss: 1.125,
        test_accuracy: 0.3,
        dead: false,
        train_seconds: 2.5,
        evaluation_seconds: 0.5,
    };
    let second = EpochRecord {
        epoch: 2,
        step: 26,
        learning_rate: 0.05,
        train_loss: f64::INFINITY,
        train_accuracy: 0.0,
        validation_loss: 2.25,
        validation_accuracy: 1.0,
        test_loss: 0.30000000000000004,
        test_accuracy: 0.3333333333333333,
        dead: false,
        train_seconds: 2.75,
        evaluation_seconds: 0.625,
    };
    let third = EpochRecord {
        epoch: 3,
        step: 39,
        learning_rate: 0.04,
        train_loss: 2.5,
        train_accuracy: 0.11,
        validation_loss: 2.3,
        validation_accuracy: 0.09,
        test_loss: 2.302587012345678,
        test_accuracy: 0.098,
        dead: true,
        train_seconds: 2.25,
        evaluation_seconds: 0.375,
    };
    vec![first, second, third]
}

pub fn result(format: u32) -> TrialRecord {
    TrialRecord {
        format,
        identity: text(TRIAL),
        config: trial(),
        parameters: 54_321,
        outcome: Outcome::Stopped { epoch: 3 },
        epochs: epochs(),
        runs: runs(),
    }
}

/// The identity of [`trial`], which names its folder.
pub const TRIAL: &str = "d006411f38712d95";

pub fn images() -> ImageCounts {
    ImageCounts {
        train: 600,
        validation: 4000,
        test: 900,
    }
}

pub fn execution() -> Execution {
    Execution {
        ordinal: 1,
        placement: DataPlacement::Resident,
        threads: 4,
        fixed_threads: true,
        level: text("candle"),
        trials: 16,
    }
}

/// The name of its file is [`RUNTIME`].
pub fn runtime(format: u32) -> RuntimeRecord {
    let session = |environment, governor, load_average, peak_flops_per_thread| RuntimeSession {
        environment,
        governor: text(governor),
        load_average,
        peak_flops_per_thread,
        shared: None,
    };
    let sample = |round, position, session, device_memory| RuntimeSample {
        round,
        position,
        session,
        train_seconds: 0.30000000000000004,
        evaluation_seconds: 0.3333333333333333,
        peak_memory_bytes: Some(123_456_789),
        peak_device_memory_bytes: device_memory,
        diverged: session == 1,
    };
    RuntimeRecord {
        format,
        config: trial(),
        execution: execution(),
        parameters: 54_321,
        images: images(),
        work: RuntimeWork {
            train_flops: 11_000_000_000,
            evaluation_flops: 6_000_000_000,
        },
        sessions: vec![
            session(environment("a-host", Some(gpu())), "powersave", None, None),
            session(
                environment("b-host", None),
                "performance",
                Some(0.25),
                Some(51_200_000_000.5),
            ),
        ],
        samples: vec![sample(1, 3, 0, Some(987_654_321)), sample(2, 4, 1, None)],
        phases: vec![PhaseSeconds {
            prepare: 0.5,
            copy: 0.25,
            forward: 2.0,
            backward: 4.0,
            optimizer: 1.0,
            evaluation: -0.125,
        }],
    }
}

pub const RUNTIME: &str = "3ba0db9711500bfc";
