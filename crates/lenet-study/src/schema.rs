//! What a study's file may hold, as a JSON schema, for editors that complete and check while somebody writes.
//!
//! A schema knows each key, its type and its bounds. What takes more than one key to see (a claim that names
//! no cell, a figure that names no published table) only the reader refuses.

mod claims;
mod figures;
mod settings;

use lenet_ops::Level;
use serde_json::{Map, Value, json};

use crate::config::MOST_SEEDS;
use crate::node::{MOST_ID, MOST_PROSE, MOST_TABLES, MOST_TITLE};
use crate::slurm::{MOST_CPUS, MOST_WORKERS};

/// The draft that editors of TOML read.
const DRAFT: &str = "http://json-schema.org/draft-07/schema#";

/// The schema of a study's file.
#[must_use]
pub fn schema() -> Value {
    let properties = [
        ("name", named(identifier(), "names the study in paths")),
        ("title", named(title(), "heading of the report")),
        ("seeds", seeds()),
        (
            "base",
            named(
                json!({ "$ref": "#/definitions/settings" }),
                "settings of every cell",
            ),
        ),
        (
            "predictions",
            named(
                json!({ "type": "boolean", "default": true }),
                "whether each trial keeps what its network says of every test image",
            ),
        ),
        (
            "level",
            named(
                words(Level::ALL.map(Level::name)),
                "the instruction set that computes its trials on every machine; default: the best of each",
            ),
        ),
        ("figure", tables("#/definitions/figure", 1)),
        ("published", tables("#/definitions/published", 0)),
        ("claim", tables("#/definitions/claim", 0)),
        ("slurm", json!({ "$ref": "#/definitions/slurm" })),
    ];
    let mut schema = table("a study of lenet-lab", properties, &["name", "figure"]);
    schema["$schema"] = json!(DRAFT);
    schema["definitions"] = json!({
        "settings": settings::settings(),
        "figure": figures::figure(),
        "drawing": figures::drawing(),
        "published": published(),
        "claim": claims::claim(),
        "test": claims::test(),
        "side": claims::side(),
        "measure": claims::measure(),
        "moment": claims::moment(),
        "slurm": slurm(),
    });
    schema
}

fn seeds() -> Value {
    let many = json!({ "type": "integer", "minimum": 1, "maximum": MOST_SEEDS });
    let these = json!({
        "type": "array",
        "items": { "type": "integer", "minimum": 0 },
        "minItems": 1,
        "uniqueItems": true,
    });
    named(
        json!({ "anyOf": [many, these], "default": 1 }),
        "seeds of each cell: how many, or which",
    )
}

fn published() -> Value {
    let file = json!({ "type": "string", "minLength": 1 });
    let properties = [
        ("id", named(identifier(), "what figures call it")),
        ("file", named(file, "a CSV file beside the study's file")),
        ("source", named(prose(), "where the numbers come from")),
        ("precision", named(prose(), "how exact they are, in words")),
    ];
    let required = ["id", "file", "source", "precision"];
    table("numbers that somebody published", properties, &required)
}

fn slurm() -> Value {
    let word = json!({ "type": "string", "pattern": "^[A-Za-z0-9._,-]+$" });
    let count = |most: usize| json!({ "type": "integer", "minimum": 1, "maximum": most });
    let time = json!({ "anyOf": [{ "type": "string" }, count(1_000_000)] });
    let gpus = json!({ "anyOf": [
        { "type": "integer", "minimum": 0, "maximum": 64 },
        { "type": "string", "pattern": "^[A-Za-z0-9._:-]+$" },
    ] });
    let extra = json!({ "type": "array", "items": { "type": "string", "pattern": "^-" } });
    let properties = [
        ("partition", named(word, "the partition")),
        (
            "time",
            named(
                time,
                "how long a worker may run at a time, as sbatch takes it, or in minutes",
            ),
        ),
        (
            "cpus_per_task",
            named(count(MOST_CPUS), "cores of each worker"),
        ),
        ("tasks", named(count(MOST_WORKERS), "workers")),
        (
            "gpus",
            named(
                gpus,
                "GPUs of each worker: a number, or a type and a number",
            ),
        ),
        ("extra", named(extra, "more options of sbatch")),
    ];
    table("what is asked of Slurm", properties, &[])
}

/// A table with these keys and no others.
fn table<const N: usize>(
    description: &str,
    properties: [(&str, Value); N],
    required: &[&str],
) -> Value {
    let properties = properties.map(|(name, value)| (name.to_owned(), value));
    let mut object = Map::new();
    object.insert("description".to_owned(), json!(description));
    object.insert("type".to_owned(), json!("object"));
    object.insert(
        "properties".to_owned(),
        Value::Object(Map::from_iter(properties)),
    );
    object.insert("additionalProperties".to_owned(), json!(false));
    if !required.is_empty() {
        object.insert("required".to_owned(), json!(required));
    }
    Value::Object(object)
}

/// An array of tables.
fn tables(reference: &str, least: usize) -> Value {
    json!({ "type": "array", "items": { "$ref": reference }, "minItems": least, "maxItems": MOST_TABLES })
}

fn named(mut schema: Value, description: &str) -> Value {
    schema["description"] = json!(description);
    schema
}

fn words<'w>(words: impl IntoIterator<Item = &'w str>) -> Value {
    json!({ "enum": words.into_iter().collect::<Vec<_>>() })
}

/// As [`Node::identifier`](crate::node::Node::identifier) takes it.
fn identifier() -> Value {
    json!({ "type": "string", "pattern": "^[A-Za-z0-9_-][A-Za-z0-9._-]*$", "maxLength": MOST_ID })
}

fn title() -> Value {
    json!({ "type": "string", "maxLength": MOST_TITLE })
}

fn prose() -> Value {
    json!({ "type": "string", "maxLength": MOST_PROSE })
}

#[cfg(test)]
mod tests;
