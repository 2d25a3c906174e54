//! Colours, and the one error that is forgiven.

use super::*;

#[test]
fn colours_need_a_terminal_and_no_objection() {
    assert!(colours(true, None));
    assert!(colours(true, Some("".as_ref())));
    assert!(!colours(true, Some("1".as_ref())));
    assert!(!colours(false, None));
}

#[test]
fn control_characters_are_shown_and_not_sent() {
    let cases = [
        ("Łódź\tand\nΕλλάδα", "Łódź\tand\nΕλλάδα"),
        ("\u{1b}[31mred\u{7}", r"\u001b[31mred\u0007"),
        ("over\rwritten", r"over\u000dwritten"),
        ("\u{9b}2J\u{7f}\0", r"\u009b2J\u007f\u0000"),
        ("a\u{202e}b\u{2066}c\u{2028}d", r"a\u202eb\u2066c\u2028d"),
    ];
    for (text, expected) in cases {
        assert_eq!(shown(text), expected);
    }
    // What is JSON stays JSON, and says the same.
    let json = shown("{\"title\":\"\u{7f}\"}");
    let read: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(read["title"], "\u{7f}");
}

#[test]
fn only_a_closed_pipe_is_forgiven() {
    let of = |kind| ignore_closed(Err(io::Error::from(kind)));
    assert!(of(io::ErrorKind::BrokenPipe).is_ok());
    assert!(of(io::ErrorKind::StorageFull).is_err());
    assert!(ignore_closed(Ok(())).is_ok());
}
