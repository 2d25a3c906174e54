//! A trial's identity: a digest of what determines its outcome.

use std::fmt::Write;

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::trial::Trial;

/// Enters every digest; changes when the same configuration comes to mean other numbers.
const TAG: &str = "lenet-lab trial 1\n";

impl Trial {
    /// Sixteen hex digits that name this configuration: the start of the SHA-256 of its
    /// canonical JSON. In that form members are sorted by name, those that are `null` are left
    /// out (so that an optional setting can be added without renaming old trials), and a float
    /// is its shortest exact decimal, negative zero counting as zero.
    #[must_use]
    pub fn identity(&self) -> String {
        let value = serde_json::to_value(self).expect("a trial has string keys only");
        digest(TAG, &value)
    }

    /// Names the trial's cell: all trials that differ in the seed alone have the same.
    #[must_use]
    pub fn cell(&self) -> String {
        let seedless = Self {
            seed: 0,
            ..self.clone()
        };
        seedless.identity()
    }
}

/// The first sixteen hex digits of the SHA-256 of a tag and a value's canonical JSON.
#[must_use]
pub fn digest(tag: &str, value: &Value) -> String {
    let mut canonical = String::new();
    write_canonical(value, &mut canonical);
    digest_of_bytes(tag, canonical.as_bytes())
}

/// The first sixteen hex digits of the SHA-256 of a tag and bytes.
#[must_use]
pub fn digest_of_bytes(tag: &str, bytes: &[u8]) -> String {
    let mut hasher = Sha256::new();
    hasher.update(tag.as_bytes());
    hasher.update(bytes);
    let digest = hasher.finalize();
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
                write_text(name, out);
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
        Value::String(text) => write_text(text, out),
        other => write!(out, "{other}").expect("writing to a string"),
    }
}

/// A text as JSON has it.
fn write_text(text: &str, out: &mut String) {
    let is_plain = |byte: u8| byte >= b' ' && byte != b'"' && byte != b'\\';
    if text.bytes().all(is_plain) {
        out.push('"');
        out.push_str(text);
        out.push('"');
    } else {
        out.push_str(&Value::from(text).to_string());
    }
}

#[cfg(test)]
mod tests;
