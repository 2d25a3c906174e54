//! Which trials are drawn, and which can be verified at all.

use std::collections::BTreeSet;

use lenet_core::{Backend, DeviceKind, Trial};
use lenet_results::{EpochRecord, Kernels, Outcome, Prediction, Predictions};

use super::*;
use crate::testing::computed_with;

fn record(seed: u64, levels: &[&str]) -> TrialRecord {
    computed_with(
        Trial {
            seed,
            ..Trial::default()
        },
        levels,
    )
}

const USABLE: [Level; 2] = [Level::Portable, Level::Avx2];

fn seeds(drawing: &Drawing) -> Vec<u64> {
    let trials = drawing.levels().into_iter();
    let trials = trials.flat_map(|level| drawing.of_level(level).collect::<Vec<_>>());
    trials.map(|(record, _)| record.config.seed).collect()
}

#[test]
fn a_seed_draws_the_same_whatever_the_order_of_records() {
    let mut records: Vec<TrialRecord> = (1..=40).map(|seed| record(seed, &["portable"])).collect();
    let draw =
        |records: &[TrialRecord], seed| Drawing::of(records, Sample::Number(5), seed, &USABLE);
    let first = draw(&records, None);
    assert_eq!((first.len(), first.of), (5, 40));
    assert!(first.passed_over.is_empty());
    records.reverse();
    assert_eq!(seeds(&draw(&records, None)), seeds(&first));
    // The seed that is told draws them again, and it is one that fits on a line.
    assert_eq!(seeds(&draw(&records, Some(first.seed))), seeds(&first));
    assert!(first.seed <= u64::from(u32::MAX));
    let distinct: BTreeSet<Vec<u64>> = (0..20)
        .map(|seed| seeds(&draw(&records, Some(seed))))
        .collect();
    assert!(distinct.len() > 15, "{distinct:?}");
    // Of other records another one.
    assert_ne!(draw(&records[1..], None).seed, first.seed);
    // Every trial is drawn now and then.
    let drawn: BTreeSet<u64> = distinct.into_iter().flatten().collect();
    assert!(drawn.len() > 30, "{drawn:?}");
}

#[test]
fn another_trial_is_drawn_for_one_that_cannot_be_verified() {
    let mut records: Vec<TrialRecord> = (1..=8).map(|seed| record(seed, &["avx512"])).collect();
    records.push(record(9, &["avx2"]));
    records.push(record(10, &["portable"]));
    let drawing = Drawing::of(&records, Sample::All, Some(1), &USABLE);
    assert_eq!((drawing.len(), drawing.passed_over.len()), (2, 8));
    assert_eq!(drawing.levels(), BTreeSet::from(USABLE));
    let reason = &drawing.passed_over[0].reason;
    let expected = "its instruction set is avx512, and there is portable, avx2 here";
    assert_eq!(reason.to_string(), expected);
    let one = Drawing::of(&records, Sample::Number(1), Some(1), &USABLE);
    assert_eq!(one.len(), 1);
    assert!(one.passed_over.len() < 9);
    let more = Drawing::of(&records, Sample::Number(100), Some(1), &USABLE);
    assert_eq!((more.len(), more.passed_over.len()), (2, 8));
    assert_eq!(seeds(&more), seeds(&drawing));
    assert!(Drawing::of(&[], Sample::All, None, &USABLE).is_empty());
}

