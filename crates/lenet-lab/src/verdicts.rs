//! Claims on the terminal.

use lenet_report::JudgedClaim;

/// Three lines for each claim: its verdict with the numbers, its words, and what is still needed.
#[must_use]
pub fn lines(claims: &[JudgedClaim]) -> String {
    let id = claims.iter().map(|claim| claim.id.len()).max().unwrap_or(0);
    let claims = claims.iter().map(|claim| one(claim, id));
    claims.collect::<Vec<_>>().join("\n")
}

fn one(claim: &JudgedClaim, width: usize) -> String {
    let mut line = format!("{:>width$}  {}", claim.id, claim.verdict.text());
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
    let indent = " ".repeat(width + 2);
    let text = claim.text.split_whitespace().collect::<Vec<_>>().join(" ");
    format!("{line}\n{indent}{text}")
}
