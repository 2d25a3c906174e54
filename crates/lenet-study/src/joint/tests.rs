//! What each of two commands leaves of the other's record.

use lenet_core::Settings;
use lenet_data::Dataset;

use super::*;
use crate::{DataSets, Machine, Overrides, Plan, RuntimeOverrides, StudyConfig};

const STUDY: &str = "name = \"s\"\n[[figure]]\nid = \"t\"\n[figure.axes]\nfilters = [2, 3]\n\
     [[figure]]\nid = \"u\"\n[figure.axes]\nfilters = [4]\n\
     [[figure]]\nid = \"r\"\nmeasure = \"runtime\"\n[figure.axes]\nfilters = [2, 3]\n\
     [[claim]]\ntext = \"c\"\n[[claim.test]]\nwhere = { filters = 2 }\nabove = 0\n\
     [[claim.test]]\nwhere = { filters = 3 }\nmeasure = \"seconds\"\nabove = 0\n";

/// The plan of the command that trains, and of the one that measures, with one setting given.
fn plan(of_runtime: bool, settings: Settings, only: &[&str]) -> Plan {
    let config = StudyConfig::parse(STUDY, "s.toml").unwrap();
    let data = DataSets::default().with("mnist", Dataset::mnist());
    let only = only.iter().map(|id| (*id).to_owned()).collect();
    let plan = match of_runtime {
        false => {
            let overrides = Overrides {
                settings,
                only,
                ..Overrides::default()
            };
            Plan::expand(&config, &overrides, &data)
        }
        true => {
            let overrides = RuntimeOverrides {
                settings,
                only,
                ..RuntimeOverrides::default()
            };
            let machine = Machine::here(&["cpu".to_owned()], Some(1)).unwrap();
            Plan::expand_runtimes(&config, &overrides, &machine, &data)
        }
    };
    plan.unwrap()
}

fn batch_size(size: usize) -> Settings {
    Settings {
        batch_size: Some(size),
        ..Settings::default()
    }
}

/// Batch sizes of all figures, and what is altered.
fn told(study: &StudyRecord) -> (Vec<(String, usize)>, Vec<String>) {
    let figures = study.figures.iter();
    let sizes = figures.map(|f| (f.id.clone(), f.cells[0].config.batch_size));
    let altered = study.altered.iter().map(|altered| altered.run.clone());
    (sizes.collect(), altered.collect())
}

fn expected(sizes: &[(&str, usize)], altered: &[&str]) -> (Vec<(String, usize)>, Vec<String>) {
    let sizes = sizes.iter().map(|(id, size)| ((*id).to_owned(), *size));
    let altered = altered.iter().map(|text| (*text).to_owned());
    (sizes.collect(), altered.collect())
}

/// The cells of the claim's tests.
fn keys(study: &StudyRecord) -> Vec<String> {
    let tests = study.claims[0].tests.iter();
    tests
        .map(|test| test.comparisons[0].pairs[0].left.clone())
        .collect()
}

#[test]
fn each_command_keeps_how_the_other_carried_out_its_figures() {
    let trained = joint_study(&plan(false, batch_size(8), &[]), None);
    let whole = expected(&[("t", 8), ("u", 8), ("r", 128)], &["batch_size = 8"]);
    assert_eq!(told(&trained), whole);
    let measuring = plan(true, batch_size(9), &[]);
    let both = joint_study(&measuring, Some(trained.clone()));
    let altered = ["batch_size = 9", "batch_size = 8"];
    assert_eq!(
        told(&both),
        expected(&[("t", 8), ("u", 8), ("r", 9)], &altered)
    );
    // The claim's tests are about the cells that were run.
    let measured = keys(&measuring.study);
    assert_eq!(
        keys(&both),
        [keys(&trained)[0].clone(), measured[1].clone()]
    );
    assert_ne!(keys(&both)[0], measured[0]);
    // Each command replaces its own.
    let again = joint_study(&plan(false, Settings::default(), &[]), Some(both));
    let expected_again = expected(&[("t", 128), ("u", 128), ("r", 9)], &["batch_size = 9"]);
    assert_eq!(told(&again), expected_again);
}

#[test]
fn figures_that_are_not_selected_stay_as_they_were_carried_out() {
    let one = joint_study(&plan(false, batch_size(8), &["t"]), None);
    assert_eq!(
        told(&one).0,
        expected(&[("t", 8), ("u", 8), ("r", 128)], &[]).0
    );
    let two = joint_study(&plan(false, batch_size(9), &["u"]), Some(one.clone()));
    let altered = ["batch_size = 9", "batch_size = 8"];
    assert_eq!(
        told(&two),
        expected(&[("t", 8), ("u", 9), ("r", 128)], &altered)
    );
    // The first test is about a cell of figure t.
    assert_eq!(keys(&two)[0], keys(&one)[0]);
    let both = joint_study(&plan(true, Settings::default(), &[]), Some(two));
    assert_eq!(
        told(&both).0,
        expected(&[("t", 8), ("u", 9), ("r", 128)], &[]).0
    );
    assert_eq!(keys(&both)[0], keys(&one)[0]);
}

#[test]
fn a_figure_that_the_file_no_longer_has_goes() {
    let mut earlier = joint_study(&plan(false, Settings::default(), &[]), None);
    earlier.figures[1].id = "v".to_owned();
    let now = joint_study(&plan(false, Settings::default(), &["t"]), Some(earlier));
    let ids: Vec<&str> = now.figures.iter().map(|figure| &*figure.id).collect();
    assert_eq!(ids, ["t", "u", "r"]);
}

#[test]
fn another_study_leaves_nothing() {
    let ours = plan(true, Settings::default(), &[]);
    let other = StudyRecord {
        name: "other".to_owned(),
        ..plan(false, batch_size(8), &[]).study
    };
    assert_eq!(joint_study(&ours, Some(other)), ours.study);
    assert_eq!(joint_study(&ours, None), ours.study);
}
