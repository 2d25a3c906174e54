//! Trials whose epochs are the first ones of a longer trial.

use crate::schedule::Decay;
use crate::trial::{EarlyStop, Trial};

impl Trial {
    /// Whether nothing that happens in an epoch depends on how many epochs there are: the learning rate does
    /// not, and training never stops early.
    #[must_use]
    pub fn is_same_at_any_length(&self) -> bool {
        let has_fixed_rate = match self.schedule.decay {
            Decay::Constant {} | Decay::Step { .. } => true,
            Decay::Cosine { .. } => false,
        };
        has_fixed_rate && self.early_stop == EarlyStop::Never
    }

    /// Whether this trial's epochs are the first ones of `longer`, which may then go on from its last state.
    #[must_use]
    pub fn begins(&self, longer: &Self) -> bool {
        let stretched = Self {
            epochs: longer.epochs,
            ..self.clone()
        };
        self.epochs < longer.epochs && stretched == *longer && self.is_same_at_any_length()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule::Schedule;
    use crate::trial::Patience;

    fn trial(epochs: usize) -> Trial {
        Trial {
            epochs,
            ..Trial::default()
        }
    }

    fn with_decay(epochs: usize, decay: Decay) -> Trial {
        let schedule = Schedule {
            warmup_epochs: 0.5,
            decay,
        };
        Trial {
            schedule,
            ..trial(epochs)
        }
    }

    #[test]
    fn a_shorter_trial_begins_a_longer_one_and_no_other() {
        assert!(trial(3).begins(&trial(9)));
        assert!(!trial(9).begins(&trial(3)));
        assert!(!trial(3).begins(&trial(3)));
        let other = Trial {
            seed: 2,
            ..trial(9)
        };
        assert!(!trial(3).begins(&other));
        let other = Trial {
            learning_rate: 0.2,
            ..trial(9)
        };
        assert!(!trial(3).begins(&other));
    }

    #[test]
    fn what_looks_at_the_end_is_not_begun_by_less() {
        let step = Decay::Step {
            every_epochs: 2.0,
            gamma: 0.5,
        };
        assert!(with_decay(3, step).begins(&with_decay(9, step)));
        let cosine = Decay::Cosine { floor: 0.0 };
        assert!(!with_decay(3, cosine).begins(&with_decay(9, cosine)));
        let stopping = |epochs| Trial {
            early_stop: EarlyStop::After(Patience {
                epochs: 2,
                min_delta: 0.0,
            }),
            ..trial(epochs)
        };
        assert!(!stopping(3).begins(&stopping(9)));
    }

    /// The rule beside the schedule itself: a rate may depend on the number of epochs only where the rule
    /// says so.
    #[test]
    fn rates_of_such_trials_are_those_of_longer_ones() {
        let step = Decay::Step {
            every_epochs: 1.0,
            gamma: 0.5,
        };
        for decay in [Decay::Constant {}, step, Decay::Cosine { floor: 0.1 }] {
            let [short, long] = [3, 9].map(|epochs| {
                let trial = with_decay(epochs, decay);
                let rates = (1..=30).map(|step| trial.schedule.factor(step, 10, epochs as u64));
                rates.collect::<Vec<f64>>()
            });
            let same = with_decay(3, decay).is_same_at_any_length();
            assert_eq!(short == long, same, "{decay:?}");
        }
    }
}
