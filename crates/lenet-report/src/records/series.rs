//! What makes a series of runtimes: a device and the code that ran on it.

use std::collections::BTreeSet;

use lenet_core::{DataPlacement, DeviceKind};
use lenet_results::{RuntimeRecord, RuntimeSession};

/// A device with the code that ran on it.
#[derive(Debug)]
pub(crate) struct Series {
    pub(crate) key: SeriesKey,
    /// What distinguishes the series from the others, for legends and tables.
    pub(crate) label: String,
}

/// Everything that makes a series. The order of the fields orders the series.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SeriesKey {
    pub(crate) on_gpu: bool,
    device: String,
    backend: &'static str,
    /// Whether the images lie on the GPU.
    pub(crate) resident: bool,
    pub(crate) host: String,
    processor: String,
    gpu: Option<String>,
    threads: usize,
    level: String,
    revision: String,
}

impl SeriesKey {
    /// The key of a record, from one of its sessions. All sessions of a record have the same machine
    /// and build.
    pub(crate) fn of(record: &RuntimeRecord, session: &RuntimeSession) -> Self {
        let (how, here) = (&record.execution, &session.environment);
        Self {
            on_gpu: record.config.device == DeviceKind::Cuda,
            device: record.device_name(),
            backend: record.config.backend.name(),
            resident: how.placement == DataPlacement::Resident,
            host: here.host.clone(),
            processor: here.cpu.clone(),
            gpu: here.gpu.as_ref().map(|gpu| gpu.name.clone()),
            threads: how.threads,
            level: how.level.clone(),
            revision: here.revision.clone(),
        }
    }

    /// The properties that distinguish the series from `all` others, in words.
    fn label(&self, all: &BTreeSet<SeriesKey>) -> String {
        let kind = || all.iter().filter(|f| f.on_gpu == self.on_gpu);
        let mut words = vec![match (&self.gpu, self.on_gpu) {
            (_, false) => "CPU".to_owned(),
            (Some(name), true) => name.clone(),
            (None, true) => self.device.clone(),
        }];
        if self.gpu.is_some() && varies(kind().map(|f| &f.device)) {
            words.push(self.device.clone());
        }
        words.push(self.backend.to_owned());
        if self.on_gpu {
            let placement = [DataPlacement::Streamed, DataPlacement::Resident];
            words.push(placement[usize::from(self.resident)].name().to_owned());
        }
        let same_code = || kind().filter(|f| f.backend == self.backend);
        if varies(same_code().map(|f| &f.level)) {
            words.push(self.level.clone());
        }
        if varies(kind().map(|f| f.threads)) {
            words.push(match self.threads {
                1 => "1 thread".to_owned(),
                n => format!("{n} threads"),
            });
        }
        if varies(all.iter().map(|f| &f.host)) {
            words.push(format!("on {}", self.host));
        } else if varies(all.iter().map(|f| &f.processor)) {
            words.push(format!("on {}", self.processor));
        }
        if varies(all.iter().map(|f| &f.revision)) {
            words.push(format!("revision {}", self.revision));
        }
        words.join(", ")
    }
}

fn varies<T: PartialEq>(mut values: impl Iterator<Item = T>) -> bool {
    let first = values.next();
    values.any(|value| Some(&value) != first.as_ref())
}

impl Series {
    /// The series of all keys, in their order.
    pub(crate) fn all(keys: &BTreeSet<SeriesKey>) -> Vec<Self> {
        let series = |key: &SeriesKey| Self {
            key: key.clone(),
            label: key.label(keys),
        };
        keys.iter().map(series).collect()
    }

    /// What shares its rounds: the host, the processor and the revision of the build.
    pub(crate) fn machine(&self) -> [&str; 3] {
        [&self.key.host, &self.key.processor, &self.key.revision]
    }
}
