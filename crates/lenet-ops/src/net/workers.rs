//! The threads of a network.

use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};

use super::plan::Plan;
use super::scratch::Scratch;
use crate::error::OpsError;
use crate::simd::{FlushDenormals, Simd};

/// The threads of a network, each with its scratch.
pub(super) struct Workers<S: Simd> {
    /// None for one thread: its work is done by the caller.
    pool: Option<ThreadPool>,
    scratch: Vec<Mutex<Scratch<S>>>,
}

impl<S: Simd> Workers<S> {
    pub(super) fn new(simd: S, plan: &Plan, threads: usize) -> Result<Self, OpsError> {
        let pool = (threads > 1).then(|| {
            let builder = ThreadPoolBuilder::new().num_threads(threads);
            builder.thread_name(|i| format!("lenet-ops {i}")).build()
        });
        let pool = pool.transpose().map_err(|error| OpsError::Threads {
            threads,
            reason: error.to_string(),
        })?;
        let scratch = (0..threads)
            .map(|_| Mutex::new(Scratch::new(simd, plan)))
            .collect();
        Ok(Self { pool, scratch })
    }

    pub(super) fn threads(&self) -> usize {
        self.scratch.len()
    }

    /// Does each task once, on whichever thread; denormals are zero meanwhile.
    pub(super) fn for_each<T: Send>(
        &self,
        tasks: &mut [T],
        work: impl Fn(&mut Scratch<S>, &mut T) + Sync,
    ) {
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
