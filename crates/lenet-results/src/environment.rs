//! Host and build that a number comes from.

use serde::{Deserialize, Serialize};

/// Host and build that a number comes from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Environment {
    /// Host name, or `"unknown"`.
    pub host: String,
    /// Operating system and architecture, e.g. `linux x86_64`.
    pub os: String,
    /// Processor model as the system names it, or `"unknown"`.
    pub cpu: String,
    /// Logical processors that the process may use.
    pub cores: usize,
    /// Version of this workspace.
    pub version: String,
    /// Revision that the binary was built from, `-dirty` appended where the sources had
    /// uncommitted changes; `"unknown"` outside a repository.
    pub revision: String,
    /// Build profile, `release` or `debug`.
    pub profile: String,
    /// Compiler, as `rustc --version` prints it.
    pub rustc: String,
}
