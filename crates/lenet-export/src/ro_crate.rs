//! RO-Crate 1.1: a folder with the records, and a description of what they are.
//!
//! ```text
//! OUT/ro-crate-metadata.json      what is in it, who made it, by what
//! OUT/records.jsonl.gz            all records of a folder, as `pack` writes them; numbered if there are several
//! OUT/study/NAME                  the files that declare the studies
//! ```
//!
//! <https://www.researchobject.org/ro-crate/specification/1.1/>

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;

use lenet_core::shown;
use lenet_results::{Environment, StoreError, pack};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::clock;
use crate::error::ExportError;
use crate::folder::Folder;
use crate::names::file_names;
use crate::records::{Content, Records, count};

/// The address of a license: of an SPDX identifier, or the address itself.
///
/// # Errors
/// [`ExportError::License`] for anything else.
pub(crate) fn license_address(license: &str) -> Result<String, ExportError> {
    let is_one_word = license.chars().all(|c| c.is_ascii_graphic() && c != '"');
    let is_address = license.starts_with("https://") || license.starts_with("http://");
    let is_identifier = license.starts_with(|c: char| c.is_ascii_alphanumeric())
        && license
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || ".-+".contains(c));
    match (is_one_word && is_address, is_identifier) {
        (true, _) => Ok(license.to_owned()),
        (_, true) => Ok(format!("https://spdx.org/licenses/{license}")),
        _ => Err(ExportError::License(license.to_owned())),
    }
}

/// A file of the crate.
struct Part {
    name: String,
    about: String,
    kind: &'static str,
    bytes: u64,
    sha256: String,
}

impl Part {
    fn of(name: String, about: String, kind: &'static str, contents: &[u8]) -> Self {
        let digest = Sha256::digest(contents);
        let sha256 = digest.iter().fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        });
        Self {
            name,
            about,
            kind,
            bytes: contents.len() as u64,
            sha256,
        }
    }

    fn entity(&self) -> Value {
        json!({
            "@id": self.name,
            "@type": "File",
            "name": self.name,
            "description": self.about,
            "encodingFormat": self.kind,
            "contentSize": self.bytes.to_string(),
            "sha256": self.sha256,
        })
    }
}

/// Writes a crate.
pub(crate) fn export(
    content: &Content,
    records: Records<'_>,
    license: Option<&str>,
    folder: &mut Folder,
    notes: &mut Vec<String>,
) -> Result<usize, ExportError> {
    let mut parts = packs(records, folder, notes)?;
    parts.extend(study_files(records, folder)?);
    let metadata = metadata(content, records, license, &parts)?;
    let mut text = serde_json::to_string_pretty(&metadata).expect("names are texts");
    text.push('\n');
    // Last, so that a crate is never described before it is there.
    folder.write(&["ro-crate-metadata.json"], text.as_bytes())?;
    notes.push("the records are packed; `report`, `claims` and `status` read the pack".to_owned());
    let unfinished = content.entries.len() - content.ended();
    if unfinished > 0 {
        notes.push(format!(
            "{} left out: a pack has trials that have ended",
            count(unfinished, "unfinished trial")
        ));
    }
    if license.is_none() {
        notes.push(
            "no license is given, so nobody may use the crate (hint: --license CC-BY-4.0)"
                .to_owned(),
        );
    }
    let has_times = content.entries.iter().any(|entry| !entry.runs.is_empty());
    notes.push(match has_times {
        true => "the day of publication is that on which the last trial ended".to_owned(),
        false => "no time is known: the day of publication is 1970-01-01".to_owned(),
    });
    notes.push(
        "no author is named: add one to ro-crate-metadata.json before you publish it".to_owned(),
    );
    Ok(content.ended())
}

