//! Settings and their types.

use lenet_core::{Optimizer, Trial};

use super::*;
use crate::testing::config;

#[test]
fn every_setting_has_its_type_and_the_seed_is_last() {
    let all = parameters(&config(7));
    let of = |name: &str| {
        let found = all.iter().find(|(own, _)| *own == name);
        found.unwrap_or_else(|| panic!("{name}")).1.clone()
    };
    let text = |text: &str| Parameter::Text(text.to_owned());
    assert_eq!(of("filters"), Parameter::Integer(16));
    assert_eq!(of("learning_rate"), Parameter::Float(0.001));
    assert_eq!(of("dropout"), text("0.5 (not connected)"));
    assert_eq!(of("optimizer"), text("adam"));
    assert_eq!(of("samples"), text("all"));
    assert_eq!(all.last(), Some(&("seed", Parameter::Integer(7))));
    // Those of a runtime's measurement are no trial's.
    assert!(all.iter().all(|(name, _)| *name != "threads"));
}

#[test]
fn a_number_that_no_float_holds_is_none() {
    assert_eq!(
        Parameter::Integer(1 << 53).number(),
        Some(9_007_199_254_740_992.0)
    );
    assert_eq!(Parameter::Integer((1 << 53) + 1).number(), None);
    assert_eq!(Parameter::Integer(u64::MAX).text(), "18446744073709551615");
    assert_eq!(Parameter::of("1e-7"), Parameter::Float(1e-7));
    for text in ["nan", "inf", "mnist"] {
        assert_eq!(Parameter::of(text), Parameter::Text(text.to_owned()));
    }
    assert_eq!(
        Parameter::of("a\u{1b}b"),
        Parameter::Text("a\\u001bb".to_owned())
    );
}

#[test]
fn settings_vary_where_any_two_trials_differ() {
    let rate = Trial {
        learning_rate: 0.1,
        ..config(2)
    };
    let optimizer = Trial {
        optimizer: Optimizer::SGD,
        ..config(1)
    };
    assert_eq!(varying([&config(1), &config(2)]), [""; 0]);
    assert_eq!(varying([&config(1), &rate]), ["learning_rate"]);
    let all = [&config(1), &rate, &optimizer];
    assert_eq!(varying(all), ["optimizer", "learning_rate"]);
}
