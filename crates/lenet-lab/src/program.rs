//! What a user types before a command.

use std::sync::OnceLock;

/// The name that texts in the sources use.
pub const USUAL: &str = "lenet-lab";

static NAME: OnceLock<&str> = OnceLock::new();

/// Sets the name once, before any text is made.
pub fn set_name(name: &'static str) {
    let _ = NAME.set(name);
}

/// `lenet-lab`, or `cargo xtask` where the repository's alias was used.
#[must_use]
pub fn name() -> &'static str {
    NAME.get().copied().unwrap_or(USUAL)
}

/// A text of the sources with the name that this user types.
#[must_use]
pub fn as_typed(text: &str) -> String {
    // A command follows the name, or quotes enclose it; a path or a crate has it in other places.
    text.replace(&format!("{USUAL} "), &format!("{} ", name()))
}
