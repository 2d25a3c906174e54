//! Claims under what a command asks for.

use std::collections::BTreeMap;

use lenet_data::Dataset;
use lenet_results::{AlteredSetting, CellRecord};

use super::*;
use crate::overrides::{Overrides, RuntimeOverrides};
use crate::plan::Plan;
use crate::settings::TomlSettings as _;

fn data() -> DataSets {
    DataSets::default().with("mnist", Dataset::mnist())
}

fn expand(config: &StudyConfig, overrides: &Overrides) -> Result<Plan, StudyError> {
    Plan::expand(config, overrides, &data())
}

fn lab(overrides: &Overrides) -> Plan {
    expand(&StudyConfig::open("lab-2017").unwrap(), overrides).unwrap()
}

fn set(text: &str) -> Overrides {
    Overrides {
        settings: Settings::parse(text, "flags").unwrap(),
        ..Overrides::default()
    }
}

fn altered(plan: &Plan) -> Vec<(&str, &str)> {
    let altered = plan.study.altered.iter();
    altered
        .map(|a| (a.run.as_str(), a.declared.as_str()))
        .collect()
}

#[test]
fn claims_are_the_same_whichever_figures_are_run() {
    let all = lab(&Overrides::default());
    let one = lab(&Overrides {
        only: vec!["3".to_owned()],
        ..Overrides::default()
    });
    assert!(!all.study.claims.is_empty());
    assert_eq!(one.study.claims, all.study.claims);
    assert_eq!(one.study.altered, Vec::<AlteredSetting>::new());
}

#[test]
fn settings_that_a_flag_changes_are_named_once() {
    assert_eq!(
        altered(&lab(&set("epochs = 3"))),
        [("epochs = 3", "epochs = 10")]
    );
    // What the file says anyway, and where a trial is computed, alter no claim.
    assert!(altered(&lab(&set("epochs = 10"))).is_empty());
    assert!(altered(&lab(&set("backend = \"stock\""))).is_empty());
    let both = lab(&set("samples = 500\nkernel = 5"));
    assert_eq!(
        altered(&both),
        [
            ("kernel = 5", "kernel = 3"),
            ("samples = 500", "samples = all")
        ]
    );
    // Figures declare several values, of which one is this.
    let dropout = lab(&set("dropout = 0.5"));
    assert_eq!(
        altered(&dropout),
        [
            ("dropout = 0.5", "dropout = 0"),
            ("dropout = 0.5", "dropout = 0.5 (not connected)"),
        ]
    );
    let of_training = dropout.study.altered.iter().all(|a| !a.of_runtime);
    assert!(of_training);
}

#[test]
fn claims_speak_of_the_file_and_compare_the_cells_that_are_run() {
    let plan = lab(&set("epochs = 3\nbackend = \"stock\""));
    let cells: Vec<String> = plan
        .study
        .figures
        .iter()
        .filter(|figure| figure.runtime.is_none())
        .flat_map(|figure| &figure.cells)
        .map(|cell| cell.config.cell())
        .collect();
    for claim in &plan.study.claims[..6] {
        assert!(claim.cells().count() > 0);
        assert!(
            claim.cells().all(|key| cells.contains(&key.to_owned())),
            "{}",
            claim.id
        );
    }
    let text = "name = \"s\"\n[base]\nepochs = 2\n[[figure]]\nid = \"1\"\n[figure.axes]\n\
                learning_rate = [0.1, 0.01]\n[[claim]]\ntext = \"c\"\n\
                where = { epochs = 2, learning_rate = 0.1 }\nabove = 0\n";
    let config = StudyConfig::parse(text, "s.toml").unwrap();
    let plan = expand(&config, &set("epochs = 1")).unwrap();
    let run = &plan.study.figures[0].cells[0].config;
    assert_eq!(run.epochs, 1);
    assert_eq!(
        plan.study.claims[0].cells().collect::<Vec<_>>(),
        [run.cell()]
    );
}

#[test]
fn single_cells_may_have_other_numbers_of_seeds() {
    let config = StudyConfig::open("lab-2017").unwrap();
    let plan = lab(&Overrides::default());
    let first = plan.study.figures[0].cells[0].config.cell();
    let overrides = Overrides {
        seeds: Some(2),
        seeds_of: BTreeMap::from([(first.clone(), 4), ("another".to_owned(), 9)]),
        ..Overrides::default()
    };
    let plan = expand(&config, &overrides).unwrap();
    let figures = plan.study.figures.iter().filter(|f| f.runtime.is_none());
    for cell in figures.flat_map(|figure| &figure.cells) {
        let seeds: Vec<u64> = cell.trials.iter().map(|trial| trial.seed).collect();
        let expected: &[u64] = match cell.config.cell() == first {
            true => &[1, 2, 3, 4],
            false => &[1, 2],
        };
        assert_eq!(seeds, expected, "{}", cell.label);
    }
    // Sixteen cells of two seeds, and two more of one cell.
    assert_eq!(plan.trials.len(), 16 * 2 + 2);
    let listed =
        "name = \"s\"\nseeds = [4, 9]\n[[figure]]\nid = \"1\"\n[figure.axes]\nfilters = [2]\n";
    let config = StudyConfig::parse(listed, "s.toml").unwrap();
    let cell = |overrides: &Overrides| -> Result<CellRecord, StudyError> {
        Ok(expand(&config, overrides)?.study.figures[0].cells[0].clone())
    };
    let key = cell(&Overrides::default()).unwrap().config.cell();
    let of = |n: usize| Overrides {
        seeds_of: BTreeMap::from([(key.clone(), n)]),
        ..Overrides::default()
    };
    assert_eq!(cell(&of(1)).unwrap().trials[0].seed, 4);
    let refused = cell(&of(3)).unwrap_err().to_string();
    assert_eq!(
        refused,
        "--seeds 3: the study lists 2 seeds; add more to its file"
    );
}

