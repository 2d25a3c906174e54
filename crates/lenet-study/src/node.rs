//! Reading TOML with the place of every key and value at hand.

mod setting;

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::error::{Place, StudyError};
use crate::leave_out::take_out;
use crate::nearest::nearest;

/// Most letters of a name that stands in paths. File systems take 255 bytes, and reports put words of
/// their own around it.
pub(crate) const MOST_ID: usize = 64;

/// Most letters of a title, which a figure's drawing must hold.
pub(crate) const MOST_TITLE: usize = 300;

/// Most letters of a text of several lines, such as notes.
pub(crate) const MOST_PROSE: usize = 20_000;

/// Most figures, published tables or claims of a study.
pub(crate) const MOST_TABLES: usize = 1000;

/// A parsed TOML text.
pub(crate) struct Document<'t> {
    text: &'t str,
    origin: String,
    is_flag: bool,
    table: DeValue<'t>,
}

impl<'t> Document<'t> {
    /// Parses a file's text; `origin` names it in errors.
    pub(crate) fn parse(text: &'t str, origin: &str) -> Result<Self, StudyError> {
        Self::new(text, origin, false)
    }

    /// Parses `name = value` made from a flag.
    pub(crate) fn parse_flag(text: &'t str, flag: &str) -> Result<Self, StudyError> {
        Self::new(text, flag, true)
    }

    fn new(text: &'t str, origin: &str, is_flag: bool) -> Result<Self, StudyError> {
        let mut document = Self {
            text,
            origin: origin.to_owned(),
            is_flag,
            table: DeValue::Boolean(false),
        };
        match DeTable::parse(text) {
            Ok(table) => document.table = DeValue::Table(table.into_inner()),
            Err(error) => {
                let place = document.place(error.span().unwrap_or(0..0));
                return Err(StudyError::Syntax {
                    place,
                    message: error.message().to_owned(),
                });
            }
        }
        Ok(document)
    }

    /// The whole file as a node.
    pub(crate) fn root(&self) -> Node<'_> {
        Node {
            document: self,
            path: String::new(),
            span: 0..0,
            value: &self.table,
        }
    }

    /// Leaves out the entry that begins at this place; `false` if none does.
    pub(crate) fn leave_out(&mut self, place: &Place) -> bool {
        let Some((line, column)) = place.position else {
            return false;
        };
        let before = self.text.split_inclusive('\n').take(line - 1).map(str::len);
        let start: usize = before.sum();
        let rest = self.text.get(start..).unwrap_or_default();
        let letters = rest.chars().take(column - 1).map(char::len_utf8);
        let wanted = start + letters.sum::<usize>();
        match &mut self.table {
            DeValue::Table(table) => take_out(table, &|at| at == wanted),
            _ => false,
        }
    }

    fn place(&self, span: Range<usize>) -> Place {
        if self.is_flag {
            return Place {
                origin: self.origin.clone(),
                position: None,
            };
        }
        let before = &self.text[..span.start.min(self.text.len())];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = before.matches('\n').count() + 1;
        let column = before[line_start..].chars().count() + 1;
        Place {
            origin: self.origin.clone(),
            position: Some((line, column)),
        }
    }
}

/// A value, its place and the path of keys that leads to it.
#[derive(Clone)]
pub(crate) struct Node<'d> {
    document: &'d Document<'d>,
    path: String,
    span: Range<usize>,
    value: &'d DeValue<'d>,
}

/// A key of a table with its value.
pub(crate) struct Entry<'d> {
    pub(crate) name: String,
    pub(crate) node: Node<'d>,
}

