//! The programs of Slurm.

use std::io::Write;
use std::process::{Command, Stdio};

use super::error::SlurmError;

/// Variables by which a user's environment would override what a script says.
const OVERRIDING: [&str; 13] = [
    "SBATCH_ARRAY_INX",
    "SBATCH_ERROR",
    "SBATCH_JOB_NAME",
    "SBATCH_NO_REQUEUE",
    "SBATCH_OPEN_MODE",
    "SBATCH_OUTPUT",
    "SBATCH_REQUEUE",
    "SBATCH_SIGNAL",
    "SBATCH_TEST_ONLY",
    "SBATCH_WAIT",
    "SBATCH_PARTITION",
    "SBATCH_TIMELIMIT",
    "SBATCH_GRES",
];

/// How many of these stand in the script only where they are asked for.
const ASKED_FOR: usize = 3;

/// What a program printed.
pub(super) struct Answer {
    pub(super) succeeded: bool,
    pub(super) stdout: String,
    /// Its last lines on standard error, on one line.
    pub(super) message: String,
}

/// Asks a program, with a text on its standard input.
///
/// # Errors
/// [`SlurmError::NoProgram`].
pub(super) fn ask(
    program: &'static str,
    arguments: &[&str],
    input: &str,
) -> Result<Answer, SlurmError> {
    let failed = |source| SlurmError::NoProgram { program, source };
    let mut command = Command::new(program);
    command
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    for variable in overridden(input) {
        command.env_remove(variable);
    }
    let mut child = command.spawn().map_err(failed)?;
    if let Some(mut pipe) = child.stdin.take() {
        // A program that ends before it has read everything says why.
        let _ = pipe.write_all(input.as_bytes());
    }
    let output = child.wait_with_output().map_err(failed)?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok(Answer {
        succeeded: output.status.success(),
        stdout: text(&output.stdout),
        message: message(&text(&output.stderr)),
    })
}

/// The variables that must not reach `sbatch` with this script.
fn overridden(script: &str) -> impl Iterator<Item = &'static str> {
    let (fixed, asked) = OVERRIDING.split_at(OVERRIDING.len() - ASKED_FOR);
    let options = ["--partition=", "--time=", "--gres="];
    let is_given = move |option: &&str| script.contains(&format!("#SBATCH {option}"));
    let given: Vec<&str> = options
        .iter()
        .zip(asked)
        .filter(|(option, _)| is_given(option))
        .map(|(_, variable)| *variable)
        .collect();
    fixed.iter().copied().chain(given)
}

/// What a program printed on success.
///
/// # Errors
/// [`SlurmError::NoProgram`], [`SlurmError::Failed`].
pub(super) fn answer(program: &'static str, arguments: &[&str]) -> Result<String, SlurmError> {
    let answer = ask(program, arguments, "")?;
    match answer.succeeded {
        true => Ok(answer.stdout),
        false => Err(SlurmError::Failed {
            program,
            message: answer.message,
        }),
    }
}

/// Lines on standard error as one, without the program's name before each.
fn message(text: &str) -> String {
    let bare = |line: &str| {
        let line = line.trim();
        let words = [
            "sbatch: ",
            "error: ",
            "sinfo: ",
            "squeue: ",
            "scontrol: ",
            "fatal: ",
        ];
        let mut rest = line;
        while let Some(word) = words.iter().find(|word| rest.starts_with(**word)) {
            rest = &rest[word.len()..];
        }
        rest.to_owned()
    };
    let told: Vec<String> = lines(text).map(bare).collect();
    match told.is_empty() {
        true => "it says nothing".to_owned(),
        false => told.join("; "),
    }
}

/// Lines that are not blank.
pub(super) fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_one_line() {
        let text = "sbatch: error: invalid partition specified: nope\n\nsbatch: error: Batch job \
                    submission failed: Invalid partition name specified\n";
        assert_eq!(
            message(text),
            "invalid partition specified: nope; Batch job submission failed: Invalid partition name \
             specified"
        );
        assert_eq!(message("\n"), "it says nothing");
    }

    #[test]
    fn a_variable_overrides_nothing_that_the_script_says() {
        let of = |script: &str| overridden(script).collect::<Vec<_>>();
        assert!(of("").contains(&"SBATCH_SIGNAL"));
        assert!(!of("#SBATCH --time=5").contains(&"SBATCH_PARTITION"));
        assert!(of("#SBATCH --time=5").contains(&"SBATCH_TIMELIMIT"));
        assert!(of("#SBATCH --partition=a\n").contains(&"SBATCH_PARTITION"));
        assert!(of("#SBATCH --gres=gpu:1\n").contains(&"SBATCH_GRES"));
    }
}
