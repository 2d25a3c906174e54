//! What a measuring process says of its machine, for each device that it measures.

use lenet_core::DeviceKind;
use lenet_ops::Level;
use lenet_results::{Environment, RuntimePoint, RuntimeSession};

use super::error::RuntimeError;
use super::host;
use super::plan::Plan;
use crate::speed::peak_of;

/// One session for each device of a plan.
#[derive(Debug)]
pub(super) struct Sessions(Vec<((DeviceKind, usize), RuntimeSession)>);

impl Sessions {
    /// Looks at the machine now, before the measurement loads it.
    pub fn begin(plan: &Plan, level: Level) -> Self {
        let governor = host::governor();
        let load_average = host::load_average();
        let mut sessions: Vec<((DeviceKind, usize), RuntimeSession)> = Vec::new();
        for point in &plan.points {
            let device = (point.device, point.ordinal);
            if sessions.iter().all(|(known, _)| *known != device) {
                let session = RuntimeSession {
                    environment: lenet_train::environment(point.device, point.ordinal),
                    governor: governor.clone(),
                    load_average,
                    peak_flops_per_thread: match point.device {
                        DeviceKind::Cpu => Some(peak_of(level)),
                        DeviceKind::Cuda => None,
                    },
                };
                sessions.push((device, session));
            }
        }
        Self(sessions)
    }

    /// The session of a point of the plan.
    pub fn of(&self, point: &RuntimePoint) -> &RuntimeSession {
        let device = (point.device, point.ordinal);
        let mut sessions = self.0.iter();
        let found = sessions.find(|(known, _)| *known == device);
        &found.expect("every device of the plan has a session").1
    }
}

/// Refuses to mix samples of two machines or builds.
pub(super) fn same_environment(
    found: &Environment,
    here: &Environment,
) -> Result<(), RuntimeError> {
    let gpu = |environment: &Environment| match &environment.gpu {
        Some(gpu) => format!("{}, driver {}, CUDA {}", gpu.name, gpu.driver, gpu.cuda),
        None => "none".to_owned(),
    };
    let fields = [
        ("host", found.host.clone(), here.host.clone()),
        ("processor", found.cpu.clone(), here.cpu.clone()),
        ("GPU", gpu(found), gpu(here)),
        ("revision", found.revision.clone(), here.revision.clone()),
        ("profile", found.profile.clone(), here.profile.clone()),
        ("compiler", found.rustc.clone(), here.rustc.clone()),
    ];
    match fields.into_iter().find(|(_, found, here)| found != here) {
        None => Ok(()),
        Some((what, found, expected)) => Err(RuntimeError::OtherEnvironment {
            what,
            found,
            expected,
        }),
    }
}

#[cfg(test)]
mod tests {
    use lenet_core::Gpu;

    use super::*;

    #[test]
    fn another_gpu_is_another_machine() {
        let here = Environment::collect();
        assert!(same_environment(&here, &here).is_ok());
        let on_gpu = Environment {
            gpu: Some(Gpu {
                name: "A GPU".into(),
                driver: "1.0".into(),
                driver_cuda: "13.0".into(),
                cuda: "13.0".into(),
                compute_capability: "9.0".into(),
                multiprocessors: 8,
                clock_hz: 1_000_000_000,
                memory_bytes: 1 << 30,
            }),
            ..here.clone()
        };
        let refused = same_environment(&on_gpu, &here).unwrap_err().to_string();
        assert!(
            refused.contains("GPU was \"A GPU, driver 1.0, CUDA 13.0\"")
                && refused.contains("--out"),
            "{refused}"
        );
    }
}
