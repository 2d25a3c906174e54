//! Names of files, from texts that may hold anything.

use std::collections::{BTreeMap, BTreeSet};

/// Letters after which a name is cut. Systems take 255 bytes, and other programs add to it.
const CUT_AT: usize = 120;

/// A name of letters, digits, `.`, `_`, `=`, `+` and `-` that says about what `text` says. It leads nowhere:
/// it has no separator and does not begin with a dot.
pub(crate) fn file_name(text: &str) -> String {
    let mut name = String::new();
    for letter in text.replace('×', "x").chars() {
        let is_kept = letter.is_ascii_alphanumeric() || "._=+-".contains(letter);
        match is_kept {
            true => name.push(letter),
            false if name.is_empty() || name.ends_with('-') => {}
            false => name.push('-'),
        }
    }
    name.truncate(CUT_AT);
    let name = name.trim_matches(['-', '.']);
    match name.is_empty() {
        true => "unnamed".to_owned(),
        false => name.to_owned(),
    }
}

/// [`file_name`] of each text. Where several are the same, or differ in the case of letters alone, each gets
/// its key as well. Keys must be distinct, of one length, and names of files.
pub(crate) fn file_names<'t>(all: impl IntoIterator<Item = (String, &'t str)>) -> Vec<String> {
    let names: Vec<(String, &str)> = all
        .into_iter()
        .map(|(text, key)| (file_name(&text), key))
        .collect();
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    for (name, _) in &names {
        *times.entry(name.to_ascii_lowercase()).or_default() += 1;
    }
    let with_key = |(name, key): &(String, &str)| format!("{name}-{key}");
    let distinct = |named: &(String, &str)| match times[&named.0.to_ascii_lowercase()] {
        1 => named.0.clone(),
        _ => with_key(named),
    };
    let found: Vec<String> = names.iter().map(distinct).collect();
    let lower: BTreeSet<String> = found.iter().map(|n| n.to_ascii_lowercase()).collect();
    match lower.len() == found.len() {
        true => found,
        // A name looks like another with its key.
        false => names.iter().map(with_key).collect(),
    }
}

#[cfg(test)]
mod tests;
