//! From intervals to verdicts.

use lenet_results::{Rule, Scope};
use lenet_stats::Interval;

/// What the records say about a claim or one of its comparisons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The records confirm it.
    Holds,
    /// The records refute it.
    DoesNotHold,
    /// The records settle neither.
    Undecided,
    /// There are no records of it.
    NotMeasured,
}

impl Verdict {
    /// The verdict in words.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::DoesNotHold => "does not hold",
            Self::Undecided => "undecided",
            Self::NotMeasured => "not measured here",
        }
    }

    /// Whether it is one way or the other.
    #[must_use]
    pub const fn is_decided(self) -> bool {
        matches!(self, Self::Holds | Self::DoesNotHold)
    }
}

/// What a rule makes of an interval.
pub(crate) fn by_rule(rule: Rule, interval: Option<Interval>) -> Verdict {
    let Some(Interval { low, high }) = interval.filter(|i| !i.low.is_nan() && !i.high.is_nan())
    else {
        return Verdict::Undecided;
    };
    let (holds, fails) = match rule {
        Rule::Above(bound) => (low > bound, high <= bound),
        Rule::Below(bound) => (high < bound, low >= bound),
        Rule::Within(least, most) => (least < low && high < most, high <= least || low >= most),
    };
    match (holds, fails) {
        (true, _) => Verdict::Holds,
        (_, true) => Verdict::DoesNotHold,
        _ => Verdict::Undecided,
    }
}

/// The verdict of several comparisons.
pub(crate) fn joined(scope: Scope, parts: &[Verdict]) -> Verdict {
    let every = |verdict| parts.iter().all(|part| *part == verdict);
    let some = |verdict| parts.contains(&verdict);
    if parts.is_empty() || every(Verdict::NotMeasured) {
        return Verdict::NotMeasured;
    }
    let (holds, fails) = match scope {
        Scope::All => (every(Verdict::Holds), some(Verdict::DoesNotHold)),
        Scope::Any => (some(Verdict::Holds), every(Verdict::DoesNotHold)),
        Scope::Unanimous => (every(Verdict::Holds), every(Verdict::DoesNotHold)),
    };
    match (holds, fails) {
        (true, _) => Verdict::Holds,
        (_, true) => Verdict::DoesNotHold,
        _ => Verdict::Undecided,
    }
}

/// How far a point lies from the nearest bound at which a rule's verdict changes.
pub(crate) fn distance(rule: Rule, point: f64) -> f64 {
    match rule {
        Rule::Above(bound) | Rule::Below(bound) => (point - bound).abs(),
        Rule::Within(least, most) => (point - least).abs().min((point - most).abs()),
    }
}

#[cfg(test)]
mod tests;
