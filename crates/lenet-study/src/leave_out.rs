//! Taking what is refused out of a parsed file, so that the rest can be read.

use std::borrow::Cow;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Takes the entry whose key or value begins at `is_there` out of a table, or of a table within it. Of a list the
/// whole entry goes, whichever element it is.
pub(crate) fn take_out(table: &mut DeTable<'_>, is_there: &dyn Fn(usize) -> bool) -> bool {
    let begins = |(key, value): &Entry<'_, '_>| {
        is_there(key.span().start) || is_there(value.span().start) && !is_table(value)
    };
    if remove(table, &begins) {
        return true;
    }
    if table.iter_mut().any(|(_, value)| within(value, is_there)) {
        return true;
    }
    let holds = |(_, value): &Entry<'_, '_>| match value.get_ref() {
        DeValue::Array(array) => array.iter().any(|element| is_there(element.span().start)),
        _ => false,
    };
    remove(table, &holds)
}

type Entry<'t, 'd> = (&'t Spanned<Cow<'d, str>>, &'t Spanned<DeValue<'d>>);

/// Removes the first entry that is meant; `false` if none is.
fn remove<'d>(table: &mut DeTable<'d>, is_meant: &dyn Fn(&Entry<'_, 'd>) -> bool) -> bool {
    let found = table
        .iter()
        .find(is_meant)
        .map(|(key, _)| key.get_ref().to_string());
    match found {
        Some(key) => table.remove(key.as_str()).is_some(),
        None => false,
    }
}

fn within(value: &mut Spanned<DeValue<'_>>, is_there: &dyn Fn(usize) -> bool) -> bool {
    match value.get_mut() {
        DeValue::Table(table) => take_out(table, is_there),
        DeValue::Array(array) => array.iter_mut().any(|element| within(element, is_there)),
        _ => false,
    }
}

/// A table under its own heading begins where the heading does, which may be the place of its first key.
fn is_table(value: &Spanned<DeValue<'_>>) -> bool {
    matches!(value.get_ref(), DeValue::Table(_))
}
