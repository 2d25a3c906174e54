//! What a measuring process says of its machine, for each device that it measures.

use lenet_core::DeviceKind;
use lenet_ops::Level;
use lenet_results::{Environment, RuntimeRecord, RuntimeSession, SharedNode};
use lenet_train::peak_of;

use super::host;
use crate::error::StudyError;
use crate::plan::PlannedRuntime;

/// One session for each device of a plan.
#[derive(Debug)]
pub(super) struct Sessions(Vec<((DeviceKind, usize), RuntimeSession)>);

impl Sessions {
    /// Looks at the machine now, before the measurement loads it.
    pub(super) fn begin(runtimes: &[PlannedRuntime], level: Level) -> Self {
        let governor = host::governor();
        let load_average = host::load_average();
        let mut sessions: Vec<((DeviceKind, usize), RuntimeSession)> = Vec::new();
        for runtime in runtimes {
            let device = device(&runtime.blank);
            if sessions.iter().all(|(known, _)| *known != device) {
                let session = RuntimeSession {
                    environment: lenet_train::environment(device.0, device.1),
                    governor: governor.clone(),
                    load_average,
                    peak_flops_per_thread: match device.0 {
                        DeviceKind::Cpu => Some(peak_of(level)),
                        DeviceKind::Cuda => None,
                    },
                    shared: SharedNode::here(),
                };
                sessions.push((device, session));
            }
        }
        Self(sessions)
    }

    /// The session of a runtime of the plan.
    pub(super) fn of(&self, record: &RuntimeRecord) -> &RuntimeSession {
        let own = device(record);
        let mut sessions = self.0.iter();
        let found = sessions.find(|(known, _)| *known == own);
        &found.expect("every device of the plan has a session").1
    }
}

fn device(record: &RuntimeRecord) -> (DeviceKind, usize) {
    (record.config.device, record.execution.ordinal)
}

/// Refuses records that other machines or builds have begun.
///
/// # Errors
/// [`StudyError::OtherEnvironment`].
pub(super) fn check_environments(records: &[RuntimeRecord]) -> Result<(), StudyError> {
    let mut here: Vec<((DeviceKind, usize), Environment)> = Vec::new();
    for record in records.iter().filter(|record| !record.sessions.is_empty()) {
        let own = device(record);
        let at = match here.iter().position(|(known, _)| *known == own) {
            Some(at) => at,
            None => {
                here.push((own, lenet_train::environment(own.0, own.1)));
                here.len() - 1
            }
        };
        for session in &record.sessions {
            same_environment(&session.environment, &here[at].1)?;
        }
    }
    Ok(())
}

/// Refuses to mix samples of two machines or builds.
fn same_environment(found: &Environment, here: &Environment) -> Result<(), StudyError> {
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
        Some((what, found, expected)) => Err(StudyError::OtherEnvironment {
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
