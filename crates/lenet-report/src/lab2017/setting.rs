//! What the report held fixed in its figures.

use lenet_core::{Optimizer, Schedule, Trial};

use crate::records::runtimes::Workload;

/// Epochs of figures 1 to 3.
pub(crate) const EPOCHS: usize = 10;

/// Learning rates of figures 1 to 3.
pub(crate) const RATES: [f64; 4] = [0.1, 0.01, 0.001, 0.0001];

/// Numbers of filters that the report timed on every device.
pub(crate) const SIZES: [usize; 4] = [8, 16, 32, 64];

/// Batch sizes of figures 4 and 5.
pub(crate) const LARGE: usize = 64;
pub(crate) const SMALL: usize = 16;

/// The images behind a runtime in figures 4 and 5.
pub(crate) fn workload() -> Workload {
    Workload {
        source: "mnist".to_owned(),
        samples: 10_000,
        validation: 5_000,
        test: 10_000,
        setting: String::new(),
    }
}

/// Whether a configuration has everything that figures 1 to 3 hold fixed. The amount of data and the
/// number of epochs are not compared.
pub(crate) fn shares_the_setting(config: &Trial) -> bool {
    let network = &config.network;
    [Optimizer::SGD, Optimizer::ADAM].contains(&config.optimizer)
        && config.data.source == "mnist"
        && network.filters == [16, 16]
        && network.kernel == 3
        && network.hidden == [128]
        && config.batch_size == 128
        && config.schedule == Schedule::default()
}
