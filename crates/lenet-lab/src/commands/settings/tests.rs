//! The table of settings on a terminal.

use super::*;

#[test]
fn the_text_has_every_setting_and_fits_a_terminal() {
    let text = text();
    for name in Settings::NAMES {
        assert!(
            text.lines()
                .any(|line| line.starts_with(&format!("{name} "))),
            "{name}"
        );
    }
    for line in text.lines() {
        assert!(line.chars().count() <= WIDTH, "{line}");
    }
    let rate = text
        .split("\n\n")
        .find(|row| row.starts_with("learning_rate"))
        .unwrap();
    assert_eq!(
        rate,
        "learning_rate  base learning rate\n               = a finite number above 0\n               default: 0.1 \
         (sgd), 0.01 (momentum, nesterov), 0.001 (adam,\n                   adamw, rmsprop), 0.0001 (lion)"
    );
}

#[test]
fn long_lines_break_at_blanks() {
    assert_eq!(wrapped("one two three", 7), ["one two", "    three"]);
    assert_eq!(wrapped("onetwothree four", 7), ["onetwothree", "    four"]);
    assert_eq!(wrapped("", 7), [""]);
}
