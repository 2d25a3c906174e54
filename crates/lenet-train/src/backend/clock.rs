//! Where the time of a step goes.

use std::time::Instant;

use lenet_results::PhaseSeconds;

/// A clock that gives the time since its last lap to a phase, or one that does not run.
#[derive(Debug)]
pub(crate) struct Clock<'p> {
    running: Option<(Instant, &'p mut PhaseSeconds)>,
}

impl<'p> Clock<'p> {
    /// Measures nothing.
    pub fn off() -> Self {
        Self { running: None }
    }

    /// Starts now and adds each lap to a phase of `phases`.
    pub fn start(phases: &'p mut PhaseSeconds) -> Self {
        Self {
            running: Some((Instant::now(), phases)),
        }
    }

    /// Whether laps are measured, so that the device must have done its work before each.
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

    /// Takes the seconds since the last lap out of one phase, which they were part of, and adds
    /// them to another.
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
