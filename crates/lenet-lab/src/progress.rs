//! Progress of training: bars on a terminal, a line now and then elsewhere.

mod grid;
mod timings;

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use lenet_report::Live;
use lenet_results::EpochRecord;

use crate::output;
use crate::table::{count, duration};

pub use grid::GridProgress;
pub use timings::TimingProgress;

/// How progress is shown.
///
/// | `--quiet` | stderr a terminal that can move its cursor | style |
/// | --- | --- | --- |
/// | yes | any | `None` |
/// | no | yes | `Bars` |
/// | no | no | `Lines` |
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Nothing.
    None,
    /// Bars.
    Bars,
    /// A line for each trial that ends, and a line now and then.
    Lines,
}

impl Style {
    /// The style by the table above.
    #[must_use]
    pub fn resolve(quiet: bool, terminal: bool) -> Self {
        match (quiet, terminal) {
            (true, _) => Self::None,
            (false, true) => Self::Bars,
            (false, false) => Self::Lines,
        }
    }

    /// The style for this process's standard error.
    #[must_use]
    pub fn of_this_terminal(quiet: bool) -> Self {
        let dumb = std::env::var_os("TERM").is_none_or(|term| term == "dumb");
        Self::resolve(quiet, std::io::stderr().is_terminal() && !dumb)
    }

    fn target(self) -> ProgressDrawTarget {
        match self {
            Self::Bars => ProgressDrawTarget::stderr_with_hz(8),
            Self::None | Self::Lines => ProgressDrawTarget::hidden(),
        }
    }
}

/// Most running trials that get a bar; the others are counted.
const BARS: usize = 8;
/// Least time between two lines that only say how far the work is.
const LINE_INTERVAL: Duration = Duration::from_secs(30);

/// Progress of trials, each named by a key. Any thread may report.
#[derive(Debug)]
pub struct Progress {
    style: Style,
    bars: MultiProgress,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    total: usize,
    finished: usize,
    /// Work that earlier processes did on the trials begun here, in trials.
    head_start: f64,
    began: Instant,
    last_line: Instant,
    study: Option<ProgressBar>,
    running: BTreeMap<String, Trial>,
}

#[derive(Debug)]
struct Trial {
    label: String,
    epochs: usize,
    began: Instant,
    /// Share done when it began here.
    from: f64,
    /// Share done now.
    share: f64,
    metrics: String,
    bar: Option<ProgressBar>,
}

impl Progress {
    /// Starts the clock for `total` trials. A single trial gets no bar for the study.
    #[must_use]
    pub fn new(style: Style, total: usize) -> Self {
        let bars = MultiProgress::with_draw_target(style.target());
        let study = (style == Style::Bars && total > 1)
            .then(|| bars.add(new_bar(1000, "{bar:20} {wide_msg}")));
        let began = Instant::now();
        let running = BTreeMap::new();
        let state = State {
            total,
            finished: 0,
            head_start: 0.0,
            began,
            last_line: began,
            study,
            running,
        };
        Self {
            style,
            bars,
            state: Mutex::new(state),
        }
    }

    /// A trial of `epochs` epochs starts, or continues after `from_epoch` of them.
    pub fn begin(&self, key: &str, label: &str, epochs: usize, from_epoch: usize) {
        let mut state = self.lock();
        let from = (from_epoch as f64 / epochs.max(1) as f64).min(1.0);
        state.head_start += from;
        let bar = (self.style == Style::Bars && state.running.len() < BARS).then(|| {
            self.bars
                .add(new_bar(1000, "{prefix:28!} {bar:10} {wide_msg}"))
        });
        if let Some(bar) = &bar {
            bar.set_prefix(output::shown(label));
        }
        let trial = Trial {
            label: label.to_owned(),
            epochs: epochs.max(1),
            began: Instant::now(),
            from,
            share: from,
            metrics: String::new(),
            bar,
        };
        state.running.insert(key.to_owned(), trial);
        self.show(&mut state);
    }

    /// A trial has done `batch` of the `batches` batches of an epoch; both count from 1.
    pub fn step(&self, key: &str, epoch: usize, batch: usize, batches: usize) {
        let within = batch as f64 / batches.max(1) as f64;
        self.advance(key, (epoch.max(1) - 1) as f64 + within, None);
    }

    /// A trial has finished an epoch and its evaluations.
    pub fn epoch(&self, key: &str, record: &EpochRecord) {
        let metrics = format!(
            "loss {:.4}, validation {:.4}",
            record.train_loss, record.validation_accuracy
        );
        self.advance(key, record.epoch as f64, Some(metrics));
    }

    /// A trial that another process trains has done so many epochs.
    pub fn reached(&self, key: &str, epochs: usize) {
        self.advance(key, epochs as f64, None);
    }

