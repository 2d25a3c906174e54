//! Knobs that do nothing: settings whose change did not change a single bit of the results.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};

use lenet_results::{Outcome, TrialRecord};
use serde_json::Value;

/// Values of one setting between which nothing changed, and how often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Knob {
    /// The setting, e.g. `dropout`.
    pub(crate) setting: String,
    /// Two or more values of the setting, as JSON.
    pub(crate) values: Vec<String>,
    /// In how many places trials with all of these values agree bit for bit.
    pub(crate) same: usize,
    /// In how many places there are trials with all of these values that differ in nothing else.
    pub(crate) places: usize,
    /// Identities of two trials that agree.
    pub(crate) example: [String; 2],
}

/// Most sets of values of one setting; the others agree in fewer places.
const MOST: usize = 50;

/// A trial with its settings by name.
type Usable<'a> = (&'a TrialRecord, BTreeMap<String, Value>);

/// Trials that differ in one setting alone: those with one result, by its bits, with the values of the
/// setting and their identities.
type Place<'a> = HashMap<u64, BTreeMap<&'a str, &'a str>>;

/// Finds every setting whose change had no effect.
///
/// The function compares trials that differ in one setting alone. `dropout`, `optimizer` and
/// `schedule` count as one setting each, so that "rate 0" can be compared with "rate 0.5, not
/// connected". Two trials agree if all losses and accuracies of all epochs have the same bits. Trials
/// that diverged or failed are left out, since networks without finite numbers agree whatever the
/// settings are.
pub(crate) fn find(records: &[TrialRecord]) -> Vec<Knob> {
    let usable: Vec<Usable> = records
        .iter()
        .filter(|r| matches!(r.outcome, Outcome::Completed {} | Outcome::Stopped { .. }))
        .filter(|r| !r.epochs.is_empty())
        .map(|r| (r, settings(r)))
        .collect();
    let results: Vec<u64> = usable.iter().map(|(record, _)| result(record)).collect();
    let names: BTreeSet<&String> = usable.iter().flat_map(|(_, s)| s.keys()).collect();
    let found = names
        .into_iter()
        .flat_map(|name| of_setting(name, &usable, &results));
    found.collect()
}

fn of_setting(name: &str, records: &[Usable], results: &[u64]) -> Vec<Knob> {
    let of_one = |(_, settings): &Usable| {
        settings
            .get(name)
            .map(ToString::to_string)
            .unwrap_or_default()
    };
    let values: Vec<String> = records.iter().map(of_one).collect();
    if values.iter().all(|value| *value == values[0]) {
        return Vec::new();
    }
    let mut places: BTreeMap<String, Place<'_>> = BTreeMap::new();
    for (((record, settings), value), result) in records.iter().zip(&values).zip(results) {
        let rest = settings.iter().filter(|(key, _)| key.as_str() != name);
        let rest: Vec<_> = rest.collect();
        let rest = serde_json::to_string(&rest).expect("settings are plain data");
        let place = places.entry(rest).or_default();
        let agreeing = place.entry(*result).or_default();
        agreeing.entry(value).or_insert(&record.identity);
    }
    places.retain(|_, place| place.values().map(BTreeMap::len).sum::<usize>() > 1);
    let mut sets: BTreeMap<Vec<&str>, usize> = BTreeMap::new();
    let agreeing = places.values().flat_map(Place::values);
    for agreeing in agreeing.filter(|agreeing| agreeing.len() > 1) {
        *sets.entry(agreeing.keys().copied().collect()).or_default() += 1;
    }
    let mut sets: Vec<(Vec<&str>, usize)> = sets.into_iter().collect();
    sets.sort_by_key(|(_, times)| std::cmp::Reverse(*times));
    sets.truncate(MOST);
    sets.sort();
    let knob = |(set, _): (Vec<&str>, usize)| knob(name, &set, &places);
    sets.into_iter().map(knob).collect()
}

/// Counts the places where trials with all of these values are, and where they agree.
fn knob(name: &str, set: &[&str], places: &BTreeMap<String, Place<'_>>) -> Knob {
    let mut knob = Knob {
        setting: name.to_owned(),
        values: set.iter().map(|value| (*value).to_owned()).collect(),
        same: 0,
        places: 0,
        example: Default::default(),
    };
    for place in places.values() {
        let has = |value: &&str| place.values().any(|agreeing| agreeing.contains_key(value));
        if !set.iter().all(has) {
            continue;
        }
        knob.places += 1;
        let all_agree =
            |agreeing: &&BTreeMap<&str, &str>| set.iter().all(|value| agreeing.contains_key(value));
        if let Some(agreeing) = place.values().find(all_agree) {
            if knob.same == 0 {
                knob.example = [set[0], set[1]].map(|value| agreeing[value].to_owned());
            }
            knob.same += 1;
        }
    }
    knob
}

/// A digest of all losses and accuracies of all epochs, to the bit. The scheduled learning rate is an input,
/// not a result.
fn result(record: &TrialRecord) -> u64 {
    let mut hasher = DefaultHasher::new();
    record.epochs.len().hash(&mut hasher);
    for epoch in &record.epochs {
        let numbers = [
            epoch.train_loss,
            epoch.train_accuracy,
            epoch.validation_loss,
            epoch.validation_accuracy,
            epoch.test_loss,
            epoch.test_accuracy,
        ];
        (epoch.epoch, epoch.step, epoch.dead).hash(&mut hasher);
        numbers.map(f64::to_bits).hash(&mut hasher);
    }
    hasher.finish()
}

/// The settings of a configuration by name. Each part of `data` and of `network` is a setting.
fn settings(record: &TrialRecord) -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    let config = serde_json::to_value(&record.config).expect("a configuration is plain data");
    let Value::Object(fields) = config else {
        return found;
    };
    for (name, value) in fields {
        match value {
            Value::Object(parts) if name == "data" || name == "network" => {
                let parts = parts.into_iter();
                found.extend(parts.map(|(part, value)| (format!("{name}.{part}"), value)));
            }
            value => {
                found.insert(name, value);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests;
