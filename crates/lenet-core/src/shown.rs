//! Texts from outside, made safe to look at.

/// A text without what would move a terminal's cursor, change its colours, turn the order of its letters, or
/// stand in no XML: such characters are written as JSON does, `\\u001b` for ESC. Line breaks and tabs stay,
/// and JSON stays JSON that says the same.
#[must_use]
pub fn shown(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for letter in text.chars() {
        if is_hidden(letter) {
            shown += &format!("\\u{:04x}", u32::from(letter));
        } else {
            shown.push(letter);
        }
    }
    shown
}

/// Control characters, line separators, marks of byte order, those that change the direction of writing, and
/// two that are no characters.
fn is_hidden(letter: char) -> bool {
    letter.is_control() && !matches!(letter, '\n' | '\t')
        || matches!(
            letter,
            '\u{61c}'
                | '\u{200e}'
                | '\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2066}'..='\u{2069}'
                | '\u{feff}'
                | '\u{fffe}'
                | '\u{ffff}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_shown_and_not_sent() {
        let cases = [
            ("Łódź\tand\nΕλλάδα", "Łódź\tand\nΕλλάδα"),
            ("\u{1b}[31mred\u{7}", r"\u001b[31mred\u0007"),
            ("over\rwritten", r"over\u000dwritten"),
            ("\u{9b}2J\u{7f}\0", r"\u009b2J\u007f\u0000"),
            ("a\u{202e}b\u{2066}c\u{2028}d", r"a\u202eb\u2066c\u2028d"),
            ("\u{feff}a\u{61c}\u{ffff}", r"\ufeffa\u061c\uffff"),
        ];
        for (text, expected) in cases {
            assert_eq!(shown(text), expected);
        }
    }
}
