//! What the golden files of studies and registers say, field by field.

use std::collections::BTreeMap;

use lenet_core::{Data, Dropout, EarlyStop, Optimizer, Patience, Samples, Trial};
use lenet_results::{
    AlteredSetting, Budget, CellRecord, CellTrial, ClaimRecord, ComparisonRecord, Correction,
    Drawing, DrawingKind, EpochMeasure, Execution, FigureRecord, LeftOut, Measure, Moment, Numbers,
    PairRecord, PublishedPoint, PublishedRecord, PublishedSeries, Quantity, Reading,
    RegisteredClaim, Registration, Rule, RuntimeParameters, Scale, Scope, SearchKind, SearchPlace,
    SearchRecord, SearchedSetting, SearchedValues, StudyData, StudyFile, StudyRecord, TestRecord,
    Threshold,
};

use super::trials::{TRIAL, execution, images, text, trial};

/// A claim that leaves nothing out.
pub fn claim() -> ClaimRecord {
    let pair = |left: &str, right: Option<&str>| PairRecord {
        left: text(left),
        right: right.map(text),
    };
    let two_sided = TestRecord {
        common: text("dropout = 0.5"),
        quantity: Quantity::Difference,
        left: Reading {
            measure: Measure::Epoch(EpochMeasure::TestAccuracy),
            at: Moment::Epoch(4),
        },
        right: Some(Reading {
            measure: Measure::Epoch(EpochMeasure::ValidationAccuracy),
            at: Moment::Best,
        }),
        rule: Rule::Within(-0.25, 0.75),
        scope: Scope::Unanimous,
        only: Some(Threshold {
            reading: Reading {
                measure: Measure::Epoch(EpochMeasure::TrainAccuracy),
                at: Moment::First,
            },
            at_least: 0.2,
        }),
        comparisons: vec![ComparisonRecord {
            label: text("8 against 16 filters"),
            pairs: vec![pair("a", Some("b"))],
            baseline: vec![pair("c", Some("d"))],
        }],
    };
    let one_sided = TestRecord {
        common: String::new(),
        quantity: Quantity::Value,
        left: Reading {
            measure: Measure::EpochsUntil(EpochMeasure::TestLoss, 0.125),
            at: Moment::Last,
        },
        right: None,
        rule: Rule::Below(6.5),
        scope: Scope::Any,
        only: None,
        comparisons: vec![ComparisonRecord {
            label: text("all"),
            pairs: vec![pair("a", None), pair("e", None)],
            baseline: Vec::new(),
        }],
    };
    ClaimRecord {
        id: text("filters"),
        text: text("More filters change nothing."),
        notes: text("Of *two* kinds."),
        correction: Correction::Holm,
        tests: vec![two_sided, one_sided],
    }
}

fn cell(label: &str, execution: Option<Execution>) -> CellRecord {
    CellRecord {
        label: text(label),
        config: trial(),
        images: Some(images()),
        parameters: Some(54_321),
        execution,
        trials: vec![CellTrial {
            seed: 11,
            identity: text(TRIAL),
        }],
    }
}

/// A search that leaves nothing out.
fn search() -> SearchRecord {
    let setting = |name: &str, values| SearchedSetting {
        name: text(name),
        values,
    };
    let numbers = |from, to, scale| SearchedValues::Numbers(Numbers { from, to, scale });
    SearchRecord {
        kind: SearchKind::Halving { eta: 3, first: 2 },
        budget: Budget::Trials(5),
        measure: EpochMeasure::ValidationLoss,
        seed: 7,
        epochs: 6,
        space: vec![
            setting("learning_rate", numbers(0.001, 0.5, Scale::Log)),
            setting("filters", numbers(4.0, 32.0, Scale::IntegerLog)),
            setting(
                "optimizer",
                SearchedValues::Choice(vec![text("sgd"), text("momentum")]),
            ),
        ],
        places: vec![
            SearchPlace {
                proposal: 3,
                rung: 0,
                new_epochs: 2,
                continues: None,
            },
            SearchPlace {
                proposal: 3,
                rung: 1,
                new_epochs: 4,
                continues: Some(0),
            },
        ],
        complete: true,
    }
}

