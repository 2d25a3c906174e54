//! Progress of measurements that follow one another.

use std::time::Instant;

use indicatif::{ProgressBar, ProgressStyle};
use lenet_study::measure::Progress;

use super::{LINE_INTERVAL, Style};
use crate::output;
use crate::table::duration;

/// One bar for the whole grid, or a line now and then.
pub struct GridProgress {
    style: Style,
    bar: ProgressBar,
    began: Instant,
    last_line: Option<Instant>,
}

impl GridProgress {
    /// Starts the clock.
    #[must_use]
    pub fn new(quiet: bool) -> Self {
        let style = Style::of_this_terminal(quiet);
        let bar = ProgressBar::with_draw_target(Some(1000), style.target());
        if let Ok(template) = ProgressStyle::with_template("{bar:20} {wide_msg}") {
            bar.set_style(template);
        }
        Self {
            style,
            bar,
            began: Instant::now(),
            last_line: None,
        }
    }

    /// Shows how far the measurement is.
    pub fn show(&mut self, progress: &Progress) {
        let elapsed = self.began.elapsed().as_secs_f64();
        let left = if progress.share > 0.0 {
            let left = elapsed / progress.share * (1.0 - progress.share);
            format!("{} left", duration(left))
        } else {
            "time left unknown yet".to_owned()
        };
        let text = format!(
            "{}/{} {left}; {}",
            progress.done, progress.total, progress.next
        );
        self.bar.set_position((1000.0 * progress.share) as u64);
        self.bar.set_message(text.clone());
        let due = self
            .last_line
            .is_none_or(|last| last.elapsed() >= LINE_INTERVAL);
        if self.style == Style::Lines && due {
            self.last_line = Some(Instant::now());
            output::note(text);
        }
    }

    /// Removes the bar.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
