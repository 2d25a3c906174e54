//! Runs cases of a target and watches time and memory.

use std::cell::Cell;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{LazyLock, Mutex};
use std::time::{Duration, Instant};

use crate::draw::Draw;
use crate::targets::Target;

/// Memory that a reader may take for one input.
const MOST_MEMORY: u64 = 1 << 30;
/// Time that a reader may take for one input.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long a target runs, and with which cases.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Keys all cases.
    pub seed: u64,
    /// When to stop.
    pub time: Duration,
}

/// An input that a reader does not get on with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Number of the case.
    pub case: u64,
    /// What the reader did.
    pub what: String,
    /// Where the input is kept.
    pub input: PathBuf,
}

/// What running a target came to.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// Cases that were run.
    pub cases: u64,
    /// Those that the reader accepted.
    pub accepted: u64,
    /// The inputs that it did not get on with; at most ten are kept.
    pub findings: Vec<Finding>,
}

/// Runs cases of a target until its time is over. Each input lies in `folder` while it is read, under the
/// target's name with the number of its case: one that ends the process can be found there. A hang is told
/// on standard error, and ends the process.
#[must_use]
pub fn run(target: &Target, limits: Limits, folder: &Path) -> Outcome {
    let begun = Instant::now();
    let mut outcome = Outcome::default();
    let seeds = (target.seeds)();
    let scratch = folder.join(format!("scratch-{}", target.name));
    // The corpus counts whatever the time: its files must be accepted.
    while outcome.findings.len() < 10
        && (outcome.cases < seeds.len() as u64 || begun.elapsed() < limits.time)
    {
        let case = outcome.cases;
        let mut draw = Draw::of_case(limits.seed, target.name, case);
        let input = match case as usize {
            // First of all what nobody changed, which must be accepted.
            first if first < seeds.len() => seeds[first].clone(),
            _ => target.form.changed(&seeds, &mut draw),
        };
        outcome.cases += 1;
        let kept = folder.join(format!("{}-{}-{case}", target.name, limits.seed));
        // Where it cannot be kept, the case's number makes it again.
        let _ = fs::write(&kept, &input);
        match try_input(target, &input, &scratch) {
            Ok(false) if (case as usize) < seeds.len() => outcome.findings.push(Finding {
                case,
                what: format!("seed {case} of the corpus is refused"),
                input: kept,
            }),
            Ok(accepted) => {
                outcome.accepted += u64::from(accepted);
                let _ = fs::remove_file(&kept);
            }
            Err(what) => outcome.findings.push(Finding {
                case,
                what,
                input: kept,
            }),
        }
    }
    let _ = fs::remove_dir_all(scratch);
    outcome
}

/// Has a target read one input. Gives whether it accepts it.
///
/// # Errors
/// It panicked, or took too much memory or time, in words.
pub fn try_input(target: &Target, input: &[u8], scratch: &Path) -> Result<bool, String> {
    let _ = fs::create_dir_all(scratch);
    let accepted = Cell::new(None);
    let (over, still_runs) = channel();
    let name = target.name;
    let watch = std::thread::spawn(move || end_where_late(name, &still_runs));
    let begun = spent();
    let memory = allocation_counter::measure(|| {
        let read = catch_unwind(AssertUnwindSafe(|| (target.read)(input, scratch)));
        accepted.set(Some(read));
    });
    let elapsed = spent().saturating_sub(begun);
    let _ = over.send(());
    let _ = watch.join();
    match accepted.take() {
        Some(Err(panic)) => Err(format!("it panicked: {}", words(&*panic))),
        _ if memory.bytes_max > MOST_MEMORY => {
            Err(format!("it took {} MB of memory", memory.bytes_max >> 20))
        }
        _ if elapsed > PATIENCE => Err(format!("it took {elapsed:?}")),
        Some(Ok(accepted)) => Ok(accepted),
        None => Err("it was not run".to_owned()),
    }
}

/// What this thread has spent on a processor, so that a busy machine makes nothing late; where the system
/// does not tell, what a clock shows.
fn spent() -> Duration {
    static BEGUN: LazyLock<Instant> = LazyLock::new(Instant::now);
    let told = fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.and_then(|text| text.split(' ').next()?.parse().ok());
    nanoseconds.map_or_else(|| BEGUN.elapsed(), Duration::from_nanos)
}

/// Ends the process when an input takes twelve times as long as it may: nothing else stops a thread that
/// never returns.
#[expect(clippy::print_stderr, reason = "nobody is left to return to")]
fn end_where_late(target: &str, still_runs: &Receiver<()>) {
    static TELLS: Mutex<()> = Mutex::new(());
    if still_runs.recv_timeout(12 * PATIENCE) == Err(RecvTimeoutError::Timeout) {
        let _one = TELLS.lock();
        eprintln!(
            "{target}: an input takes more than {:?}; it is kept",
            12 * PATIENCE
        );
        std::process::exit(2);
    }
}

fn words(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "without words".to_owned())
}
