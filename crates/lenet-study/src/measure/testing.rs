//! A small study of runtimes, small data and synthetic samples.

use lenet_data::{Dataset, ImageSet};
use lenet_ops::Level;
use lenet_results::{Environment, RuntimeSample, RuntimeSession};

use crate::config::StudyConfig;
use crate::data_sets::DataSets;
use crate::machine::{Device, Machine};
use crate::overrides::RuntimeOverrides;
use crate::plan::Plan;
use lenet_core::DeviceKind;

/// Two sizes with and without dropout, two samples and one timing of phases each.
pub(super) const STUDY: &str = "name = \"test\"\n[[figure]]\nid = \"1\"\nmeasure = \"runtime\"\n\
     repeats = 2\nwarm_up_samples = 16\nphase_passes = 1\n[figure.set]\nbatch_size = 16\n\
     data = \"small\"\nsamples = 40\nvalidation = 20\n[figure.axes]\n\
     filters = [2, 3]\ndropout = [0, 0.5]\n";

/// 80 training and 30 test images of 8×8 in ten classes.
pub(super) fn data() -> DataSets {
    let set = |images: usize| {
        let pixels = (0..images * 64).map(|i| (i * 37 % 251) as u8).collect();
        let labels = (0..images).map(|i| (i % 10) as u8).collect();
        ImageSet::new(pixels, labels, [1, 8, 8]).expect("the sizes fit")
    };
    let small = Dataset::new("small", set(80), set(30)).expect("the sets fit together");
    DataSets::default().with("small", small)
}

/// The processor alone, with one thread.
pub(super) fn machine() -> Machine {
    Machine {
        devices: vec![Device {
            kind: DeviceKind::Cpu,
            ordinal: 0,
        }],
        asked: true,
        absent: None,
        threads: 1,
        level: Level::Portable,
    }
}

/// The plan of a study on [`machine`] and [`data`].
pub(super) fn plan(study: &str) -> Plan {
    let config = StudyConfig::parse(study, "test").expect("the study can be read");
    let overrides = RuntimeOverrides::default();
    Plan::expand_runtimes(&config, &overrides, &machine(), &data()).expect("it can be measured")
}

/// The session of a made-up process.
pub(super) fn session() -> RuntimeSession {
    RuntimeSession {
        environment: Environment::collect(),
        governor: "unknown".into(),
        load_average: Some(0.5),
        peak_flops_per_thread: Some(1e9),
        shared: None,
    }
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
