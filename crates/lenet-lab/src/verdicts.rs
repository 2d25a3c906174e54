//! Claims on the terminal.

use lenet_report::{JudgedClaim, Verdict};

use crate::output;

/// Prints each claim: its verdict with the numbers and what is still needed, and its words below. A terminal
/// shows verdicts in colours.
///
/// # Errors
/// Those of [`output::line`].
pub fn print(claims: &[JudgedClaim]) -> std::io::Result<()> {
    let text = lines(claims, output::stdout_width(), output::stdout_has_colours());
    output::drawing(&(text + "\n"))
}

fn lines(claims: &[JudgedClaim], columns: Option<u16>, colours: bool) -> String {
    let id = claims.iter().map(|claim| claim.id.len()).max().unwrap_or(0);
    let claims = claims.iter().map(|claim| one(claim, id, columns, colours));
    claims.collect::<Vec<_>>().join("\n")
}

fn one(claim: &JudgedClaim, width: usize, columns: Option<u16>, colours: bool) -> String {
    let verdict = claim.verdict.text();
    let mut line = format!("{:>width$}  {verdict}", claim.id);
    if claim.estimate.is_some() {
        line += &format!(": {}", claim.point());
    }
    if claim.estimate.is_some_and(|e| e.interval.is_some()) {
        line += &format!(" ({}, {})", claim.interval(), claim.level());
    }
    if let Some(estimate) = claim.estimate {
        line += &format!(", n = {}", estimate.n);
    }
    let outlook = claim.outlook();
    if !outlook.is_empty() {
        line += &format!("; needs {outlook}");
    }
    let text = claim.text.split_whitespace().collect::<Vec<_>>().join(" ");
    let told = arranged(&line, &text, width + 2, columns);
    match colours {
        true => coloured(&told, width + 2, claim.verdict),
        false => told,
    }
}

/// A verdict's line and the claim's words below it, set in by `indent`, within so many columns.
fn arranged(line: &str, text: &str, indent: usize, columns: Option<u16>) -> String {
    let indent = " ".repeat(indent);
    let (line, text) = (output::shown(line), output::shown(text));
    let Some(columns) = columns else {
        return format!("{line}\n{indent}{text}");
    };
    let options = textwrap::Options::new(usize::from(columns)).subsequent_indent(&indent);
    let line = textwrap::fill(&line, &options);
    let text = textwrap::fill(&text, options.initial_indent(&indent));
    format!("{line}\n{text}")
}

/// The text with the verdict, which stands after `before` letters, in its colour.
fn coloured(text: &str, before: usize, verdict: Verdict) -> String {
    let word = verdict.text();
    let (head, rest) = text.split_at_checked(before).unwrap_or(("", text));
    match rest.strip_prefix(word) {
        Some(rest) => format!("{head}\x1b[{}m{word}\x1b[0m{rest}", colour(verdict)),
        None => text.to_owned(),
    }
}

/// The terminal's colour of a verdict.
fn colour(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Holds => 32,
        Verdict::DoesNotHold => 31,
        _ => 33,
    }
}

#[cfg(test)]
mod tests;
