//! Made-up records for tests.

use lenet_core::Trial;
use lenet_results::{Environment, Outcome, RunRecord, TRIAL_FORMAT, TrialRecord};

/// A completed trial without epochs, which runs with these instruction sets computed one after the other.
pub(crate) fn computed_with(config: Trial, levels: &[&str]) -> TrialRecord {
    let run = |level: &&str| RunRecord {
        from_epoch: 0,
        started_unix: 0,
        environment: Environment::collect(),
        threads: 1,
        jobs: 1,
        group: 1,
        device: "cpu".to_owned(),
        level: (*level).to_owned(),
        self_check: None,
        scheduler: None,
    };
    TrialRecord {
        format: TRIAL_FORMAT,
        identity: config.identity(),
        config,
        parameters: 1,
        outcome: Outcome::Completed {},
        epochs: Vec::new(),
        runs: levels.iter().map(run).collect(),
    }
}
