//! The examples of the specification.

use super::*;

/// The examples of the format's own page.
#[test]
fn encodings_of_the_specification() {
    let mut message = Message::default();
    message.number(1, 150);
    assert_eq!(message.0, [0x08, 0x96, 0x01]);
    let mut message = Message::default();
    message.text(2, "testing");
    assert_eq!(message.0, b"\x12\x07testing");
    let (mut inner, mut outer) = (Message::default(), Message::default());
    inner.number(1, 150);
    outer.message(3, &inner);
    assert_eq!(outer.0, [0x1a, 0x03, 0x08, 0x96, 0x01]);
}
