//! Settings laid over each other, completed, and set from flags.

use lenet_core::{Dropout, Optimizer, Samples, Trial};

use super::*;

#[test]
fn what_is_left_open_is_the_studys() {
    let trial = Settings::default().resolve("mnist", 7);
    let usual = Trial {
        seed: 7,
        ..Trial::default()
    };
    assert_eq!(trial, usual);
    let adam = Settings::parse("optimizer = \"adam\"", "f")
        .unwrap()
        .resolve("mnist", 7);
    assert_eq!(
        (adam.optimizer, adam.learning_rate),
        (Optimizer::ADAM, 0.001)
    );
}

#[test]
fn the_order_of_a_file_does_not_change_the_identity() {
    let lines = [
        "filters = 8",
        "optimizer = { kind = \"adamw\", beta1 = 0.8 }",
        "dropout = 0.5",
        "samples = 100",
    ];
    let forward = Settings::parse(&lines.join("\n"), "f").unwrap();
    let lines: Vec<_> = lines.into_iter().rev().collect();
    let backward = Settings::parse(&lines.join("\n"), "f").unwrap();
    assert_eq!(forward, backward);
    let sources = [&forward, &backward].map(|s| s.resolve("mnist", 1).identity());
    assert_eq!(sources[0], sources[1]);
}

#[test]
fn later_settings_win() {
    let below = Settings::parse("filters = 8\nepochs = 2\nsamples = 10", "f").unwrap();
    let above = Settings::parse("epochs = 3\nsamples = \"all\"", "f").unwrap();
    let both = below.overlaid(&above);
    assert_eq!(
        both,
        Settings::parse("filters = 8\nepochs = 3\nsamples = \"all\"", "f").unwrap()
    );
    assert_eq!(both.resolve("mnist", 1).data.samples, Samples::All);
    assert_eq!(both.given(), ["filters", "epochs", "samples"]);
}

#[test]
fn labels_are_short() {
    let cases = [
        "filters = 8",
        "filters = [8, 16]",
        "hidden = [64, 32]",
        "dropout = 0.5",
        "learning_rate = 0.0001",
        "optimizer = \"adam\"",
        "early_stop = 4",
        "data = \"kmnist\"",
        "data = { folder = \"emnist/letters\", transpose = true }",
        "data = { folder = \"kmnist\", transpose = false }",
        "schedule = { kind = \"step\", every_epochs = 5, warmup_epochs = 1 }",
        "optimizer = { kind = \"rmsprop\", alpha = 0.9 }",
        "dropout = { rate = 0.5, connected = false }",
        "validation = 5000",
        "validation = { count = 5000 }",
        "validation = { count = 5000, draw = \"first\", stratified = true }",
        "validation = { count = 5000, draw = \"seed\" }",
        "validation = { stratified = true, draw = \"seed\", count = 5000 }",
    ];
    let labels = cases.map(|text| Settings::parse(text, "f").unwrap().label());
    let expected = [
        "filters = 8",
        "filters = [8, 16]",
        "hidden = [64, 32]",
        "dropout = 0.5",
        "learning_rate = 0.0001",
        "optimizer = adam",
        "early_stop = 4 epochs (min_delta 0)",
        "data = kmnist",
        "data = emnist/letters (transposed)",
        "data = kmnist",
        "schedule = step (× 0.1 every 5 epochs) after warm-up of 1 epochs",
        "optimizer = rmsprop (alpha 0.9, epsilon 1e-8)",
        "dropout = 0.5 (not connected)",
        "validation = 5000",
        "validation = 5000",
        "validation = 5000 (stratified)",
        "validation = 5000 (drawn by seed)",
        "validation = 5000 (drawn by seed, stratified)",
    ];
    assert_eq!(labels, expected);
}

#[test]
fn flags_take_words_and_toml() {
    let mut settings = Settings::default();
    for (name, text) in [
        ("optimizer", "nesterov"),
        ("learning_rate", "1e-2"),
        ("filters", "[8, 16]"),
        ("dropout", "{ rate = 0.5, connected = false }"),
        ("data", "some folder/with \"quotes\""),
    ] {
        settings.assign(name, text, "--flag").unwrap();
    }
    assert_eq!(settings.filters, Some(vec![8, 16]));
    assert_eq!(settings.optimizer, Some(Optimizer::NESTEROV));
    assert_eq!(
        settings.dropout,
        Some(Dropout {
            rate: 0.5,
            connected: false
        })
    );
    assert_eq!(
        settings.data.as_deref(),
        Some("some folder/with \"quotes\"")
    );

    let mut refuse = |name, text| {
        settings
            .assign(name, text, "--flag")
            .unwrap_err()
            .to_string()
    };
    assert_eq!(
        refuse("learning_rate", "-1"),
        "--flag: `learning_rate` is -1: give a finite number above 0, e.g. 0.1"
    );
    assert_eq!(
        refuse("learning_rate", "fast"),
        "--flag: `learning_rate` is a string, expected a number"
    );
    assert_eq!(
        refuse("epochs", "1\nfilters = 0"),
        "--flag: `epochs` is a string, expected a whole number"
    );
}

#[test]
fn validation_that_cannot_be_is_refused_where_it_stands() {
    struct Case {
        text: &'static str,
        want: &'static str,
    }
    let cases = [
        Case {
            text: "validation = 0",
            want: "f:1:14: `validation` is 0: give a whole number from 1 to 4294967295",
        },
        Case {
            text: "validation = { count = 0, draw = \"seed\" }",
            want: "f:1:24: `validation.count` is 0: give a whole number from 1 to 4294967295",
        },
        Case {
            text: "validation = { draw = \"seed\" }",
            want: "f:1:14: `validation.count` is missing (hint: write count = 5000)",
        },
        Case {
            text: "validation = { count = 5, draw = \"sed\" }",
            want: "f:1:34: `validation.draw` is \"sed\": did you mean \"seed\"?",
        },
        Case {
            text: "validation = { count = 5, draw = 3 }",
            want: "f:1:34: `validation.draw` is a whole number, expected \"first\" or \"seed\"",
        },
        Case {
            text: "validation = { count = 5, stratified = 1 }",
            want: "f:1:40: `validation.stratified` is a whole number, expected true or false",
        },
        Case {
            text: "validation = { count = 5, stratify = true }",
            want: "f:1:27: unknown key `validation.stratify` (did you mean `stratified`?)",
        },
        Case {
            text: "validation = \"all\"",
            want: "f:1:14: `validation` is a string, expected a number of images or a table { count = …, \
                   draw = …, stratified = … }",
        },
    ];
    let refusal = |text| Settings::parse(text, "f").unwrap_err().to_string();
    let wrong: Vec<_> = cases
        .iter()
        .map(|case| (refusal(case.text), case))
        .filter(|(got, case)| *got != case.want)
        .map(|(got, case)| format!("{}: {got}, not {}", case.text, case.want))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
