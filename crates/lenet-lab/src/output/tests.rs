//! Colours, and the one error that is forgiven.

use super::*;

#[test]
fn colours_need_a_terminal_and_no_objection() {
    let xterm = Some("xterm".as_ref());
    assert!(colours(true, xterm, None));
    assert!(colours(true, xterm, Some("".as_ref())));
    assert!(!colours(true, xterm, Some("1".as_ref())));
    assert!(!colours(false, xterm, None));
    assert!(!colours(true, Some("dumb".as_ref()), None));
    assert_eq!(colours(true, None, None), cfg!(windows));
}

#[test]
fn control_characters_are_shown_and_not_sent() {
    assert_eq!(shown("a\u{1b}b"), r"a\u001bb");
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
