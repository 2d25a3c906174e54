//! Times of epochs, by hand.

use super::*;
use crate::testing::{epoch, run};

#[test]
fn epochs_end_a_run_s_start_and_their_seconds_later() {
    let three: Vec<EpochRecord> = (1..=3).map(epoch).collect();
    // Each takes 1.5 + 0.25 s; in a group of three, 5.25 s.
    let mut second = run(1, 5000);
    second.group = 3;
    let runs = [run(0, 1000), second];
    assert_eq!(epoch_ends(&runs, &three), [1001.75, 5005.25, 5010.5]);
    assert_eq!(start(&runs), Some(1000.0));
    assert_eq!(start(&[]), None);
    assert_eq!(epoch_ends(&[], &three), [1.75, 3.5, 5.25]);
    // A run that crashed before its first epoch ended, and was begun again.
    let twice = [run(0, 1000), run(0, 2000)];
    assert_eq!(epoch_ends(&twice, &three), [2001.75, 2003.5, 2005.25]);
}

#[test]
fn time_never_goes_back() {
    let three: Vec<EpochRecord> = (1..=3).map(epoch).collect();
    let runs = [run(0, 1000), run(2, 10)];
    assert_eq!(epoch_ends(&runs, &three), [1001.75, 1003.5, 1005.25]);
}

#[test]
fn times_are_dates_whatever_a_record_says() {
    // Python: datetime.fromtimestamp(1700000000.5, timezone.utc).isoformat(timespec="microseconds")
    assert_eq!(rfc3339(1_700_000_000.5), "2023-11-14T22:13:20.500000+00:00");
    assert_eq!(milliseconds(1_700_000_000.5), 1_700_000_000_500);
    let mut endless = run(0, u64::MAX);
    endless.group = usize::MAX;
    assert_eq!(start(&[endless.clone()]), Some(LATEST));
    let mut long = epoch(1);
    long.train_seconds = f64::MAX;
    assert_eq!(epoch_ends(&[endless], &[long]), [LATEST]);
    assert_eq!(rfc3339(f64::MAX), "9999-01-01T00:00:00.000000+00:00");
    assert_eq!(rfc3339(-1.0), "1970-01-01T00:00:00.000000+00:00");
}
