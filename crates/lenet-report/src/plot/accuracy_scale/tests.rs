//! Where accuracies lie and which are labelled.

use super::*;

#[test]
fn a_tenfold_smaller_error_is_one_step() {
    let scale = AccuracyScale::around([0.1, 0.985].into_iter());
    assert_eq!((scale.bottom, scale.top), (0.0, 0.99));
    assert!(
        (scale.share(0.9) - 0.5).abs() < 1e-12,
        "{}",
        scale.share(0.9)
    );
    assert_eq!(scale.share(0.0), 0.0);
    assert_eq!(scale.share(1.0), 1.0);
}

#[test]
fn the_scale_follows_its_values() {
    let high = AccuracyScale::around([0.985, 0.9912].into_iter());
    assert_eq!((high.bottom, high.top), (0.95, 0.995));
    let none = AccuracyScale::around(std::iter::empty());
    assert!(none.bottom < none.top);
    let perfect = AccuracyScale::around([1.0].into_iter());
    assert_eq!(perfect.share(1.0), 1.0);
}

#[test]
fn ticks_keep_their_distance() {
    let ticks = AccuracyScale::around([0.1, 0.991].into_iter()).ticks(0.06);
    assert!(
        ticks.contains(&0.0) && ticks.contains(&0.9) && ticks.contains(&0.99),
        "{ticks:?}"
    );
    assert!(ticks.len() >= 6, "{ticks:?}");
}

#[test]
fn few_epochs_are_all_marked() {
    assert_eq!(epoch_ticks(1), [1]);
    assert_eq!(epoch_ticks(10), (1..=10).collect::<Vec<_>>());
    assert_eq!(epoch_ticks(30), [5, 10, 15, 20, 25, 30]);
    assert_eq!(epoch_ticks(1000).len(), 10);
}
