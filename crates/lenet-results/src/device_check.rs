//! The record of a device check: a device compared with the CPU.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::environment::Environment;
use crate::error::StoreError;
use crate::files::write_whole;

/// The format of this record that this program writes.
pub const DEVICE_CHECK_FORMAT: u32 = 1;

/// The results of all checks of a device.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DeviceCheck {
    /// Format version of this record.
    pub format: u32,
    /// `cpu` or `cuda:N`.
    pub device: String,
    /// Host, build and GPU.
    pub environment: Environment,
    /// The checks, in the order in which they ran.
    pub findings: Vec<Finding>,
}

/// The result of one check.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Name of the check.
    pub check: String,
    /// Whether it passed.
    pub verdict: CheckVerdict,
    /// What was measured, in words.
    pub detail: String,
    /// Wall-clock seconds of the check.
    pub seconds: f64,
}

/// The verdict of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CheckVerdict {
    /// The device did what it should.
    Passed,
    /// The device did not do what it should.
    Failed,
    /// The check did not run on this device.
    Skipped,
}

impl CheckVerdict {
    /// The verdict's name in files and tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }
}

impl DeviceCheck {
    /// A record without findings.
    #[must_use]
    pub fn new(device: String, environment: Environment) -> Self {
        Self {
            format: DEVICE_CHECK_FORMAT,
            device,
            environment,
            findings: Vec::new(),
        }
    }

    /// Whether no check failed.
    #[must_use]
    pub fn passed(&self) -> bool {
        let failed = |finding: &Finding| finding.verdict == CheckVerdict::Failed;
        !self.findings.iter().any(failed)
    }

    /// Writes the record, completely or not at all.
    ///
    /// # Errors
    /// [`StoreError::Io`].
    pub fn write(&self, path: &Path) -> Result<(), StoreError> {
        let mut text = serde_json::to_string_pretty(self).expect("a record has string keys only");
        text.push('\n');
        write_whole(path, text.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_failure_fails_the_whole_and_is_written_down() {
        let mut check = DeviceCheck::new("cuda:0".into(), Environment::collect());
        for verdict in [CheckVerdict::Passed, CheckVerdict::Skipped] {
            check.findings.push(Finding {
                check: "an op".into(),
                verdict,
                detail: "off by 1e-7".into(),
                seconds: 0.5,
            });
            assert!(check.passed());
        }
        check.findings[0].verdict = CheckVerdict::Failed;
        assert!(!check.passed());
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("check.json");
        check.write(&path).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains("\"verdict\": \"failed\""), "{text}");
        let found: DeviceCheck = serde_json::from_str(&text).unwrap();
        assert_eq!(found, check);
    }
}
