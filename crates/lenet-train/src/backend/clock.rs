//! Measures the phases of an epoch.

use std::time::Instant;

use lenet_results::PhaseSeconds;

/// A lap timer: adds the time since the last lap to a phase, or measures nothing.
#[derive(Debug)]
pub(crate) struct Clock<'p> {
    running: Option<(Instant, &'p mut PhaseSeconds)>,
}

impl<'p> Clock<'p> {
    /// A clock that measures nothing.
    pub fn off() -> Self {
        Self { running: None }
    }

    /// A clock that starts now and adds each lap to a phase of `phases`.
    pub fn start(phases: &'p mut PhaseSeconds) -> Self {
        Self {
            running: Some((Instant::now(), phases)),
        }
    }

    /// Whether laps are measured. If so, the caller must wait for the device before each lap.
    pub fn runs(&self) -> bool {
        self.running.is_some()
    }

    /// Adds the seconds since the last lap to a phase.
    pub fn lap(&mut self, phase: impl FnOnce(&mut PhaseSeconds) -> &mut f64) {
        if let Some((since, phases)) = &mut self.running {
            let now = Instant::now();
            *phase(phases) += now.duration_since(*since).as_secs_f64();
            *since = now;
        }
    }

    /// Subtracts the seconds since the last lap from one phase and adds them to another.
    pub fn shift(&mut self, phases: impl FnOnce(&mut PhaseSeconds) -> (&mut f64, &mut f64)) {
        if let Some((since, all)) = &mut self.running {
            let now = Instant::now();
            let seconds = now.duration_since(*since).as_secs_f64();
            let (from, to) = phases(all);
            *from -= seconds;
            *to += seconds;
            *since = now;
        }
    }
}
