//! Rounds that are measured by processes of their own, one after the other.

use std::io;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use lenet_results::{RuntimeRecord, RuntimeStore};

use super::pieces::{Part, Piece};
use super::run::{Agenda, Progress};
use crate::error::StudyError;
use crate::plan::Plan;

/// Longest time in which a wait does not look at the stop flag.
const TICK: Duration = Duration::from_millis(50);

/// Carries out a part in a process of its own, which calls [`run`](super::run) with it, and calls the
/// function given before each piece. `false` where the process was stopped.
pub type Launch<'l> = dyn FnMut(Part, &mut dyn FnMut()) -> io::Result<bool> + 'l;

/// Has each round that the store lacks, and then the passes that time phases, carried out by
/// `launch`. The rounds are spread evenly over the time `over`, if it is given. All records in the
/// order of the plan's runtimes, or `None` where `stop` was raised or a process was stopped.
///
/// # Errors
/// Records that cannot be used or belong to another machine or build; a process that cannot be
/// started, that fails, or that leaves pieces of its part undone.
pub fn rounds_apart(
    plan: &Plan,
    store: &RuntimeStore,
    stop: &AtomicBool,
    over: Option<Duration>,
    launch: &mut Launch<'_>,
    observer: &mut dyn FnMut(&Progress),
) -> Result<Option<Vec<RuntimeRecord>>, StudyError> {
    let agenda = Agenda::new(plan, Part::Whole, store)?;
    let progress = agenda.progress(plan);
    let parts = parts(&agenda.pieces);
    let is_round = |part: &Part| matches!(part, Part::Round(_));
    let rounds = parts.iter().filter(|(part, _)| is_round(part)).count();
    let begun = Instant::now();
    for (at, (part, pieces)) in parts.into_iter().enumerate() {
        if let (Some(over), Part::Round(round)) = (over, part) {
            let due = begun + over.mul_f64(at as f64 / rounds as f64);
            let mut tell = |left: Duration| {
                observer(&Progress {
                    next: format!("round {round} begins in {} s", left.as_secs()),
                    ..progress[pieces.start].clone()
                });
            };
            wait_until(due, stop, &mut tell);
        }
        if stop.load(Ordering::Relaxed) {
            return Ok(None);
        }
        let mut next = pieces;
        let mut told = || {
            if let Some(piece) = next.next() {
                observer(&progress[piece]);
            }
        };
        let done = launch(part, &mut told).map_err(|source| StudyError::Process {
            part: part.to_string(),
            source,
        })?;
        if !done {
            return Ok(None);
        }
        let left = Agenda::new(plan, part, store)?.pieces.len();
        if left > 0 {
            return Err(StudyError::Undone {
                part: part.to_string(),
                left,
            });
        }
    }
    Ok(Some(Agenda::new(plan, Part::Whole, store)?.records))
}

/// Consecutive pieces of one part.
fn parts(pieces: &[Piece]) -> Vec<(Part, Range<usize>)> {
    let mut parts: Vec<(Part, Range<usize>)> = Vec::new();
    for (at, piece) in pieces.iter().enumerate() {
        match parts.last_mut() {
            Some((part, range)) if *part == piece.part() => range.end = at + 1,
            _ => parts.push((piece.part(), at..at + 1)),
        }
    }
    parts
}

fn wait_until(due: Instant, stop: &AtomicBool, tell: &mut dyn FnMut(Duration)) {
    loop {
        let left = due.saturating_duration_since(Instant::now());
        if left.is_zero() || stop.load(Ordering::Relaxed) {
            return;
        }
        tell(left);
        std::thread::sleep(left.min(TICK));
    }
}

#[cfg(test)]
mod tests;
