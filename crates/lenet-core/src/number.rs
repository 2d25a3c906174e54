//! Numbers in words for people.

/// A number as short as it can be written.
pub(crate) fn number(value: f64) -> String {
    if value != 0.0 && value.abs() < 1e-5 {
        format!("{value:e}")
    } else {
        value.to_string()
    }
}
