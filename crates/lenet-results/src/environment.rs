//! Host, build and GPU that produced a result.

use serde::{Deserialize, Serialize};

use lenet_core::Gpu;

use crate::cores::cores;

/// Host, build and GPU that produced a result.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Environment {
    /// Host name, or `"unknown"`.
    pub host: String,
    /// Operating system and architecture, for example `linux x86_64`.
    pub os: String,
    /// CPU model as the system names it, or `"unknown"`.
    pub cpu: String,
    /// Logical CPU cores that the process may use.
    pub cores: usize,
    /// Version of this workspace.
    pub version: String,
    /// Revision that the binary was built from, with `-dirty` appended if the sources had
    /// uncommitted changes; `"unknown"` outside a repository.
    pub revision: String,
    /// Build profile, `release` or `debug`.
    pub profile: String,
    /// Compiler version, as `rustc --version` prints it.
    pub rustc: String,
    /// Cargo features of the binary: `cuda` or none.
    #[serde(default)]
    pub features: Vec<String>,
    /// The GPU that computed the result; `None` if the CPU did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gpu: Option<Gpu>,
}

impl Environment {
    /// Describes this process, without a GPU. What cannot be determined is `"unknown"`.
    #[must_use]
    pub fn collect() -> Self {
        Self {
            host: host(),
            os: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
            cpu: processor().unwrap_or_else(unknown),
            cores: cores(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            revision: env!("LENET_BUILD_REVISION").to_owned(),
            profile: env!("LENET_BUILD_PROFILE").to_owned(),
            rustc: env!("LENET_BUILD_RUSTC").to_owned(),
            features: match cfg!(feature = "cuda") {
                true => vec!["cuda".to_owned()],
                false => Vec::new(),
            },
            gpu: None,
        }
    }
}

fn unknown() -> String {
    "unknown".to_owned()
}

/// Host name, or `"unknown"`.
pub(crate) fn host() -> String {
    let from_kernel = || std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
    let from_variable = || std::env::var("COMPUTERNAME").ok();
    from_kernel()
        .or_else(from_variable)
        .or_else(|| ask("hostname", &[]))
        .map(|name| name.trim().to_owned())
        .filter(|name| !name.is_empty())
        .unwrap_or_else(unknown)
}

fn processor() -> Option<String> {
    let from_variable = || std::env::var("PROCESSOR_IDENTIFIER").ok();
    let named = match std::fs::read_to_string("/proc/cpuinfo") {
        Ok(text) => model_name(&text),
        Err(_) => ask("sysctl", &["-n", "machdep.cpu.brand_string"]).or_else(from_variable),
    };
    named.filter(|name| !name.is_empty())
}

/// The first CPU's model in Linux's `/proc/cpuinfo`.
fn model_name(cpuinfo: &str) -> Option<String> {
    let value = |line: &str| {
        let (key, value) = line.split_once(':')?;
        matches!(key.trim(), "model name" | "Model").then(|| value.trim().to_owned())
    };
    cpuinfo.lines().find_map(value)
}

fn ask(program: &str, arguments: &[&str]) -> Option<String> {
    let output = std::process::Command::new(program)
        .args(arguments)
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout)
        .ok()
        .filter(|_| output.status.success())?;
    Some(text.trim().to_owned())
}

#[cfg(test)]
mod tests;
