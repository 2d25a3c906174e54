//! Made-up comparisons.

use lenet_core::Trial;
use lenet_results::{ClaimRecord, ComparisonRecord, StudyRecord, TrialRecord};

use super::super::judge;
use crate::claims::judged::JudgedClaim;
use crate::testing::{arm, comparison, pair, study, trials};

/// Three differences with this mean and standard deviation.
pub(super) fn near(mean: f64, deviation: f64) -> [f64; 3] {
    [mean - deviation, mean, mean + deviation]
}

/// Comparisons of two cells each.
pub(super) struct Compared {
    /// Left, right, left, ….
    arms: Vec<Trial>,
    pub(super) records: Vec<TrialRecord>,
}

impl Compared {
    /// Comparisons with these differences in test accuracy for the seeds 1, 2, …; `None` for one
    /// without records.
    pub(super) fn new<D: AsRef<[f64]>>(differences: &[Option<D>]) -> Self {
        let sides = differences.iter().map(|differences| {
            let differences = differences.as_ref().map_or(&[][..], AsRef::as_ref);
            let left = differences.iter().map(|d| 0.5 + d).collect();
            (left, vec![0.5; differences.len()])
        });
        Self::of_sides(&sides.collect::<Vec<_>>())
    }

    /// Comparisons of these accuracies on the left with these on the right.
    pub(super) fn of_sides(sides: &[(Vec<f64>, Vec<f64>)]) -> Self {
        let all: Vec<&[f64]> = sides.iter().flat_map(|(l, r)| [&l[..], &r[..]]).collect();
        let arms: Vec<Trial> = (1..=all.len()).map(|rate| arm(rate as f64)).collect();
        let records = arms.iter().zip(all).flat_map(|(arm, a)| trials(arm, a));
        Self {
            records: records.collect(),
            arms,
        }
    }

    /// The comparisons, labelled `a`, `b`, ….
    pub(super) fn comparisons(&self) -> Vec<ComparisonRecord> {
        let sides = self.arms.chunks(2).zip('a'..);
        let each = sides.map(|(s, label)| comparison(&label.to_string(), vec![pair(&s[0], &s[1])]));
        each.collect()
    }

    /// A study of all cells with this claim.
    pub(super) fn study(&self, claim: ClaimRecord) -> StudyRecord {
        let seeds: &[u64] = &[1, 2, 3];
        let cells: Vec<(&Trial, &[u64])> = self.arms.iter().map(|arm| (arm, seeds)).collect();
        study(&cells, vec![claim])
    }

    /// The claim put to the test.
    pub(super) fn judge(&self, claim: ClaimRecord) -> JudgedClaim {
        judge(&self.study(claim), (&self.records, &[]), &[]).remove(0)
    }
}
