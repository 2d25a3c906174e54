//! What a measurement of runtimes depends on beside the study: this machine.

use lenet_core::{DeviceChoice, DeviceKind};
use lenet_ops::Level;
use lenet_train::{TrainError, resolve_device};

use crate::error::StudyError;

/// A device that can be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Device {
    /// Its kind.
    pub kind: DeviceKind,
    /// Ordinal of a CUDA device, 0 for the processor.
    pub ordinal: usize,
}

/// The devices, threads and instruction set that runtimes are measured with.
#[derive(Debug, Clone, PartialEq)]
pub struct Machine {
    /// Devices, each once.
    pub devices: Vec<Device>,
    /// Whether these were asked for, so that no others are meant.
    pub asked: bool,
    /// Why there is no device of the other kind.
    pub absent: Option<String>,
    /// Threads of a step where the study names no number.
    pub threads: usize,
    /// Instruction set of the fused backend on the processor.
    pub level: Level,
}

impl Machine {
    /// This machine with the devices asked for, such as `cuda:1`, or all kinds that this program can
    /// reach; and with so many threads, or one for each core.
    ///
    /// # Errors
    /// A device that was asked for and cannot be reached; an instruction set that is named and not
    /// there.
    pub fn here(asked: &[String], threads: Option<usize>) -> Result<Self, StudyError> {
        let level = Level::from_environment().map_err(TrainError::from)?;
        let mut machine = Self {
            devices: Vec::new(),
            asked: !asked.is_empty(),
            absent: None,
            threads: threads.unwrap_or_else(lenet_results::cores),
            level,
        };
        for name in asked {
            let choice = name.parse::<DeviceChoice>().map_err(TrainError::from)?;
            machine.add(choice)?;
        }
        if machine.asked {
            machine.absent = Some("--device names others".to_owned());
            return Ok(machine);
        }
        machine.add(DeviceChoice::Cpu)?;
        if let Err(error) = machine.add(DeviceChoice::Cuda(0)) {
            machine.absent = Some(error.to_string());
        }
        Ok(machine)
    }

    fn add(&mut self, choice: DeviceChoice) -> Result<(), TrainError> {
        let (kind, ordinal) = resolve_device(choice)?;
        let device = Device { kind, ordinal };
        if !self.devices.contains(&device) {
            self.devices.push(device);
        }
        Ok(())
    }

    /// Kinds of the devices that were asked for, each once; none if the machine was free to choose.
    pub(crate) fn asked_kinds(&self) -> Vec<DeviceKind> {
        let mut kinds = Vec::new();
        for device in self.devices.iter().filter(|_| self.asked) {
            if !kinds.contains(&device.kind) {
                kinds.push(device.kind);
            }
        }
        kinds
    }

    /// The devices of a kind.
    pub(crate) fn of_kind(&self, kind: DeviceKind) -> Vec<Device> {
        let devices = self.devices.iter().copied();
        devices.filter(|device| device.kind == kind).collect()
    }
}
