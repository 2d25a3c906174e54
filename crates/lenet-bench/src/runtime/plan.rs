//! From a grid to the points that this machine can measure.

use lenet_data::Splits;
use lenet_ops::Level;
use lenet_results::{BackendKind, DataPlacement, DeviceKind, NetworkConfig, RuntimePoint};
use lenet_train::DeviceChoice;

use super::config::RuntimeConfig;
use super::error::RuntimeError;

/// A device that can be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Device {
    /// Its kind.
    pub kind: DeviceKind,
    /// Ordinal of a CUDA device, 0 for the processor.
    pub ordinal: usize,
}

/// Something that was asked for or could have been, and is not measured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// What.
    pub what: String,
    /// Why.
    pub reason: String,
}

/// What is to be measured here.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Points, each once, in the order of the grid.
    pub points: Vec<RuntimePoint>,
    /// What is not measured.
    pub left_out: Vec<LeftOut>,
    /// Samples of each point.
    pub repeats: usize,
    /// Passes that time the phases.
    pub phase_passes: usize,
    /// Images of a warm-up.
    pub warm_up_samples: usize,
    /// Seed of the order of points.
    pub seed: u64,
}

/// The devices asked for, or all that this program can reach, and those that it cannot.
///
/// # Errors
/// A device that was asked for and cannot be reached.
pub fn devices(asked: &[String]) -> Result<(Vec<Device>, Vec<LeftOut>), RuntimeError> {
    let mut found = Vec::new();
    let mut left_out = Vec::new();
    if asked.is_empty() {
        found.push(Device {
            kind: DeviceKind::Cpu,
            ordinal: 0,
        });
        match DeviceChoice::Cuda(0).resolve() {
            Ok((kind, ordinal)) => found.push(Device { kind, ordinal }),
            Err(error) => left_out.push(LeftOut {
                what: "cuda".to_owned(),
                reason: error.to_string(),
            }),
        }
    }
    for name in asked {
        let (kind, ordinal) = name.parse::<DeviceChoice>()?.resolve()?;
        let device = Device { kind, ordinal };
        if !found.contains(&device) {
            found.push(device);
        }
    }
    Ok((found, left_out))
}

impl Plan {
    /// The points of the grid on these devices. `left_out` is what [`devices`] did not find.
    ///
    /// # Errors
    /// Values out of range, a network that does not fit the images, nothing to measure.
    pub fn new(
        config: &RuntimeConfig,
        (devices, mut left_out): (Vec<Device>, Vec<LeftOut>),
        data: &Splits,
        threads: usize,
        level: Level,
    ) -> Result<Self, RuntimeError> {
        config.check()?;
        let mut points: Vec<RuntimePoint> = Vec::new();
        for device in devices {
            for backend in backends(config, device, &mut left_out) {
                for placement in placements(config, device, &mut left_out) {
                    for &filters in &config.filters {
                        let network = network(filters);
                        let parameters = lenet_train::geometry(&network, data)?.parameter_count();
                        for &batch_size in &config.batch_size {
                            for &dropout in &config.dropout {
                                let point = RuntimePoint {
                                    device: device.kind,
                                    ordinal: device.ordinal,
                                    backend,
                                    placement,
                                    threads,
                                    level: match backend {
                                        BackendKind::Fused => level.name().to_owned(),
                                        BackendKind::Stock => "candle".to_owned(),
                                    },
                                    filters,
                                    parameters,
                                    batch_size,
                                    dropout,
                                    source: data.source.clone(),
                                    samples: data.train.len(),
                                    validation: data.validation.len(),
                                    test: data.test.len(),
                                    learning_rate: config.learning_rate,
                                    seed: config.seed,
                                };
                                if !points.contains(&point) {
                                    points.push(point);
                                }
                            }
                        }
                    }
                }
            }
        }
        if points.is_empty() {
            let reasons = left_out.iter().map(ToString::to_string).collect();
            return Err(RuntimeError::Nothing { reasons });
        }
        Ok(Self {
            points,
            left_out,
            repeats: config.repeats,
            phase_passes: config.phase_passes,
            warm_up_samples: config.warm_up_samples,
            seed: config.seed,
        })
    }
}

impl std::fmt::Display for LeftOut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} is left out: {}", self.what, self.reason)
    }
}

/// The study's network.
pub(super) fn network(filters: usize) -> NetworkConfig {
    NetworkConfig {
        filters: vec![filters; 2],
        kernel: 3,
        hidden: vec![128],
    }
}

