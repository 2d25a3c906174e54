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

use crate::claims::Claim;
use crate::records::runtimes::Runtimes;

pub(crate) use curves::{PublishedCurve, curve};
pub(crate) use runs::{PublishedRun, runs, seconds};
pub(crate) use setting::workload;
pub(crate) use texts::*;

/// All claims in order, with their answers.
pub(crate) fn claims(records: &[TrialRecord], runtimes: &Runtimes) -> Vec<Claim> {
    let mut claims = match trials::LabTrials::select(records) {
        Some(lab) => {
            let claims = [
                rates::best_rate(&lab),
                rates::slow_rate(&lab),
                variation::between_runs(&lab),
                variation::between_splits(&lab),
                variation::dropout(&lab),
                rates::optimizer(&lab),
            ];
            let lacks = lab.lacks();
            claims.map(|c| c.qualify("Run", &lacks, " and ")).to_vec()
        }
        None => {
            let detail = "No trial has the study's network (16 filters, 128 hidden units), \
                          optimizer settings, batch size 128 and data set.";
            let of = |number| Claim::not_measured(statements::statement(number), detail);
            (1..=6).map(of).collect()
        }
    };
    let of_runtimes = [
        devices::gpu_against_cpu(runtimes),
        devices::copying(runtimes),
        costs::dropout(runtimes),
        costs::small_batch(runtimes),
    ];
    let lacks = points::lacks(runtimes);
    claims.extend(of_runtimes.map(|c| c.qualify("Timed", &lacks, ", and ")));
    let detail = "A remark about other networks; neither the report nor these records test it.";
    let remark = statements::statement(11);
    claims.push(Claim::not_measured(remark, detail));
    claims
}

#[cfg(test)]
mod tests;
