//! Knobs that do nothing: settings whose change did not change a single bit of the results.

use std::collections::{BTreeMap, BTreeSet};

use lenet_results::{EpochRecord, Outcome, TrialRecord};
use serde_json::Value;

/// A change of one setting, and how often the results stayed the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Knob {
    /// The setting, e.g. `dropout`.
    pub(crate) setting: String,
    /// The two values of the setting, as JSON.
    pub(crate) values: [String; 2],
    /// Number of pairs of trials that differ in these values alone and agree bit for bit.
    pub(crate) same: usize,
    /// Number of pairs of trials that differ in these values alone.
    pub(crate) pairs: usize,
    /// Identities of one pair that agrees.
    pub(crate) example: [String; 2],
}

/// A trial with its settings by name.
type Usable<'a> = (&'a TrialRecord, BTreeMap<String, Value>);

/// Finds every setting whose change had no effect.
///
/// The function compares pairs of trials that differ in one setting alone. `dropout`, `optimizer` and
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
    let names: BTreeSet<&String> = usable.iter().flat_map(|(_, s)| s.keys()).collect();
    let found = names.into_iter().flat_map(|name| of_setting(name, &usable));
    found.collect()
}

fn of_setting(name: &str, records: &[Usable]) -> Vec<Knob> {
    let mut groups: BTreeMap<String, Vec<(&TrialRecord, String)>> = BTreeMap::new();
    for (record, settings) in records {
        let rest = settings.iter().filter(|(key, _)| key.as_str() != name);
        let rest: Vec<_> = rest.collect();
        let value = settings.get(name).map(ToString::to_string);
        let value = value.unwrap_or_default();
        let rest = serde_json::to_string(&rest).expect("settings are plain data");
        groups.entry(rest).or_default().push((record, value));
    }
    let mut found: BTreeMap<[String; 2], Knob> = BTreeMap::new();
    for group in groups.values() {
        for (i, (a, value_a)) in group.iter().enumerate() {
            for (b, value_b) in group[i + 1..].iter().filter(|(_, value)| value != value_a) {
                let mut ends = [(value_a, &a.identity), (value_b, &b.identity)];
                ends.sort();
                let values = ends.map(|(value, _)| value.clone());
                let knob = found.entry(values.clone()).or_insert_with(|| Knob {
                    setting: name.to_owned(),
                    values,
                    same: 0,
                    pairs: 0,
                    example: Default::default(),
                });
                knob.pairs += 1;
                if same(a, b) {
                    if knob.same == 0 {
                        knob.example = ends.map(|(_, identity)| identity.clone());
                    }
                    knob.same += 1;
                }
            }
        }
    }
    found.into_values().filter(|knob| knob.same > 0).collect()
}

fn same(a: &TrialRecord, b: &TrialRecord) -> bool {
    // The scheduled learning rate is an input, not a result.
    let same_epoch = |(a, b): (&EpochRecord, &EpochRecord)| {
        let learning_rate = b.learning_rate;
        EpochRecord {
            learning_rate,
            ..a.clone()
        }
        .same_outcome(b)
    };
    a.epochs.len() == b.epochs.len() && a.epochs.iter().zip(&b.epochs).all(same_epoch)
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
