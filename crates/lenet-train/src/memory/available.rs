//! The memory that this process may still take, as Linux tells it.

use std::fs;
use std::path::Path;

/// Where limits of groups of processes are told.
const GROUPS: &str = "/sys/fs/cgroup";

/// Bytes that this process may still take: the least of what the machine has free, what limits of this
/// process leave, and what those of its control groups leave. `None` where the system tells nothing, as
/// on systems other than Linux.
#[must_use]
pub fn available_bytes() -> Option<u64> {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let own = of_process(&read("/proc/self/limits"), &read("/proc/self/status"));
    let groups = of_groups(&read("/proc/self/cgroup"), Path::new(GROUPS));
    let free = kilobytes(&read("/proc/meminfo"), "MemAvailable:");
    own.into_iter().chain(groups).chain(free).min()
}

/// What the limits of a process leave of its address space and its data.
fn of_process(limits: &str, status: &str) -> Option<u64> {
    let left = |limit: &str, used: &str| {
        let most = number(limits, limit)?;
        Some(most.saturating_sub(kilobytes(status, used).unwrap_or(0)))
    };
    let space = left("Max address space", "VmSize:");
    let data = left("Max data size", "VmData:");
    space.into_iter().chain(data).min()
}

/// What the limits of a process's groups leave, in both versions of control groups. `own` is what
/// `/proc/self/cgroup` says.
fn of_groups(own: &str, root: &Path) -> Option<u64> {
    let mut left = Vec::new();
    for line in own.lines() {
        let mut parts = line.splitn(3, ':').skip(1);
        let (Some(kind), Some(path)) = (parts.next(), parts.next()) else {
            continue;
        };
        let (top, limit, used, cache) = if kind.is_empty() {
            (
                root.to_owned(),
                "memory.max",
                "memory.current",
                "inactive_file",
            )
        } else if kind.split(',').any(|kind| kind == "memory") {
            let used = "memory.usage_in_bytes";
            (
                root.join("memory"),
                "memory.limit_in_bytes",
                used,
                "total_inactive_file",
            )
        } else {
            continue;
        };
        // A group has the limits of those above it, too. In a container the path may lie outside what is
        // to be seen; the top is always there.
        let inner = top.join(path.trim_start_matches('/'));
        let groups = inner
            .ancestors()
            .take_while(|group| group.starts_with(&top));
        left.extend(groups.filter_map(|group| of_group(group, limit, used, cache)));
    }
    left.into_iter().min()
}

fn of_group(group: &Path, limit: &str, used: &str, cache: &str) -> Option<u64> {
    let read = |name: &str| fs::read_to_string(group.join(name)).unwrap_or_default();
    let most: u64 = read(limit).trim().parse().ok()?;
    let used: u64 = read(used).trim().parse().unwrap_or(0);
    // Files that were read count as used, though the system drops them when memory is short.
    let files = number(&read("memory.stat"), cache).unwrap_or(0);
    Some(most.saturating_sub(used.saturating_sub(files)))
}

/// The number after a name at the start of a line; `None` where it is a word, such as `unlimited`.
fn number(text: &str, name: &str) -> Option<u64> {
    let mut lines = text.lines();
    let line = lines.find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

fn kilobytes(text: &str, name: &str) -> Option<u64> {
    number(text, name).map(|kilobytes| kilobytes.saturating_mul(1024))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_of_a_process_leave_what_it_does_not_use() {
        let status = "VmSize:\t    1000 kB\nVmData:\t     300 kB\n";
        let limits = |data: &str, space: &str| {
            format!(
                "Max data size             {data}            unlimited            bytes\n\
                     Max address space         {space}           unlimited            bytes\n"
            )
        };
        let cases = [
            ("unlimited", "unlimited", None),
            ("unlimited", "2048000", Some(1_024_000)),
            ("400000", "2048000", Some(92_800)),
            ("unlimited", "1000", Some(0)),
        ];
        for (data, space, expected) in cases {
            assert_eq!(
                of_process(&limits(data, space), status),
                expected,
                "{data} {space}"
            );
        }
    }

    #[test]
    fn the_narrowest_group_counts() {
        let root = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write("a/memory.max", "5000\n");
        write("a/memory.current", "1500\n");
        write("a/memory.stat", "anon 900\ninactive_file 500\n");
        write("a/b/memory.max", "max\n");
        write("memory/c/memory.limit_in_bytes", "700");
        let cases = [
            ("0::/a/b\n", Some(4000)),
            ("0::/elsewhere\n", None),
            ("3:cpu,memory:/c\n2:pids:/c\n", Some(700)),
            ("0::/a\n3:memory:/c\n", Some(700)),
            ("", None),
        ];
        for (own, expected) in cases {
            assert_eq!(of_groups(own, root.path()), expected, "{own}");
        }
    }

    #[test]
    fn this_machine_has_memory() {
        assert!(available_bytes().is_none_or(|bytes| bytes > 1 << 20));
    }
}