fn backends(
    config: &RuntimeConfig,
    device: Device,
    left_out: &mut Vec<LeftOut>,
) -> Vec<BackendKind> {
    let on_gpu = device.kind == DeviceKind::Cuda;
    if config.backend.is_empty() {
        return vec![if on_gpu {
            BackendKind::Stock
        } else {
            BackendKind::Fused
        }];
    }
    let mut backends = config.backend.clone();
    if on_gpu && backends.contains(&BackendKind::Fused) {
        backends.retain(|&backend| backend != BackendKind::Fused);
        left_out.push(LeftOut {
            what: format!("fused on cuda:{}", device.ordinal),
            reason: "the fused backend runs on the CPU alone".to_owned(),
        });
    }
    backends
}

fn placements(
    config: &RuntimeConfig,
    device: Device,
    left_out: &mut Vec<LeftOut>,
) -> Vec<DataPlacement> {
    match device.kind {
        DeviceKind::Cuda if config.placement.is_empty() => {
            vec![DataPlacement::Streamed, DataPlacement::Resident]
        }
        DeviceKind::Cuda => config.placement.clone(),
        DeviceKind::Cpu => {
            let note = LeftOut {
                what: "resident on the cpu".to_owned(),
                reason: "host memory is the CPU's own, so both placements are one and are \
                         measured as streamed"
                    .to_owned(),
            };
            if config.placement.contains(&DataPlacement::Resident) && !left_out.contains(&note) {
                left_out.push(note);
            }
            vec![DataPlacement::Streamed]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing;
    use super::*;

    const CPU: Device = Device {
        kind: DeviceKind::Cpu,
        ordinal: 0,
    };
    const GPU: Device = Device {
        kind: DeviceKind::Cuda,
        ordinal: 1,
    };

    fn plan(config: &RuntimeConfig, devices: &[Device]) -> Result<Plan, RuntimeError> {
        let found = (devices.to_vec(), Vec::new());
        Plan::new(config, found, &testing::splits(), 2, Level::Portable)
    }

    #[test]
    fn every_combination_is_a_point() {
        let plan = plan(&testing::config(), &[CPU]).unwrap();
        assert_eq!(plan.points.len(), 4);
        assert!(
            plan.points
                .iter()
                .all(|point| point.backend == BackendKind::Fused && point.level == "portable")
        );
        assert_eq!(plan.points[0].samples, 40);
        let geometry = lenet_train::geometry(&network(2), &testing::splits()).unwrap();
        assert_eq!(plan.points[0].parameters, geometry.parameter_count());
    }

    #[test]
    fn a_gpu_has_two_placements_and_its_own_backend() {
        let mut config = testing::config();
        let both = plan(&config, &[CPU, GPU]).unwrap();
        assert_eq!(both.points.len(), 4 + 8);
        assert!(both.left_out.is_empty());

        config.backend = vec![BackendKind::Fused];
        let cpu_only = plan(&config, &[CPU, GPU]).unwrap();
        assert_eq!(cpu_only.points.len(), 4);
        assert_eq!(cpu_only.left_out[0].what, "fused on cuda:1");
        let refused = plan(&config, &[GPU]).unwrap_err();
        assert!(refused.to_string().contains("fused on cuda:1"), "{refused}");
    }

    #[test]
    fn twins_on_the_cpu_are_measured_once() {
        let mut config = testing::config();
        config.placement = vec![DataPlacement::Streamed, DataPlacement::Resident];
        config.filters = vec![2, 2];
        let plan = plan(&config, &[CPU]).unwrap();
        // One size, one batch size, two rates of dropout.
        assert_eq!(plan.points.len(), 2);
        assert_eq!(plan.left_out.len(), 1);
    }

    #[test]
    fn devices_out_of_reach_are_left_out_or_refused() {
        let (found, left_out) = devices(&[]).unwrap();
        assert_eq!(found[0], CPU);
        assert_eq!(
            found.len() + left_out.len(),
            2,
            "the GPU is one or the other"
        );
        let one = devices(&["cpu".to_owned(), "cpu".to_owned()]).unwrap();
        assert_eq!(one, (vec![CPU], Vec::new()));
        assert!(devices(&["cuda:9999".to_owned()]).is_err());
        assert!(devices(&["tpu".to_owned()]).is_err());
    }
}
