//! Settings from TOML.

use lenet_core::Settings;

use crate::error::StudyError;
use crate::node::{Document, Node};

/// Why a setting of runtimes is refused elsewhere.
pub(crate) const ONLY_OF_RUNTIME: &str =
    "it is a setting of runtime figures, those with measure = \"runtime\"";

/// Reads [`Settings`] from TOML texts.
pub trait TomlSettings: Sized {
    /// Reads a TOML file that is a flat table of a trial's settings; `origin` names it in errors.
    ///
    /// # Errors
    /// [`StudyError`] with file, line and column.
    fn parse(text: &str, origin: &str) -> Result<Self, StudyError>;

    /// Sets one setting from a flag's text: a TOML value (`0.1`, `[8, 16]`,
    /// `{ rate = 0.5, connected = false }`) or a bare word (`adam`).
    ///
    /// # Errors
    /// [`StudyError`] that names `flag`.
    fn assign(&mut self, name: &str, text: &str, flag: &str) -> Result<(), StudyError>;
}

impl TomlSettings for Settings {
    fn parse(text: &str, origin: &str) -> Result<Self, StudyError> {
        let document = Document::parse(text, origin)?;
        document
            .root()
            .refuse_keys(&Settings::OF_RUNTIME, ONLY_OF_RUNTIME)?;
        from_node(&document.root())
    }

    fn assign(&mut self, name: &str, text: &str, flag: &str) -> Result<(), StudyError> {
        let as_value = format!("{name} = {text}");
        let as_word = format!("{name} = {}", toml::Value::String(text.to_owned()));
        // A second line would be a second setting.
        let document = match Document::parse_flag(&as_value, flag) {
            Ok(document) if !text.contains(['\n', '\r']) => document,
            _ => Document::parse_flag(&as_word, flag)?,
        };
        let given = from_node(&document.root())?;
        *self = self.overlaid(&given);
        Ok(())
    }
}

/// Settings of a table.
pub(crate) fn from_node(node: &Node<'_>) -> Result<Settings, StudyError> {
    let mut settings = Settings::default();
    for (name, value) in lenet_core::settings::Node::entries(node, Settings::NAMES)? {
        settings.read(&name, &value)?;
    }
    Ok(settings)
}

#[cfg(test)]
mod tests;
