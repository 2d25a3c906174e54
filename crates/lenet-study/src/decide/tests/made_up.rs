//! Made-up studies: cells of one epoch, and claims on their test losses.

use lenet_core::Trial;
use lenet_results::{
    CellRecord, CellTrial, ClaimRecord, ComparisonRecord, Correction, EpochRecord, FigureRecord,
    Measure, Moment, Outcome, PairRecord, Quantity, Reading, Rule, STUDY_FORMAT, Scope,
    StudyRecord, TRIAL_FORMAT, TestRecord, TrialRecord,
};

/// The first cells, at the learning rates 1, 2, ….
pub(super) fn arms(n: usize) -> Vec<Trial> {
    let arm = |rate: usize| Trial {
        learning_rate: rate as f64,
        epochs: 1,
        ..Trial::default()
    };
    (1..=n).map(arm).collect()
}

/// The key of a cell by its position.
pub(super) fn key(cell: usize) -> String {
    arms(cell + 1)[cell].cell()
}

/// A comparison of the cells at these positions, or of one alone.
pub(super) fn against(left: usize, right: Option<usize>) -> ComparisonRecord {
    ComparisonRecord {
        label: format!("{left} against {right:?}"),
        pairs: vec![PairRecord {
            left: key(left),
            right: right.map(key),
        }],
        baseline: Vec::new(),
    }
}

/// A claim on the mean test loss of cells.
pub(super) fn claim(id: &str, rule: Rule, comparisons: Vec<ComparisonRecord>) -> ClaimRecord {
    ClaimRecord {
        id: id.to_owned(),
        text: "The loss is high.".to_owned(),
        notes: String::new(),
        correction: Correction::Bonferroni,
        tests: vec![TestRecord {
            common: String::new(),
            quantity: Quantity::Value,
            left: Reading {
                measure: "test_loss".parse::<Measure>().unwrap(),
                at: Moment::Last,
            },
            right: None,
            rule,
            scope: Scope::All,
            only: None,
            comparisons,
        }],
    }
}

fn seeded(config: &Trial, seed: u64) -> Trial {
    Trial {
        seed,
        ..config.clone()
    }
}

/// A study whose cells have so many seeds.
pub(super) fn study(
    seeds: &[usize],
    claims: Vec<ClaimRecord>,
    until_decided: Option<usize>,
) -> StudyRecord {
    let cells = arms(seeds.len()).into_iter().zip(seeds);
    let cell = |(config, n): (Trial, &usize)| CellRecord {
        label: config.learning_rate.to_string(),
        images: None,
        parameters: None,
        execution: None,
        trials: (1..=*n as u64)
            .map(|seed| CellTrial {
                seed,
                identity: seeded(&config, seed).identity(),
            })
            .collect(),
        config,
    };
    StudyRecord {
        format: STUDY_FORMAT,
        name: "s".to_owned(),
        title: "A study".to_owned(),
        figures: vec![FigureRecord {
            id: "1".to_owned(),
            title: "A figure".to_owned(),
            axes: vec!["learning_rate".to_owned()],
            notes: String::new(),
            draw: Vec::new(),
            published: None,
            published_data: None,
            runtime: None,
            search: None,
            cells: cells.map(cell).collect(),
            left_out: Vec::new(),
        }],
        claims,
        altered: Vec::new(),
        until_decided,
        commands: Vec::new(),
        files: Vec::new(),
        data: Vec::new(),
        predictions: true,
        level: None,
    }
}

/// Finished trials of so many seeds of each cell, with these test losses by cell and seed.
pub(super) fn records(seeds: &[usize], loss: &dyn Fn(usize, u64) -> f64) -> Vec<TrialRecord> {
    let arms = arms(seeds.len());
    let cells = arms.iter().zip(seeds).enumerate();
    let of_cell = |(cell, (config, n)): (usize, (&Trial, &usize))| {
        let config = config.clone();
        (1..=*n as u64).map(move |seed| record(&config, seed, loss(cell, seed)))
    };
    cells.flat_map(of_cell).collect()
}

fn record(config: &Trial, seed: u64, test_loss: f64) -> TrialRecord {
    let config = seeded(config, seed);
    TrialRecord {
        format: TRIAL_FORMAT,
        identity: config.identity(),
        parameters: 1,
        outcome: Outcome::Completed {},
        epochs: vec![EpochRecord {
            epoch: 1,
            step: 1,
            learning_rate: config.learning_rate,
            train_loss: 1.0,
            train_accuracy: 0.5,
            validation_loss: 1.0,
            validation_accuracy: 0.5,
            test_loss,
            test_accuracy: 0.5,
            dead: false,
            train_seconds: 1.0,
            evaluation_seconds: 0.0,
        }],
        runs: Vec::new(),
        config,
    }
}
