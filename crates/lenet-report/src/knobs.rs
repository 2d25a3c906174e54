//! Knobs that do nothing: settings that were changed without changing a single bit of the
//! results.

use std::collections::BTreeMap;

use lenet_results::{Outcome, TrialRecord};
use serde_json::Value;

/// A change of one setting and how often it changed nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Knob {
    /// The setting, e.g. `dropout`.
    pub(crate) setting: String,
    /// Its two values, as JSON.
    pub(crate) values: [String; 2],
    /// Pairs of trials that differ in nothing but these values and agree bit for bit.
    pub(crate) same: usize,
    /// All pairs that differ in nothing but these values.
    pub(crate) pairs: usize,
    /// Identities of one agreeing pair.
    pub(crate) example: [String; 2],
}

/// Finds every setting that was changed in vain. Pairs of trials are compared that differ in one
/// setting alone; `dropout`, `optimizer` and `schedule` count as one setting each, so that "rate
/// 0" can be held against "rate 0.5, not connected". Equal means that every epoch's losses and
/// accuracies, on all splits, have the same bits. Trials that diverged or failed are left out,
/// since networks that hold no numbers any more agree whatever was set.
pub(crate) fn find(records: &[TrialRecord]) -> Vec<Knob> {
    let usable: Vec<(&TrialRecord, BTreeMap<String, Value>)> = records
        .iter()
        .filter(|r| matches!(r.outcome, Outcome::Completed {} | Outcome::Stopped { .. }))
        .filter(|r| !r.epochs.is_empty())
        .map(|r| (r, settings(r)))
        .collect();
    let names: std::collections::BTreeSet<&String> = usable
        .iter()
        .flat_map(|(_, settings)| settings.keys())
        .collect();
    names
        .into_iter()
        .flat_map(|name| of_setting(name, &usable))
        .collect()
}

fn of_setting(name: &str, records: &[(&TrialRecord, BTreeMap<String, Value>)]) -> Vec<Knob> {
    let mut groups: BTreeMap<String, Vec<(&TrialRecord, String)>> = BTreeMap::new();
    for (record, settings) in records {
        let rest: Vec<_> = settings
            .iter()
            .filter(|(key, _)| key.as_str() != name)
            .collect();
        let value = settings
            .get(name)
            .map(ToString::to_string)
            .unwrap_or_default();
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
    let rate_free = |a: &lenet_results::EpochRecord, b: &lenet_results::EpochRecord| {
        let learning_rate = b.learning_rate;
        lenet_results::EpochRecord {
            learning_rate,
            ..a.clone()
        }
        .same_outcome(b)
    };
    a.epochs.len() == b.epochs.len() && a.epochs.iter().zip(&b.epochs).all(|(a, b)| rate_free(a, b))
}

/// A configuration's settings by name; the parts of `data` and `network` singly.
fn settings(record: &TrialRecord) -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    let config = serde_json::to_value(&record.config).expect("a configuration is plain data");
    let Value::Object(fields) = config else {
        return found;
    };
    for (name, value) in fields {
        match value {
            Value::Object(parts) if name == "data" || name == "network" => {
                found.extend(
                    parts
                        .into_iter()
                        .map(|(part, v)| (format!("{name}.{part}"), v)),
                );
            }
            value => {
                found.insert(name, value);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{lab_config, lab_study, rising, trial};

    #[test]
    fn disconnected_dropout_is_found_and_named() {
        let (_, records) = lab_study(2);
        let knobs = find(&records);
        // Figure 2 as run is figure 1; nothing else agrees but dead networks, whose curves are
        // made equal here: Adam at 0.1 over seeds and with either dropout.
        let sgd: Vec<&Knob> = knobs
            .iter()
            .filter(|k| k.setting == "dropout" && k.same == 8)
            .collect();
        assert_eq!(sgd.len(), 1, "{knobs:#?}");
        assert_eq!(sgd[0].pairs, 8);
        assert_eq!(
            sgd[0].values,
            [
                r#"{"connected":false,"rate":0.5}"#,
                r#"{"connected":true,"rate":0.0}"#
            ]
        );
    }

    #[test]
    fn a_single_bit_makes_the_difference() {
        let mut other = lab_config("sgd", 0.1, 0.5);
        other.dropout.connected = false;
        let curve = rising(0.9, 0.98, 10, 0);
        let mut pair = [
            trial(&lab_config("sgd", 0.1, 0.0), 0, &curve),
            trial(&other, 0, &curve),
        ];
        assert_eq!(find(&pair).len(), 1);
        let loss = &mut pair[1].epochs[9].train_loss;
        *loss = f64::from_bits(loss.to_bits() + 1);
        assert_eq!(find(&pair), []);
    }

    #[test]
    fn trials_that_differ_in_two_settings_say_nothing() {
        let curve = rising(0.9, 0.98, 10, 0);
        let pair = [
            trial(&lab_config("sgd", 0.1, 0.0), 0, &curve),
            trial(&lab_config("sgd", 0.01, 0.5), 0, &curve),
        ];
        assert_eq!(find(&pair), []);
    }

    #[test]
    fn diverged_trials_are_left_out() {
        let curve = [f64::NAN; 2];
        let mut pair = [
            trial(&lab_config("sgd", 10.0, 0.0), 0, &curve),
            trial(&lab_config("sgd", 100.0, 0.0), 0, &curve),
        ];
        assert_eq!(find(&pair).len(), 1);
        pair[0].outcome = Outcome::Diverged { epoch: 1 };
        assert_eq!(find(&pair), []);
    }
}
