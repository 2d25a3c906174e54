//! Which trials a study's instruction set computes, and where it is refused.

use lenet_core::Trial;
use lenet_data::Dataset;

use super::*;
use crate::config::StudyConfig;
use crate::data_sets::DataSets;
use crate::overrides::Overrides;
use crate::testing::computed_with;

const STUDY: &str = "name = \"s\"\nlevel = \"LEVEL\"\n[base]\nsamples = 100\n[[figure]]\nid = \"1\"\n\
                     [figure.axes]\nbackend = [\"fused\", \"stock\"]\n";

fn plan(level: &str, backends: &str) -> Plan {
    let text = STUDY.replace("LEVEL", level);
    let text = text.replace("[\"fused\", \"stock\"]", backends);
    let config = StudyConfig::parse(&text, "test").unwrap();
    let data = DataSets::default().with("mnist", Dataset::mnist());
    Plan::expand(&config, &Overrides::default(), &data).unwrap()
}

fn missing() -> Level {
    let mut all = Level::ALL.into_iter();
    all.find(|level| !level.is_available())
        .expect("no machine has every level")
}

#[test]
fn the_record_has_the_level_and_no_identity_does() {
    let with = plan("portable", "[\"fused\"]");
    assert_eq!(with.study.level.as_deref(), Some("portable"));
    assert_eq!(with.level(), Some(Level::Portable));
    assert!(with.warnings.is_empty(), "{:?}", with.warnings);
    with.check_level().unwrap();
    let usual = Trial {
        seed: 1,
        data: with.trials[0].config.data.clone(),
        ..Trial::default()
    };
    assert_eq!(with.trials[0].identity, usual.identity());
    // As a worker finds it.
    let (again, _) = Plan::of_record(with.study, &[]).unwrap();
    assert_eq!(again.level(), Some(Level::Portable));
}

#[test]
fn a_level_that_is_not_there_is_refused() {
    let name = missing().name();
    let error = plan(name, "[\"fused\"]").check_level().unwrap_err();
    let expected = format!("level = {name:?}: this machine has portable");
    assert!(error.to_string().starts_with(&expected), "{error}");
    // Of a later version of the program.
    let mut plan_of = plan("portable", "[\"fused\"]");
    plan_of.study.level = Some("sve2".to_owned());
    let error = plan_of.check_level().unwrap_err();
    assert!(
        error.to_string().starts_with("level = \"sve2\": "),
        "{error}"
    );
    // What candle computes needs none.
    plan(name, "[\"stock\"]").check_level().unwrap();
}

#[test]
fn trials_that_the_level_does_not_compute_are_told() {
    let plan = plan("portable", "[\"fused\", \"stock\"]");
    let expected = "level = \"portable\" says nothing of 1 of 2 trials, which a GPU or candle's operations \
                    compute";
    assert_eq!(plan.warnings, [expected]);
}

#[test]
fn trials_of_other_levels_are_known() {
    let plan = plan("portable", "[\"fused\", \"stock\"]");
    let record =
        |trial: usize, levels: &[&str]| computed_with(plan.trials[trial].config.clone(), levels);
    let other = |trial, levels: &[&str]| plan.other_level(&record(trial, levels));
    assert_eq!(other(0, &["portable"]), None);
    assert_eq!(other(0, &["portable", "portable"]), None);
    assert_eq!(other(0, &["avx2"]).as_deref(), Some("avx2"));
    let mixed = other(0, &["avx2", "portable", "portable"]);
    assert_eq!(mixed.as_deref(), Some("avx2 and portable"));
    assert_eq!(other(1, &["candle"]), None);
}
