//! The command that this process was started by, for records and reports.

use crate::program;

/// The whole command, quoted as a shell reads it.
pub fn command_line() -> String {
    let arguments: Vec<String> = std::env::args_os()
        .skip(1)
        .map(|argument| argument.to_string_lossy().into_owned())
        .collect();
    quoted(program::name(), &arguments)
}

fn quoted(program: &str, arguments: &[String]) -> String {
    let arguments = arguments.iter().map(|argument| {
        // Only a NUL cannot be quoted, and no argument holds one.
        shlex::try_quote(argument).map_or_else(|_| argument.clone(), Into::into)
    });
    let words: Vec<String> = std::iter::once(program.to_owned())
        .chain(arguments)
        .collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_reads_the_same_words() {
        let arguments = [
            "experiments",
            "--config",
            "my study.toml",
            "--set",
            "dropout={ rate = 0.5 }",
        ];
        let arguments = arguments.map(str::to_owned);
        let line = quoted("cargo xtask", &arguments);
        assert!(
            line.starts_with("cargo xtask experiments --config 'my study.toml' "),
            "{line}"
        );
        assert_eq!(shlex::split(&line).unwrap()[2..], arguments);
    }
}
