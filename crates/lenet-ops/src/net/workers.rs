//! The threads of a network.

use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::error::OpsError;
use crate::simd::FlushDenormals;

/// The threads of a network, each with its scratch.
pub(super) struct Workers<W> {
    /// None for one thread: its work is done by the caller.
    pool: Option<ThreadPool>,
    scratch: Vec<Mutex<W>>,
}

impl<W: Send> Workers<W> {
    pub(super) fn new(threads: usize, scratch: impl Fn() -> W) -> Result<Self, OpsError> {
        let pool = (threads > 1).then(|| {
            let builder = ThreadPoolBuilder::new().num_threads(threads);
            builder.thread_name(|i| format!("lenet-ops {i}")).build()
        });
        let pool = pool.transpose().map_err(|error| OpsError::Threads {
            threads,
            reason: error.to_string(),
        })?;
        let scratch = (0..threads).map(|_| Mutex::new(scratch())).collect();
        Ok(Self { pool, scratch })
    }

    pub(super) fn threads(&self) -> usize {
        self.scratch.len()
    }

    /// Does each task once, on whichever thread; denormals are zero meanwhile.
    pub(super) fn for_each<T: Send>(&self, tasks: &mut [T], work: impl Fn(&mut W, &mut T) + Sync) {
        let run = |task: &mut T| {
            let thread = rayon::current_thread_index().filter(|_| self.pool.is_some());
            let scratch = self.scratch[thread.unwrap_or(0)].lock();
            let _flush = FlushDenormals::new();
            work(&mut scratch.unwrap_or_else(PoisonError::into_inner), task);
        };
        match &self.pool {
            Some(pool) => pool.install(|| tasks.par_iter_mut().with_max_len(1).for_each(run)),
            None => tasks.iter_mut().for_each(run),
        }
    }
}
