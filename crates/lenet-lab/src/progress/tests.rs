//! Styles, the time left, and what is counted.

use super::*;

#[test]
fn style_table() {
    let table = [(true, true), (true, false), (false, true), (false, false)]
        .map(|(quiet, terminal)| Style::resolve(quiet, terminal));
    assert_eq!(table, [Style::None, Style::None, Style::Bars, Style::Lines]);
}

#[test]
fn time_left_follows_the_pace() {
    let left = |elapsed, done, remaining| in_words(seconds_left(elapsed, done, remaining));
    assert_eq!(left(0.5, 1.0, 1.0), "time left unknown");
    assert_eq!(left(10.0, 0.0, 1.0), "time left unknown");
    assert_eq!(left(10.0, f64::NAN, 1.0), "time left unknown");
    assert_eq!(left(10.0, 0.5, 1.5), "30 s left");
    assert_eq!(left(10.0, 2.0, -0.001), "0.0 s left");
}

#[test]
fn a_checkpoints_share_does_not_count_as_pace() {
    let progress = Progress::new(Style::None, 2);
    progress.begin("a", "a", 10, 5);
    progress.step("a", 6, 1, 100);
    let state = progress.lock();
    assert!(
        (state.head_start - 0.5).abs() < 1e-12,
        "{}",
        state.head_start
    );
    assert!((state.running["a"].share - 0.501).abs() < 1e-12);
}

#[test]
fn a_trial_that_ends_is_counted_once() {
    let progress = Progress::new(Style::None, 1);
    progress.begin("a", "a", 1, 0);
    progress.end("a", "done");
    progress.begin("b", "b", 1, 0);
    progress.leave("b", "stopped");
    let state = progress.lock();
    assert_eq!((state.finished, state.running.len()), (1, 0));
}

#[test]
fn a_page_is_told_what_runs() {
    let progress = Progress::new(Style::None, 4);
    progress.begin("a", "Adam, seed 1", 10, 0);
    progress.step("a", 4, 50, 100);
    progress.begin("b", "Adam, seed 2", 1, 0);
    progress.end("b", "done");
    let live = progress.live();
    assert_eq!(live.running, ["Adam, seed 1: 3 of 10 epochs"]);
    assert_eq!((live.ended, live.waiting), (1, 2));
    assert_eq!(live.seconds_left, None);
    assert!(live.unix > 1_700_000_000);
}
