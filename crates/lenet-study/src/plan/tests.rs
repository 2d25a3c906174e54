//! Which trials a study has, and in which order.

use std::collections::BTreeSet;

use lenet_data::{Dataset, ImageSet};

use super::*;
use crate::builtin::builtin;
use lenet_core::Samples;

fn expand(name: &str, overrides: &Overrides) -> Result<Plan, StudyError> {
    let config = match builtin(name) {
        Some(_) => StudyConfig::open(name),
        None => StudyConfig::parse(name, "test"),
    };
    let config = config.unwrap();
    Plan::expand(
        &config,
        overrides,
        &DataSets::default().with("mnist", Dataset::mnist()),
    )
}

#[test]
fn the_lab_study_has_sixteen_cells_and_eighty_trials() {
    let plan = expand("lab-2017", &Overrides::default()).unwrap();
    assert_eq!((plan.cells(), plan.trials.len()), (16, 80));
    let identities: BTreeSet<_> = plan.trials.iter().map(|trial| &trial.identity).collect();
    assert_eq!(identities.len(), 80);
    let ids: Vec<_> = plan
        .study
        .figures
        .iter()
        .map(|figure| figure.id.as_str())
        .collect();
    let trained = ["1", "2", "2-as-run", "3", "3-as-run"];
    assert_eq!(ids[..5], trained);
    assert_eq!(
        ids[5..],
        ["4", "5", "gpu-copy"],
        "the record has every figure"
    );
    assert!(plan.runtimes.is_empty() && plan.notes.is_empty());
    assert!(plan.trials.iter().all(|trial| trial.parameters == 104_250));
    assert_eq!(plan.trials[0].figures, ["1", "2-as-run"]);
    let first = &plan.study.figures[0].cells[1];
    assert_eq!(first.label, "learning_rate = 0.01");
    assert_eq!(first.config.learning_rate, 0.01);
}

#[test]
fn the_first_seed_of_every_cell_comes_first() {
    let plan = expand("lab-2017", &Overrides::default()).unwrap();
    let seeds: Vec<u64> = plan.trials.iter().map(|trial| trial.config.seed).collect();
    let expected: Vec<u64> = (1..=5).flat_map(|seed| [seed; 16]).collect();
    assert_eq!(seeds, expected);
    let rates: Vec<f64> = plan.trials[..4]
        .iter()
        .map(|t| t.config.learning_rate)
        .collect();
    assert_eq!(rates, [0.1, 0.01, 0.001, 0.0001]);
}

#[test]
fn every_trial_of_the_record_is_planned() {
    for (name, cells, seeds) in [("lab-2017", 16, 5), ("full-grid", 192, 3), ("smoke", 5, 2)] {
        let plan = expand(name, &Overrides::default()).unwrap();
        assert_eq!(
            (plan.cells(), plan.trials.len()),
            (cells, cells * seeds),
            "{name}"
        );
        let planned: BTreeSet<_> = plan.trials.iter().map(|t| t.identity.clone()).collect();
        let figures = &plan.study.figures;
        let cells = figures.iter().flat_map(|figure| &figure.cells);
        let recorded: BTreeSet<_> = cells
            .flat_map(|cell| cell.trials.iter().map(|t| t.identity.clone()))
            .collect();
        assert_eq!(planned, recorded, "{name}");
        for trial in &plan.trials {
            assert_eq!(trial.identity, trial.config.identity());
        }
    }
}

/// The smoke study holds a pair that a report must find to be one network.
#[test]
fn the_smoke_study_has_a_knob_that_does_nothing() {
    let plan = expand("smoke", &Overrides::default()).unwrap();
    let dropouts: Vec<_> = plan.study.figures[1]
        .cells
        .iter()
        .map(|c| c.config.dropout)
        .collect();
    assert_eq!(
        dropouts
            .iter()
            .map(|d| d.effective_rate())
            .collect::<Vec<_>>(),
        [0.0, 0.0, 0.5]
    );
    assert_ne!(dropouts[0], dropouts[1]);
}

#[test]
fn overrides_narrow_the_study() {
    let settings = Settings {
        epochs: Some(1),
        samples: Some(Samples::Drawn(100)),
        ..Settings::default()
    };
    let overrides = Overrides {
        only: vec!["3".into()],
        seeds: Some(2),
        settings,
        ..Overrides::default()
    };
    let plan = expand("lab-2017", &overrides).unwrap();
    assert_eq!((plan.cells(), plan.trials.len()), (4, 8));
    for trial in &plan.trials {
        assert_eq!(
            (trial.config.epochs, trial.config.data.samples),
            (1, Samples::Drawn(100))
        );
        assert_eq!(trial.figures, ["3"]);
    }
    let more = Overrides {
        seeds: Some(7),
        ..Overrides::default()
    };
    assert_eq!(expand("lab-2017", &more).unwrap().trials.len(), 16 * 7);
}

