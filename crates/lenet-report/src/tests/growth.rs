//! A report takes time in proportion to the epochs of its trials.

use std::time::Duration;

use super::report;
use crate::testing::{cell, lab_config, lab_study, rising, trial};

/// What this thread has spent on a processor, so that a busy machine does not matter; `None` where the
/// system does not tell.
fn spent() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds = text.split(' ').next()?.parse().ok()?;
    Some(Duration::from_nanos(nanoseconds))
}

/// Seconds for the report of one trial.
fn seconds(epochs: usize) -> Option<f64> {
    let config = lab_config("sgd", 0.1, 0.0);
    let record = trial(&config, 0, &rising(0.1, 0.9, epochs, 0));
    let (mut study, _) = lab_study(1);
    study.figures.truncate(1);
    study.figures[0].published_data = None;
    study.figures[0].cells = vec![cell("learning_rate = 0.1", &record.config, 1)];
    study.claims.clear();
    let folder = tempfile::tempdir().unwrap();
    let begun = spent()?;
    report(&study, &[record], folder.path());
    Some((spent()? - begun).as_secs_f64())
}

#[test]
fn time_grows_with_the_epochs_and_not_with_their_square() {
    let counts = [1_000, 10_000, 40_000];
    let [Some(few), Some(many), Some(most)] = counts.map(seconds) else {
        return;
    };
    // What every report takes, whatever its trials, is in all three. The rest is 30 to 9 in proportion, 160
    // to 10 in square.
    let (first, second) = (many - few, most - few);
    assert!(
        second < 10.0 * first.max(0.02),
        "{counts:?} epochs took {few}, {many} and {most} s"
    );
}
