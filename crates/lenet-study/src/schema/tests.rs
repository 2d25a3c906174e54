//! The schema against the reader, by a small checker of schemas.

use serde_json::Value;

use super::*;
use crate::builtin::{BUILTIN_NAMES, builtin};
use crate::config::StudyConfig;

/// Why a schema refuses a value: the first key that no form has, or a value of no form.
fn refused(root: &Value, schema: &Value, value: &toml::Value, path: &str) -> Option<String> {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.trim_start_matches("#/definitions/");
        return refused(root, &root["definitions"][name], value, path);
    }
    if let Some(forms) = schema["anyOf"].as_array() {
        let mut all = forms.iter().map(|form| refused(root, form, value, path));
        return match all.any(|refused| refused.is_none()) {
            true => None,
            false => Some(format!("{path}: no form takes {value}")),
        };
    }
    let number = |key: &str| schema[key].as_f64();
    let in_bounds = |found: f64| {
        number("minimum").is_none_or(|least| found >= least)
            && number("maximum").is_none_or(|most| found <= most)
            && number("exclusiveMinimum").is_none_or(|least| found > least)
            && number("exclusiveMaximum").is_none_or(|most| found < most)
    };
    let fits = match (schema["type"].as_str(), value) {
        (None, toml::Value::String(text)) => {
            let words = schema["enum"]
                .as_array()
                .expect("a form has a type or words");
            words.iter().any(|word| word == text)
        }
        (Some("string"), toml::Value::String(_)) => true,
        (Some("boolean"), toml::Value::Boolean(_)) => true,
        (Some("integer" | "number"), toml::Value::Integer(found)) => in_bounds(*found as f64),
        (Some("number"), toml::Value::Float(found)) => in_bounds(*found),
        (Some("array"), toml::Value::Array(elements)) => {
            let each = elements.iter();
            return each
                .filter_map(|element| refused(root, &schema["items"], element, path))
                .next();
        }
        (Some("object"), toml::Value::Table(table)) => {
            for required in schema["required"].as_array().into_iter().flatten() {
                let key = required.as_str().expect("a key");
                if !table.contains_key(key) {
                    return Some(format!("{path}: {key} is missing"));
                }
            }
            let each = table
                .iter()
                .map(|(key, value)| match &schema["properties"][key] {
                    Value::Null => Some(format!("{path}.{key}: no such key")),
                    own => refused(root, own, value, &format!("{path}.{key}")),
                });
            return each.flatten().next();
        }
        _ => false,
    };
    (!fits).then(|| format!("{path}: {value} is not taken"))
}

fn verdict(text: &str) -> Option<String> {
    let schema = schema();
    let value: toml::Value = toml::from_str(text).expect("it is TOML");
    refused(&schema, &schema, &value, "")
}

#[test]
fn every_study_that_comes_with_the_program_is_taken() {
    for name in BUILTIN_NAMES {
        let text = builtin(name).expect("it has a text");
        assert_eq!(verdict(text), None, "{name}");
    }
}

