//! A page that follows a study while it runs.

use maud::{Markup, html};

use crate::text::count;

/// What a running study is at. The page reloads itself until it is written without.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Live {
    /// When this was true, in seconds since 1970-01-01 UTC.
    pub unix: u64,
    /// The trials that run now, with how far each is, e.g. `Adam, rate 0.001, seed 3: epoch 4 of 10`.
    pub running: Vec<String>,
    /// Trials that are done or failed.
    pub ended: usize,
    /// Trials that wait.
    pub waiting: usize,
    /// Seconds until the end, as far as can be told.
    pub seconds_left: Option<f64>,
}

/// Seconds between two reloads.
const EVERY: u32 = 15;

/// What makes a browser load the page again.
pub(super) fn reload(_: &Live) -> Markup {
    html! { meta http-equiv="refresh" content=(EVERY); }
}

/// What is going on.
pub(super) fn note(live: &Live) -> Markup {
    let time = std::time::UNIX_EPOCH + std::time::Duration::from_secs(live.unix);
    let time = humantime::format_rfc3339_seconds(time).to_string();
    let end = live.seconds_left.map(|left| {
        let end = std::time::UNIX_EPOCH
            + std::time::Duration::from_secs(live.unix + left.clamp(0.0, 1e9) as u64);
        humantime::format_rfc3339_seconds(end).to_string()
    });
    html! {
        section.live aria-label="Running" {
            p { strong { "Running." } " " (count(live.ended, "trial")) " ended, "
                (live.running.len()) " running, " (live.waiting) " waiting, as of " (time) "."
                @if let Some(end) = end { " It will end about " (end) "." }
                " The page loads itself again until the study has ended." }
            @if !live.running.is_empty() { ul { @for trial in &live.running { li { (trial) } } } }
        }
    }
}