/// The study as a file of the format `known` tells it.
pub fn study(format: u32, known: u32) -> StudyRecord {
    let point = |epoch, name: &str, value| PublishedPoint {
        epoch,
        values: BTreeMap::from([(text(name), value)]),
    };
    let training = FigureRecord {
        id: text("1"),
        title: text("Filters"),
        axes: vec![text("filters"), text("dropout")],
        notes: text("As printed."),
        draw: vec![
            Drawing {
                kind: DrawingKind::Facets,
                measure: Some(text("test_accuracy")),
                across: Some(text("seconds")),
                x: Some(text("filters")),
                y: Some(text("dropout")),
                colour: Some(text("optimizer")),
                rows: Some(text("kernel")),
                columns: Some(text("hidden")),
            },
            Drawing::of(DrawingKind::Curves),
        ],
        published: Some(text("3")),
        published_data: Some(PublishedRecord {
            source: text("a paper"),
            precision: text("two digits"),
            series: vec![PublishedSeries {
                cells: vec![0, 2],
                points: vec![
                    point(Some(3), "test_accuracy", 0.97),
                    point(None, "seconds", 61.5),
                ],
            }],
        }),
        runtime: None,
        search: (known >= 5).then(search),
        cells: vec![cell("filters = 8", None)],
        left_out: Vec::new(),
    };
    let runtime = FigureRecord {
        id: text("2"),
        title: text("Runtimes"),
        axes: vec![text("backend")],
        notes: String::new(),
        draw: Vec::new(),
        published: None,
        published_data: None,
        runtime: Some(RuntimeParameters {
            repeats: 5,
            warm_up_samples: 1000,
            phase_passes: 3,
        }),
        search: None,
        cells: vec![cell("backend = stock", Some(execution()))],
        left_out: vec![
            LeftOut {
                label: text("backend = fused"),
                reason: text("no GPU"),
                cell: Some(Box::new(cell("backend = fused", Some(execution())))),
            },
            LeftOut {
                label: text("backend = none"),
                reason: text("unknown"),
                cell: None,
            },
        ],
    };
    StudyRecord {
        format,
        name: text("golden"),
        title: text("A golden study"),
        figures: vec![training, runtime],
        claims: vec![claim()],
        altered: vec![
            AlteredSetting {
                run: text("epochs = 3"),
                declared: text("epochs = 10"),
                of_runtime: false,
            },
            AlteredSetting {
                run: text("repeats = 2"),
                declared: text("repeats = 5"),
                of_runtime: true,
            },
        ],
        until_decided: Some(40),
        commands: match known >= 3 {
            true => vec![text(
                "cargo xtask experiments --config golden.toml --epochs 3",
            )],
            false => Vec::new(),
        },
        files: match known >= 3 {
            true => vec![StudyFile {
                name: text("golden.toml"),
                text: text("name = \"golden\"\n"),
            }],
            false => Vec::new(),
        },
        data: match known >= 4 {
            true => vec![StudyData {
                name: text("digits"),
                source: text("idx:0123456789abcdef"),
                folder: "/data/digits".into(),
            }],
            false => Vec::new(),
        },
        predictions: known < 4,
        level: None,
    }
}

/// Two declarations: one before any data, one after.
pub fn registrations(format: u32) -> Vec<Registration> {
    let registration = |unix, finished| Registration {
        format,
        unix,
        study: text("golden"),
        figures: text("c1bd1bb5ca53305e"),
        seeds: text("5f31a775be706eb0"),
        claims: BTreeMap::from([(
            text("filters"),
            RegisteredClaim {
                digest: text(if finished == 0 {
                    "0011223344556677"
                } else {
                    CLAIM
                }),
                finished,
            },
        )]),
    };
    vec![
        registration(1_500_000_000, 0),
        registration(1_500_000_600, 7),
    ]
}

/// The digest of [`claim`].
pub const CLAIM: &str = "c59a3cd5db7673f6";

/// The study of format 1, which knew neither claims nor images.
pub fn first_study() -> StudyRecord {
    let cell = |label: &str, config: Trial, identities: [&str; 2]| CellRecord {
        label: text(label),
        config: Trial {
            seed: 3,
            epochs: 2,
            ..config
        },
        images: None,
        parameters: None,
        execution: None,
        trials: std::iter::zip([3, 7], identities)
            .map(|(seed, identity)| CellTrial {
                seed,
                identity: text(identity),
            })
            .collect(),
    };
    let figure =
        |id: &str, title: &str, axes: &[&str], published: Option<&str>, cells| FigureRecord {
            id: text(id),
            title: text(title),
            axes: axes.iter().map(|axis| text(axis)).collect(),
            notes: String::new(),
            draw: Vec::new(),
            published: published.map(text),
            published_data: None,
            runtime: None,
            search: None,
            cells,
            left_out: Vec::new(),
        };
    let adam = Trial {
        dropout: Dropout {
            rate: 0.5,
            connected: false,
        },
        optimizer: Optimizer::ADAM,
        learning_rate: 0.001,
        ..Trial::default()
    };
    let stopped = Trial {
        data: Data {
            samples: Samples::Drawn(500),
            ..Data::default()
        },
        early_stop: EarlyStop::After(Patience {
            epochs: 3,
            min_delta: 0.001,
        }),
        ..Trial::default()
    };
    let adam = cell(
        "dropout = 0.5 (not connected)",
        adam,
        ["b7dd976244034697", "47b1e647f15c30c3"],
    );
    let stopped = cell(
        "early_stop = 3 epochs (min_delta 0.001), samples = 500",
        stopped,
        ["360742f164a7ff8a", "80689cc8a9bcbdf8"],
    );
    let usual = cell(
        "early_stop = never, samples = all",
        Trial::default(),
        ["c4c44772ce68eba6", "ea68ce72a7658927"],
    );
    let own = ["early_stop", "samples"];
    StudyRecord {
        format: 1,
        name: text("old"),
        title: text("A study of format 1"),
        figures: vec![
            figure("3-as-run", "Adam", &["dropout"], Some("3"), vec![adam]),
            figure("own", "Early stopping", &own, None, vec![stopped, usual]),
        ],
        claims: Vec::new(),
        altered: Vec::new(),
        until_decided: None,
        commands: Vec::new(),
        files: Vec::new(),
        data: Vec::new(),
        predictions: true,
        level: None,
    }
}
