//! The threads of a network.
//!
//! A step of a small batch takes a hundred microseconds and has several parts that all threads share.
//! So an idle thread waits actively for a while before it sleeps.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle, Thread};
use std::time::{Duration, Instant};

use crate::error::OpsError;
use crate::simd::FlushDenormals;

/// How long a thread waits actively before it sleeps.
const LOOK_OUT: Duration = Duration::from_micros(50);

/// How long it keeps its core from other threads meanwhile. If it did so all the time, two networks of
/// two threads each on two cores would be half as fast at batches of 16.
const ALONE: Duration = Duration::from_micros(2);

/// What each thread does with its number; the caller has number 0.
type Work<'a> = dyn Fn(usize) + Sync + 'a;

/// Threads that work together; the caller is one of them.
pub(super) struct Team {
    helpers: Vec<Helper>,
}

struct Helper {
    desk: Arc<Desk>,
    thread: Option<JoinHandle<()>>,
}

/// What a helper and its caller share.
struct Desk {
    /// One of the states below.
    state: AtomicU32,
    job: Mutex<Option<Job>>,
    panic: Mutex<Option<Box<dyn Any + Send>>>,
}

const IDLE: u32 = 0;
const BUSY: u32 = 1;
const CLOSED: u32 = 2;

struct Job {
    /// Valid until the state is [`IDLE`] again.
    work: &'static Work<'static>,
    caller: Thread,
}

impl Team {
    /// # Errors
    /// The system starts no more threads.
    pub(super) fn new(threads: usize) -> Result<Self, OpsError> {
        let mut team = Self { helpers: vec![] };
        for number in 1..threads {
            let desk = Arc::new(Desk {
                state: AtomicU32::new(IDLE),
                job: Mutex::new(None),
                panic: Mutex::new(None),
            });
            let own = Arc::clone(&desk);
            let thread = thread::Builder::new()
                .name(format!("lenet-ops {number}"))
                .spawn(move || own.serve(number))
                .map_err(|error| OpsError::Threads {
                    threads,
                    reason: error.to_string(),
                })?;
            let thread = Some(thread);
            team.helpers.push(Helper { desk, thread });
        }
        Ok(team)
    }

    pub(super) fn threads(&self) -> usize {
        self.helpers.len() + 1
    }

    /// Does each task once, on any thread; `work` gets the thread's number. Denormals are zero
    /// meanwhile.
    pub(super) fn for_each<T: Send>(
        &mut self,
        tasks: &mut [T],
        work: impl Fn(usize, &mut T) + Sync,
    ) {
        let helpers = self.helpers.len().min(tasks.len().saturating_sub(1));
        let queue = Mutex::new(tasks.iter_mut());
        self.run(helpers, &|number| {
            let _flush = FlushDenormals::new();
            loop {
                let Some(task) = lock(&queue).next() else {
                    break;
                };
                work(number, task);
            }
        });
    }

    /// Does `work` on the caller and the first `helpers` of the others.
    fn run(&mut self, helpers: usize, work: &Work<'_>) {
        let helpers = &self.helpers[..helpers];
        // SAFETY: only the lifetime changes. `wait`, dropped even where `work` panics here, keeps
        // this call from ending before every helper is done with the reference.
        let erased = unsafe { std::mem::transmute::<&Work<'_>, &'static Work<'static>>(work) };
        let wait = Wait(helpers);
        for helper in helpers {
            *lock(&helper.desk.job) = Some(Job {
                work: erased,
                caller: thread::current(),
            });
            helper.wake(BUSY);
        }
        work(0);
        drop(wait);
        for helper in helpers {
            if let Some(panic) = lock(&helper.desk.panic).take() {
                resume_unwind(panic);
            }
        }
    }
}

impl Drop for Team {
    fn drop(&mut self) {
        for helper in &mut self.helpers {
            helper.wake(CLOSED);
            if let Some(thread) = helper.thread.take() {
                // `serve` catches panics, and `run` passes them on.
                let _ = thread.join();
            }
        }
    }
}

impl Helper {
    fn wake(&self, state: u32) {
        self.desk.state.store(state, Ordering::Release);
        if let Some(thread) = &self.thread {
            thread.thread().unpark();
        }
    }
}

/// Dropping it waits for the helpers.
struct Wait<'a>(&'a [Helper]);

impl Drop for Wait<'_> {
    fn drop(&mut self) {
        for helper in self.0 {
            wait_while(&helper.desk.state, BUSY);
        }
    }
}

impl Desk {
    fn serve(&self, number: usize) {
        loop {
            wait_while(&self.state, IDLE);
            let Some(Job { work, caller }) = lock(&self.job).take() else {
                return;
            };
            if let Err(panic) = catch_unwind(AssertUnwindSafe(|| work(number))) {
                *lock(&self.panic) = Some(panic);
            }
            self.state.store(IDLE, Ordering::Release);
            caller.unpark();
        }
    }
}

/// Returns once the state has another value. The thread that changes it unparks this one.
fn wait_while(state: &AtomicU32, value: u32) {
    let is = || state.load(Ordering::Acquire) == value;
    let mut begun = None;
    while is() {
        let waited = begun.get_or_insert_with(Instant::now).elapsed();
        if waited < ALONE {
            std::hint::spin_loop();
        } else if waited < LOOK_OUT {
            thread::yield_now();
        } else {
            thread::park();
        }
    }
}

/// Locks, whether or not a thread has panicked meanwhile.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
