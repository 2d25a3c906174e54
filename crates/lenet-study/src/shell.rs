//! Words as a shell reads them.

/// A text quoted so that a shell reads it as one word, as it is.
pub(crate) fn shell_word(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-+=./:,@%".contains(c);
    match !text.is_empty() && text.chars().all(is_plain) {
        true => text.to_owned(),
        false => format!("'{}'", text.replace('\'', r"'\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(unix)]
    fn a_shell_reads_the_same_words() {
        let words = [
            "plain/a-b_c.d",
            "",
            "two words",
            "it's",
            "$(date) `x` \\ \"q\" *",
            "~",
            "#x",
            "a\nb",
        ];
        for word in words {
            let script = format!("printf %s {}", shell_word(word));
            let output = std::process::Command::new("sh")
                .args(["-c", &script])
                .output()
                .unwrap();
            assert_eq!(String::from_utf8(output.stdout).unwrap(), word);
        }
    }
}
