//! What the operating system says of this machine while it measures (Linux; elsewhere unknown).

use std::fs;

/// Frequency governor of the first processor, or `unknown`.
pub(super) fn governor() -> String {
    fs::read_to_string("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")
        .map(|text| text.trim().to_owned())
        .ok()
        .filter(|text| !text.is_empty())
        .unwrap_or_else(|| "unknown".to_owned())
}

/// Runnable processes, averaged over the last minute.
pub fn load_average() -> Option<f64> {
    first_number(&fs::read_to_string("/proc/loadavg").ok()?)
}

/// Makes the kernel forget the process's peak of memory; `false` where it does not.
pub(super) fn forget_peak_memory() -> bool {
    // 5 resets the high-water mark: proc(5), `clear_refs`.
    fs::write("/proc/self/clear_refs", "5").is_ok()
}

/// Most memory that the process held since that, in bytes.
pub(super) fn peak_memory() -> Option<u64> {
    high_water(&fs::read_to_string("/proc/self/status").ok()?)
}

fn first_number(text: &str) -> Option<f64> {
    text.split_whitespace().next()?.parse().ok()
}

fn high_water(status: &str) -> Option<u64> {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_texts_are_understood() {
        assert_eq!(first_number("0.52 0.58 0.59 2/389 4711\n"), Some(0.52));
        assert_eq!(first_number(""), None);
        let status = "Name:\txtask\nVmPeak:\t  9 kB\nVmHWM:\t   1234 kB\nVmRSS:\t 7 kB\n";
        assert_eq!(high_water(status), Some(1234 * 1024));
        assert_eq!(high_water("Name:\txtask\n"), None);
    }
}
