//! What may be written for each setting, and how it is told.

use super::*;

/// A short text for a form, to compare.
fn text(form: &Form) -> String {
    let all = |forms: &[Form]| forms.iter().map(text).collect::<Vec<_>>().join("|");
    match form {
        Form::Word(words) => words.join("/"),
        Form::Text => "text".to_owned(),
        Form::Boolean => "bool".to_owned(),
        Form::Count(counts) => format!("{}..{}", counts.least, counts.most),
        Form::Number(bounds) => bounds.hint.to_owned(),
        Form::List(elements) => format!("[{}]", all(elements)),
        Form::Table(keys) => {
            let key = |key: &Key| {
                let mark = if key.is_required { "!" } else { "" };
                format!("{}{mark}: {}", key.name, all(&key.forms))
            };
            format!(
                "{{{}}}",
                keys.iter().map(key).collect::<Vec<_>>().join(", ")
            )
        }
    }
}

fn texts(name: &str) -> Vec<String> {
    Settings::forms(name).iter().map(text).collect()
}

#[test]
fn each_setting_is_described_as_it_is_read() {
    assert_eq!(texts("filters"), ["1..65536", "[1..65536]"]);
    assert_eq!(texts("kernel"), ["1..255"]);
    assert_eq!(texts("padding"), ["same/valid/first"]);
    assert_eq!(
        texts("dropout"),
        [
            "give a share from 0 to below 1",
            "{rate!: give a share from 0 to below 1, connected: bool}"
        ]
    );
    assert_eq!(texts("samples"), ["all", "1..4294967295"]);
    assert_eq!(
        texts("validation"),
        [
            "1..4294967295",
            "{count!: 1..4294967295, draw: first/seed, stratified: bool}"
        ]
    );
    assert_eq!(
        texts("early_stop"),
        [
            "never",
            "1..4294967295",
            "{patience: 1..4294967295, min_delta: give a finite loss, 0 or above}"
        ]
    );
    assert_eq!(texts("data"), ["text", "{folder!: text, transpose: bool}"]);
}

#[test]
fn a_table_with_kinds_has_a_form_for_each() {
    let optimizers = texts("optimizer");
    assert_eq!(
        optimizers[..3],
        [
            "sgd/momentum/nesterov/adam/adamw/rmsprop/lion",
            "{kind!: sgd, weight_decay: give a finite number, 0 or above}",
            "{kind!: momentum, momentum: give a number from 0 to below 1, weight_decay: give a finite \
             number, 0 or above}",
        ]
    );
    assert_eq!(optimizers.len(), 8);
    assert_eq!(
        texts("schedule"),
        [
            "constant/cosine",
            "{kind!: constant, warmup_epochs: give a number of epochs, 0 or above}",
            "{kind!: step, warmup_epochs: give a number of epochs, 0 or above, every_epochs!: give a number \
             of epochs above 0, gamma: give a factor above 0, e.g. 0.1}",
            "{kind!: cosine, warmup_epochs: give a number of epochs, 0 or above, floor: give a share from 0 \
             to 1}",
        ]
    );
}

#[test]
fn every_setting_has_a_form_and_a_meaning() {
    for name in Settings::NAMES {
        let forms = Settings::forms(name);
        assert!(!forms.is_empty(), "{name}");
        let meaning = Settings::meaning(name);
        assert!(
            meaning.len() > 10 && !meaning.ends_with('.'),
            "{name}: {meaning}"
        );
        for form in &forms {
            if let Form::Table(keys) = form {
                assert!(
                    keys.iter().all(|key| !key.forms.is_empty()),
                    "{name}: {keys:?}"
                );
            }
        }
    }
}

#[test]
fn forms_are_told_in_words() {
    let told = |name: &str| {
        let forms = Settings::forms(name);
        forms.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(
        told("filters"),
        [
            "a whole number from 1 to 65536",
            "a list: [a whole number from 1 to 65536, …]"
        ]
    );
    assert_eq!(told("epochs"), ["a whole number from 1"]);
    assert_eq!(
        told("dropout"),
        ["a share from 0 to below 1", "{ rate = …, [connected = …] }"]
    );
    assert_eq!(told("learning_rate"), ["a finite number above 0"]);
    assert_eq!(told("padding"), ["\"same\", \"valid\", \"first\""]);
    assert_eq!(
        told("optimizer")[2],
        "{ kind = \"momentum\", [momentum = …], [weight_decay = …] }"
    );
}
