//! What computes a trial: code, device, precision; where its images lie.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Which code computes a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Backend {
    /// This project's own ops: f32 and f64 on the CPU, f32 on NVIDIA GPUs.
    #[default]
    Fused,
    /// candle's own ops, with max-pool's gradient put right, on every device. candle's ReLU turns
    /// NaN into 0, so a network of NaN may give finite numbers here.
    Stock,
}

/// A kind of device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeviceKind {
    /// The host's processor.
    #[default]
    Cpu,
    /// An NVIDIA GPU.
    Cuda,
}

/// Where the training images lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DataPlacement {
    /// In host memory; each batch is gathered there and goes to the device.
    Streamed,
    /// On the device; only the batch's indices travel. On the CPU the two are the same place.
    Resident,
}

/// What a GPU computes products in. Sums are f32 either way, as is everything on disk and on a
/// CPU.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum Precision {
    /// f32: 23 mantissa bits, without tensor cores.
    #[default]
    #[serde(rename = "f32")]
    Single,
    /// TF32 on tensor cores where a layer is large, f32 elsewhere: factors are rounded to 10
    /// mantissa bits, so each is off by up to 2⁻¹¹ of itself.
    #[serde(rename = "tf32")]
    Tf32,
}

impl Backend {
    /// Every backend.
    pub const ALL: [Self; 2] = [Self::Fused, Self::Stock];

    /// Its name in files and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fused => "fused",
            Self::Stock => "stock",
        }
    }
}

impl DataPlacement {
    /// Every placement.
    pub const ALL: [Self; 2] = [Self::Streamed, Self::Resident];

    /// Its name in files and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Streamed => "streamed",
            Self::Resident => "resident",
        }
    }
}

impl DeviceKind {
    /// Every kind of device.
    pub const ALL: [Self; 2] = [Self::Cpu, Self::Cuda];

    /// Its name in files and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Cuda => "cuda",
        }
    }

    /// Name of one device of this kind in records: `cpu` or `cuda:N`.
    #[must_use]
    pub fn name_with(self, ordinal: usize) -> String {
        match self {
            Self::Cpu => "cpu".to_owned(),
            Self::Cuda => format!("cuda:{ordinal}"),
        }
    }
}

impl Precision {
    /// Every precision.
    pub const ALL: [Self; 2] = [Self::Single, Self::Tf32];

    /// Its name in files and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Single => "f32",
            Self::Tf32 => "tf32",
        }
    }

    /// Files leave out [`Precision::Single`], as they did before there was a choice.
    #[allow(clippy::trivially_copy_pass_by_ref)]
    pub(crate) fn is_single(&self) -> bool {
        *self == Self::Single
    }
}

macro_rules! display_by_name {
    ($($kind:ty),*) => {
        $(impl fmt::Display for $kind {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        })*
    };
}

display_by_name!(Backend, DataPlacement, DeviceKind, Precision);

/// A device as the command line names it: `cpu`, `cuda`, `cuda:N` or `auto` (parse with
/// [`str::parse`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeviceChoice {
    /// The processor.
    Cpu,
    /// The CUDA device of this ordinal.
    Cuda(usize),
    /// The first CUDA device where there is one, otherwise the processor.
    Auto,
}

/// A text that names no device.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is none of `cpu`, `cuda`, `cuda:N`, `auto`")]
pub struct UnknownDevice {
    /// The text.
    pub text: String,
}

impl FromStr for DeviceChoice {
    type Err = UnknownDevice;

    fn from_str(text: &str) -> Result<Self, UnknownDevice> {
        match text {
            "cpu" => return Ok(Self::Cpu),
            "cuda" => return Ok(Self::Cuda(0)),
            "auto" => return Ok(Self::Auto),
            _ => {}
        }
        let ordinal = text.strip_prefix("cuda:").and_then(|n| n.parse().ok());
        ordinal.map(Self::Cuda).ok_or_else(|| UnknownDevice {
            text: text.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn device_names_are_parsed() {
        let parse = |text: &str| text.parse::<DeviceChoice>().ok();
        assert_eq!(parse("cpu"), Some(DeviceChoice::Cpu));
        assert_eq!(parse("cuda"), Some(DeviceChoice::Cuda(0)));
        assert_eq!(parse("cuda:3"), Some(DeviceChoice::Cuda(3)));
        assert_eq!(parse("auto"), Some(DeviceChoice::Auto));
        for bad in ["", "gpu", "cuda:", "cuda:-1", "CPU"] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn files_spell_names_as_people_see_them() {
        for precision in Precision::ALL {
            let text = serde_json::to_string(&precision).unwrap();
            assert_eq!(text, format!("\"{precision}\""));
        }
        for backend in Backend::ALL {
            let text = serde_json::to_string(&backend).unwrap();
            assert_eq!(text, format!("\"{backend}\""));
        }
        for device in DeviceKind::ALL {
            let text = serde_json::to_string(&device).unwrap();
            assert_eq!(text, format!("\"{device}\""));
        }
        for placement in DataPlacement::ALL {
            let text = serde_json::to_string(&placement).unwrap();
            assert_eq!(text, format!("\"{placement}\""));
        }
        assert!(serde_json::from_str::<Precision>("\"bf16\"").is_err());
    }
}
