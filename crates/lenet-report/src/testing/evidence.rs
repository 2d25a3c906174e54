//! Twelve made-up test images in three classes, and what networks say of them.

use std::collections::HashMap;

use lenet_core::{Data, Trial};
use lenet_results::{Kernels, Prediction, Predictions, StudyRecord, TrialRecord};

use super::trials::{cell, lab_config, lab_study, trial};
use crate::evidence::{Evidence, TestImages};

/// True classes.
pub(crate) const LABELS: [u8; 12] = [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2];

/// Class and confidence of each image. Codes of three classes hold quarters exactly.
pub(crate) type Said = [(usize, f64); 12];

/// Of the best cell with the seeds 0 to 2. They classify 8, 9 and 8 images correctly.
pub(crate) const BEST: [Said; 3] = [
    [
        (0, 1.0),
        (0, 1.0),
        (1, 0.75),
        (2, 0.5),
        (1, 1.0),
        (1, 1.0),
        (1, 0.75),
        (1, 0.5),
        (2, 1.0),
        (2, 1.0),
        (0, 1.0),
        (0, 1.0),
    ],
    [
        (0, 1.0),
        (0, 0.75),
        (0, 0.5),
        (2, 1.0),
        (1, 1.0),
        (1, 0.75),
        (2, 0.75),
        (1, 1.0),
        (2, 1.0),
        (2, 1.0),
        (2, 0.75),
        (0, 0.75),
    ],
    [
        (0, 0.75),
        (0, 1.0),
        (2, 0.5),
        (1, 0.75),
        (1, 1.0),
        (1, 1.0),
        (2, 0.5),
        (1, 1.0),
        (2, 1.0),
        (2, 1.0),
        (2, 0.75),
        (0, 1.0),
    ],
];

/// Of the second cell with seed 1: it is wrong about images 0, 4, 5, 7 and 8.
pub(crate) const SECOND: Said = [
    (1, 1.0),
    (0, 1.0),
    (0, 1.0),
    (0, 1.0),
    (2, 1.0),
    (2, 1.0),
    (1, 1.0),
    (2, 1.0),
    (0, 1.0),
    (2, 1.0),
    (2, 1.0),
    (2, 1.0),
];

/// Evidence in memory.
#[derive(Default)]
pub(crate) struct MadeUp {
    pub(crate) predictions: HashMap<String, Predictions>,
    pub(crate) test: Option<TestImages>,
}

impl Evidence for MadeUp {
    fn predictions(&self, identity: &str) -> Option<Predictions> {
        self.predictions.get(identity).cloned()
    }

    fn test_images(&self, _: &Data) -> Option<TestImages> {
        self.test.clone()
    }
}

impl MadeUp {
    /// The test images and no predictions.
    pub(crate) fn images() -> Self {
        let pixels = (0..LABELS.len() * 4).map(|at| (at * 5) as u8);
        Self {
            predictions: HashMap::new(),
            test: Some(TestImages {
                labels: LABELS.to_vec(),
                pixels: pixels.collect(),
                shape: [1, 2, 2],
            }),
        }
    }

    pub(crate) fn add(&mut self, record: &TrialRecord, said: &Said) {
        let said = said.map(|(class, confidence)| Prediction { class, confidence });
        let kernels = Kernels {
            shape: [2, 1, 2, 2],
            values: vec![0.5, -1.0, 0.0, 0.25, -0.5, 0.125, 1.0, -0.25],
        };
        let predictions = Predictions::new(&record.identity, 3, &LABELS, &said, kernels);
        let predictions = predictions.expect("the cases fit");
        self.predictions
            .insert(record.identity.clone(), predictions);
    }
}

/// A study of two cells, the trials of both with the seeds 0 to 2, and their evidence. Of the second
/// cell only the seed 1 has predictions.
pub(crate) fn twelve_images() -> (StudyRecord, Vec<TrialRecord>, MadeUp) {
    let (best, second) = (lab_config("adam", 0.001, 0.0), lab_config("sgd", 0.1, 0.0));
    let of = |config: &Trial, seed, correct: f64| trial(config, seed, &[correct / 12.0]);
    let records = vec![
        of(&best, 0, 8.0),
        of(&best, 1, 9.0),
        of(&best, 2, 8.0),
        of(&second, 0, 7.0),
        of(&second, 1, 7.0),
        of(&second, 2, 6.0),
    ];
    let mut evidence = MadeUp::images();
    for (record, said) in records.iter().zip(&BEST) {
        evidence.add(record, said);
    }
    evidence.add(&records[4], &SECOND);
    let (mut study, _) = lab_study(1);
    study.claims.clear();
    study.figures.truncate(1);
    let figure = &mut study.figures[0];
    figure.published_data = None;
    figure.cells = vec![
        cell("second", &records[3].config, 3),
        cell("best", &records[0].config, 3),
    ];
    (study, records, evidence)
}
