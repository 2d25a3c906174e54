//! Rounds by processes that are made up.

use std::cell::RefCell;

use super::super::testing::{self, STUDY};
use super::*;
use crate::measure::outstanding;

/// What a part's process does.
#[derive(Clone, Copy, PartialEq)]
enum Fate {
    /// Measures its part.
    Whole,
    /// Is stopped after so many pieces.
    StoppedAfter(usize),
    /// Ends as if it had done everything, after so many pieces.
    ShortAfter(usize),
    /// Measures its part, and then the flag is raised.
    Last,
    Fails,
}

/// Measures pieces of a part as a process does, which adds a session of its own to each record.
fn measure(plan: &Plan, store: &RuntimeStore, part: Part, most: usize, told: &mut dyn FnMut()) {
    let mut records: Vec<RuntimeRecord> = Vec::new();
    for runtime in &plan.runtimes {
        let found = store.read(&runtime.identity).unwrap();
        records.push(found.unwrap_or_else(|| runtime.blank.clone()));
    }
    let before: Vec<usize> = records.iter().map(|r| r.sessions.len()).collect();
    let mut pieces = outstanding(&plan.runtimes, &records, plan.seed);
    pieces.retain(|piece| part.has(*piece));
    for piece in pieces.into_iter().take(most) {
        told();
        let record = &mut records[piece.runtime()];
        if record.sessions.len() == before[piece.runtime()] {
            record.sessions.push(testing::session());
        }
        match piece {
            Piece::Sample { round, .. } => {
                let session = record.sessions.len() - 1;
                let sample = testing::sample(round, 1.0);
                record
                    .samples
                    .push(lenet_results::RuntimeSample { session, ..sample });
            }
            Piece::Phases { .. } => record.phases.push(lenet_results::PhaseSeconds::default()),
        }
        store.write(record).unwrap();
    }
}

struct Ran {
    result: Result<Option<Vec<RuntimeRecord>>, StudyError>,
    parts: Vec<Part>,
    told: Vec<Progress>,
    seconds: f64,
}

/// Runs the study with the fates of its parts; those without one are whole.
fn ran(store: &RuntimeStore, fates: &[Fate], over: Option<Duration>, stop: bool) -> Ran {
    let plan = testing::plan(STUDY);
    let begun = Instant::now();
    let stop = AtomicBool::new(stop);
    let parts = RefCell::new(Vec::new());
    let mut told = Vec::new();
    let mut launch = |part: Part, told: &mut dyn FnMut()| {
        let fate = fates
            .get(parts.borrow().len())
            .copied()
            .unwrap_or(Fate::Whole);
        parts.borrow_mut().push(part);
        match fate {
            Fate::Whole => measure(&plan, store, part, usize::MAX, told),
            Fate::Last => {
                measure(&plan, store, part, usize::MAX, told);
                stop.store(true, Ordering::Relaxed);
            }
            Fate::StoppedAfter(most) | Fate::ShortAfter(most) => {
                measure(&plan, store, part, most, told);
            }
            Fate::Fails => {
                return Err(io::Error::other("it fell over"));
            }
        }
        Ok(!matches!(fate, Fate::StoppedAfter(_)))
    };
    let result = rounds_apart(&plan, store, &stop, over, &mut launch, &mut |progress| {
        told.push(progress.clone());
    });
    Ran {
        result,
        parts: parts.into_inner(),
        told,
        seconds: begun.elapsed().as_secs_f64(),
    }
}

fn store() -> (tempfile::TempDir, RuntimeStore) {
    let folder = tempfile::tempdir().unwrap();
    let store = RuntimeStore::create(folder.path()).unwrap();
    (folder, store)
}

#[test]
fn every_round_is_a_process_with_a_session_of_its_own() {
    let (_folder, store) = store();
    let whole = ran(&store, &[], None, false);
    assert_eq!(whole.parts, [Part::Round(1), Part::Round(2), Part::Phases]);
    for record in whole.result.unwrap().expect("nobody stops it") {
        let taken: Vec<_> = record
            .samples
            .iter()
            .map(|s| (s.round, s.session))
            .collect();
        assert_eq!(taken, [(1, 0), (2, 1)]);
        // Equal texts make no two processes one.
        assert_eq!(record.sessions.len(), 3);
        assert_eq!(record.phases.len(), 1);
    }
    let steps: Vec<_> = whole.told.iter().map(|p| (p.done, p.total)).collect();
    assert_eq!(steps, (0..12).map(|done| (done, 12)).collect::<Vec<_>>());
    assert!(whole.told.is_sorted_by(|a, b| a.share < b.share));
    assert!(
        whole.told[0].next.starts_with("round 1: cpu fused"),
        "{:?}",
        whole.told[0]
    );
    assert_eq!(ran(&store, &[], None, false).parts, []);
}

#[test]
fn what_a_process_leaves_is_gone_on_with() {
    let (_folder, store) = store();
    let stopped = ran(&store, &[Fate::Whole, Fate::StoppedAfter(1)], None, false);
    assert!(stopped.result.unwrap().is_none());
    assert_eq!(stopped.parts, [Part::Round(1), Part::Round(2)]);
    let failed = ran(&store, &[Fate::Fails], None, false);
    assert_eq!(failed.parts, [Part::Round(2)]);
    assert_eq!(
        failed.result.unwrap_err().to_string(),
        "round 2: it fell over"
    );
    let short = ran(&store, &[Fate::ShortAfter(1)], None, false);
    let refused = short.result.unwrap_err().to_string();
    assert!(
        refused.starts_with("round 2: 2 of its measurements are missing"),
        "{refused}"
    );
    let rest = ran(&store, &[], None, false);
    assert_eq!(rest.parts, [Part::Round(2), Part::Phases]);
    assert_eq!(rest.told.len(), 2 + 4);
    let records = rest.result.unwrap().expect("nobody stops it");
    assert!(records.iter().all(|record| record.samples.len() == 2));
}

#[test]
fn rounds_are_spread_over_the_time_given_and_phases_are_not() {
    let (_folder, store) = store();
    let over = Duration::from_secs(1);
    let spread = ran(&store, &[], Some(over), false);
    assert!(spread.result.unwrap().is_some());
    // The second of two rounds begins after half of it.
    assert!(
        (0.5..0.95).contains(&spread.seconds),
        "{} s",
        spread.seconds
    );
    assert!(
        spread
            .told
            .iter()
            .any(|p| p.next == "round 2 begins in 0 s")
    );
}

#[test]
fn a_raised_flag_stops_before_a_round_and_in_the_wait_for_one() {
    let (_folder, store) = store();
    let hour = Some(Duration::from_secs(3600));
    let before = ran(&store, &[], hour, true);
    assert!(before.result.unwrap().is_none() && before.parts.is_empty());
    let waiting = ran(&store, &[Fate::Last], hour, false);
    assert!(waiting.result.unwrap().is_none());
    assert_eq!(waiting.parts, [Part::Round(1)]);
    assert!(before.seconds + waiting.seconds < 60.0);
}
