//! `settings`: every setting, what may be written for it, and its default.

use lenet_core::{Optimizer, Settings};

use crate::exit::{CommandResult, Exit, OrFail};
use crate::flags::SettingsTable;
use crate::output;

/// Columns of the text, which fit a terminal of 80.
const WIDTH: usize = 78;
/// Columns of a setting's name.
const NAME: usize = 15;

/// Runs the command.
pub fn run(flags: &SettingsTable) -> CommandResult {
    let text = if flags.markdown { markdown() } else { text() };
    for line in text.lines() {
        output::line(line).or_fail()?;
    }
    Ok(Exit::Done)
}

/// What there is to say of a setting.
struct Row {
    name: &'static str,
    meaning: &'static str,
    forms: Vec<String>,
    default: String,
}

fn rows() -> Vec<Row> {
    let usual = Settings::default().complete();
    let row = |name: &&'static str| {
        let default = match *name {
            "learning_rate" => usual_rates(),
            name => usual.text_of(name).unwrap_or_else(|| "none".to_owned()),
        };
        Row {
            name,
            meaning: Settings::meaning(name),
            forms: Settings::forms(name)
                .iter()
                .map(ToString::to_string)
                .collect(),
            default,
        }
    };
    Settings::NAMES.iter().map(row).collect()
}

/// The learning rate that each optimizer has where none is given.
fn usual_rates() -> String {
    let mut rates: Vec<(f64, Vec<&str>)> = Vec::new();
    for optimizer in Optimizer::ALL {
        let rate = optimizer.usual_learning_rate();
        match rates.iter_mut().find(|(known, _)| *known == rate) {
            Some((_, names)) => names.push(optimizer.name()),
            None => rates.push((rate, vec![optimizer.name()])),
        }
    }
    let words = rates
        .iter()
        .map(|(rate, names)| format!("{rate} ({})", names.join(", ")));
    words.collect::<Vec<_>>().join(", ")
}

/// For a terminal.
#[must_use]
pub fn text() -> String {
    let mut text = String::new();
    for row in rows() {
        let lines = std::iter::once(row.meaning.to_owned())
            .chain(row.forms.iter().map(|form| format!("= {form}")))
            .chain([format!("default: {}", row.default)]);
        let mut name = row.name;
        for line in lines.flat_map(|line| wrapped(&line, WIDTH - NAME)) {
            text += &format!("{name:<NAME$}{line}\n");
            name = "";
        }
        text.push('\n');
    }
    text.trim_end().to_owned()
}

/// Lines of at most `width` letters, broken at blanks; those after the first are set in.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    // A key stays beside its value.
    let text = text.replace(" = …", "\u{a0}=\u{a0}…");
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.last_mut().expect("there is a line");
        let length = line.chars().count() + 1 + word.chars().count();
        if !line.trim().is_empty() && length > width {
            lines.push(format!("    {word}"));
        } else {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines
        .iter()
        .map(|line| line.replace('\u{a0}', " "))
        .collect()
}

/// A table.
fn markdown() -> String {
    let mut text =
        "| setting | what it is | what may be written | default |\n| --- | --- | --- | --- |\n"
            .to_owned();
    for row in rows() {
        let forms: Vec<String> = row.forms.iter().map(|form| code(form)).collect();
        text += &format!(
            "| `{}` | {} | {} | {} |\n",
            row.name,
            row.meaning,
            forms.join("<br>"),
            row.default
        );
    }
    text
}

/// Words and tables as code, sentences as they are.
fn code(form: &str) -> String {
    match form.starts_with(['"', '{']) {
        true => format!("`{form}`"),
        false => form.to_owned(),
    }
}

#[cfg(test)]
mod tests;
