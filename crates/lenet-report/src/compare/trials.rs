//! Trial by trial.

use std::collections::BTreeSet;

use lenet_core::Names;
use lenet_results::{Prediction, Predictions, TrialRecord};

use super::comparison::{
    ComparedPredictions, ComparedTrials, DifferentPredictions, DifferentTrial, NamedTrial,
};
use super::side::Indexed;

/// Compares the trials of both sides, cell by cell in the order of their seeds.
pub(super) fn compare([a, b]: &[Indexed; 2], names: &Names) -> ComparedTrials {
    let known = [a, b].into_iter().flat_map(|side| &side.trials);
    let place = |(identity, trial): (&&'_ str, &&TrialRecord)| {
        let cell = names.cell(&trial.config);
        ((cell, trial.config.seed), (*identity).to_owned())
    };
    let order: BTreeSet<_> = known.map(place).collect();
    let order = || order.iter().map(|(_, identity)| identity.as_str());
    let named = |identity: &str| {
        let trial = a.trials.get(identity).or_else(|| b.trials.get(identity));
        NamedTrial {
            identity: identity.to_owned(),
            name: trial.map_or_else(String::new, |trial| names.trial(&trial.config)),
        }
    };
    let only = |one: &Indexed, other: &Indexed| -> Vec<NamedTrial> {
        let has = |id: &&str| {
            one.trials.contains_key(id)
                && !other.trials.contains_key(id)
                && !other.unreadable.contains(id)
        };
        order().filter(has).map(named).collect()
    };
    let unreadable = |side: &Indexed| side.unreadable.iter().map(|i| named(i)).collect();
    let mut compared = ComparedTrials {
        equal: Vec::new(),
        different: Vec::new(),
        only_a: only(a, b),
        only_b: only(b, a),
        unreadable_a: unreadable(a),
        unreadable_b: unreadable(b),
        predictions: ComparedPredictions {
            equal: 0,
            different: Vec::new(),
            one_side: 0,
            neither: 0,
        },
    };
    for identity in order() {
        let (Some(first), Some(second)) = (a.trials.get(identity), b.trials.get(identity)) else {
            continue;
        };
        let trial = named(identity);
        match first.difference(second) {
            None => compared.equal.push(trial.clone()),
            Some(difference) => compared.different.push(DifferentTrial {
                by: difference.by(),
                difference,
                trial: trial.clone(),
            }),
        }
        let of = |side: &Indexed| side.side.records.evidence?.predictions(identity);
        let predictions = &mut compared.predictions;
        match (of(a), of(b)) {
            (Some(a), Some(b)) if a == b => predictions.equal += 1,
            (Some(a), Some(b)) => predictions.different.push(DifferentPredictions {
                trial,
                images: images(&a, &b, |a, b| a != b),
                classes: images(&a, &b, |a, b| a.class != b.class),
            }),
            (None, None) => predictions.neither += 1,
            _ => predictions.one_side += 1,
        }
    }
    compared
}

/// Images of which two networks do not say the same.
fn images(
    a: &Predictions,
    b: &Predictions,
    differ: fn(&Prediction, &Prediction) -> bool,
) -> Option<usize> {
    let alike = a.len() == b.len() && a.classes() == b.classes();
    alike.then(|| {
        let pairs = a.iter().zip(b.iter());
        pairs.filter(|(a, b)| differ(a, b)).count()
    })
}
