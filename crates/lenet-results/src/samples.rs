//! Records that the tests of this crate share.

use crate::config::*;
use crate::environment::Environment;
use crate::format::TRIAL_FORMAT;
use crate::record::*;

pub(crate) fn config() -> TrialConfig {
    TrialConfig {
        data: DataConfig {
            source: "mnist".into(),
            validation: 5000,
            samples: None,
        },
        network: NetworkConfig {
            filters: vec![16, 16],
            kernel: 3,
            hidden: vec![128],
        },
        dropout: DropoutConfig {
            rate: 0.5,
            connected: true,
        },
        optimizer: OptimizerConfig::Adam {
            beta1: 0.9,
            beta2: 0.999,
            epsilon: 1e-8,
        },
        learning_rate: 0.001,
        schedule: ScheduleConfig {
            warmup_epochs: 0.0,
            decay: DecayConfig::Constant {},
        },
        batch_size: 128,
        epochs: 10,
        early_stop: None,
        seed: 1,
        backend: BackendKind::Fused,
        device: DeviceKind::Cpu,
        precision: Precision::Single,
    }
}

pub(crate) fn epoch(number: usize) -> EpochRecord {
    EpochRecord {
        epoch: number,
        step: number as u64 * 430,
        learning_rate: 0.001,
        train_loss: 1.0 / (number as f64 + 2.0),
        train_accuracy: 0.1,
        validation_loss: f64::INFINITY,
        validation_accuracy: 0.2,
        test_loss: 0.3,
        test_accuracy: 0.4,
        dead: false,
        train_seconds: 1.5,
        evaluation_seconds: 0.1,
    }
}

pub(crate) fn run(host: &str) -> RunRecord {
    RunRecord {
        from_epoch: 0,
        started_unix: 1_500_000_000,
        environment: Environment {
            host: host.into(),
            ..Environment::collect()
        },
        threads: 1,
        jobs: 2,
        group: 1,
        device: "cpu".into(),
        level: "avx2".into(),
        self_check: None,
    }
}

pub(crate) fn record(outcome: Outcome, epochs: usize) -> TrialRecord {
    TrialRecord {
        format: TRIAL_FORMAT,
        identity: config().identity(),
        config: config(),
        parameters: 104_250,
        outcome,
        epochs: (1..=epochs).map(epoch).collect(),
        runs: vec![run("here")],
    }
}
