//! Where trials ran: jobs of schedulers, machines, and what was allocated to them.

use std::collections::{BTreeMap, BTreeSet};

use lenet_results::{RunRecord, Scheduler, TrialRecord, WorkerNote};

/// A scheduler's job, or a machine outside of all schedulers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    /// A job, as its scheduler names it.
    Job {
        /// The scheduler.
        scheduler: String,
        /// Its number, where it has one.
        job: Option<String>,
    },
    /// A machine.
    Host(String),
}

impl Place {
    fn new(scheduler: Option<&Scheduler>, host: &str) -> Self {
        match scheduler {
            None => Self::Host(host.to_owned()),
            Some(known) => Self::Job {
                scheduler: known.name.clone(),
                job: known.job.clone(),
            },
        }
    }
}

/// What was done at one place.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Share {
    /// Names of the nodes, or of the machines.
    pub(crate) nodes: BTreeSet<String>,
    /// Trials that were begun or went on there.
    pub(crate) trials: BTreeSet<String>,
    /// Starts of trials and resumptions.
    pub(crate) runs: usize,
    /// Processes of workers.
    pub(crate) workers: usize,
    /// Seconds of the cores that they were given.
    pub(crate) allocated: f64,
    /// Seconds that they computed; `None` where one of them does not tell.
    pub(crate) used: Option<f64>,
}

impl Share {
    fn see(&mut self, scheduler: Option<&Scheduler>, host: &str) {
        let node = scheduler.and_then(|known| known.node.as_deref());
        self.nodes.insert(node.unwrap_or(host).to_owned());
    }
}

/// All places, and what differed between them.
#[derive(Debug, PartialEq)]
pub(crate) struct Places {
    pub(crate) shares: BTreeMap<Place, Share>,
    /// Revisions of the program, each with its number of runs.
    pub(crate) revisions: BTreeMap<String, usize>,
    /// Instruction sets, likewise.
    pub(crate) levels: BTreeMap<String, usize>,
}

impl Places {
    /// What the records and the workers' notes tell; `None` where one machine did everything by itself.
    pub(crate) fn find(records: &[TrialRecord], workers: &[WorkerNote]) -> Option<Self> {
        let mut found = Self {
            shares: BTreeMap::new(),
            revisions: BTreeMap::new(),
            levels: BTreeMap::new(),
        };
        for record in records {
            for run in &record.runs {
                found.add_run(&record.identity, run);
            }
        }
        for note in workers {
            let place = Place::new(note.scheduler.as_ref(), &note.host);
            let share = found.shares.entry(place).or_default();
            share.see(note.scheduler.as_ref(), &note.host);
            let before = if share.workers == 0 {
                Some(0.0)
            } else {
                share.used
            };
            share.used = before.zip(note.cpu_seconds).map(|(sum, more)| sum + more);
            share.workers += 1;
            share.allocated += note.allocated_seconds();
        }
        let is_plain = workers.is_empty()
            && found.shares.len() <= 1
            && found
                .shares
                .keys()
                .all(|place| matches!(place, Place::Host(_)));
        (!is_plain).then_some(found)
    }

    fn add_run(&mut self, identity: &str, run: &RunRecord) {
        let host = &run.environment.host;
        let place = Place::new(run.scheduler.as_ref(), host);
        let share = self.shares.entry(place).or_default();
        share.see(run.scheduler.as_ref(), host);
        share.trials.insert(identity.to_owned());
        share.runs += 1;
        let revision = run.environment.revision.clone();
        *self.revisions.entry(revision).or_default() += 1;
        *self.levels.entry(run.level.clone()).or_default() += 1;
    }

    /// Seconds allocated and seconds used by all workers; `None` without any, or where one does not tell.
    pub(crate) fn hours(&self) -> Option<(f64, f64)> {
        let with_workers = self.shares.values().filter(|share| share.workers > 0);
        let (mut allocated, mut used, mut any) = (0.0, 0.0, false);
        for share in with_workers {
            allocated += share.allocated;
            used += share.used?;
            any = true;
        }
        any.then_some((allocated, used))
    }
}

#[cfg(test)]
mod tests;
