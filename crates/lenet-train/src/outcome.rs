//! Decides whether a trial has ended, and how: pure functions of its records.

use lenet_core::{EarlyStop, Patience, Trial};
use lenet_results::{EpochRecord, Outcome};

/// The outcome if the trial has ended. `finite`: all parameters are finite.
pub(crate) fn outcome(trial: &Trial, epochs: &[EpochRecord], finite: bool) -> Option<Outcome> {
    let last = epochs.last()?;
    let losses = [last.train_loss, last.validation_loss, last.test_loss];
    if !finite || !losses.iter().all(|loss| loss.is_finite()) {
        return Some(Outcome::Diverged { epoch: last.epoch });
    }
    if last.epoch >= trial.epochs {
        return Some(Outcome::Completed {});
    }
    let stop = match trial.early_stop {
        EarlyStop::Never => false,
        EarlyStop::After(patience) => out_of_patience(&patience, epochs),
    };
    stop.then_some(Outcome::Stopped { epoch: last.epoch })
}

/// Whether the validation loss has not fallen by more than `min_delta` for `stop.epochs` epochs.
fn out_of_patience(stop: &Patience, epochs: &[EpochRecord]) -> bool {
    let mut best = f64::INFINITY;
    let mut waited = 0;
    for epoch in epochs {
        if epoch.validation_loss < best - stop.min_delta {
            best = epoch.validation_loss;
            waited = 0;
        } else {
            waited += 1;
        }
    }
    waited >= stop.epochs.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    fn after(losses: &[f64], stop: EarlyStop, finite: bool) -> Option<Outcome> {
        let trial = Trial {
            epochs: 6,
            early_stop: stop,
            ..testing::trial()
        };
        let epochs: Vec<_> = losses
            .iter()
            .enumerate()
            .map(|(i, &loss)| testing::epoch(i + 1, loss))
            .collect();
        outcome(&trial, &epochs, finite)
    }

    #[test]
    fn truth_table() {
        let patience = |patience, min_delta| {
            EarlyStop::After(Patience {
                epochs: patience,
                min_delta,
            })
        };
        assert_eq!(after(&[], EarlyStop::Never, true), None);
        assert_eq!(after(&[1.0, 0.9], EarlyStop::Never, true), None);
        assert_eq!(
            after(&[1.0; 6], EarlyStop::Never, true),
            Some(Outcome::Completed {})
        );
        assert_eq!(after(&[1.0, 1.1], patience(2, 0.0), true), None);
        let stopped = |epoch| Some(Outcome::Stopped { epoch });
        assert_eq!(after(&[1.0, 1.1, 1.0], patience(2, 0.0), true), stopped(3));
        assert_eq!(after(&[1.0, 1.1, 0.9], patience(2, 0.0), true), None);
        assert_eq!(
            after(&[1.0, 0.95, 0.91], patience(2, 0.1), true),
            stopped(3)
        );
        assert_eq!(after(&[1.0, 0.95, 0.89], patience(2, 0.1), true), None);
        // Patience runs out in the last epoch, so the trial counts as completed.
        assert_eq!(
            after(&[1.0; 6], patience(5, 0.0), true),
            Some(Outcome::Completed {})
        );
    }

    #[test]
    fn numbers_that_are_not_finite_are_a_divergence() {
        let diverged = |epoch| Some(Outcome::Diverged { epoch });
        assert_eq!(after(&[1.0, f64::NAN], EarlyStop::Never, true), diverged(2));
        assert_eq!(after(&[f64::INFINITY], EarlyStop::Never, true), diverged(1));
        assert_eq!(after(&[1.0], EarlyStop::Never, false), diverged(1));
        assert_eq!(
            after(&[1.0, 1.0, 1.0, 1.0, 1.0, f64::NAN], EarlyStop::Never, true),
            diverged(6)
        );
    }
}
