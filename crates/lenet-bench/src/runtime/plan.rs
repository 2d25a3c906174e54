//! From a grid to the points that this machine can measure.

use lenet_core::{Architecture, Backend, DeviceChoice, DeviceKind};
use lenet_data::Splits;
use lenet_ops::Level;
use lenet_results::{DataPlacement, RuntimePoint};

use super::config::RuntimeConfig;
use super::error::RuntimeError;
use lenet_train::{TrainError, resolve_device};

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
        match resolve_device(DeviceChoice::Cuda(0)) {
            Ok((kind, ordinal)) => found.push(Device { kind, ordinal }),
            Err(error) => left_out.push(LeftOut {
                what: "cuda".to_owned(),
                reason: error.to_string(),
            }),
        }
    }
    for name in asked {
        let (kind, ordinal) =
            resolve_device(name.parse::<DeviceChoice>().map_err(TrainError::from)?)?;
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
        for path in paths(config, &devices, &mut left_out) {
            for &filters in &config.filters {
                let network = network(filters);
                let parameters = lenet_train::geometry(&network, data)?.parameter_count();
                for &batch_size in &config.batch_size {
                    for &dropout in &config.dropout {
                        let point = RuntimePoint {
                            device: path.device.kind,
                            ordinal: path.device.ordinal,
                            backend: path.backend,
                            placement: path.placement,
                            threads,
                            level: path.level(level).to_owned(),
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
                            trials: path.trials,
                        };
                        if !points.contains(&point) {
                            points.push(point);
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
pub(super) fn network(filters: usize) -> Architecture {
    Architecture {
        filters: vec![filters; 2],
        kernel: 3,
        hidden: vec![128],
    }
}

/// What computes a point, and on how many networks at once.
struct Path {
    device: Device,
    backend: Backend,
    placement: DataPlacement,
    trials: usize,
}

impl Path {
    fn level(&self, level: Level) -> &'static str {
        match (self.backend, self.device.kind) {
            (Backend::Stock, _) => "candle",
            (Backend::Fused, DeviceKind::Cuda) => "cuda",
            (Backend::Fused, DeviceKind::Cpu) => level.name(),
        }
    }
}

/// Every path of the grid that there is, in its order.
fn paths(config: &RuntimeConfig, devices: &[Device], left_out: &mut Vec<LeftOut>) -> Vec<Path> {
    let backends = match config.backend.as_slice() {
        [] => &[Backend::Fused],
        asked => asked,
    };
    let mut paths = Vec::new();
    for &device in devices {
        for &backend in backends {
            for placement in placements(config, device, backend, left_out) {
                for trials in groups(config, device, backend, left_out) {
                    paths.push(Path {
                        device,
                        backend,
                        placement,
                        trials,
                    });
                }
            }
        }
    }
    paths
}

/// A backend that knows one place for its images is measured there, whatever was asked for.
fn placements(
    config: &RuntimeConfig,
    device: Device,
    backend: Backend,
    left_out: &mut Vec<LeftOut>,
) -> Vec<DataPlacement> {
    let (only, what, reason) = match (device.kind, backend) {
        (DeviceKind::Cuda, Backend::Stock) => {
            return match config.placement.as_slice() {
                [] => vec![DataPlacement::Streamed, DataPlacement::Resident],
                asked => asked.to_vec(),
            };
        }
        (DeviceKind::Cuda, Backend::Fused) => (
            DataPlacement::Resident,
            format!("streamed, fused on cuda:{}", device.ordinal),
            "the fused backend keeps images on the GPU, so they are measured as resident",
        ),
        (DeviceKind::Cpu, _) => (
            DataPlacement::Streamed,
            "resident on the cpu".to_owned(),
            "host memory is the CPU's own, so both placements are one and are measured as streamed",
        ),
    };
    if config.placement.iter().any(|&asked| asked != only) {
        note(left_out, what, reason);
    }
    vec![only]
}

fn groups(
    config: &RuntimeConfig,
    device: Device,
    backend: Backend,
    left_out: &mut Vec<LeftOut>,
) -> Vec<usize> {
    if (backend, device.kind) == (Backend::Fused, DeviceKind::Cuda) {
        return config.trials.clone();
    }
    let (alone, together): (Vec<_>, Vec<_>) = config.trials.iter().partition(|&&n| n == 1);
    if !together.is_empty() {
        let what = match (device.kind, backend) {
            (DeviceKind::Cpu, _) => "several trials on the cpu".to_owned(),
            (DeviceKind::Cuda, _) => format!("several trials, stock on cuda:{}", device.ordinal),
        };
        let reason = "they would be trained one after the other there";
        note(left_out, what, reason);
    }
    alone
}

/// Says once that something is left out.
fn note(left_out: &mut Vec<LeftOut>, what: String, reason: &str) {
    let note = LeftOut {
        what,
        reason: reason.to_owned(),
    };
    if !left_out.contains(&note) {
        left_out.push(note);
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
                .all(|point| point.backend == Backend::Fused && point.level == "portable")
        );
        assert_eq!(plan.points[0].samples, 40);
        let geometry = lenet_train::geometry(&network(2), &testing::splits()).unwrap();
        assert_eq!(plan.points[0].parameters, geometry.parameter_count());
    }

    #[test]
    fn a_gpu_has_the_fused_backend_and_for_candle_two_placements() {
        let mut config = testing::config();
        let fused = plan(&config, &[CPU, GPU]).unwrap();
        assert_eq!(fused.points.len(), 4 + 4);
        assert!(fused.left_out.is_empty());
        let on_gpu = |p: &RuntimePoint| {
            (p.backend, p.placement, p.level.as_str())
                == (Backend::Fused, DataPlacement::Resident, "cuda")
        };
        assert!(fused.points[4..].iter().all(on_gpu), "{:?}", fused.points);

        config.backend = vec![Backend::Stock];
        let stock = plan(&config, &[GPU]).unwrap();
        assert_eq!(stock.points.len(), 8);
        assert!(stock.left_out.is_empty());

        config.backend = vec![Backend::Fused, Backend::Stock];
        config.placement = vec![DataPlacement::Streamed];
        let streamed = plan(&config, &[GPU]).unwrap();
        assert_eq!(streamed.points.len(), 4 + 4);
        assert_eq!(streamed.left_out.len(), 1);
        assert_eq!(streamed.left_out[0].what, "streamed, fused on cuda:1");
    }

    #[test]
    fn trials_are_grouped_where_a_device_trains_them_together() {
        let mut config = testing::config();
        config.backend = vec![Backend::Fused, Backend::Stock];
        config.trials = vec![1, 16];
        let found = plan(&config, &[CPU, GPU]).unwrap();
        let grouped: Vec<_> = found.points.iter().filter(|p| p.trials == 16).collect();
        assert_eq!(found.points.len(), 2 * 4 + 2 * 4 + 8);
        assert_eq!(grouped.len(), 4);
        assert!(grouped.iter().all(|p| p.device == DeviceKind::Cuda));
        assert!(grouped.iter().all(|p| p.backend == Backend::Fused));
        let what: Vec<_> = found.left_out.iter().map(|l| l.what.as_str()).collect();
        assert_eq!(
            what,
            [
                "several trials on the cpu",
                "several trials, stock on cuda:1"
            ]
        );
        config.trials = vec![16];
        let refused = plan(&config, &[CPU]).unwrap_err().to_string();
        assert!(refused.contains("several trials on the cpu"), "{refused}");
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
