//! Numbers as readers see them.

use lenet_stats::{Estimate, Interval};

/// Stands for a value that is not known.
pub(crate) const DASH: &str = "–";

/// The text of a value, or a dash without one.
pub(crate) fn or_dash<T>(value: Option<T>, text: impl FnOnce(T) -> String) -> String {
    value.map_or_else(|| DASH.to_owned(), text)
}

/// A value with all digits, or nothing without one.
pub(crate) fn or_empty<T: ToString>(value: Option<T>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

/// A number with its sign and four decimals.
pub(crate) fn signed(value: f64) -> String {
    format!("{value:+.4}").replace('-', "−")
}

/// A mean with its interval: `0.9869 (0.9860–0.9878)`.
pub(crate) fn with_interval(estimate: Option<Estimate>) -> String {
    or_dash(estimate, |e| match e.interval {
        None => format!("{:.4}", e.point),
        Some(i) => format!("{:.4} ({:.4}–{:.4})", e.point, i.low, i.high).replace('-', "−"),
    })
}

/// Both bounds, each as `text` writes it: `+0.0012 to +0.0034`.
pub(crate) fn bounds(interval: Interval, text: impl Fn(f64) -> String) -> String {
    format!("{} to {}", text(interval.low), text(interval.high))
}

/// A ratio with three decimals, or fewer if it is large.
pub(crate) fn ratio(value: f64) -> String {
    match value {
        r if r >= 100.0 => format!("{r:.0}"),
        r if r >= 10.0 => format!("{r:.1}"),
        r => format!("{r:.3}"),
    }
}

/// A share in percent.
pub(crate) fn percent(share: f64) -> String {
    format!("{:.1} %", 100.0 * share).replace('-', "−")
}

/// A share in percent with its sign.
pub(crate) fn signed_percent(share: f64) -> String {
    format!("{:+.1} %", 100.0 * share).replace('-', "−")
}

/// A whole number with separated thousands: `52,258`.
pub(crate) fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A number with its noun: `1 seed`, `2 seeds`.
pub(crate) fn count(n: usize, noun: &str) -> String {
    match n {
        1 => format!("1 {noun}"),
        n => format!("{n} {noun}s"),
    }
}

/// The day of a time, in UTC: `2026-11-28`.
pub(crate) fn date(unix: u64) -> String {
    let time = std::time::UNIX_EPOCH + std::time::Duration::from_secs(unix);
    let text = humantime::format_rfc3339_seconds(time).to_string();
    text.chars().take(10).collect()
}

/// Texts with a separator between them.
pub(crate) fn joined(texts: impl IntoIterator<Item = String>, separator: &str) -> String {
    texts.into_iter().collect::<Vec<_>>().join(separator)
}

#[cfg(test)]
mod tests;
