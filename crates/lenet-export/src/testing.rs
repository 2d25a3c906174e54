//! Made-up records.

use lenet_core::{Dropout, Optimizer, Trial};
use lenet_results::{
    CellRecord, CellTrial, Environment, EpochRecord, FigureRecord, Outcome, RunRecord,
    STUDY_FORMAT, StudyFile, StudyRecord, TRIAL_FORMAT, TrialRecord,
};

use crate::records::{Content, Records};

/// A trial of two epochs with this seed: Adam at 0.001 with dropout that is not connected.
pub(crate) fn config(seed: u64) -> Trial {
    Trial {
        optimizer: Optimizer::ADAM,
        learning_rate: 0.001,
        dropout: Dropout {
            rate: 0.5,
            connected: false,
        },
        epochs: 2,
        seed,
        ..Trial::default()
    }
}

/// An epoch whose numbers all differ; those of later ones are half as large, and their sums exact.
pub(crate) fn epoch(number: usize) -> EpochRecord {
    let scale = 0.5f64.powi(number as i32 - 1);
    EpochRecord {
        epoch: number,
        step: 430 * number as u64,
        learning_rate: 0.001,
        train_loss: 1.1 * scale,
        train_accuracy: 0.71 * scale,
        validation_loss: 1.2 * scale,
        validation_accuracy: 0.82 * scale,
        test_loss: 1.3 * scale,
        test_accuracy: 0.83 * scale,
        dead: number == 2,
        train_seconds: 1.5,
        evaluation_seconds: 0.25,
    }
}

/// A run that began after these epochs, at this second.
pub(crate) fn run(from_epoch: usize, started_unix: u64) -> RunRecord {
    RunRecord {
        from_epoch,
        started_unix,
        environment: Environment {
            host: "bench".to_owned(),
            os: "linux x86_64".to_owned(),
            cpu: "A Processor".to_owned(),
            cores: 2,
            version: "0.1.0".to_owned(),
            revision: "abc1234".to_owned(),
            profile: "release".to_owned(),
            rustc: "rustc 1.95.0".to_owned(),
            features: Vec::new(),
            gpu: None,
        },
        threads: 1,
        jobs: 2,
        group: 1,
        device: "cpu".to_owned(),
        level: "avx2".to_owned(),
        self_check: None,
        scheduler: None,
    }
}

/// A trial that completed its two epochs.
pub(crate) fn record(config: &Trial) -> TrialRecord {
    TrialRecord {
        format: TRIAL_FORMAT,
        identity: config.identity(),
        parameters: 52_258,
        outcome: Outcome::Completed {},
        epochs: vec![epoch(1), epoch(2)],
        runs: vec![run(0, 1_700_000_000)],
        config: config.clone(),
    }
}

/// A study of one figure whose cells have these configurations and seeds.
pub(crate) fn study(name: &str, cells: &[(&Trial, &[u64])]) -> StudyRecord {
    let cell = |(config, seeds): &(&Trial, &[u64])| {
        let trial = |seed: &u64| {
            let config = Trial {
                seed: *seed,
                ..(*config).clone()
            };
            CellTrial {
                seed: *seed,
                identity: config.identity(),
            }
        };
        CellRecord {
            label: format!("learning_rate = {}", config.learning_rate),
            config: (*config).clone(),
            images: None,
            parameters: None,
            execution: None,
            trials: seeds.iter().map(trial).collect(),
        }
    };
    StudyRecord {
        format: STUDY_FORMAT,
        name: name.to_owned(),
        title: format!("The study {name}"),
        figures: vec![FigureRecord {
            id: "1".to_owned(),
            title: "Rates".to_owned(),
            axes: vec!["learning_rate".to_owned()],
            notes: String::new(),
            draw: Vec::new(),
            published: None,
            published_data: None,
            runtime: None,
            search: None,
            cells: cells.iter().map(cell).collect(),
            left_out: Vec::new(),
        }],
        claims: Vec::new(),
        altered: Vec::new(),
        until_decided: None,
        level: None,
        commands: vec![format!("lenet-lab experiments --config {name}.toml")],
        files: vec![StudyFile {
            name: format!("{name}.toml"),
            text: format!("name = \"{name}\"\n"),
        }],
        data: Vec::new(),
        predictions: false,
    }
}

/// What is exported of studies and trials.
pub(crate) fn content(studies: &[StudyRecord], trials: &[TrialRecord]) -> Content {
    Content::of(Records {
        studies,
        trials,
        ..Records::default()
    })
}

/// Trials at two rates with two seeds each, of which the last has no record, and their study.
pub(crate) fn four_trials() -> (StudyRecord, Vec<TrialRecord>) {
    let fast = Trial {
        learning_rate: 0.1,
        ..config(1)
    };
    let slow = config(1);
    let study = study("rates", &[(&fast, &[1, 2]), (&slow, &[1, 2])]);
    let other = |config: &Trial| Trial {
        seed: 2,
        ..config.clone()
    };
    let records = [fast.clone(), other(&fast), slow];
    (study, records.iter().map(record).collect())
}
