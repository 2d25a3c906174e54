//! Learning-rate schedules: a factor on the base rate, a pure function of the step.
//!
//! All in f64 and through `libm`, so that a schedule is the same on every platform.

use lenet_results::{DecayConfig, ScheduleConfig};

/// A trial's schedule.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Schedule {
    config: ScheduleConfig,
    steps_per_epoch: f64,
    total_steps: f64,
}

/// Guards a whole number of periods against a quotient that is short of it by rounding.
const ROUNDING: f64 = 1e-9;

impl Schedule {
    pub fn new(config: ScheduleConfig, steps_per_epoch: u64, epochs: u64) -> Self {
        Self {
            config,
            steps_per_epoch: steps_per_epoch as f64,
            total_steps: (steps_per_epoch * epochs) as f64,
        }
    }

    /// Factor of optimizer step `step`, counted from 1. The last step of the warm-up has
    /// factor 1, and the decay begins with the step after it.
    pub fn factor(&self, step: u64) -> f64 {
        let warmup = self.config.warmup_epochs * self.steps_per_epoch;
        let step = step as f64;
        if step <= warmup {
            return step / warmup;
        }
        // Steps of the decay done before this one.
        let past = step - 1.0 - warmup;
        match self.config.decay {
            DecayConfig::Constant {} => 1.0,
            DecayConfig::Step {
                every_epochs,
                gamma,
            } => {
                let periods = past / (every_epochs * self.steps_per_epoch);
                libm::pow(gamma, libm::floor(periods + ROUNDING))
            }
            DecayConfig::Cosine { floor } => {
                let last = self.total_steps - 1.0 - warmup;
                let progress = if last > 0.0 {
                    (past / last).clamp(0.0, 1.0)
                } else {
                    1.0
                };
                floor + (1.0 - floor) * 0.5 * (1.0 + libm::cos(std::f64::consts::PI * progress))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn factors(config: ScheduleConfig) -> Vec<f64> {
        let schedule = Schedule::new(config, 4, 3);
        (1..=12).map(|step| schedule.factor(step)).collect()
    }

    fn check(config: ScheduleConfig, want: &[f64]) {
        for (step, (got, want)) in factors(config).into_iter().zip(want).enumerate() {
            assert!(
                (got - want).abs() <= 1e-12,
                "{config:?}, step {}: {got} {want}",
                step + 1
            );
        }
    }

    #[test]
    fn constant() {
        let decay = DecayConfig::Constant {};
        check(
            ScheduleConfig {
                warmup_epochs: 0.0,
                decay,
            },
            &[1.0; 12],
        );
    }

    #[test]
    fn step() {
        let decay = DecayConfig::Step {
            every_epochs: 1.0,
            gamma: 0.1,
        };
        let want = [
            1.0, 1.0, 1.0, 1.0, 0.1, 0.1, 0.1, 0.1, 0.01, 0.01, 0.01, 0.01,
        ];
        check(
            ScheduleConfig {
                warmup_epochs: 0.0,
                decay,
            },
            &want,
        );
        let decay = DecayConfig::Step {
            every_epochs: 0.5,
            gamma: 0.5,
        };
        let want = [1.0, 1.0, 0.5, 0.5, 0.25, 0.25];
        check(
            ScheduleConfig {
                warmup_epochs: 0.0,
                decay,
            },
            &want,
        );
    }

    #[test]
    fn cosine_ends_at_its_floor() {
        let decay = DecayConfig::Cosine { floor: 0.2 };
        let all = factors(ScheduleConfig {
            warmup_epochs: 0.0,
            decay,
        });
        assert!(
            (all[0] - 1.0).abs() < 1e-12 && (all[11] - 0.2).abs() < 1e-12,
            "{all:?}"
        );
        assert!(all.windows(2).all(|pair| pair[1] < pair[0]), "{all:?}");
    }

    #[test]
    fn warm_up_rises_linearly_and_the_decay_follows() {
        let decay = DecayConfig::Step {
            every_epochs: 0.5,
            gamma: 0.5,
        };
        let want = [
            0.25, 0.5, 0.75, 1.0, 1.0, 1.0, 0.5, 0.5, 0.25, 0.25, 0.125, 0.125,
        ];
        check(
            ScheduleConfig {
                warmup_epochs: 1.0,
                decay,
            },
            &want,
        );
    }

    #[test]
    fn a_warm_up_longer_than_training_never_reaches_the_decay() {
        let decay = DecayConfig::Cosine { floor: 0.0 };
        let all = factors(ScheduleConfig {
            warmup_epochs: 6.0,
            decay,
        });
        assert!((all[11] - 0.5).abs() < 1e-12, "{all:?}");
    }
}
