//! Made-up studies and trials.

use lenet_core::{Dropout, Optimizer, Trial};
use lenet_results::{
    CellRecord, CellTrial, Environment, EpochRecord, FigureRecord, ImageCounts, Outcome, RunRecord,
    STUDY_FORMAT, StudyRecord, TrialRecord,
};

use super::claims::lab_claims;
use super::published::published;

/// The setting of `lab-2017`, with dropout connected.
pub(crate) fn lab_config(optimizer: &str, learning_rate: f64, rate: f64) -> Trial {
    Trial {
        dropout: Dropout::connected(rate),
        optimizer: match optimizer {
            "adam" => Optimizer::ADAM,
            _ => Optimizer::SGD,
        },
        learning_rate,
        seed: 0,
        ..Trial::default()
    }
}

/// A completed trial with these test accuracies after each epoch. Validation accuracy is 0.001
/// higher, and losses are 1 − accuracy.
pub(crate) fn trial(config: &Trial, seed: u64, accuracies: &[f64]) -> TrialRecord {
    let config = Trial {
        seed,
        epochs: accuracies.len(),
        ..config.clone()
    };
    let epoch = |(i, &accuracy): (usize, &f64)| EpochRecord {
        epoch: i + 1,
        step: 430 * (i as u64 + 1),
        learning_rate: config.learning_rate,
        train_loss: 1.0 - accuracy,
        train_accuracy: accuracy,
        validation_loss: 1.0 - accuracy,
        validation_accuracy: accuracy + 0.001,
        test_loss: 1.0 - accuracy,
        test_accuracy: accuracy,
        dead: false,
        train_seconds: 2.0,
        evaluation_seconds: 0.5,
    };
    TrialRecord {
        format: 1,
        identity: config.identity(),
        parameters: 104_250,
        outcome: Outcome::Completed {},
        epochs: accuracies.iter().enumerate().map(epoch).collect(),
        runs: vec![run(0)],
        config,
    }
}

/// A stretch of a trial on a made-up host.
pub(crate) fn run(from_epoch: usize) -> RunRecord {
    RunRecord {
        from_epoch,
        started_unix: 1_700_000_000,
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

/// Accuracies that rise from `first` towards `last`, with a small wobble for each seed.
pub(crate) fn rising(first: f64, last: f64, epochs: usize, seed: u64) -> Vec<f64> {
    let wobble = |epoch: usize| ((seed * 7 + epoch as u64 * 3) % 11) as f64 / 11.0 - 0.5;
    (0..epochs)
        .map(|i| {
            let error = (1.0 - last) + (last - first) * (-0.9 * i as f64).exp();
            1.0 - error * (1.0 + 0.05 * wobble(i))
        })
        .collect()
}

/// A cell of a study over the seeds 0 to `seeds` − 1.
pub(crate) fn cell(label: &str, config: &Trial, seeds: u64) -> CellRecord {
    let trial = |seed| {
        let config = Trial {
            seed,
            ..config.clone()
        };
        CellTrial {
            seed,
            identity: config.identity(),
        }
    };
    CellRecord {
        label: label.to_owned(),
        config: config.clone(),
        images: Some(ImageCounts {
            train: 55_000,
            validation: 5_000,
            test: 10_000,
        }),
        parameters: None,
        execution: None,
        trials: (0..seeds).map(trial).collect(),
    }
}

/// The figures of the study: id, title, optimizer, rate of dropout, whether dropout is connected.
const FIGURES: [(&str, &str, &str, f64, bool); 5] = [
    ("1", "SGD without dropout", "sgd", 0.0, true),
    ("2", "SGD with dropout", "sgd", 0.5, true),
    (
        "2-as-run",
        "SGD with dropout built but not connected",
        "sgd",
        0.5,
        false,
    ),
    ("3", "Adam with dropout", "adam", 0.5, true),
    (
        "3-as-run",
        "Adam with dropout built but not connected",
        "adam",
        0.5,
        false,
    ),
];

const RATES: [f64; 4] = [0.1, 0.01, 0.001, 0.0001];

/// A study like `lab-2017`, with its claims on training, the published curves, and curves like
/// these.
pub(crate) fn lab_study(seeds: u64) -> (StudyRecord, Vec<TrialRecord>) {
    let ends = |optimizer: &str, rate: f64| match (optimizer, RATES.iter().position(|r| *r == rate))
    {
        ("sgd", Some(0)) => (0.95, 0.987),
        ("sgd", Some(1)) => (0.876, 0.966),
        ("sgd", Some(2)) => (0.15, 0.874),
        ("sgd", _) => (0.09, 0.2),
        (_, Some(0)) => (0.1135, 0.1135),
        (_, Some(1)) => (0.972, 0.984),
        (_, Some(2)) => (0.968, 0.9898),
        _ => (0.875, 0.9752),
    };
    let mut records: Vec<TrialRecord> = Vec::new();
    let figures = FIGURES.map(|(id, title, optimizer, dropout, connected)| {
        let cells = RATES.map(|rate| {
            let mut config = lab_config(optimizer, rate, dropout);
            config.dropout.connected = connected;
            for seed in 0..seeds {
                let (first, last) = ends(optimizer, rate);
                let gain = if config.dropout.effective_rate() > 0.0 {
                    0.0005
                } else {
                    0.0
                };
                let dead = optimizer == "adam" && rate == 0.1;
                let accuracies = if dead {
                    vec![first; 10]
                } else {
                    rising(first, last + gain, 10, seed)
                };
                let mut record = trial(&config, seed, &accuracies);
                if dead {
                    record.epochs.iter_mut().for_each(|e| e.dead = true);
                }
                if records.iter().all(|r| r.identity != record.identity) {
                    records.push(record);
                }
            }
            cell(&format!("learning_rate = {rate}"), &config, seeds)
        });
        FigureRecord {
            id: id.to_owned(),
            title: title.to_owned(),
            axes: vec!["learning_rate".to_owned()],
            notes: String::new(),
            draw: Vec::new(),
            published: None,
            published_data: Some(published(&format!("figure-{}", &id[..1]), &RATES)),
            runtime: None,
            search: None,
            cells: cells.to_vec(),
            left_out: Vec::new(),
        }
    });
    let study = StudyRecord {
        format: STUDY_FORMAT,
        name: "lab-2017".to_owned(),
        title: "Scaled-down LeNet on MNIST: the 2017 study repeated".to_owned(),
        figures: figures.to_vec(),
        claims: lab_claims(),
        altered: Vec::new(),
        until_decided: None,
        commands: Vec::new(),
        files: Vec::new(),
        data: Vec::new(),
        predictions: true,
        level: None,
    };
    (study, records)
}
