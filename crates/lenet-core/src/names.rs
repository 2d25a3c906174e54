//! How the trials of a study are named.

use std::borrow::Borrow;
use std::fmt;

use crate::optimizer::Optimizer;
use crate::settings::Settings;
use crate::trial::Trial;

/// Names for the trials of a study: each tells, in words, every setting in which the trials of the
/// study differ, so that two of them never have one name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Names {
    varying: Vec<&'static str>,
}

/// The settings in the order in which a name tells them. One that does not stand here comes after them.
const SPOKEN: [&str; 23] = [
    "optimizer",
    "learning_rate",
    "schedule",
    "weight_decay",
    "batch_size",
    "filters",
    "kernel",
    "padding",
    "stride",
    "pooling",
    "hidden",
    "dropout",
    "epochs",
    "samples",
    "validation",
    "early_stop",
    "data",
    "device",
    "backend",
    "precision",
    "placement",
    "threads",
    "trials",
];

/// What the name of a single trial tells, whatever else it does.
const ALWAYS: [&str; 5] = [
    "optimizer",
    "learning_rate",
    "batch_size",
    "filters",
    "dropout",
];

impl Names {
    /// The names of trials with these settings. Weight decay that is always the optimizer's usual
    /// one says nothing of its own.
    #[must_use]
    pub fn of<S: Borrow<Settings>>(all: impl IntoIterator<Item = S>) -> Self {
        let mut all = all.into_iter();
        let Some(first) = all.next() else {
            return Self::default();
        };
        let first = first.borrow();
        let mut found: Vec<&str> = Vec::new();
        let mut usual_decay = has_usual_decay(first);
        for other in all {
            let other = other.borrow();
            let new = first.differing(other).into_iter();
            let new: Vec<_> = new.filter(|name| !found.contains(name)).collect();
            found.extend(new);
            usual_decay &= has_usual_decay(other);
        }
        found.retain(|name| *name != "weight_decay" || !usual_decay);
        Self::telling(|name| found.contains(&name))
    }

    /// The names of these trials.
    #[must_use]
    pub fn of_trials<'t>(trials: impl IntoIterator<Item = &'t Trial>) -> Self {
        Self::of(trials.into_iter().map(Settings::of))
    }

    /// The name of a trial that stands alone: the settings that most studies vary, and what is out of
    /// the ordinary.
    #[must_use]
    pub fn of_one(trial: &Trial) -> Self {
        let unusual = Self::of_trials([trial, &Trial::default()]);
        Self::telling(|name| ALWAYS.contains(&name) || unusual.varying.contains(&name))
    }

    fn telling(told: impl Fn(&str) -> bool) -> Self {
        let others = Settings::NAMES.iter().copied();
        let others = others.filter(|name| !SPOKEN.contains(name));
        let all = SPOKEN.into_iter().chain(others);
        let varying = all.filter(|name| told(name)).collect();
        Self { varying }
    }

    /// The settings that differ, in the order in which names tell them.
    #[must_use]
    pub fn varying(&self) -> &[&'static str] {
        &self.varying
    }

    /// The names without what these settings say.
    #[must_use]
    pub fn without(&self, told: &[&str]) -> Self {
        Self::telling(|name| self.varying.contains(&name) && !told.contains(&name))
    }

    /// The name of whatever has these settings: `Adam, rate 0.001, 16 filters`. Where nothing differs,
    /// the settings that most studies vary.
    #[must_use]
    pub fn name(&self, settings: &Settings) -> String {
        let told: &[&str] = match self.varying.as_slice() {
            [] => &ALWAYS,
            varying => varying,
        };
        let words = told.iter().filter_map(|name| settings.words_of(name));
        words.collect::<Vec<_>>().join(", ")
    }

    /// The name of a trial without its seed.
    #[must_use]
    pub fn cell(&self, trial: &Trial) -> String {
        self.name(&Settings::of(trial))
    }

    /// The name of a trial: `Adam, rate 0.001, 16 filters, seed 3`.
    #[must_use]
    pub fn trial(&self, trial: &Trial) -> String {
        format!("{}, seed {}", self.cell(trial), trial.seed)
    }
}

fn has_usual_decay(settings: &Settings) -> bool {
    let usual = settings.optimizer.and_then(Optimizer::usual_of);
    settings.weight_decay == usual.map(|optimizer| optimizer.weight_decay)
}

impl fmt::Display for Trial {
    /// The trial's name where it stands alone: [`Names::of_one`].
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&Names::of_one(self).trial(self))
    }
}

#[cfg(test)]
mod tests;
