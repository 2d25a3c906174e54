//! Studies on disk.

use lenet_core::{Dropout, EarlyStop, Optimizer, Patience, Samples};

use super::*;

/// As the program wrote it that knew format 1 only.
const FORMAT_1: &str = include_str!("golden/format-1.json");

#[test]
fn a_study_of_format_1_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("study.json");
    std::fs::write(&path, FORMAT_1).unwrap();
    let study = crate::read_study(folder.path()).unwrap().unwrap();
    assert_eq!((study.format, study.name.as_str()), (1, "old"));
    assert_eq!(study.title, "A study of format 1");
    assert!(study.claims.is_empty() && study.altered.is_empty());
    assert_eq!(study.until_decided, None);
    let [first, own] = study.figures.as_slice() else {
        panic!("{:?}", study.figures);
    };
    assert_eq!(
        (first.id.as_str(), first.published.as_deref()),
        ("3-as-run", Some("3"))
    );
    assert_eq!((own.id.as_str(), own.published.as_deref()), ("own", None));
    assert_eq!(own.axes, ["early_stop", "samples"]);
    for figure in &study.figures {
        assert_eq!((&figure.published_data, figure.runtime), (&None, None));
        assert!(figure.notes.is_empty() && figure.left_out.is_empty());
    }
    let config = &first.cells[0].config;
    assert_eq!(config.optimizer, Optimizer::ADAM);
    let unconnected = Dropout {
        rate: 0.5,
        connected: false,
    };
    assert_eq!(
        (config.dropout, config.seed, config.epochs),
        (unconnected, 3, 2)
    );
    let stopped = &own.cells[0].config;
    let patience = Patience {
        epochs: 3,
        min_delta: 0.001,
    };
    assert_eq!(stopped.early_stop, EarlyStop::After(patience));
    assert_eq!(stopped.data.samples, Samples::Drawn(500));
    // Its trials are still found.
    for cell in study.figures.iter().flat_map(|figure| &figure.cells) {
        assert_eq!((&cell.images, &cell.execution), (&None, &None));
        let seeds: Vec<u64> = cell.trials.iter().map(|trial| trial.seed).collect();
        assert_eq!(seeds, [3, 7]);
        for trial in &cell.trials {
            let config = Trial {
                seed: trial.seed,
                ..cell.config.clone()
            };
            assert_eq!(trial.identity, config.identity());
        }
    }
}

#[test]
fn what_a_study_does_not_have_is_not_written() {
    let study: StudyRecord = serde_json::from_str(FORMAT_1).unwrap();
    let text = serde_json::to_string(&study).unwrap();
    for name in [
        "notes",
        "published_data",
        "runtime",
        "left_out",
        "images",
        "execution",
        "altered",
        "until_decided",
        "level",
    ] {
        assert!(!text.contains(&format!("\"{name}\"")), "{name}");
    }
    let again: StudyRecord = serde_json::from_str(&text).unwrap();
    assert_eq!(again, study);
}

/// Which instruction set computes the trials stands in the file, and makes no other plan.
#[test]
fn the_level_is_kept_and_no_part_of_the_plan() {
    let without: StudyRecord = serde_json::from_str(FORMAT_1).unwrap();
    let with = StudyRecord {
        level: Some("portable".to_owned()),
        ..without.clone()
    };
    assert!(with.is_same_plan(&without));
    let folder = tempfile::tempdir().unwrap();
    crate::write_study(folder.path(), &with).unwrap();
    let again = crate::read_study(folder.path()).unwrap().unwrap();
    assert_eq!(again.level.as_deref(), Some("portable"));
}
