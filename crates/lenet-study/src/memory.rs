//! Whether the networks of a plan fit in memory, asked before anything is trained.

use std::fs;

use lenet_core::{DeviceKind, Trial};

use crate::error::StudyError;
use crate::plan::Plan;

/// Refuses a plan with a trial on the processor whose weights, gradients and optimizer state alone exceed
/// the memory that this process may have. Activations and working memory come on top, so a plan that
/// passes may still be too large. Where the system does not tell its memory, nothing is refused.
///
/// # Errors
/// [`StudyError::Memory`] for the first such trial.
pub fn check_memory(plan: &Plan) -> Result<(), StudyError> {
    let Some(available) = available() else {
        return Ok(());
    };
    let on_cpu = plan
        .trials
        .iter()
        .filter(|trial| trial.config.device == DeviceKind::Cpu);
    let too_large = |needed: &u64| *needed > available;
    for trial in on_cpu {
        if let Some(needed) = Some(least(&trial.config, trial.parameters)).filter(too_large) {
            return Err(StudyError::Memory {
                cell: trial.label.clone(),
                needed,
                available,
            });
        }
    }
    Ok(())
}

/// Bytes that training takes at least: weights, gradients, and the optimizer's moments, in f32.
fn least(trial: &Trial, parameters: usize) -> u64 {
    let arrays = 2 + trial.optimizer.moments() as u64;
    (parameters as u64).saturating_mul(4 * arrays)
}

/// Bytes of memory that this process may still have: what is free, or less where a limit says so.
fn available() -> Option<u64> {
    let read = |path: &str| fs::read_to_string(path).ok();
    let free = read("/proc/meminfo").and_then(|text| field(&text, "MemAvailable:", 0));
    let space = read("/proc/self/limits").and_then(|text| field(&text, "Max address space", 0));
    let group = read("/sys/fs/cgroup/memory.max").and_then(|text| field(&text, "", 0));
    let limits = [
        free.map(|kilobytes| kilobytes.saturating_mul(1024)),
        space,
        group,
    ];
    limits.into_iter().flatten().min()
}

/// The number at a place after the name at the start of a line; `None` where it is no number, such as
/// `unlimited`.
fn field(text: &str, name: &str, place: usize) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().nth(place)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_found_where_systems_write_them() {
        let memory = "MemTotal:       24576 kB\nMemAvailable:    2048 kB\n";
        assert_eq!(field(memory, "MemAvailable:", 0), Some(2048));
        let limits = "Max data size             unlimited            unlimited            bytes\n\
                      Max address space         2560000000           unlimited            bytes\n";
        assert_eq!(field(limits, "Max address space", 0), Some(2_560_000_000));
        assert_eq!(field(limits, "Max data size", 0), None);
        assert_eq!(field("max\n", "", 0), None);
        assert_eq!(field("1048576\n", "", 0), Some(1_048_576));
        assert!(available().is_none_or(|bytes| bytes > 1 << 20));
    }

    #[test]
    fn a_network_takes_its_weights_gradients_and_moments() {
        let mut trial = Trial::default();
        assert_eq!(least(&trial, 1000), 8000);
        trial.optimizer = lenet_core::Optimizer::ADAM;
        assert_eq!(least(&trial, 1000), 16_000);
    }
}