/// A study of training and of runtimes, with a weight decay given twice.
const TWICE: &str = "name = \"s\"\n[base]\nfilters = 2\n\
    optimizer = { kind = \"adamw\", weight_decay = 0.5 }\n[[figure]]\nid = \"1\"\n[figure.axes]\n\
    weight_decay = [0.5, 0.25]\n[[figure]]\nid = \"2\"\nmeasure = \"runtime\"\n[figure.axes]\n\
    weight_decay = [0.5, 0.25]\n";

#[test]
fn a_weight_decay_given_twice_is_refused_for_training_and_for_runtimes() {
    let words = "`weight_decay`: it is 0.25 beside the optimizer's own of 0.5; keep one of them";
    let training = StudyConfig::parse(
        &TWICE[..TWICE.find("[[figure]]\nid = \"2\"").unwrap()],
        "s.toml",
    );
    let refused = expand(&training.unwrap(), &Overrides::default()).unwrap_err();
    assert_eq!(
        refused.to_string(),
        format!("cell weight_decay = 0.25: {words}")
    );
    let config = StudyConfig::parse(TWICE, "s.toml").unwrap();
    let machine = crate::Machine::here(&[], None).unwrap();
    let refused = Plan::expand_runtimes(&config, &RuntimeOverrides::default(), &machine, &data())
        .unwrap_err();
    let refused = refused.to_string();
    assert!(
        refused.starts_with("cell ") && refused.ends_with(words),
        "{refused}"
    );
}

#[test]
fn a_flag_on_an_axis_of_a_figure_that_is_not_run_leaves_its_claims_in_peace() {
    let text = "name = \"s\"\n[[figure]]\nid = \"a\"\n[figure.axes]\nlearning_rate = [0.1]\n\
                [[figure]]\nid = \"b\"\n[figure.axes]\nfilters = [2, 4]\n[[claim]]\ntext = \"c\"\n\
                left = { filters = 4 }\nright = { filters = 2 }\nabove = 0\n[[claim]]\n\
                text = \"d\"\nwhere = { kernel = 3, learning_rate = 0.1 }\neach = [\"filters\"]\n\
                above = 0.5\n";
    let config = StudyConfig::parse(text, "s.toml").unwrap();
    let overrides = Overrides {
        only: vec!["a".to_owned()],
        ..set("filters = 8")
    };
    let plan = expand(&config, &overrides).unwrap();
    assert_eq!(plan.trials.len(), 1);
    // The claim still has its two sides, which flags have made one cell; its verdict is withdrawn.
    let cells: Vec<&str> = plan.study.claims[0].cells().collect();
    assert_eq!(cells.len(), 2);
    let labels = plan.study.claims[1].tests[0].comparisons.iter();
    let labels: Vec<&str> = labels
        .map(|c| c.label.rsplit(", ").next().unwrap())
        .collect();
    assert_eq!(labels, ["filters = 16", "filters = 2", "filters = 4"]);
    assert_eq!(altered(&plan)[0], ("filters = 8", "filters = 16"));
}

#[test]
fn a_data_set_that_a_flag_replaces_need_not_be_there() {
    let text = "name = \"s\"\n[base]\ndata = \"nowhere\"\n[[figure]]\nid = \"a\"\n[figure.axes]\n\
                filters = [2, 4]\n[[figure]]\nid = \"t\"\nmeasure = \"runtime\"\n[figure.set]\n\
                data = \"mnist\"\n[figure.axes]\nfilters = [2, 4]\n[[claim]]\ntext = \"c\"\n\
                left = { filters = 4 }\nright = { filters = 2 }\nabove = 0\n";
    let config = StudyConfig::parse(text, "s.toml").unwrap();
    let plan = expand(&config, &set("data = \"mnist\"")).unwrap();
    let keys = plan.study.figures[0]
        .cells
        .iter()
        .map(|cell| cell.config.cell());
    let mut keys: Vec<String> = keys.collect();
    keys.reverse();
    assert_eq!(plan.study.claims[0].cells().collect::<Vec<_>>(), keys);
    assert_eq!(altered(&plan), [("data = mnist", "data = nowhere")]);
}