#[test]
fn what_the_study_cannot_give_is_refused() {
    let refusal =
        |name: &str, overrides: &Overrides| expand(name, overrides).unwrap_err().to_string();
    let none = Overrides::default();
    for (id, expected) in [
        (
            "6",
            "study lab-2017 has no figure \"6\" (hint: it has 1, 2, 2-as-run, 3, 3-as-run)",
        ),
        (
            "4",
            "figure 4 is carried out by `bench-runtime` (hint: bench-runtime --only 4)",
        ),
    ] {
        let only = Overrides {
            only: vec![id.into()],
            ..none.clone()
        };
        assert_eq!(refusal("lab-2017", &only), expected);
    }
    let trials = Overrides {
        settings: Settings {
            trials: Some(8),
            ..Settings::default()
        },
        ..none.clone()
    };
    assert_eq!(
        refusal("smoke", &trials),
        "--set trials: `trials` is 8: it is a setting of runtime figures, those with measure = \"runtime\""
    );
    let listed =
        "name = \"x\"\nseeds = [4, 9]\n[[figure]]\nid = \"1\"\n[figure.axes]\nepochs = [1, 2]\n";
    let seeds = Overrides {
        seeds: Some(3),
        ..none.clone()
    };
    assert_eq!(
        refusal(listed, &seeds),
        "--seeds 3: the study lists 2 seeds; add more to its file"
    );
    let one = Overrides {
        seeds: Some(1),
        ..none.clone()
    };
    let kept: Vec<u64> = expand(listed, &one)
        .unwrap()
        .trials
        .iter()
        .map(|t| t.config.seed)
        .collect();
    assert_eq!(kept, [4, 4]);
    let epochs = Overrides {
        settings: Settings {
            epochs: Some(3),
            ..Settings::default()
        },
        ..none.clone()
    };
    assert_eq!(
        refusal(listed, &epochs),
        "epochs is an axis of figure 1 and cannot be overridden (hint: select other figures with --only)"
    );
    let deep = "name = \"x\"\n[[figure]]\nid = \"1\"\n[figure.axes]\nfilters = [[4, 4, 4, 4, 4]]\n";
    let message = refusal(deep, &none);
    assert!(
        message.starts_with("cell filters = [4, 4, 4, 4, 4]: "),
        "{message}"
    );
    let greedy = Settings {
        samples: Some(Samples::Drawn(55_001)),
        ..Settings::default()
    };
    let greedy = Overrides {
        settings: greedy,
        ..none
    };
    assert_eq!(
        refusal("lab-2017", &greedy),
        "cell learning_rate = 0.1: samples = 55001, but it must be from 1 to 55000, the images to \
         draw from"
    );
}

#[test]
fn the_last_axis_varies_fastest() {
    let text = "name = \"x\"\n[[figure]]\nid = \"1\"\n[figure.axes]\n\
                optimizer = [\"sgd\", \"adam\"]\nbatch_size = [16, 64]\n";
    let plan = expand(text, &Overrides::default()).unwrap();
    let labels: Vec<_> = plan.study.figures[0]
        .cells
        .iter()
        .map(|c| c.label.as_str())
        .collect();
    assert_eq!(
        labels,
        [
            "optimizer = sgd, batch_size = 16",
            "optimizer = sgd, batch_size = 64",
            "optimizer = adam, batch_size = 16",
            "optimizer = adam, batch_size = 64",
        ]
    );
}

/// Forty training images of 8×8 in four classes, class by class, and ten test images.
fn sorted_by_class() -> Dataset {
    let images = |count: usize, in_a_row: usize| {
        let labels = (0..count).map(|i| (i / in_a_row % 4) as u8).collect();
        ImageSet::new(vec![0; count * 64], labels, [1, 8, 8]).unwrap()
    };
    Dataset::new("sorted", images(40, 10), images(10, 1)).unwrap()
}

