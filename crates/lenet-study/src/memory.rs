//! The memory that trials on the processor take, shared among those that run at once.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use lenet_core::Trial;
use lenet_data::Dataset;
use lenet_train::{MemoryUse, TrainError};

use crate::data_sets::DataSets;
use crate::error::StudyError;
use crate::plan::{Plan, PlannedTrial};

/// How often a trial that waits for memory looks whether the study shall stop.
const TICK: Duration = Duration::from_millis(100);

/// Bytes of memory that trials take.
pub(crate) struct Memory {
    /// What there was at first; `None` where the system does not tell.
    total: Option<u64>,
    taken: Mutex<u64>,
    changed: Condvar,
}

/// The share of trials that run; it is given back when this is dropped.
pub(crate) struct Taken<'m> {
    memory: &'m Memory,
    bytes: u64,
}

impl Memory {
    pub(crate) fn new(total: Option<u64>) -> Self {
        Self {
            total,
            taken: Mutex::new(0),
            changed: Condvar::new(),
        }
    }

    /// Whether so many bytes fit while nothing else runs.
    pub(crate) fn holds(&self, bytes: u64) -> bool {
        self.total.is_none_or(|total| bytes <= total)
    }

    /// Waits until so many bytes fit beside what runs, or nothing runs; `None` where `stop` is set
    /// meanwhile. Trials that do not fit at all do not wait: they are refused when they begin.
    pub(crate) fn take(&self, bytes: u64, stop: &AtomicBool) -> Option<Taken<'_>> {
        let bytes = if self.holds(bytes) { bytes } else { 0 };
        let room = self.total.unwrap_or(u64::MAX).saturating_sub(bytes);
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        while *taken > room {
            if stop.load(Ordering::Relaxed) {
                return None;
            }
            let waited = self.changed.wait_timeout(taken, TICK);
            taken = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        *taken += bytes;
        let memory = self;
        Some(Taken { memory, bytes })
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        let taken = &self.memory.taken;
        *taken.lock().unwrap_or_else(PoisonError::into_inner) -= self.bytes;
        self.memory.changed.notify_all();
    }
}

/// [`lenet_train::memory_bytes`] of a study's trial on a data set; 0 for a network that does not fit the
/// images, which is refused elsewhere.
pub(crate) fn of_trial(trial: &Trial, set: &Dataset, threads: usize) -> u64 {
    let geometry = trial.network.for_images(set.train.shape(), set.classes);
    match geometry.validate() {
        Ok(()) => {
            let images = set.train.len();
            lenet_train::memory_bytes(trial, &geometry, images, threads, MemoryUse::Study)
        }
        Err(_) => 0,
    }
}

/// The trials at `positions` in the plan that do not fit in the memory that this process may have now,
/// each with why.
#[must_use]
pub fn too_large<'p>(
    plan: &'p Plan,
    positions: &[usize],
    data: &DataSets,
) -> Vec<(&'p PlannedTrial, TrainError)> {
    let Some(available) = lenet_train::available_bytes() else {
        return Vec::new();
    };
    let trials = positions.iter().map(|&position| &plan.trials[position]);
    let mut found = Vec::new();
    for trial in trials {
        let set = data.get(&trial.data);
        let needed = set.map_or(0, |set| of_trial(&trial.config, set, 1));
        if needed > available {
            found.push((trial, TrainError::Memory { needed, available }));
        }
    }
    found
}

/// Refuses runtimes that do not fit in the memory that this process may have now.
///
/// # Errors
/// [`StudyError::Cell`] for the first of them.
pub fn check_runtimes(plan: &Plan, data: &DataSets) -> Result<(), StudyError> {
    for runtime in &plan.runtimes {
        let config = &runtime.blank.config;
        let threads = runtime.blank.execution.threads;
        let set = data.get(&runtime.data);
        let needed = set.map_or(0, |set| of_trial(config, set, threads));
        lenet_train::ensure_memory(needed).map_err(|error| StudyError::Cell {
            cell: runtime.label.clone(),
            reason: error.to_string(),
        })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
