//! Made-up records with known answers, for the tests of this crate.

mod claims;
mod evidence;
mod published;
mod runtimes;
mod trials;

pub(crate) use claims::{
    alone, arm, claim, comparison, pair, reading, study, test, trials, with_baseline,
};
pub(crate) use evidence::{BEST, LABELS, MadeUp, Said, twelve_images};
pub(crate) use runtimes::{Grid, in_series, record, two_devices, with_phases, workload};
pub(crate) use trials::{cell, lab_config, lab_study, rising, run, trial};

/// Reports all failures of a table of cases at once.
pub(crate) fn all_pass(failures: impl IntoIterator<Item = String>) {
    let failures: Vec<String> = failures.into_iter().collect();
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}
