//! What may be written for a setting, found by reading it: a description cannot differ from the reader.

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

use super::{Node, Settings};
use crate::bounds::{Bounds, Counts};

/// One way to write a value.
#[derive(Debug, Clone)]
pub enum Form {
    /// One of these words.
    Word(Vec<&'static str>),
    /// Any text.
    Text,
    /// True or false.
    Boolean,
    /// A whole number.
    Count(Counts),
    /// A number.
    Number(Bounds),
    /// An array of values, each of one of these forms.
    List(Vec<Form>),
    /// A table with these keys. Where its `kind` says which keys it has, there is one such form per kind.
    Table(Vec<Key>),
}

/// A key of a table.
#[derive(Debug, Clone)]
pub struct Key {
    /// Its name.
    pub name: String,
    /// How its value may be written.
    pub forms: Vec<Form>,
    /// Whether the table is refused without it.
    pub is_required: bool,
}

impl fmt::Display for Form {
    /// What may be written, in words.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(words) => {
                let quoted: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
                f.write_str(&quoted.join(", "))
            }
            Self::Text => f.write_str("a string"),
            Self::Boolean => f.write_str("true or false"),
            // Beyond this nobody counts.
            Self::Count(Counts { least, most }) if *most >= u32::MAX as usize => {
                write!(f, "a whole number from {least}")
            }
            Self::Count(Counts { least, most }) => {
                write!(f, "a whole number from {least} to {most}")
            }
            Self::Number(bounds) => {
                let words = bounds.hint.trim_start_matches("give ");
                f.write_str(words.split(", e.g.").next().unwrap_or(words))
            }
            Self::List(elements) => {
                let elements: Vec<String> = elements.iter().map(ToString::to_string).collect();
                write!(f, "a list: [{}, …]", elements.join(" or "))
            }
            Self::Table(keys) => {
                let keys: Vec<String> = keys.iter().map(ToString::to_string).collect();
                write!(f, "{{ {} }}", keys.join(", "))
            }
        }
    }
}

impl fmt::Display for Key {
    /// `kind = "adam"`, or the key alone, in brackets where it may be left out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.forms.as_slice(), self.is_required) {
            ([Form::Word(words)], true) if words.len() == 1 => {
                write!(f, "{} = \"{}\"", self.name, words[0])
            }
            (_, true) => write!(f, "{} = …", self.name),
            (_, false) => write!(f, "[{} = …]", self.name),
        }
    }
}

impl Settings {
    /// How the setting `name`, one of [`Settings::NAMES`], may be written.
    #[must_use]
    pub fn forms(name: &str) -> Vec<Form> {
        let read = |probe: &Probe| Self::default().read(name, probe).is_ok();
        let mut forms = values(&|value| read(&value));
        let elements = values(&|element| read(&Probe::List(Box::new(element))));
        if !elements.is_empty() {
            forms.push(Form::List(elements));
        }
        forms.extend(tables(&read));
        forms
    }
}

/// The forms of a single value that `read` asks for.
fn values(read: &dyn Fn(Probe) -> bool) -> Vec<Form> {
    let kinds = [Kind::Text, Kind::Number, Kind::Boolean];
    let heard = kinds.into_iter().filter_map(|kind| {
        let heard = Rc::default();
        read(Probe::value(kind, 0, &heard));
        heard.take()
    });
    heard.collect()
}

fn tables(read: &dyn Fn(&Probe) -> bool) -> Vec<Form> {
    let known = keys(read, &[]);
    if !known.iter().any(|key| key == "kind") {
        return (!known.is_empty())
            .then(|| Form::Table(described(read, &known, None)))
            .into_iter()
            .collect();
    }
    let heard = Rc::default();
    read(&Probe::table(&[(
        "kind",
        Probe::value(Kind::Text, 0, &heard),
    )]));
    let Some(Form::Word(kinds)) = heard.take() else {
        return Vec::new();
    };
    let of_kind = |(at, kind): (usize, &&'static str)| {
        let own = keys(read, &[("kind", Probe::word(at))]);
        Form::Table(described(read, &own, Some((at, *kind))))
    };
    kinds.iter().enumerate().map(of_kind).collect()
}

/// The keys that the last call for entries allowed.
fn keys(read: &dyn Fn(&Probe) -> bool, given: &[(&str, Probe)]) -> Vec<String> {
    let table = Probe::table(given);
    read(&table);
    let Probe::Table { asked, .. } = table else {
        return Vec::new();
    };
    asked.take()
}