/// Packs the folders of records.
fn packs(
    records: Records<'_>,
    folder: &mut Folder,
    notes: &mut Vec<String>,
) -> Result<Vec<Part>, ExportError> {
    let mut parts = Vec::new();
    for (number, from) in (1..).zip(records.folders) {
        let name = match records.folders.len() {
            1 => "records.jsonl.gz".to_owned(),
            _ => format!("records-{number}.jsonl.gz"),
        };
        let path = folder.place(&[&name])?;
        let (packed, damaged) = pack(from, &path)?;
        // Damaged records the caller found when it read the folder, which has no look at predictions.
        let predictions = damaged
            .iter()
            .filter(|error| matches!(error, StoreError::Predictions { .. }));
        notes.extend(predictions.map(|error| format!("left out: {error}")));
        let about = format!(
            "Records of {} and {}: JSON Lines, compressed with gzip, each with a checksum",
            count(packed.trials, "trial"),
            count(packed.runtimes, "runtime"),
        );
        let contents = fs::read(&path).map_err(|source| ExportError::Io {
            path,
            action: "read",
            source,
        })?;
        parts.push(Part::of(name, about, "application/gzip", &contents));
    }
    Ok(parts)
}

/// Writes the files that declare the studies.
fn study_files(records: Records<'_>, folder: &mut Folder) -> Result<Vec<Part>, ExportError> {
    let studies = records.studies.iter();
    let files = studies.flat_map(|study| study.files.iter().map(move |file| (study, file)));
    let files: Vec<_> = files.collect();
    let places: Vec<String> = (1..=files.len())
        .map(|place| format!("{place:08}"))
        .collect();
    let named = files.iter().zip(&places);
    let names = file_names(named.map(|((_, file), place)| (file.name.clone(), place.as_str())));
    let mut parts = Vec::new();
    for ((study, file), name) in files.iter().zip(&names) {
        folder.write(&["study", name], file.text.as_bytes())?;
        let about = format!("Declares the study {} ({})", study.name, file.name);
        let name = format!("study/{name}");
        let kind = "text/plain";
        parts.push(Part::of(name, shown(&about), kind, file.text.as_bytes()));
    }
    Ok(parts)
}

