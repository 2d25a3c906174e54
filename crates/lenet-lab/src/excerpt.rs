//! The line of a study's file that an error is about.

use lenet_study::{StudyError, builtin, read_text};

use crate::output;

/// The errors that an error about a study's file stands for, each with the line that it is about; `None` for any
/// other error.
#[must_use]
pub fn told(error: &anyhow::Error) -> Option<Vec<String>> {
    let all = match error.chain().next()?.downcast_ref::<StudyError>()? {
        StudyError::Several(all) => all.as_slice(),
        one => std::slice::from_ref(one),
    };
    let is_of_file = all.iter().all(|error| error.place().is_some());
    is_of_file.then(|| all.iter().map(with_line).collect())
}

fn with_line(error: &StudyError) -> String {
    let line = error.place().and_then(|place| {
        let (line, column) = place.position?;
        let text = match builtin(&place.origin) {
            Some(text) => text.to_owned(),
            None => read_text(std::path::Path::new(&place.origin)).ok()?,
        };
        marked(text.lines().nth(line - 1)?, line, column)
    });
    let error = error.to_string();
    match line {
        Some(line) => format!("{error}\n{line}"),
        None => error,
    }
}

/// A line with its number, and a mark below the word that begins at `column`.
fn marked(line: &str, number: usize, column: usize) -> Option<String> {
    /// Letters of a line that are shown.
    const MOST: usize = 100;
    let shown: String = line.chars().take(MOST).collect();
    let before: String = line.chars().take(column - 1).collect();
    if before.chars().count() >= MOST || shown.trim().is_empty() {
        return None;
    }
    let is_word = |c: &char| !c.is_whitespace() && !matches!(c, '=' | ',' | ']' | '}');
    let rest = line.chars().skip(column - 1);
    let length = rest
        .take_while(is_word)
        .count()
        .clamp(1, MOST - (column - 1));
    // A tab before the mark keeps it below its word.
    let blank = |c: char| if c == '\t' { '\t' } else { ' ' };
    let indent: String = before.chars().map(blank).collect();
    let (number, gap) = (number.to_string(), " ".repeat(number.to_string().len()));
    let line = output::shown(shown);
    Some(format!(
        "  {number} | {line}\n  {gap} | {indent}{}",
        "^".repeat(length)
    ))
}

#[cfg(test)]
mod tests;
