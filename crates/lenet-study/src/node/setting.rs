//! A value of TOML as settings read it.

use lenet_core::bounds::{Bounds, Counts};
use toml::de::DeValue;

use super::Node;
use crate::error::StudyError;
use crate::nearest::nearest;

impl lenet_core::settings::Node for Node<'_> {
    type Error = StudyError;

    fn is_array(&self) -> bool {
        matches!(self.value, DeValue::Array(_))
    }

    fn is_table(&self) -> bool {
        matches!(self.value, DeValue::Table(_))
    }

    fn is_number(&self) -> bool {
        matches!(self.value, DeValue::Integer(_) | DeValue::Float(_))
    }

    fn string(&self, expected: &'static str) -> Result<&str, StudyError> {
        Node::string(self, expected)
    }

    fn boolean(&self) -> Result<bool, StudyError> {
        match self.value {
            DeValue::Boolean(value) => Ok(*value),
            _ => Err(self.type_error("true or false")),
        }
    }

    fn count(&self, bounds: Counts, expected: &'static str) -> Result<usize, StudyError> {
        let DeValue::Integer(integer) = self.value else {
            return Err(self.type_error(expected));
        };
        usize::from_str_radix(integer.as_str(), integer.radix())
            .ok()
            .filter(|&value| bounds.hold(value))
            .ok_or_else(|| self.refuse(bounds.hint()))
    }

    fn number(&self, bounds: Bounds, expected: &'static str) -> Result<f64, StudyError> {
        let value = match self.value {
            DeValue::Float(float) => float.as_str().parse().ok(),
            DeValue::Integer(integer) => i64::from_str_radix(integer.as_str(), integer.radix())
                .ok()
                .map(|v| v as f64),
            _ => return Err(self.type_error(expected)),
        };
        value
            .filter(|&value| bounds.hold(value))
            .ok_or_else(|| self.refuse(bounds.hint))
    }

    fn word<T: Copy>(
        &self,
        words: &[(&'static str, T)],
        expected: &'static str,
    ) -> Result<T, StudyError> {
        let text = Node::string(self, expected)?;
        if let Some((_, value)) = words.iter().find(|(word, _)| *word == text) {
            return Ok(*value);
        }
        let words: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        Err(self.refuse(match nearest(text, &words) {
            Some(near) => format!("did you mean \"{near}\"?"),
            None => format!("give one of \"{}\"", words.join("\", \"")),
        }))
    }

    fn elements(&self, expected: &'static str) -> Result<Vec<Self>, StudyError> {
        Node::elements(self, expected)
    }

    fn entries(&self, known: &[&str]) -> Result<Vec<(String, Self)>, StudyError> {
        let entries = Node::entries(self, known)?;
        Ok(entries.into_iter().map(|e| (e.name, e.node)).collect())
    }

    fn refuse(&self, hint: &str) -> StudyError {
        Node::refuse(self, hint)
    }

    fn missing(&self, key: &str, example: &str) -> StudyError {
        StudyError::MissingKey {
            place: self.place(),
            key: format!("{}.{key}", self.path),
            hint: format!("write {example}"),
        }
    }
}
