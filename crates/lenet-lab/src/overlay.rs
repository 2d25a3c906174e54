//! Settings of a trial from the command line.

use anyhow::ensure;
use lenet_core::{DeviceKind, Settings};
use lenet_study::TomlSettings as _;

use crate::flags::{Assignment, Compute};
use crate::inputs;

/// Settings that flags are laid over. A setting may be given once: by the flag of its own or by
/// `--set`.
#[derive(Debug, Default)]
pub struct Overlay {
    settings: Settings,
    /// Each setting that is given, with its flag.
    given: Vec<(String, String)>,
}

impl Overlay {
    /// Flags are to be laid over these settings.
    #[must_use]
    pub fn over(settings: Settings) -> Self {
        Self {
            settings,
            given: Vec::new(),
        }
    }

    /// Notes that `flag` gives `setting`, whose value the caller takes from it.
    pub fn note(&mut self, setting: &str, flag: &str) {
        self.given.push((setting.to_owned(), flag.to_owned()));
    }

    /// Takes a setting from the flag of its own, where that is given.
    ///
    /// # Errors
    /// A value that cannot be used; the error names the flag.
    pub fn flag(&mut self, setting: &str, flag: &str, text: Option<&str>) -> anyhow::Result<()> {
        if let Some(text) = text {
            self.assign(setting, text, flag)?;
            self.note(setting, flag);
        }
        Ok(())
    }

    /// Takes precision, device and backend, and gives the ordinal of the CUDA device.
    ///
    /// # Errors
    /// A value that cannot be used, or a device that this build or this machine lacks.
    pub fn compute(&mut self, flags: &Compute) -> anyhow::Result<usize> {
        self.compute_on(flags, &inputs::device)
    }

    /// The same for machines other than this one, which may lack the device.
    ///
    /// # Errors
    /// A value that cannot be used, or a device that each of those machines would choose for itself.
    pub fn compute_elsewhere(&mut self, flags: &Compute) -> anyhow::Result<usize> {
        self.compute_on(flags, &inputs::device_elsewhere)
    }

    fn compute_on(
        &mut self,
        flags: &Compute,
        device_of: &dyn Fn(&str) -> anyhow::Result<(DeviceKind, usize)>,
    ) -> anyhow::Result<usize> {
        self.flag("precision", "--precision", flags.precision.as_deref())?;
        let mut ordinal = 0;
        if let Some(device) = &flags.device {
            let kind;
            (kind, ordinal) = device_of(device)?;
            self.settings.device = Some(kind);
            self.note("device", "--device");
        }
        if let Some(backend) = flags.backend {
            self.settings.backend = Some(backend);
            self.note("backend", "--backend");
        }
        Ok(ordinal)
    }

    /// Takes the settings of `--set`, after all flags of their own.
    ///
    /// # Errors
    /// A setting that there is not or that is given twice, or a value that cannot be used.
    pub fn set(&mut self, assignments: &[Assignment]) -> anyhow::Result<()> {
        for Assignment { key, value } in assignments {
            let flag = format!("--set {key}");
            let earlier = self.given.iter().find(|(setting, _)| setting == key);
            if let Some((_, earlier)) = earlier {
                let twice = *earlier == flag;
                ensure!(!twice, "{flag}: it is given twice (hint: give it once)");
                anyhow::bail!("{flag}: {earlier} gives it too (hint: give one of the two)");
            }
            // Quoted, a key with a dot or a blank is one unknown setting, not TOML of its own.
            let quoted = format!("{key:?}");
            let known = Settings::NAMES.contains(&key.as_str());
            self.assign(if known { key } else { &quoted }, value, &flag)?;
            self.note(key, &flag);
        }
        Ok(())
    }

    /// The settings as they are now.
    #[must_use]
    pub fn into_settings(self) -> Settings {
        self.settings
    }

    fn assign(&mut self, setting: &str, text: &str, flag: &str) -> anyhow::Result<()> {
        // A list needs no brackets on the command line.
        let is_list = ["filters", "hidden"].contains(&setting) && text.contains(',');
        let list = format!("[{}]", text.trim_matches(['[', ']']));
        let text = if is_list { &list } else { text };
        Ok(self.settings.assign(setting, text, flag)?)
    }
}
