//! What a command asks for beside the study's file.

use super::*;
use crate::figure::Axis;

fn axis(name: &str, values: &[Settings]) -> Axis {
    Axis {
        name: name.to_owned(),
        values: values.to_vec(),
    }
}

fn filters(filters: usize) -> Settings {
    Settings {
        filters: Some(vec![filters; 2]),
        ..Settings::default()
    }
}

fn batch_size(batch_size: usize) -> Settings {
    Settings {
        batch_size: Some(batch_size),
        ..Settings::default()
    }
}

#[test]
fn flags_take_the_place_of_axes_and_of_values_that_are_set() {
    let config = study("batch_size = 64", "");
    let cpu = machine(&[CPU], true);
    let with = |axes: Vec<Axis>| {
        let overrides = RuntimeOverrides {
            axes,
            repeats: Some(9),
            ..RuntimeOverrides::default()
        };
        plan_with(&config, &cpu, &overrides).unwrap()
    };
    let sizes = |plan: &Plan| -> Vec<(usize, usize)> {
        let runtimes = plan.runtimes.iter();
        runtimes
            .map(|r| (r.blank.filters(), r.blank.batch_size()))
            .collect()
    };
    let one = with(vec![
        axis("filters", &[filters(5)]),
        axis("batch_size", &[batch_size(8)]),
    ]);
    assert_eq!(sizes(&one), [(5, 8)]);
    assert_eq!(one.runtimes[0].parameters.repeats, 9);
    let several = with(vec![axis("batch_size", &[batch_size(8), batch_size(16)])]);
    assert_eq!(sizes(&several), [(2, 8), (2, 16), (3, 8), (3, 16)]);
    assert_eq!(
        several.study.figures[0].axes,
        ["device", "filters", "batch_size"]
    );
}

/// A figure that sets its device is about that device; an axis of devices gives way.
#[test]
fn devices_asked_for_replace_an_axis_and_not_what_a_figure_is_about() {
    let asked = machine(&[CPU], true);
    let varied = study("", "device = [\"cuda\"]");
    assert_eq!(
        labels(&plan(&varied, &asked))[0],
        "filters = 2, device = cpu"
    );
    let fixed = study("device = \"cuda\"", "");
    let refused = plan_with(&fixed, &asked, &RuntimeOverrides::default());
    assert!(matches!(refused, Err(StudyError::NothingToMeasure { .. })));
}

#[test]
fn what_the_study_cannot_give_is_refused() {
    let cpu = machine(&[CPU], true);
    let refusal = |config: &StudyConfig, overrides: &RuntimeOverrides| {
        plan_with(config, &cpu, overrides).unwrap_err().to_string()
    };
    let none = RuntimeOverrides::default();
    let smoke = StudyConfig::open("smoke").unwrap();
    assert_eq!(
        refusal(&smoke, &none),
        "study smoke has no figure of runtimes (hint: write [[figure]] with id = \"runtime\", measure = \
         \"runtime\" and [figure.axes] with e.g. filters = [8, 16]; or give --config lab-2017)"
    );
    let with = |settings: Settings| RuntimeOverrides {
        settings,
        ..RuntimeOverrides::default()
    };
    let config = study("", "");
    let epochs = Settings {
        epochs: Some(3),
        ..Settings::default()
    };
    assert_eq!(
        refusal(&config, &with(epochs)),
        "--set epochs: `epochs` is 3: a runtime figure measures one epoch; leave it out"
    );
    assert_eq!(
        refusal(&config, &with(filters(4))),
        "filters is an axis of figure 1 and cannot be overridden (hint: select other figures with --only)"
    );
    let only = RuntimeOverrides {
        only: vec!["2".into()],
        ..none.clone()
    };
    let lab = StudyConfig::open("lab-2017").unwrap();
    assert_eq!(
        refusal(&lab, &only),
        "figure 2 is carried out by `experiments` (hint: experiments --only 2)"
    );
    let deep = study("dropout = 0.5", "hidden = [8, []]");
    let message = refusal(&deep, &none);
    assert!(
        message.starts_with("cell filters = 2, hidden = [], device = cpu: `dropout`"),
        "{message}"
    );
}

/// The images of each kind of figure are loaded with the flags that are for it.
#[test]
fn a_flag_for_images_is_for_one_kind_of_figure() {
    let lab = StudyConfig::open("lab-2017").unwrap();
    let nowhere = Settings {
        data: Some("nowhere".into()),
        ..Settings::default()
    };
    let runtimes = |settings: &Settings| RuntimeOverrides {
        settings: settings.clone(),
        ..RuntimeOverrides::default()
    };
    let training = |settings: &Settings| crate::Overrides {
        settings: settings.clone(),
        ..crate::Overrides::default()
    };
    assert!(DataSets::open_runtimes(&lab, &runtimes(&nowhere)).is_err());
    assert!(DataSets::open(&lab, &training(&nowhere)).is_err());
    let mut only = lab.clone();
    only.figures.retain(crate::FigureConfig::is_of_runtime);
    assert!(DataSets::open(&only, &training(&nowhere)).is_ok());
    let mut only = lab;
    only.figures.retain(|figure| !figure.is_of_runtime());
    assert!(DataSets::open_runtimes(&only, &runtimes(&nowhere)).is_ok());
}

#[test]
fn settings_that_flags_change_are_told_for_runtimes_alone() {
    let lab = StudyConfig::open("lab-2017").unwrap();
    let overrides = RuntimeOverrides {
        settings: Settings {
            samples: Some(Samples::Drawn(100)),
            ..Settings::default()
        },
        ..RuntimeOverrides::default()
    };
    let found = plan_with(&lab, &machine(&[CPU], true), &overrides).unwrap();
    let [altered] = found.study.altered.as_slice() else {
        panic!("{:?}", found.study.altered);
    };
    assert_eq!(altered.run, "samples = 100");
    assert_eq!(altered.declared, "samples = 10000");
    assert!(altered.of_runtime);
    let trained = &found.study.figures[0].cells[0].config;
    assert_eq!(
        trained.data.samples,
        Samples::All,
        "the flag is not for them"
    );
}