    fn advance(&self, key: &str, epochs_done: f64, metrics: Option<String>) {
        let mut state = self.lock();
        if let Some(trial) = state.running.get_mut(key) {
            trial.share = (epochs_done / trial.epochs as f64).min(1.0);
            if let Some(metrics) = metrics {
                trial.metrics = metrics;
            }
            trial.draw(epochs_done);
        }
        self.show(&mut state);
    }

    /// A trial has ended with this outcome.
    pub fn end(&self, key: &str, outcome: &str) {
        self.remove(key, outcome, 1);
    }

    /// A trial was stopped and can continue later.
    pub fn leave(&self, key: &str, outcome: &str) {
        self.remove(key, outcome, 0);
    }

    fn remove(&self, key: &str, outcome: &str, finished: usize) {
        let mut state = self.lock();
        state.finished += finished;
        if let Some(trial) = state.running.remove(key) {
            if let Some(bar) = trial.bar {
                bar.finish_and_clear();
                self.bars.remove(&bar);
            }
            if self.style == Style::Lines {
                let metrics = if trial.metrics.is_empty() { "" } else { ": " };
                output::note(format_args!(
                    "[{}/{}] {} {outcome}{metrics}{}",
                    state.finished, state.total, trial.label, trial.metrics
                ));
            }
        }
        self.show(&mut state);
    }

    /// What is going on now, for a page that follows the study.
    #[must_use]
    pub fn live(&self) -> Live {
        let state = self.lock();
        let words = |trial: &Trial| {
            let epochs = (trial.share * trial.epochs as f64).floor() as usize;
            format!(
                "{}: {epochs} of {}",
                trial.label,
                count(trial.epochs, "epoch")
            )
        };
        let running: Vec<String> = state.running.values().map(words).collect();
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        Live {
            unix: now.map_or(0, |now| now.as_secs()),
            ended: state.finished,
            waiting: state.total.saturating_sub(state.finished + running.len()),
            seconds_left: state.seconds_left(),
            running,
        }
    }

    /// Hides the bars while `write` writes.
    pub fn above_the_bars<T>(&self, write: impl FnOnce() -> T) -> T {
        self.bars.suspend(write)
    }

    /// Removes the bars.
    pub fn finish(&self) {
        // A bar that is dropped unfinished is drawn once more and stays.
        if let Some(study) = &self.lock().study {
            study.finish_and_clear();
        }
        let _ = self.bars.clear();
    }

    fn show(&self, state: &mut State) {
        if self.style == Style::None {
            return;
        }
        let done = state.done();
        let left = in_words(state.seconds_left());
        if let Some(study) = &state.study {
            study.set_position((1000.0 * done / state.total.max(1) as f64) as u64);
            let unseen = state.running.len().saturating_sub(BARS);
            let more = if unseen > 0 {
                format!(", {unseen} more running")
            } else {
                String::new()
            };
            study.set_message(format!(
                "{}/{} trials, {left}{more}",
                state.finished, state.total
            ));
        }
        if self.style == Style::Lines && state.last_line.elapsed() >= LINE_INTERVAL {
            state.last_line = Instant::now();
            output::note(format_args!(
                "{} of {} done, {left}",
                state.finished,
                count(state.total, "trial")
            ));
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // After a panic elsewhere, a bar is at worst too short.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Trial {
    fn draw(&self, epochs_done: f64) {
        let Some(bar) = &self.bar else { return };
        bar.set_position((1000.0 * self.share) as u64);
        let here = self.share - self.from;
        let elapsed = self.began.elapsed().as_secs_f64();
        let left = in_words(seconds_left(elapsed, here, 1.0 - self.share));
        let epoch = (epochs_done.ceil() as usize).clamp(1, self.epochs);
        let comma = if self.metrics.is_empty() { "" } else { ", " };
        bar.set_message(format!(
            "epoch {epoch}/{}{comma}{}, {left}",
            self.epochs, self.metrics
        ));
    }
}

impl State {
    /// Work done, in trials.
    fn done(&self) -> f64 {
        let running: f64 = self.running.values().map(|trial| trial.share).sum();
        self.finished as f64 + running
    }

    fn seconds_left(&self) -> Option<f64> {
        let done = self.done();
        let elapsed = self.began.elapsed().as_secs_f64();
        seconds_left(elapsed, done - self.head_start, self.total as f64 - done)
    }
}

/// The time left at the pace so far; `None` where there is none yet.
fn seconds_left(elapsed: f64, done: f64, remaining: f64) -> Option<f64> {
    (elapsed >= 1.0 && done > 0.0).then(|| elapsed / done * remaining.max(0.0))
}

fn in_words(seconds: Option<f64>) -> String {
    match seconds {
        None => "time left unknown".into(),
        Some(seconds) => format!("{} left", duration(seconds)),
    }
}

fn new_bar(length: u64, template: &str) -> ProgressBar {
    let style = ProgressStyle::with_template(template)
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("━╸─");
    ProgressBar::new(length).with_style(style)
}

#[cfg(test)]
mod tests;
