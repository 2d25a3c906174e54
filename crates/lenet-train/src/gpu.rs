//! What is recorded of a GPU.

use lenet_ops::gpu::{self, Facts};
use lenet_results::{DeviceKind, Environment, Gpu};

/// Host, build and, where a GPU computes, that GPU.
#[must_use]
pub fn environment(device: DeviceKind, ordinal: usize) -> Environment {
    Environment {
        gpu: match device {
            DeviceKind::Cpu => None,
            DeviceKind::Cuda => gpu::facts(ordinal).map(|facts| describe(facts, driver())),
        },
        ..Environment::collect()
    }
}

fn describe(facts: Facts, driver: Option<String>) -> Gpu {
    let version = |number: u32| format!("{}.{}", number / 1000, number % 1000 / 10);
    let [major, minor] = facts.compute_capability;
    Gpu {
        name: facts.name,
        driver: driver.unwrap_or_else(|| "unknown".to_owned()),
        driver_cuda: version(facts.driver_cuda),
        cuda: version(facts.cuda),
        compute_capability: format!("{major}.{minor}"),
        multiprocessors: facts.multiprocessors,
        clock_hz: facts.clock_hz,
        memory_bytes: facts.memory_bytes,
    }
}

/// Version of NVIDIA's kernel driver (Linux).
fn driver() -> Option<String> {
    driver_version(&std::fs::read_to_string("/proc/driver/nvidia/version").ok()?)
}

/// The first word of the module's line that looks like a version.
fn driver_version(text: &str) -> Option<String> {
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("NVRM version:"))?;
    let version =
        |word: &&str| word.contains('.') && word.chars().all(|c| c.is_ascii_digit() || c == '.');
    line.split_whitespace().find(version).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_drivers_text_is_understood() {
        let closed = "NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.183.01  Sun May 12 \
                      19:39:15 UTC 2024\nGCC version:  gcc version 12.2.0 (Debian)\n";
        assert_eq!(driver_version(closed).as_deref(), Some("535.183.01"));
        let open = "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.65.06  Release\n";
        assert_eq!(driver_version(open).as_deref(), Some("580.65.06"));
        assert_eq!(driver_version("GCC version: 12.2.0\n"), None);
    }

    #[test]
    fn versions_are_written_as_people_do() {
        let facts = Facts {
            name: "A GPU".to_owned(),
            driver_cuda: 13_000,
            cuda: 12_090,
            compute_capability: [8, 9],
            multiprocessors: 4,
            clock_hz: 1_000_000_000,
            memory_bytes: 1 << 30,
        };
        let gpu = describe(facts, None);
        assert_eq!(gpu.driver_cuda, "13.0");
        assert_eq!(gpu.cuda, "12.9");
        assert_eq!(gpu.compute_capability, "8.9");
        assert_eq!(gpu.driver, "unknown");
        assert_eq!(gpu.nominal_flops(), Some(4.0 * 128.0 * 2.0 * 1e9));
    }

    #[test]
    fn the_processor_is_no_gpu() {
        assert_eq!(environment(DeviceKind::Cpu, 0).gpu, None);
        assert_eq!(environment(DeviceKind::Cuda, 9_999).gpu, None);
    }
}