impl<'d> Node<'d> {
    fn child(&self, name: &str, value: &'d Spanned<DeValue<'d>>) -> Self {
        let path = if self.path.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", self.path)
        };
        Node {
            document: self.document,
            path,
            span: value.span(),
            value: value.get_ref(),
        }
    }

    /// Where the value stands.
    pub(crate) fn place(&self) -> Place {
        self.document.place(self.span.clone())
    }

    /// Path of the value's key.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// A table's entries in the order of the file, every key one of `known`.
    pub(crate) fn entries(&self, known: &[&str]) -> Result<Vec<Entry<'d>>, StudyError> {
        let DeValue::Table(table) = self.value else {
            return Err(self.type_error("a table"));
        };
        let mut entries: Vec<_> = table.iter().collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        entries
            .into_iter()
            .map(|(key, value)| {
                let name = key.get_ref().to_string();
                let node = self.child(&name, value);
                if known.contains(&name.as_str()) {
                    return Ok(Entry { name, node });
                }
                let hint = match nearest(&name, known) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("known here: {}", known.join(", ")),
                };
                let place = self.document.place(key.span());
                Err(StudyError::UnknownKey {
                    place,
                    key: node.path,
                    hint,
                })
            })
            .collect()
    }

    /// An array's elements.
    pub(crate) fn elements(&self, expected: &'static str) -> Result<Vec<Node<'d>>, StudyError> {
        let DeValue::Array(array) = self.value else {
            return Err(self.type_error(expected));
        };
        let element = |value: &'d Spanned<DeValue<'d>>| Node {
            document: self.document,
            path: self.path.clone(),
            span: value.span(),
            value: value.get_ref(),
        };
        Ok(array.iter().map(element).collect())
    }

    /// An array's elements, if they are not more than `most`.
    pub(crate) fn elements_up_to(
        &self,
        most: usize,
        expected: &'static str,
    ) -> Result<Vec<Node<'d>>, StudyError> {
        let elements = self.elements(expected)?;
        match elements.len() {
            found if found > most => {
                Err(self.refuse(format!("there are {found}, and at most {most} are read")))
            }
            _ => Ok(elements),
        }
    }

    pub(crate) fn string(&self, expected: &'static str) -> Result<&'d str, StudyError> {
        match self.value {
            DeValue::String(text) => Ok(text),
            _ => Err(self.type_error(expected)),
        }
    }

    /// A word that may stand in a path, of at most [`MOST_ID`] letters.
    pub(crate) fn identifier(&self) -> Result<String, StudyError> {
        let text = self.string("a string")?;
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        if text.is_empty() || text.starts_with('.') || !text.chars().all(allowed) {
            return Err(self.refuse("it names files: use letters, digits, `-`, `_` and `.` alone"));
        }
        if text.len() > MOST_ID {
            let found = text.len();
            let hint = format!("it names files: use at most {MOST_ID} letters, not {found}");
            return Err(self.refuse(hint));
        }
        Ok(text.to_owned())
    }

    /// One line for people, of at most [`MOST_TITLE`] letters.
    pub(crate) fn title(&self) -> Result<String, StudyError> {
        self.text("a string", MOST_TITLE, &[])
    }

    /// A text for people, of any number of lines; `expected` says what it is.
    pub(crate) fn prose(&self, expected: &'static str) -> Result<String, StudyError> {
        self.text(expected, MOST_PROSE, &['\n', '\r', '\t'])
    }

    /// A text of at most so many letters, without control characters but the allowed ones.
    fn text(
        &self,
        expected: &'static str,
        most: usize,
        allowed: &[char],
    ) -> Result<String, StudyError> {
        let text = self.string(expected)?;
        let letters = text.chars().count();
        if letters > most {
            return Err(self.refuse(format!("use at most {most} letters, not {letters}")));
        }
        let is_wrong = |c: &char| c.is_control() && !allowed.contains(c);
        match text.chars().find(is_wrong) {
            None => Ok(text.to_owned()),
            Some(c) => Err(self.refuse(format!(
                "leave out the control character U+{:04X}",
                u32::from(c)
            ))),
        }
    }

    /// Whether a table has this key.
    pub(crate) fn has(&self, key: &str) -> bool {
        matches!(self.value, DeValue::Table(table) if table.contains_key(key))
    }

    /// Refuses a table's first key that is one of `names`; `hint` says what would do.
    pub(crate) fn refuse_keys(&self, names: &[&str], hint: &str) -> Result<(), StudyError> {
        let DeValue::Table(table) = self.value else {
            return Ok(());
        };
        let mut keys: Vec<_> = table.iter().collect();
        keys.sort_by_key(|(key, _)| key.span().start);
        for (key, value) in keys {
            let name = key.get_ref().as_ref();
            if names.contains(&name) {
                return Err(self.child(name, value).refuse(hint));
            }
        }
        Ok(())
    }

    /// An unsigned number of 63 bits, the most that TOML can write.
    pub(crate) fn seed(&self) -> Result<u64, StudyError> {
        let DeValue::Integer(integer) = self.value else {
            return Err(self.type_error("a whole number"));
        };
        u64::from_str_radix(integer.as_str(), integer.radix())
            .ok()
            .filter(|&seed| i64::try_from(seed).is_ok())
            .ok_or_else(|| self.refuse("give a whole number from 0 to 2^63 − 1"))
    }

    /// The value is of the right type and cannot be used; `hint` says what would do.
    pub(crate) fn refuse(&self, hint: impl Into<String>) -> StudyError {
        let text = self
            .document
            .text
            .get(self.span.clone())
            .unwrap_or_default();
        let mut found: String = text.chars().take(40).collect();
        if found.len() < text.len() {
            found.push('…');
        }
        StudyError::Value {
            place: self.place(),
            key: self.path.clone(),
            found,
            hint: hint.into(),
        }
    }

    pub(crate) fn type_error(&self, expected: &'static str) -> StudyError {
        let found = match self.value {
            DeValue::String(_) => "a string",
            DeValue::Integer(_) => "a whole number",
            DeValue::Float(_) => "a number",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date",
            DeValue::Array(_) => "an array",
            DeValue::Table(_) => "a table",
        };
        StudyError::Type {
            place: self.place(),
            key: self.path.clone(),
            found,
            expected,
        }
    }
}
