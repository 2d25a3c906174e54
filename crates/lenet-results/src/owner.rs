//! Who owns a file: a process on a machine.

use std::fs;
use std::sync::OnceLock;

use crate::environment::host;

/// A word for the machine since it started, one for each container on it. Of letters and digits.
pub(crate) fn machine() -> &'static str {
    static MACHINE: OnceLock<String> = OnceLock::new();
    MACHINE.get_or_init(|| {
        let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
        let space = fs::read_link("/proc/self/ns/pid").unwrap_or_default();
        let whole = serde_json::json!([host(), boot, space.to_string_lossy()]);
        lenet_core::identity::digest("lenet-lab machine 1\n", &whole)
    })
}

/// Whether a process of this machine lives. Where the system does not tell, every process does.
pub(crate) fn is_alive(process: u32) -> bool {
    match state(process) {
        // A zombie runs no more.
        Some(state) => !matches!(state, 'Z' | 'X'),
        None => !fs::exists("/proc/self/stat").unwrap_or(false),
    }
}

/// Whether a process of this machine was stopped, by a signal or a debugger.
pub(crate) fn is_stopped(process: u32) -> bool {
    matches!(state(process), Some('T' | 't'))
}

fn state(process: u32) -> Option<char> {
    let text = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // After the name, which may hold anything, comes the state.
    let state = text.rsplit(')').next().unwrap_or_default().trim_start();
    Some(state.chars().next().unwrap_or(' '))
}

/// When a process of this machine began, in the kernel's ticks: a later process may have its number.
pub(crate) fn began(process: u32) -> Option<u64> {
    let text = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The twenty-second field; the name is the second, the state behind it the third.
    text.rsplit(')')
        .next()?
        .split_whitespace()
        .nth(19)?
        .parse()
        .ok()
}

#[cfg(test)]
mod tests;
