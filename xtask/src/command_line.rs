//! The command that this process was started by, for records and reports.

/// The whole command, quoted as a shell reads it.
pub fn command_line() -> String {
    let mut arguments = std::env::args_os();
    let program = arguments.next().unwrap_or_default();
    let program = std::path::Path::new(&program)
        .file_stem()
        .unwrap_or_default();
    // Cargo tells the programs that it starts.
    let first = match std::env::var_os("CARGO") {
        Some(_) => "cargo xtask".to_owned(),
        None => program.to_string_lossy().into_owned(),
    };
    let arguments: Vec<String> = arguments
        .map(|argument| argument.to_string_lossy().into_owned())
        .collect();
    quoted(&first, &arguments)
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
