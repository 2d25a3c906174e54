//! Settings without effect.

use super::*;
use crate::testing::{lab_config, lab_study, rising, trial};

#[test]
fn disconnected_dropout_is_found_and_named() {
    let (_, records) = lab_study(2);
    let knobs = find(&records);
    // Figure 2 as run is figure 1; nothing else agrees but dead networks, whose curves are
    // made equal here: Adam at 0.1 over seeds and with either dropout.
    let sgd: Vec<&Knob> = knobs
        .iter()
        .filter(|k| k.setting == "dropout" && k.same == 8)
        .collect();
    assert_eq!(sgd.len(), 1, "{knobs:#?}");
    assert_eq!(sgd[0].places, 8);
    assert_eq!(
        sgd[0].values,
        [
            r#"{"connected":false,"rate":0.5}"#,
            r#"{"connected":true,"rate":0.0}"#
        ]
    );
}

#[test]
fn a_single_bit_makes_the_difference() {
    let mut other = lab_config("sgd", 0.1, 0.5);
    other.dropout.connected = false;
    let curve = rising(0.9, 0.98, 10, 0);
    let mut pair = [
        trial(&lab_config("sgd", 0.1, 0.0), 0, &curve),
        trial(&other, 0, &curve),
    ];
    assert_eq!(find(&pair).len(), 1);
    let loss = &mut pair[1].epochs[9].train_loss;
    *loss = f64::from_bits(loss.to_bits() + 1);
    assert_eq!(find(&pair), []);
}

#[test]
fn trials_that_differ_in_two_settings_say_nothing() {
    let curve = rising(0.9, 0.98, 10, 0);
    let pair = [
        trial(&lab_config("sgd", 0.1, 0.0), 0, &curve),
        trial(&lab_config("sgd", 0.01, 0.5), 0, &curve),
    ];
    assert_eq!(find(&pair), []);
}

#[test]
fn diverged_trials_are_left_out() {
    let curve = [f64::NAN; 2];
    let mut pair = [
        trial(&lab_config("sgd", 10.0, 0.0), 0, &curve),
        trial(&lab_config("sgd", 100.0, 0.0), 0, &curve),
    ];
    assert_eq!(find(&pair).len(), 1);
    pair[0].outcome = Outcome::Diverged { epoch: 1 };
    assert_eq!(find(&pair), []);
}

/// A setting that does nothing has one line, however many values it was given.
#[test]
fn many_values_of_a_dead_setting_are_one_knob() {
    let curve = rising(0.9, 0.98, 3, 0);
    let of_rate = |number: usize| {
        let rate = 0.1 + number as f64 / 1000.0;
        trial(&lab_config("sgd", rate, 0.0), 0, &curve)
    };
    let mut records: Vec<TrialRecord> = (0..1000).map(of_rate).collect();
    let knobs = find(&records);
    assert_eq!(knobs.len(), 1, "{knobs:#?}");
    assert_eq!((knobs[0].values.len(), knobs[0].places), (1000, 1));
    // One that differs is none of them.
    records[500].epochs[0].test_loss += 1.0;
    let knobs = find(&records);
    assert_eq!((knobs.len(), knobs[0].values.len()), (1, 999));
}
