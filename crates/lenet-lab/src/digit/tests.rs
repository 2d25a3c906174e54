//! Shades, colours and channels.

use super::*;

#[test]
fn shades_follow_brightness() {
    let pixels = [0.0, 0.25, 0.5, 1.0, 0.0, 0.25, 0.5, 1.0, 0.0, 0.0, 0.0, 1.0];
    assert_eq!(draw(&pixels, [1, 3, 4], false), " ░▒█\n   ▒\n");
}

#[test]
fn colours_hold_both_rows() {
    assert_eq!(
        draw(&[1.0, 0.0], [1, 2, 1], true),
        "\x1b[38;5;255;48;5;232m▀\x1b[0m\n"
    );
}

#[test]
fn channels_are_averaged() {
    let pixels = [1.0, 1.0, 0.0, 0.0];
    assert_eq!(draw(&pixels, [2, 2, 1], false), "▒\n");
}