/// These keys of a table, the one of `kind` with the word that stands there.
fn described(
    read: &dyn Fn(&Probe) -> bool,
    keys: &[String],
    kind: Option<(usize, &'static str)>,
) -> Vec<Key> {
    let mut found: Vec<Key> = Vec::new();
    for key in keys {
        let forms = match (key.as_str(), kind) {
            ("kind", Some((_, word))) => vec![Form::Word(vec![word])],
            (key, _) => values(&|value| read(&Probe::table(&with_kind(kind, vec![(key, value)])))),
        };
        found.push(Key {
            name: key.clone(),
            forms,
            is_required: false,
        });
    }
    let required: Vec<bool> = found
        .iter()
        .map(|key| {
            if key.name == "kind" {
                return kind.is_some();
            }
            let others = found.iter().filter(|other| other.name != key.name);
            let others = others.filter(|other| other.name != "kind");
            let others = others.map(|other| (other.name.as_str(), Probe::like(&other.forms)));
            let missing = Rc::default();
            let entries = with_kind(kind, others.collect());
            read(&Probe::table_without(&entries, &missing));
            missing.take().contains(&key.name)
        })
        .collect();
    for (key, required) in found.iter_mut().zip(required) {
        key.is_required = required;
    }
    found
}

fn with_kind<'k>(
    kind: Option<(usize, &str)>,
    others: Vec<(&'k str, Probe)>,
) -> Vec<(&'k str, Probe)> {
    let kind = kind.map(|(at, _)| ("kind", Probe::word(at)));
    kind.into_iter().chain(others).collect()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Number,
    Boolean,
}

/// A value that remembers how it was read.
#[derive(Clone)]
enum Probe {
    Value {
        kind: Kind,
        /// Which of the words it is.
        word: usize,
        heard: Rc<RefCell<Option<Form>>>,
    },
    List(Box<Probe>),
    Table {
        entries: Vec<(String, Probe)>,
        asked: Rc<RefCell<Vec<String>>>,
        missing: Rc<RefCell<Vec<String>>>,
    },
}

/// The reader wanted something else.
struct Refused;

impl Probe {
    fn value(kind: Kind, word: usize, heard: &Rc<RefCell<Option<Form>>>) -> Self {
        Self::Value {
            kind,
            word,
            heard: Rc::clone(heard),
        }
    }

    fn word(at: usize) -> Self {
        Self::value(Kind::Text, at, &Rc::default())
    }

    /// A value of one of these forms.
    fn like(forms: &[Form]) -> Self {
        let kind = match forms.first() {
            Some(Form::Count(_) | Form::Number(_)) => Kind::Number,
            Some(Form::Boolean) => Kind::Boolean,
            _ => Kind::Text,
        };
        Self::value(kind, 0, &Rc::default())
    }

    fn table(entries: &[(&str, Self)]) -> Self {
        Self::table_without(entries, &Rc::default())
    }

    fn table_without(entries: &[(&str, Self)], missing: &Rc<RefCell<Vec<String>>>) -> Self {
        let entries = entries.iter().cloned();
        Self::Table {
            entries: entries
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
            asked: Rc::default(),
            missing: Rc::clone(missing),
        }
    }

    fn hear(&self, kind: Kind, form: Form) -> Result<usize, Refused> {
        match self {
            Self::Value {
                kind: own,
                word,
                heard,
            } if *own == kind => {
                heard.replace(Some(form));
                Ok(*word)
            }
            _ => Err(Refused),
        }
    }
}

impl Node for Probe {
    type Error = Refused;

    fn is_array(&self) -> bool {
        matches!(self, Self::List(_))
    }

    fn is_table(&self) -> bool {
        matches!(self, Self::Table { .. })
    }

    fn is_number(&self) -> bool {
        matches!(
            self,
            Self::Value {
                kind: Kind::Number,
                ..
            }
        )
    }

    fn string(&self, _: &'static str) -> Result<&str, Refused> {
        self.hear(Kind::Text, Form::Text).map(|_| "text")
    }

    fn boolean(&self) -> Result<bool, Refused> {
        self.hear(Kind::Boolean, Form::Boolean).map(|_| true)
    }

    fn count(&self, bounds: Counts, _: &'static str) -> Result<usize, Refused> {
        self.hear(Kind::Number, Form::Count(bounds))?;
        Ok(bounds.least)
    }

    fn number(&self, bounds: Bounds, _: &'static str) -> Result<f64, Refused> {
        self.hear(Kind::Number, Form::Number(bounds))?;
        Ok(0.5)
    }

    fn word<T: Copy>(&self, words: &[(&'static str, T)], _: &'static str) -> Result<T, Refused> {
        let names = words.iter().map(|(name, _)| *name).collect();
        let at = self.hear(Kind::Text, Form::Word(names))?;
        words.get(at).map(|(_, value)| *value).ok_or(Refused)
    }

    fn elements(&self, _: &'static str) -> Result<Vec<Self>, Refused> {
        match self {
            Self::List(element) => Ok(vec![(**element).clone()]),
            _ => Err(Refused),
        }
    }

    fn entries(&self, known: &[&str]) -> Result<Vec<(String, Self)>, Refused> {
        match self {
            Self::Table { entries, asked, .. } => {
                asked.replace(known.iter().map(|name| (*name).to_owned()).collect());
                Ok(entries.clone())
            }
            _ => Err(Refused),
        }
    }

    fn refuse(&self, _: &str) -> Refused {
        Refused
    }

    fn missing(&self, key: &str, _: &str) -> Refused {
        if let Self::Table { missing, .. } = self {
            missing.borrow_mut().push(key.to_owned());
        }
        Refused
    }
}

#[cfg(test)]
mod tests;
