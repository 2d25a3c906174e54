//! Verdicts within the terminal, and their colours.

use super::*;

#[test]
fn words_are_set_in_and_break_at_the_edge() {
    let whole = arranged("1  holds: 0.1", "A claim of some words.", 3, None);
    assert_eq!(whole, "1  holds: 0.1\n   A claim of some words.");
    let narrow = arranged("1  holds: 0.1", "A claim of some words.", 3, Some(14));
    assert_eq!(narrow, "1  holds: 0.1\n   A claim of\n   some words.");
    assert_eq!(arranged("1  \x1b[2J", "x", 3, None), "1  \\u001b[2J\n   x");
}

#[test]
fn the_verdict_alone_has_a_colour() {
    let text = "holds  holds: +0.1\n       it holds";
    let expected = "holds  \x1b[32mholds\x1b[0m: +0.1\n       it holds";
    assert_eq!(coloured(text, 7, Verdict::Holds), expected);
    let expected = "1  \x1b[31mdoes not hold\x1b[0m: 0";
    assert_eq!(
        coloured("1  does not hold: 0", 3, Verdict::DoesNotHold),
        expected
    );
    let expected = "1  \x1b[33mundecided\x1b[0m";
    assert_eq!(coloured("1  undecided", 3, Verdict::Undecided), expected);
}
