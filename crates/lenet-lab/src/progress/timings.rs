//! Progress of the timings that an estimate is made from.

use indicatif::ProgressBar;

use super::{Style, new_bar};
use crate::output;
use crate::table::count;

/// A bar, or one line before the first timing.
pub struct TimingProgress {
    style: Style,
    bar: ProgressBar,
}

impl TimingProgress {
    /// Nothing is shown before the first timing.
    #[must_use]
    pub fn new(style: Style) -> Self {
        let bar = new_bar(0, "{bar:20} {wide_msg}");
        bar.set_draw_target(style.target());
        Self { style, bar }
    }

    /// Shows that `done` of `all` timings are done.
    pub fn show(&self, done: usize, all: usize) {
        let text = format!("timing a few steps of kind {} of {all}", done + 1);
        self.bar.set_length(all as u64);
        self.bar.set_position(done as u64);
        self.bar.set_message(text);
        if self.style == Style::Lines && done == 0 {
            output::note(format_args!(
                "timing a few steps of {} of trial for an estimate",
                count(all, "kind")
            ));
        }
    }

    /// Removes the bar.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