#[test]
fn validation_splits_that_lack_a_class_are_told_once() {
    let text = "name = \"x\"\nseeds = 3\n[base]\nfilters = 2\nhidden = 4\nvalidation = 12\n\
                [[figure]]\nid = \"1\"\n[figure.axes]\ndata = [\"mnist\", \"sorted\"]\n\
                optimizer = [\"sgd\", \"adam\"]\n\
                [[figure]]\nid = \"2\"\n[figure.set]\ndata = \"sorted\"\n[figure.axes]\n\
                validation = [12, 5, { count = 3, draw = \"seed\" },\n\
                { count = 12, draw = \"seed\", stratified = true }]\n";
    let config = StudyConfig::parse(text, "test").unwrap();
    let data = DataSets::default()
        .with("mnist", Dataset::mnist())
        .with("sorted", sorted_by_class());
    let warnings = |only: &str| {
        let overrides = Overrides {
            only: vec![only.into()],
            ..Overrides::default()
        };
        Plan::expand(&config, &overrides, &data).unwrap().warnings
    };
    let hint = |count: usize| {
        format!("(hint: validation = {{ count = {count}, draw = \"seed\", stratified = true }})")
    };
    let first = format!(
        "sorted: validation = 12 lacks classes 2, 3 and is mostly class 0, which makes up less \
         than half of the set {}",
        hint(12)
    );
    let fewer = format!(
        "sorted: validation = 5 lacks classes 1 to 3 and is mostly class 0, which makes up less \
         than half of the set {}",
        hint(5)
    );
    // MNIST's first twelve images: 5 0 4 1 9 2 1 3 1 4 3 5.
    let mnist = format!("MNIST: validation = 12 lacks classes 6 to 8 {}", hint(12));
    assert_eq!(warnings("1"), [mnist, first.clone()]);
    let second = warnings("2");
    assert_eq!(second[..2], [first, fewer]);
    // Three images never hold four classes, whatever the seed.
    assert_eq!(second.len(), 3, "{second:?}");
    let drawn = "sorted: validation = 3 (drawn by seed) with seed 1 lacks class";
    assert!(second[2].starts_with(drawn), "{second:?}");
    assert!(second[2].ends_with(&hint(4)), "{second:?}");
}

/// A draw that misses no class with the first seed may do so with another.
#[test]
fn every_seed_of_a_draw_is_looked_at() {
    let text = "name = \"x\"\nseeds = 40\n[base]\nfilters = 2\nhidden = 4\n\
                validation = { count = 10, draw = \"seed\" }\n\
                [[figure]]\nid = \"1\"\n[figure.axes]\nepochs = [1]\n";
    let config = StudyConfig::parse(text, "test").unwrap();
    let data = DataSets::default().with("mnist", sorted_by_class());
    let plan = Plan::expand(&config, &Overrides::default(), &data).unwrap();
    let lacking = plan.trials.iter().find(|trial| {
        let splits = data.splits("mnist", &trial.config).unwrap();
        let labels = splits.validation.set.labels();
        let held = splits.validation.indices.iter();
        let classes: BTreeSet<u8> = held.map(|&index| labels[index as usize]).collect();
        classes.len() < 4
    });
    let seed = lacking.expect("some seed misses a class").config.seed;
    assert_ne!(seed, 1, "the first seed misses none");
    let [warning] = plan.warnings.as_slice() else {
        panic!("{:?}", plan.warnings);
    };
    assert!(
        warning.contains(&format!(" with seed {seed} lacks")),
        "{warning}"
    );
}

/// Seeds validate on other images and train on the rest, and yet are trained together.
#[test]
fn drawn_validation_images_differ_between_the_seeds_of_a_cell() {
    let text = "name = \"x\"\nseeds = 2\n[base]\nfilters = 2\nhidden = 4\n\
                validation = { count = 12, draw = \"seed\", stratified = true }\n\
                [[figure]]\nid = \"1\"\n[figure.axes]\nepochs = [1]\n";
    let config = StudyConfig::parse(text, "test").unwrap();
    let data = DataSets::default().with("mnist", sorted_by_class());
    let plan = Plan::expand(&config, &Overrides::default(), &data).unwrap();
    let [one, other] = plan.trials.as_slice() else {
        panic!("{:?}", plan.trials);
    };
    let indices = |trial: &PlannedTrial| {
        let splits = data.splits("mnist", &trial.config).unwrap();
        splits.validation.indices
    };
    assert_ne!(indices(one), indices(other));
    assert_eq!(one.shape(), other.shape());
    assert!(plan.warnings.is_empty(), "{:?}", plan.warnings);
}
