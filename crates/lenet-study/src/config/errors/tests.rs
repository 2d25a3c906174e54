//! Files with several mistakes.

use crate::config::StudyConfig;
use crate::error::StudyError;

fn mistakes(text: &str) -> Vec<String> {
    match StudyConfig::parse(text, "x.toml").unwrap_err() {
        StudyError::Several(errors) => errors.iter().map(ToString::to_string).collect(),
        one => vec![one.to_string()],
    }
}

#[test]
fn every_mistake_is_told_once_in_the_order_in_which_it_is_found() {
    let told = mistakes(
        "name = \"x\"\nseed = 3\n[base]\nlearning_rat = 0.1\nepochs = \"many\"\ndropout = 1.5\n[[figure]]\nid = \
         \"1\"\n[figure.axes]\nfilter = [8]\nkernel = [3, 4]\nepochs = [1]\n[[claim]]\ntext = \"x\"\nabov = 0\n",
    );
    let expected = [
        ("x.toml:2:1", "unknown key `seed`"),
        ("x.toml:4:1", "unknown key `base.learning_rat`"),
        ("x.toml:5:10", "epochs"),
        ("x.toml:6:11", "share from 0 to below 1"),
        ("x.toml:10:1", "unknown key `figure.axes.filter`"),
        ("x.toml:11:14", "odd number"),
        ("x.toml:15:1", "unknown key `claim.abov`"),
    ];
    assert_eq!(told.len(), expected.len(), "{told:#?}");
    for ((place, words), told) in expected.iter().zip(&told) {
        assert!(
            told.starts_with(place) && told.contains(words),
            "{place} {words}: {told}"
        );
    }
}

#[test]
fn what_was_left_out_is_not_told_as_missing() {
    // The id is wrong, so there is none in the second reading.
    let told = mistakes("name = \"x\"\n[[figure]]\nid = 1\n[figure.axes]\nepochs = [0]\n");
    assert_eq!(told.len(), 2, "{told:#?}");
    assert!(
        told[0].contains("epochs") || told[1].contains("epochs"),
        "{told:#?}"
    );
}

#[test]
fn one_mistake_is_itself() {
    let error = StudyConfig::parse("name = \"x\"\n", "x.toml").unwrap_err();
    assert!(matches!(error, StudyError::MissingKey { .. }), "{error}");
    let error = StudyConfig::parse("name = \n", "x.toml").unwrap_err();
    assert!(matches!(error, StudyError::Syntax { .. }), "{error}");
}

#[test]
fn there_is_an_end() {
    let keys: String = (0..100).map(|i| format!("unknown{i} = 1\n")).collect();
    assert_eq!(mistakes(&keys).len(), 20);
}
