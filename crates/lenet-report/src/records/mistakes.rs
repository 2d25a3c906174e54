//! What the networks of the best cell get wrong.

use lenet_results::Prediction;
use lenet_stats::{McNemar, mcnemar};

use crate::evidence::{Evidence, TestImages};
use crate::records::answers::Answers;
use crate::records::networks::{LeftOut, Network, usable};
use crate::tables::results::{CellResult, best, best_of};

/// The predictions of the best cell, and what they add up to.
pub(crate) struct Mistakes<'a> {
    pub(crate) best: &'a CellResult<'a>,
    /// Networks whose predictions count, in the order of the study.
    pub(crate) networks: Vec<Network>,
    pub(crate) left_out: Vec<LeftOut>,
    /// `None` if the data set cannot be had.
    pub(crate) test: Option<TestImages>,
    /// `None` without networks or test images.
    pub(crate) answers: Option<Answers>,
    pub(crate) second: Second<'a>,
}

/// The best cell beside the second best.
pub(crate) enum Second<'a> {
    /// No other cell has results.
    None,
    Untested {
        second: &'a CellResult<'a>,
        /// A sentence.
        why: &'static str,
    },
    Tested {
        second: &'a CellResult<'a>,
        test: Comparison,
    },
}

/// Networks of one seed in two cells, image by image.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Comparison {
    pub(crate) seed: u64,
    /// Images that only the best cell's network classifies correctly.
    pub(crate) only_best: usize,
    /// Images that only the second's does.
    pub(crate) only_second: usize,
    pub(crate) test: McNemar,
}

impl<'a> Mistakes<'a> {
    /// `None` if no cell has results.
    pub(crate) fn find(results: &'a [CellResult<'a>], evidence: &dyn Evidence) -> Option<Self> {
        let best = best(results)?;
        let test = evidence.test_images(&best.cell.config.data);
        let (networks, left_out) = usable(&best.cell.done, test.as_ref(), evidence);
        let answers = test.as_ref().filter(|_| !networks.is_empty());
        let answers = answers.and_then(|test| Answers::new(&networks, &test.labels).ok());
        let second = second(results, best, &networks, test.as_ref(), evidence);
        Some(Self {
            best,
            networks,
            left_out,
            test,
            answers,
            second,
        })
    }

    /// The network with the highest validation accuracy; of equals the first.
    pub(crate) fn best_network(&self) -> Option<&Network> {
        let better = |best: &'_ Network, next: &'_ Network| next.validation > best.validation;
        let mut networks = self.networks.iter();
        let first = networks.next()?;
        Some(networks.fold(
            first,
            |best, next| if better(best, next) { next } else { best },
        ))
    }
}

/// McNemar's test of the best cell and the second best, with the first seed that both have.
fn second<'a>(
    results: &'a [CellResult<'a>],
    best: &CellResult,
    networks: &[Network],
    test: Option<&TestImages>,
    evidence: &dyn Evidence,
) -> Second<'a> {
    let own = best.cell.config.cell();
    let others = results.iter().filter(|r| r.cell.config.cell() != own);
    let Some(second) = best_of(others) else {
        return Second::None;
    };
    let untested = |why| Second::Untested { second, why };
    if second.cell.config.data.source != best.cell.config.data.source {
        return untested("They are tested on different images.");
    }
    let Some(test) = test else {
        return untested("Their test images are not here.");
    };
    let (others, _) = usable(&second.cell.done, Some(test), evidence);
    let pair = |one: &'_ Network| {
        let other = others.iter().find(|other| other.seed == one.seed)?;
        Some(compare(one.seed, &one.said, &other.said, &test.labels))
    };
    match networks.iter().find_map(pair) {
        Some(test) => Second::Tested { second, test },
        None => untested("No seed has usable predictions in both."),
    }
}

fn compare(seed: u64, best: &[Prediction], second: &[Prediction], labels: &[u8]) -> Comparison {
    let (mut only_best, mut only_second) = (0, 0);
    for ((best, second), label) in best.iter().zip(second).zip(labels) {
        match (best.is_correct(*label), second.is_correct(*label)) {
            (true, false) => only_best += 1,
            (false, true) => only_second += 1,
            _ => {}
        }
    }
    Comparison {
        seed,
        only_best,
        only_second,
        test: mcnemar(only_best, only_second),
    }
}

#[cfg(test)]
mod tests;
