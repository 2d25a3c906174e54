//! Whether a device computes what the processor does: ops, network, training, and its limits.
//!
//! Everything here runs on any device. Where there is no GPU, tests put the processor in the device's
//! place, and it must agree with itself.

mod limits;
mod together;
mod training;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use lenet_core::{Backend, DeviceKind, Geometry};
use lenet_data::Splits;
use lenet_results::{CheckVerdict, Finding};
use lenet_train::{Agreement, RunOptions, TOLERANCE, TrainError};

/// The device that is compared with the processor, and how thoroughly.
#[derive(Debug, Clone, Copy)]
pub struct Checked<'a> {
    /// Kind of device.
    pub kind: DeviceKind,
    /// Ordinal of a CUDA device.
    pub ordinal: usize,
    /// Threads on the host.
    pub threads: usize,
    /// Images to train and evaluate on.
    pub data: &'a Splits,
    /// Filters of the networks that are trained, and whose ops are compared.
    pub filters: usize,
    /// Seeds. Five settings of each seed are trained as one group.
    pub seeds: u64,
    /// Raised from outside to make no further check.
    pub stop: &'a AtomicBool,
}

impl Checked<'_> {
    fn options(&self) -> RunOptions {
        RunOptions {
            threads: self.threads,
            cuda_ordinal: self.ordinal,
            predictions: true,
            ..RunOptions::default()
        }
    }
}

/// What a check found, before it is known how long it took.
struct Answer {
    verdict: CheckVerdict,
    detail: String,
}

impl Answer {
    fn new(passed: bool, detail: String) -> Self {
        let verdict = match passed {
            true => CheckVerdict::Passed,
            false => CheckVerdict::Failed,
        };
        Self { verdict, detail }
    }

    fn skipped(reason: &str) -> Self {
        Self {
            verdict: CheckVerdict::Skipped,
            detail: reason.to_owned(),
        }
    }
}

/// Makes all checks, those of candle's ops first, and reports each finding at once. A check that ends in
/// an error has failed; the others follow.
pub fn run(checked: &Checked<'_>, mut observer: impl FnMut(Finding)) {
    let mut make = |check: &str, answer: &dyn Fn() -> Result<Answer, TrainError>| {
        if !checked.stop.load(Ordering::Relaxed) {
            observer(timed(check, answer));
        }
    };
    make("each op, values and gradients", &|| ops(checked));
    make("whole network, logits and gradients", &|| {
        network(checked, Backend::Stock)
    });
    make("gradients against f64", &|| {
        self_check(checked, Backend::Stock)
    });
    make("three epochs within the spread of seeds", &|| {
        training::spread(checked, Backend::Stock)
    });
    make("streamed images train like resident ones", &|| {
        training::placements(checked)
    });
    make("a trial stopped and resumed", &|| {
        training::resumption(checked)
    });
    make("a network too large for the device", &|| {
        limits::memory(checked)
    });
    make("a device that is not there", &|| Ok(limits::ordinal()));
    make("fused: whole network, logits and gradients", &|| {
        network(checked, Backend::Fused)
    });
    make("fused: gradients against f64", &|| {
        self_check(checked, Backend::Fused)
    });
    make("fused: three epochs within the spread of seeds", &|| {
        training::spread(checked, Backend::Fused)
    });
    make("fused: the same trial twice", &|| {
        together::repetition(checked)
    });
    make("fused: trials together as alone", &|| {
        together::group(checked)
    });
    make("fused: a group stopped and resumed", &|| {
        together::resumption(checked)
    });
}

fn timed(check: &str, answer: &dyn Fn() -> Result<Answer, TrainError>) -> Finding {
    let begun = Instant::now();
    let answer = answer().unwrap_or_else(|error| {
        // candle may add a backtrace below.
        let text = error.to_string();
        Answer::new(false, text.lines().next().unwrap_or_default().to_owned())
    });
    Finding {
        check: check.to_owned(),
        verdict: answer.verdict,
        detail: answer.detail,
        seconds: begun.elapsed().as_secs_f64(),
    }
}

fn ops(checked: &Checked<'_>) -> Result<Answer, TrainError> {
    let found = lenet_train::compare_ops(checked.kind, checked.ordinal)?;
    Ok(of_agreements(&found, "ops"))
}

fn network(checked: &Checked<'_>, backend: Backend) -> Result<Answer, TrainError> {
    let geometry = Geometry::lab_2017(checked.filters);
    let options = checked.options();
    let found = lenet_train::compare_network(&geometry, 16, backend, checked.kind, &options)?;
    Ok(of_agreements(&found, "tensors"))
}

/// The worst of them, and how many are beyond the bound.
fn of_agreements(found: &[Agreement], noun: &str) -> Answer {
    let wrong: Vec<String> = found
        .iter()
        .filter(|agreement| !agreement.passed())
        .map(|agreement| format!("{} off by {:.1e}", agreement.what, agreement.error))
        .collect();
    if !wrong.is_empty() {
        return Answer::new(false, wrong.join("; "));
    }
    let worst = found.iter().max_by(|a, b| a.error.total_cmp(&b.error));
    let worst = worst.map_or_else(String::new, |worst| {
        format!("the worst, {}, by {:.1e}", worst.what, worst.error)
    });
    Answer::new(
        !found.is_empty(),
        format!("{} {noun} agree to {TOLERANCE:.0e}; {worst}", found.len()),
    )
}

fn self_check(checked: &Checked<'_>, backend: Backend) -> Result<Answer, TrainError> {
    let config = training::config(checked, backend, checked.kind, 1);
    let check = lenet_train::self_check(&config, checked.data, &checked.options())?;
    Ok(Answer::new(
        check.passed,
        format!(
            "the worst, of {}, off by {:.1e} (bound {:.0e})",
            check.worst_tensor, check.worst_relative_error, check.tolerance
        ),
    ))
}

#[cfg(test)]
mod tests;
