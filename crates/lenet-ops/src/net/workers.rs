//! The threads of a network.

use std::sync::{Mutex, PoisonError};

use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::error::OpsError;
use crate::simd::FlushDenormals;

/// The threads of a network, each with its scratch. The caller is one of them: it begins at once
/// while the others wake up.
pub(super) struct Workers<W> {
    /// The others; none for one thread.
    pool: Option<ThreadPool>,
    scratch: Vec<Mutex<W>>,
}

impl<W: Send> Workers<W> {
    pub(super) fn new(threads: usize, scratch: impl Fn() -> W) -> Result<Self, OpsError> {
        let pool = (threads > 1).then(|| {
            let builder = ThreadPoolBuilder::new().num_threads(threads - 1);
            builder
                .thread_name(|i| format!("lenet-ops {}", i + 1))
                .build()
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
        let helpers = self.scratch.len().min(tasks.len()).saturating_sub(1);
        let queue = Mutex::new(tasks.iter_mut());
        let next = || {
            let mut queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
            queue.next()
        };
        let run = |scratch: &Mutex<W>| {
            let mut scratch = scratch.lock().unwrap_or_else(PoisonError::into_inner);
            let _flush = FlushDenormals::new();
            while let Some(task) = next() {
                work(&mut scratch, task);
            }
        };
        match &self.pool {
            Some(pool) => pool.in_place_scope(|scope| {
                for scratch in &self.scratch[1..=helpers] {
                    scope.spawn(|_| run(scratch));
                }
                run(&self.scratch[0]);
            }),
            None => run(&self.scratch[0]),
        }
    }
}
