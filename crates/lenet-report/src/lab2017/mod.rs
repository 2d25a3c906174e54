//! Everything that belongs to the report of 2017: its claims, its published curves and runtimes, what
//! its figures hold fixed, and what a reader must know about them.

mod costs;
mod curves;
mod devices;
mod points;
mod rates;
mod runs;
mod setting;
mod statements;
mod texts;
mod trials;
mod variation;

use lenet_results::TrialRecord;

use crate::claims::{Answered, Claim, Statement};
use crate::records::runtimes::Runtimes;

pub(crate) use curves::{PublishedCurve, curve};
pub(crate) use runs::{PublishedRun, runs, seconds};
pub(crate) use setting::workload;
use statements::STATEMENTS;
pub(crate) use texts::*;
use trials::LabTrials;

/// All claims in order, with their answers.
pub(crate) fn claims(records: &[TrialRecord], runtimes: &Runtimes) -> Vec<Claim> {
    let lab = LabTrials::select(records);
    let of_trials = [
        rates::best_rate,
        rates::slow_rate,
        variation::between_runs,
        variation::between_splits,
        variation::dropout,
        rates::optimizer,
    ];
    let no_trial = "No trial has the study's network (16 filters, 128 hidden units), optimizer \
                    settings, batch size 128 and data set.";
    let remark = "A remark about other networks; neither the report nor these records test it.";
    let mut answers: Vec<Answered> = Vec::new();
    answers.extend(of_trials.map(|answer| answer(lab.as_ref().ok_or(no_trial)?)));
    answers.extend([
        devices::gpu_against_cpu(runtimes),
        devices::copying(runtimes),
        costs::dropout(runtimes),
        costs::small_batch(runtimes),
        Err(remark.to_owned()),
    ]);
    let trials_lack = lab.map_or_else(Vec::new, |lab| lab.lacks());
    let runtimes_lack = points::lacks(runtimes);
    let claim = |(statement, answer): (&Statement, Answered)| {
        let claim = statement.answered(answer);
        match statement.number {
            1..=6 => claim.qualify("Run", &trials_lack, " and "),
            _ => claim.qualify("Timed", &runtimes_lack, ", and "),
        }
    };
    STATEMENTS.iter().zip(answers).map(claim).collect()
}

#[cfg(test)]
mod tests;