#[test]
fn what_a_schema_can_see_it_refuses_as_the_reader_does() {
    let study = |lines: &str| {
        format!("name = \"x\"\n{lines}\n[[figure]]\nid = \"1\"\n[figure.axes]\nepochs = [1]\n")
    };
    let fine =
        study("seeds = 3\nlevel = \"avx2\"\n[base]\noptimizer = { kind = \"adam\", beta1 = 0.5 }");
    assert_eq!(verdict(&fine), None);
    StudyConfig::parse(&fine, "fine").expect("the reader takes it");
    for lines in [
        "seed = 3",
        "seeds = 0",
        "title = 5",
        "level = \"sse2\"",
        "[base]\nlearning_rat = 0.1",
        "[base]\nlearning_rate = 0",
        "[base]\nlearning_rate = \"0.1\"",
        "[base]\ndropout = 1.0",
        "[base]\ndropout = { connected = true }",
        "[base]\nfilters = [16, 0]",
        "[base]\noptimizer = \"adamm\"",
        "[base]\noptimizer = { kind = \"sgd\", beta1 = 0.9 }",
        "[base]\nschedule = { kind = \"step\" }",
        "[base]\nschedule = \"step\"",
        "[base]\nbatch_size = 0",
        "[slurm]\ntasks = 0",
        "[[figure]]\nid = \"s\"\n[figure.search]\nkind = \"random\"\ntrials = 0\nspace.filters = [1]",
        "[[figure]]\nid = \"s\"\n[figure.search]\nkind = \"best\"\ntrials = 1\nspace.filters = [1]",
        "[[figure]]\nid = \"s\"\n[figure.search]\nkind = \"random\"\ntrials = 1",
        "[[figure]]\nid = \"s\"\n[figure.search]\nkind = \"random\"\ntrials = 1\nspace.epochs = [1]",
        "[[figure]]\nid = \"s\"\n[figure.search]\nkind = \"random\"\ntrials = 1\nspace.filters = { from = 1 }",
        "[[figure]]\nid = \"s\"\n[figure.search]\nkind = \"random\"\ntrials = 1\nspace.kernel = { from = 1, to = 3 }",
        "[[figure]]\nid = \"s\"\n[figure.search]\nkind = \"random\"\ntrials = 1\nmeasure = \"test_loss\"\nspace.filters = [1]",
        "[[claim]]\nabove = 0",
        "[[claim]]\ntext = \"x\"\nhow = \"sum\"\nabove = 0",
        "[[claim]]\ntext = \"x\"\nabove = \"0\"",
        "[[published]]\nid = \"p\"",
    ] {
        let text = study(lines);
        assert!(verdict(&text).is_some(), "the schema takes {lines}");
        assert!(
            StudyConfig::parse(&text, "bad").is_err(),
            "the reader takes {lines}"
        );
    }
}

/// The reader tells which keys a table may have where it refuses one that resembles none.
#[test]
fn each_table_has_the_keys_that_the_reader_knows() {
    const UNKNOWN: &str = "zzzzzzzzzzzzzzzz = 1\n";
    let figure = "[[figure]]\nid = \"1\"\n";
    let axes = "[figure.axes]\nepochs = [1]\n";
    let cases = [
        (String::new(), "", String::new()),
        ("[base]\n".to_owned(), "settings", String::new()),
        (figure.to_owned(), "figure", String::new()),
        ("[slurm]\n".to_owned(), "slurm", String::new()),
        (
            format!("{figure}[figure.search]\n"),
            "search",
            String::new(),
        ),
        ("[[published]]\n".to_owned(), "published", String::new()),
        (
            "[[claim]]\ntext = \"x\"\n".to_owned(),
            "claim",
            String::new(),
        ),
        (
            "[[claim]]\ntext = \"x\"\n[[claim.test]]\n".to_owned(),
            "test",
            String::new(),
        ),
        (
            "[[claim]]\ntext = \"x\"\n[claim.left]\n".to_owned(),
            "side",
            String::new(),
        ),
    ];
    let schema = schema();
    for (before, definition, after) in cases {
        let text = format!("{before}{UNKNOWN}{after}{axes}");
        let text = if definition.is_empty() {
            format!("{UNKNOWN}{figure}{axes}")
        } else {
            text
        };
        let error = StudyConfig::parse(&text, "x")
            .expect_err("the key is unknown")
            .to_string();
        let error = error.lines().next().unwrap_or_default();
        let (_, known) = error
            .split_once("known here: ")
            .unwrap_or_else(|| panic!("{error}"));
        let mut known: Vec<&str> = known.trim_end_matches(')').split(", ").collect();
        let table = match definition {
            "" => &schema,
            name => &schema["definitions"][name],
        };
        let properties = table["properties"].as_object().expect("a table has keys");
        let mut described: Vec<&str> = properties.keys().map(String::as_str).collect();
        known.sort_unstable();
        described.sort_unstable();
        assert_eq!(described, known, "{definition}");
    }
}
