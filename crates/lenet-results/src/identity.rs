//! A trial's identity: a digest of what determines its outcome.

use std::fmt::Write;

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::config::{DecayConfig, Precision, TrialConfig};

/// Enters every digest; changes when the same configuration comes to mean other numbers.
const TAG: &str = "lenet-lab trial 1\n";

impl TrialConfig {
    /// Sixteen hex digits that name this configuration: the start of the SHA-256 of its
    /// canonical JSON. In that form members are sorted by name, those that are `null` are left
    /// out (so that an optional setting can be added without renaming old trials), and a float
    /// is its shortest exact decimal, negative zero counting as zero.
    #[must_use]
    pub fn identity(&self) -> String {
        let value = serde_json::to_value(self).expect("a configuration has string keys only");
        digest(TAG, &value)
    }

    /// A line for people: what most studies vary, and whatever else is out of the ordinary.
    #[must_use]
    pub fn label(&self) -> String {
        let network = &self.network;
        let stages: Vec<String> = network.filters.iter().map(usize::to_string).collect();
        let filters = match network.filters.as_slice() {
            [first, rest @ ..] if rest.iter().all(|f| f == first) => first.to_string(),
            _ => stages.join("×"),
        };
        let dropout = match (self.dropout.rate, self.dropout.connected) {
            (0.0, _) => "no dropout".to_owned(),
            (rate, true) => format!("dropout {rate}"),
            (rate, false) => format!("dropout {rate} not connected"),
        };
        let mut label = format!(
            "{} {} · {filters} filters · batch {} · {dropout}",
            self.optimizer.name(),
            self.learning_rate,
            self.batch_size,
        );
        let schedule = match self.schedule.decay {
            DecayConfig::Constant {} => "",
            DecayConfig::Step { .. } => " · step decay",
            DecayConfig::Cosine { .. } => " · cosine decay",
        };
        label.push_str(schedule);
        if self.precision != Precision::Single {
            write!(label, " · {}", self.precision.name()).expect("writing to a string");
        }
        write!(label, " · seed {}", self.seed).expect("writing to a string");
        label
    }
}

/// First sixteen hex digits of the SHA-256 of a tag and a value's canonical JSON.
pub(crate) fn digest(tag: &str, value: &Value) -> String {
    let mut canonical = tag.to_owned();
    write_canonical(value, &mut canonical);
    let digest = Sha256::digest(canonical.as_bytes());
    digest[..8].iter().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").expect("writing to a string");
        hex
    })
}

fn write_canonical(value: &Value, out: &mut String) {
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().filter(|(_, v)| !v.is_null()).collect();
            members.sort_by_key(|(name, _)| name.as_str());
            out.push('{');
            for (position, (name, value)) in members.into_iter().enumerate() {
                if position > 0 {
                    out.push(',');
                }
                out.push_str(&Value::from(name.as_str()).to_string());
                out.push(':');
                write_canonical(value, out);
            }
            out.push('}');
        }
        Value::Array(elements) => {
            out.push('[');
            for (position, element) in elements.iter().enumerate() {
                if position > 0 {
                    out.push(',');
                }
                write_canonical(element, out);
            }
            out.push(']');
        }
        Value::Number(number) if number.is_f64() => {
            let float = number.as_f64().expect("the number is a float");
            let float = if float == 0.0 { 0.0 } else { float };
            write!(out, "{float:?}").expect("writing to a string");
        }
        other => out.push_str(&other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{BackendKind, DecayConfig, EarlyStopConfig, OptimizerConfig};
    use crate::samples::config;

    /// Folders on disk are named after these digits.
    #[test]
    fn known_identity_never_changes() {
        let mut canonical = String::new();
        write_canonical(&serde_json::to_value(config()).unwrap(), &mut canonical);
        assert_eq!(
            canonical,
            concat!(
                r#"{"backend":"fused","batch_size":128,"data":{"source":"mnist","validation":5000},"#,
                r#""device":"cpu","dropout":{"connected":true,"rate":0.5},"epochs":10,"#,
                r#""learning_rate":0.001,"network":{"filters":[16,16],"hidden":[128],"kernel":3},"#,
                r#""optimizer":{"beta1":0.9,"beta2":0.999,"epsilon":1e-8,"kind":"adam"},"#,
                r#""schedule":{"decay":{"kind":"constant"},"warmup_epochs":0.0},"seed":1}"#,
            )
        );
        assert_eq!(config().identity(), FROZEN);
    }

    const FROZEN: &str = "adb1f179b5ec9ff1";

    #[test]
    fn every_setting_counts() {
        let changes: [fn(&mut TrialConfig); 15] = [
            |c| c.data.source = "idx:0".into(),
            |c| c.data.validation = 4999,
            |c| c.data.samples = Some(1000),
            |c| c.network.filters = vec![16],
            |c| c.network.kernel = 5,
            |c| c.network.hidden = vec![],
            |c| c.dropout.connected = false,
            |c| c.optimizer = OptimizerConfig::Sgd {},
            |c| c.learning_rate = 0.001_000_000_000_000_000_2,
            |c| c.schedule.decay = DecayConfig::Cosine { floor: 0.0 },
            |c| c.batch_size = 64,
            |c| {
                c.early_stop = Some(EarlyStopConfig {
                    patience: 3,
                    min_delta: 0.0,
                })
            },
            |c| c.seed = 2,
            |c| c.backend = BackendKind::Stock,
            |c| c.precision = Precision::Tf32,
        ];
        let mut seen = vec![config().identity()];
        for change in changes {
            let mut other = config();
            change(&mut other);
            seen.push(other.identity());
        }
        let count = seen.len();
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), count);
    }

    #[test]
    fn negative_zero_is_zero_and_members_have_no_order() {
        let mut signed = config();
        signed.schedule.warmup_epochs = -0.0;
        assert_eq!(signed.identity(), config().identity());

        let text = serde_json::to_string(&config()).unwrap();
        let Value::Object(members) = serde_json::from_str(&text).unwrap() else {
            unreachable!()
        };
        let reversed: Vec<String> = members
            .iter()
            .rev()
            .map(|(name, value)| format!("\"{name}\":{value}"))
            .collect();
        let again: TrialConfig =
            serde_json::from_str(&format!("{{{}}}", reversed.join(","))).unwrap();
        assert_eq!(again.identity(), config().identity());
    }

    #[test]
    fn labels_say_what_is_special() {
        let mut config = config();
        assert_eq!(
            config.label(),
            "adam 0.001 · 16 filters · batch 128 · dropout 0.5 · seed 1"
        );
        config.network.filters = vec![8, 16];
        config.dropout.connected = false;
        config.schedule.decay = DecayConfig::Cosine { floor: 0.0 };
        assert_eq!(
            config.label(),
            "adam 0.001 · 8×16 filters · batch 128 · dropout 0.5 not connected · cosine decay · seed 1"
        );
    }
}
