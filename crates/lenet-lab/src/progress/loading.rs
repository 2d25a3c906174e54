//! Progress of loading a file.

use indicatif::{ProgressBar, ProgressStyle};

use super::Style;
use crate::output;

/// A bar of bytes, or one line when they begin to come.
#[derive(Clone)]
pub struct LoadingProgress {
    style: Style,
    title: &'static str,
    bar: ProgressBar,
}

impl LoadingProgress {
    /// Nothing is shown before the first bytes, so nothing of what is there already.
    #[must_use]
    pub fn new(style: Style, title: &'static str) -> Self {
        let bar = ProgressBar::with_draw_target(Some(0), style.target());
        let template = "loading {msg} {bar:20} {bytes} of {total_bytes}, {eta} left";
        if let Ok(template) = ProgressStyle::with_template(template) {
            bar.set_style(template);
        }
        bar.set_message(title);
        Self { style, title, bar }
    }

    /// Shows that so many bytes of all came.
    pub fn show(&self, bytes: u64, all: u64) {
        if self.style == Style::Lines && self.bar.length() == Some(0) {
            output::note(format_args!(
                "loading {} from the Hugging Face hub",
                self.title
            ));
        }
        self.bar.set_length(all.max(1));
        self.bar.set_position(bytes);
    }

    /// Removes the bar.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
