//! The networks of a cell whose predictions count.

use lenet_results::{Kernels, Prediction, TrialRecord};

use crate::evidence::{Evidence, TestImages};
use crate::records::trials::VALIDATION;

/// A trained network and its predictions.
pub(crate) struct Network {
    pub(crate) seed: u64,
    /// Accuracy on the validation images after the last epoch.
    pub(crate) validation: f64,
    /// One per test image.
    pub(crate) said: Vec<Prediction>,
    pub(crate) classes: usize,
    pub(crate) kernels: Kernels,
}

/// A trial with results whose predictions do not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LeftOut {
    pub(crate) seed: u64,
    pub(crate) why: Why,
}

/// Why predictions do not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Why {
    /// There are none, or they cannot be read.
    None,
    /// They are of images with other labels.
    OtherImages,
    /// They do not give the accuracy that the record has, so they are of another run.
    OtherRun,
    /// Logits of some images were NaN.
    Diverged {
        /// The number of these images.
        images: usize,
    },
    /// The network is dead, and others of the cell live.
    Dead,
}

/// The networks of a cell whose predictions count, and the others.
pub(crate) fn usable(
    done: &[&TrialRecord],
    test: Option<&TestImages>,
    evidence: &dyn Evidence,
) -> (Vec<Network>, Vec<LeftOut>) {
    let some_live = done.iter().any(|trial| !is_dead(trial));
    let (mut networks, mut left_out) = (Vec::new(), Vec::new());
    for trial in done {
        let seed = trial.config.seed;
        let found = match is_dead(trial) && some_live {
            true => Err(Why::Dead),
            false => network(trial, test, evidence),
        };
        match found {
            Ok(network) => networks.push(network),
            Err(why) => left_out.push(LeftOut { seed, why }),
        }
    }
    (networks, left_out)
}

fn network(
    trial: &TrialRecord,
    test: Option<&TestImages>,
    evidence: &dyn Evidence,
) -> Result<Network, Why> {
    let last = trial.epochs.last().ok_or(Why::None)?;
    let predictions = evidence.predictions(&trial.identity).ok_or(Why::None)?;
    if predictions.identity() != trial.identity || predictions.is_empty() {
        return Err(Why::None);
    }
    if let Some(test) = test {
        if !predictions.is_of(&test.labels) {
            return Err(Why::OtherImages);
        }
        let accuracy = predictions.correct(&test.labels) as f64 / predictions.len() as f64;
        if accuracy.to_bits() != last.test_accuracy.to_bits() {
            return Err(Why::OtherRun);
        }
    }
    let said: Vec<Prediction> = predictions.iter().collect();
    match said.iter().filter(|said| !said.is_answer()).count() {
        0 => Ok(Network {
            seed: trial.config.seed,
            validation: VALIDATION(last),
            said,
            classes: predictions.classes(),
            kernels: predictions.kernels().clone(),
        }),
        images => Err(Why::Diverged { images }),
    }
}

fn is_dead(trial: &TrialRecord) -> bool {
    trial.epochs.last().is_some_and(|epoch| epoch.dead)
}