fn metadata(
    content: &Content,
    records: Records<'_>,
    license: Option<&str>,
    parts: &[Part],
) -> Result<Value, ExportError> {
    let runs = content.entries.iter().flat_map(|entry| &entry.runs);
    let sessions = records.runtimes.iter().flat_map(|r| &r.sessions);
    let mut programs: BTreeMap<String, Value> = BTreeMap::new();
    let mut machines: BTreeMap<String, Value> = BTreeMap::new();
    let environments = runs.map(|run| &run.environment);
    for environment in environments.chain(sessions.map(|s| &s.environment)) {
        let [program, machine] = [program(environment), machine(environment)];
        programs.insert(program.to_string(), program);
        machines.insert(machine.to_string(), machine);
    }
    let with_ids = |kind: &str, all: BTreeMap<String, Value>| -> Vec<Value> {
        let numbered = (1..).zip(all.into_values());
        let numbered = numbered.map(|(number, mut entity)| {
            entity["@id"] = json!(format!("#{kind}-{number}"));
            entity
        });
        numbered.collect()
    };
    let programs = with_ids("program", programs);
    let machines = with_ids("machine", machines);

    let starts = content.entries.iter();
    let starts = starts.filter_map(|entry| clock::start(&entry.runs));
    let ends = content.entries.iter();
    let ends = ends.filter_map(|entry| {
        let start = clock::start(&entry.runs)?;
        Some(
            clock::epoch_ends(&entry.runs, &entry.epochs)
                .last()
                .copied()
                .unwrap_or(start),
        )
    });
    let (start, end) = (starts.min_by(f64::total_cmp), ends.max_by(f64::total_cmp));

    let reference = |entity: &Value| json!({ "@id": entity["@id"] });
    let files: Vec<Value> = parts
        .iter()
        .map(|part| json!({ "@id": part.name }))
        .collect();
    let (declared, results): (Vec<_>, Vec<_>) = parts
        .iter()
        .partition(|part| part.name.starts_with("study/"));
    let ids = |parts: &[&Part]| {
        let ids = parts.iter().map(|part| json!({ "@id": part.name }));
        one_or_many(ids.collect())
    };
    let commands: BTreeSet<&String> = records.studies.iter().flat_map(|s| &s.commands).collect();
    let commands: Vec<String> = commands.into_iter().map(|c| shown(c)).collect();
    let titles: Vec<String> = records.studies.iter().map(|s| shown(&s.title)).collect();
    let title = match titles.is_empty() {
        true => "Runtimes of small convolutional networks".to_owned(),
        false => titles.join("; "),
    };
    let instruments = programs.iter().chain(&machines).map(reference);
    let mut action = json!({
        "@id": "#run",
        "@type": "CreateAction",
        "name": format!("Carrying out: {title}"),
        "instrument": one_or_many(instruments.collect()),
        "object": ids(&declared),
        "result": ids(&results),
    });
    if !commands.is_empty() {
        action["description"] = json!(format!("Commands: {}", commands.join("; ")));
    }
    if let Some(start) = start {
        action["startTime"] = json!(clock::rfc3339(start.floor()).replace(".000000", ""));
    }
    let end_text = clock::rfc3339(end.unwrap_or(0.0).floor()).replace(".000000", "");
    if end.is_some() {
        action["endTime"] = json!(end_text);
    }
    let mut root = json!({
        "@id": "./",
        "@type": "Dataset",
        "name": title,
        "description": format!(
            "Records of {} and {} of runtimes of small convolutional networks, which lenet-lab wrote. \
             `lenet-lab report` makes figures, tables and verdicts on claims of them.",
            count(records.trials.len(), "trial"),
            count(records.runtimes.len(), "record"),
        ),
        "datePublished": end_text[..10],
        "hasPart": one_or_many(files),
        "license": "No license is given: nobody may use this without the permission of its makers.",
        "mentions": { "@id": "#run" },
    });
    let mut graph = vec![json!({
        "@id": "ro-crate-metadata.json",
        "@type": "CreativeWork",
        "conformsTo": { "@id": "https://w3id.org/ro/crate/1.1" },
        "about": { "@id": "./" },
    })];
    if let Some(license) = license {
        let address = license_address(license)?;
        root["license"] = json!({ "@id": address });
        graph.push(json!({
            "@id": address,
            "@type": "CreativeWork",
            "name": license,
            "description": format!("The license {license}"),
        }));
    }
    graph.push(root);
    graph.push(action);
    graph.extend(parts.iter().map(Part::entity));
    graph.extend(programs);
    graph.extend(machines);
    Ok(json!({
        "@context": [
            "https://w3id.org/ro/crate/1.1/context",
            { "sha256": "http://schema.org/sha256" },
        ],
        "@graph": graph,
    }))
}

/// A list, or its only member, as RO-Crate recommends.
fn one_or_many(mut values: Vec<Value>) -> Value {
    match values.len() {
        1 => values.remove(0),
        _ => Value::Array(values),
    }
}

fn program(environment: &Environment) -> Value {
    let Environment {
        version,
        revision,
        profile,
        rustc,
        ..
    } = environment;
    json!({
        "@type": "SoftwareApplication",
        "name": "lenet-lab",
        "softwareVersion": shown(version),
        "identifier": shown(revision),
        "description": shown(&format!("Revision {revision}, profile {profile}, {rustc}")),
    })
}

fn machine(environment: &Environment) -> Value {
    let Environment { host, os, cpu, .. } = environment;
    let gpu = environment
        .gpu
        .as_ref()
        .map(|gpu| format!(", {}", gpu.name));
    let gpu = gpu.unwrap_or_default();
    let cores = count(environment.cores, "core");
    json!({
        "@type": "Product",
        "name": shown(host),
        "description": shown(&format!("{cpu}{gpu}, {cores}, {os}")),
    })
}

#[cfg(test)]
mod tests;