#[test]
fn what_promises_no_bits_is_not_verified() {
    let stock = Trial {
        backend: Backend::Stock,
        ..Trial::default()
    };
    let gpu = Trial {
        device: DeviceKind::Cuda,
        ..Trial::default()
    };
    let failed = TrialRecord {
        outcome: Outcome::Failed {
            message: "no memory".to_owned(),
        },
        ..record(1, &["portable"])
    };
    let cases: [(TrialRecord, Result<Level, &str>); 9] = [
        (record(1, &["portable"]), Ok(Level::Portable)),
        (record(1, &["avx2", "avx2"]), Ok(Level::Avx2)),
        (failed, Err("it failed where it was run")),
        (
            computed_with(stock, &["candle"]),
            Err("candle's operations computed it"),
        ),
        (computed_with(gpu, &["cuda"]), Err("a GPU computed it")),
        (record(1, &[]), Err("its record does not tell")),
        (
            record(1, &["avx2", "portable", "portable"]),
            Err("several instruction sets computed it: avx2 and portable"),
        ),
        (record(1, &["neon"]), Err("its instruction set is neon")),
        (record(1, &["sve2"]), Err("its instruction set is sve2")),
    ];
    for (record, expected) in cases {
        let found = unverifiable::level(&record, &USABLE).map_err(|reason| reason.to_string());
        match (&found, expected) {
            (Ok(found), Ok(expected)) => assert_eq!(*found, expected),
            (Err(found), Err(expected)) => assert!(found.starts_with(expected), "{found}"),
            _ => panic!("{found:?}, not {expected:?}"),
        }
    }
    assert_eq!(usable_levels().unwrap()[0], Level::Portable);
}

#[test]
fn data_sets_must_be_there() {
    let drawing = Drawing::of(&[record(1, &["avx2"])], Sample::All, None, &USABLE);
    let sets = drawing.data_sets(&[]).unwrap();
    assert!(sets.of_source("mnist").is_some());
    let mut other = Trial::default();
    other.data.source = "idx:0123456789abcdef".to_owned();
    let drawing = Drawing::of(
        &[computed_with(other, &["avx2"])],
        Sample::All,
        None,
        &USABLE,
    );
    let error = drawing.data_sets(&[]).unwrap_err().to_string();
    let expected = "the data set idx:0123456789abcdef, which a trial was trained on, is not there: no folder was \
                    given (hint: give its folder by --data-dir)";
    assert_eq!(error, expected);
}

/// A store with one trial, whose network says this of two images; `None`: nothing was kept.
fn said(folder: &std::path::Path, confidence: Option<f64>) -> (Store, TrialRecord) {
    let config = Trial {
        epochs: 1,
        ..Trial::default()
    };
    let store = Store::create(folder).unwrap();
    let identity = config.identity();
    let mut writer = store.trial(&identity).begin(&config).unwrap();
    if let Some(confidence) = confidence {
        let said = [0, 1].map(|class| Prediction { class, confidence });
        let kernels = Kernels {
            shape: [1, 1, 1, 1],
            values: vec![0.5],
        };
        let kept = Predictions::new(&identity, 2, &[0, 1], &said, kernels).unwrap();
        writer.keep_predictions(&kept).unwrap();
    }
    let epoch = EpochRecord {
        epoch: 1,
        step: 1,
        learning_rate: config.learning_rate,
        train_loss: 1.0,
        train_accuracy: 0.5,
        validation_loss: 1.0,
        validation_accuracy: 0.5,
        test_loss: 1.0,
        test_accuracy: 0.5,
        dead: false,
        train_seconds: 1.0,
        evaluation_seconds: 1.0,
    };
    let finished = writer.finish(Outcome::Completed {}, vec![epoch], 1);
    (store, finished.unwrap().record)
}

#[test]
fn predictions_are_compared_where_both_have_them() {
    for (recorded, here, expected) in [
        (Some(0.75), Some(0.75), Finding::Equal),
        (Some(0.75), Some(1.0), Finding::Predictions),
        (None, Some(1.0), Finding::Equal),
        (Some(1.0), None, Finding::Equal),
    ] {
        let folders = [0, 1].map(|_| tempfile::tempdir().unwrap());
        let (a, record) = said(folders[0].path(), recorded);
        let (b, _) = said(folders[1].path(), here);
        let found = predictions(&record, &a, &b).unwrap();
        assert_eq!(found, expected, "{recorded:?} and {here:?}");
    }
}
