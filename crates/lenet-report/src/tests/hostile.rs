//! Every text of a record holds what means something elsewhere; the report's files show it and do not do it.

use std::fs;
use std::path::Path;

use lenet_results::{RuntimeRecord, StudyRecord, TrialRecord};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::testing::{lab_study, two_devices};
use crate::{Records, claims_json, claims_markdown, write_report};

/// A control character of each kind, and what HTML, XML, Markdown and spreadsheets take for their own.
const HOSTILE: &str =
    "=1+1\u{1b}[2J\0\u{202e}\r\u{feff}\u{9b}\u{ffff}<script>alert(1)</script>]]>|\"'&--><!--";

/// All strings of a value, but those of a trial's settings, which its identity covers.
fn strings<'v>(value: &'v mut Value, found: &mut Vec<&'v mut Value>) {
    match value {
        Value::String(_) => found.push(value),
        Value::Array(elements) => elements.iter_mut().for_each(|v| strings(v, found)),
        Value::Object(members) => {
            let members = members.iter_mut();
            let free = members
                .filter(|(name, _)| !["config", "identity", "seed"].contains(&name.as_str()));
            free.for_each(|(_, v)| strings(v, found));
        }
        _ => {}
    }
}

/// The record with hostile text in every string that may hold any; gives how many these are. Strings that
/// name one of a few things stay.
fn spoilt<T: Serialize + DeserializeOwned>(record: &T) -> (T, usize) {
    let mut value = serde_json::to_value(record).unwrap();
    let mut copy = value.clone();
    let mut found = Vec::new();
    strings(&mut copy, &mut found);
    let count = found.len();
    let mut changed = 0;
    for at in 0..count {
        let mut tried = value.clone();
        let mut places = Vec::new();
        strings(&mut tried, &mut places);
        let text = places[at].as_str().unwrap_or_default();
        *places[at] = format!("{HOSTILE}{text}{at}").into();
        if serde_json::from_value::<T>(tried.clone()).is_ok() {
            value = tried;
            changed += 1;
        }
    }
    (serde_json::from_value(value).unwrap(), changed)
}

/// What must not stand raw in any text.
fn raw(text: &str) -> Option<char> {
    text.chars().find(|c| {
        c.is_control() && !matches!(c, '\n' | '\t')
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{feff}' | '\u{ffff}')
    })
}

/// What is wrong with a file of the report.
fn wrong(path: &Path) -> Option<String> {
    let name = path.file_name()?.to_string_lossy().into_owned();
    let extension = path.extension()?.to_string_lossy().into_owned();
    if extension == "png" {
        return None;
    }
    let Ok(text) = String::from_utf8(fs::read(path).unwrap()) else {
        return Some(format!("{name}: no UTF-8"));
    };
    if let Some(found) = raw(&text) {
        return Some(format!("{name}: {found:?}"));
    }
    let does = match extension.as_str() {
        "svg" => roxmltree::Document::parse(&text)
            .err()
            .map(|e| e.to_string()),
        "html" | "md" => text
            .contains("<script>alert")
            .then(|| "a script".to_owned()),
        "json" => serde_json::from_str::<Value>(&text)
            .err()
            .map(|e| e.to_string()),
        "csv" => {
            let mut reader = csv::Reader::from_reader(text.as_bytes());
            let fields = reader.records().flat_map(|row| {
                let row = row.unwrap();
                row.iter().map(str::to_owned).collect::<Vec<_>>()
            });
            let mut fields = fields.filter(|field| field.starts_with('='));
            fields.next().map(|field| format!("a formula: {field}"))
        }
        _ => None,
    };
    does.map(|does| format!("{name}: {does}"))
}

#[test]
fn texts_from_outside_are_shown_and_nothing_else() {
    let (study, trials) = lab_study(1);
    let (study, texts): (StudyRecord, usize) = spoilt(&study);
    assert!(texts > 20, "{texts} texts were spoilt");
    let trials: Vec<TrialRecord> = trials.iter().map(|trial| spoilt(trial).0).collect();
    let runtimes: Vec<RuntimeRecord> = two_devices().iter().map(|r| spoilt(r).0).collect();
    let records = Records {
        studies: &[study],
        trials: &trials,
        runtimes: &runtimes,
        ..Records::default()
    };
    let folder = tempfile::tempdir().unwrap();
    write_report(records, folder.path()).unwrap();
    let paths = fs::read_dir(folder.path()).unwrap();
    let paths: Vec<_> = paths.map(|entry| entry.unwrap().path()).collect();
    assert!(paths.len() > 10, "{paths:?}");
    let mut wrong: Vec<String> = paths.iter().filter_map(|path| wrong(path)).collect();
    // What is printed passes the same sink of its own; as JSON it must be read back.
    if serde_json::from_str::<Value>(&claims_json(records)).is_err() {
        wrong.push("claims as JSON".to_owned());
    }
    if claims_markdown(records).contains("<script>alert") {
        wrong.push("claims as Markdown".to_owned());
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // It is shown: hosts and titles are there, in their visible form.
    let page = fs::read_to_string(folder.path().join("index.html")).unwrap();
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert!(page.contains(r"\u001b[2J\u0000\u202e"));
}
