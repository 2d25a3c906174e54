//! Values of trials that ran to their end, and of those that did not.

use super::*;
use crate::testing::{lab_config, trial};

#[test]
fn a_diverged_trial_keeps_its_last_value() {
    let config = lab_config("sgd", 0.1, 0.0);
    let mut diverged = trial(&config, 1, &[0.8, 0.1]);
    diverged.outcome = Outcome::Diverged { epoch: 3 };
    assert_eq!(value_at(&diverged, 10, TEST), Some(0.1));
    assert_eq!(value_at(&diverged, 1, TEST), Some(0.8));
    let completed = trial(&config, 0, &[0.9; 10]);
    assert_eq!(value_at(&completed, 11, TEST), None);
    assert_eq!(
        common_last_epoch([&completed, &diverged].into_iter()),
        Some(10)
    );
    assert_eq!(common_last_epoch([&diverged].into_iter()), Some(2));
    assert_eq!(common_last_epoch([].into_iter()), None);
}
