//! What a running study shows: progress on the terminal, and a page that follows it.

use std::fmt::Display;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use lenet_results::{Outcome, SelfCheck};
use lenet_study::RunEvent;

use super::page::Page;
use crate::output;
use crate::progress::{Progress, Style};
use crate::table::count;

/// Longest time between two pages, unless one takes long to write.
const EVERY: Duration = Duration::from_secs(30);

/// A page that takes longer is not waited for when the study is stopped.
const MOMENT: Duration = Duration::from_millis(500);

/// The share of the time that writing pages may take is one in so many.
const PATIENCE: u32 = 10;

/// Turns the events of the study into progress, and has its page follow them.
pub struct Watcher {
    style: Style,
    /// From the first event on.
    progress: OnceLock<Progress>,
    /// Whether an epoch was finished.
    has_epoch: AtomicBool,
    next: Mutex<Next>,
    changed: Condvar,
    pages: Mutex<Pages>,
}

/// The pages written so far.
#[derive(Debug, Clone, Copy, Default)]
struct Pages {
    /// How long the last one took.
    last: Option<Duration>,
    /// Whether one is being written.
    is_writing: bool,
}

/// What the page waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    /// Time to pass.
    Time,
    /// Nothing: a round has ended, so many in all.
    Round(usize),
    /// Nothing any more: the study has ended.
    End,
}

impl Watcher {
    pub fn new(style: Style) -> Self {
        Self {
            style,
            progress: OnceLock::new(),
            has_epoch: AtomicBool::new(false),
            next: Mutex::new(Next::Time),
            changed: Condvar::new(),
            pages: Mutex::new(Pages::default()),
        }
    }

    /// Whether any trial finished an epoch.
    pub fn has_progress(&self) -> bool {
        self.has_epoch.load(Ordering::Relaxed)
    }

    /// Whether a page can be written in a moment: none is being written, and the last one took no time.
    pub fn is_page_quick(&self) -> bool {
        let pages = *self.pages();
        !pages.is_writing && pages.last.is_none_or(|last| last < MOMENT)
    }

    fn pages(&self) -> MutexGuard<'_, Pages> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes the page after every round and every 30 seconds, until the study has ended.
    pub fn follow(&self, page: &Page) {
        let mut pause = Duration::from_secs(2);
        let mut told = false;
        loop {
            let next = self.lock();
            let waits = |next: &mut Next| *next == Next::Time;
            let waited = self.changed.wait_timeout_while(next, pause, waits);
            let (mut next, _) = waited.unwrap_or_else(PoisonError::into_inner);
            let now = *next;
            if now == Next::End {
                return;
            }
            *next = Next::Time;
            drop(next);
            let began = Instant::now();
            let live = self.progress.get().map(Progress::live);
            self.pages().is_writing = true;
            let written = page.write(live.as_ref());
            *self.pages() = Pages {
                last: Some(began.elapsed()),
                is_writing: false,
            };
            pause = EVERY.max(PATIENCE * began.elapsed());
            // A failure is told once and not fatal, since the report is written again at the end.
            match written {
                Ok(files) if now == Next::Round(1) => self.tell(format_args!(
                    "every cell has its first trial: report at {}",
                    files.index.display()
                )),
                Err(error) if !told => {
                    told = true;
                    self.tell(format_args!("no early report: {error:#}"));
                }
                _ => {}
            }
        }
    }

    fn set(&self, next: Next) {
        let mut now = self.lock();
        if *now != Next::End {
            *now = next;
        }
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, Next> {
        self.next.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, text: impl Display) {
        if let (Some(progress), true) = (self.progress.get(), self.style != Style::None) {
            progress.above_the_bars(|| output::note(text));
        }
    }

    pub fn see(&self, event: RunEvent<'_>) {
        if let RunEvent::Begin {
            trials,
            done,
            elsewhere,
            ..
        } = event
        {
            self.progress
                .get_or_init(|| Progress::new(self.style, trials - done - elsewhere));
        }
        let Some(progress) = self.progress.get() else {
            return;
        };
        match event {
            RunEvent::TrialStarted { trial, from_epoch } => {
                let epochs = trial.config.epochs;
                progress.begin(&trial.identity, &trial.label, epochs, from_epoch);
                tracing::info!(
                    "{}: begins after epoch {from_epoch} of {epochs}",
                    trial.label
                );
            }
            RunEvent::TrialStep {
                trial,
                epoch,
                batch,
                batches,
            } => {
                progress.step(&trial.identity, epoch, batch, batches);
            }
            RunEvent::TrialEpoch { trial, epoch } => {
                progress.epoch(&trial.identity, epoch);
                tracing::debug!(
                    "{}: epoch {}, loss {:.4}, validation accuracy {:.4}",
                    trial.label,
                    epoch.epoch,
                    epoch.train_loss,
                    epoch.validation_accuracy
                );
            }
            RunEvent::TrialFinished {
                trial,
                outcome,
                seconds,
            } => {
                let outcome = outcome_words(outcome);
                progress.end(&trial.identity, &outcome);
                tracing::info!(
                    "{}: {outcome}, {seconds:.1} s since its group began",
                    trial.label
                );
            }
            RunEvent::TrialInterrupted { trial, epochs } => {
                let words = format!("stopped after {}", count(epochs, "epoch"));
                progress.leave(&trial.identity, &words);
            }
            _ => {}
        }
        if self.style != Style::None {
            for line in notes(&event) {
                progress.above_the_bars(|| output::note(line));
            }
        }
        if let RunEvent::TrialEpoch { .. } = event {
            self.has_epoch.store(true, Ordering::Relaxed);
        }
        if let RunEvent::RoundFinished { rounds } = event {
            self.set(Next::Round(rounds));
        }
    }

    /// Ends the page's following and removes the bars.
    pub fn finish(&self) {
        self.set(Next::End);
        if let Some(progress) = self.progress.get() {
            progress.finish();
        }
    }
}

/// Lines beside the bars.
fn notes(event: &RunEvent<'_>) -> Vec<String> {
    match *event {
        RunEvent::Begin {
            trials,
            done,
            resumed,
            retried,
            elsewhere,
            jobs,
            threads,
        } => {
            let found = [
                (done, "done before"),
                (resumed, "go on from where they were"),
                (retried, "failed before and are tried again"),
                (elsewhere, "run by another process"),
            ];
            let found = found.iter().filter(|(number, _)| *number > 0);
            let found: Vec<String> = found.map(|(n, words)| format!("{n} {words}")).collect();
            let begin = format!(
                "{}, {jobs} at once, {} each",
                count(trials, "trial"),
                count(threads, "thread")
            );
            if found.is_empty() {
                vec![begin]
            } else {
                vec![begin, found.join(", ")]
            }
        }
        RunEvent::SelfCheck(check) => vec![self_check_words(check)],
        _ => Vec::new(),
    }
}

fn self_check_words(check: &SelfCheck) -> String {
    format!(
        "self-check: gradients agree with the f64 reference to {:.1e} (bound {:.0e}), {:.2} s",
        check.worst_relative_error, check.tolerance, check.seconds
    )
}

fn outcome_words(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Completed {} => "done".into(),
        Outcome::Stopped { epoch } => format!("stopped early after epoch {epoch}"),
        Outcome::Diverged { epoch } => format!("diverged in epoch {epoch}"),
        Outcome::Failed { message } => format!("failed ({message})"),
    }
}

#[cfg(test)]
mod tests;
