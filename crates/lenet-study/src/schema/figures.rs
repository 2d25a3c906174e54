//! Figures and their drawings.

use lenet_core::Settings;
use lenet_core::bounds::{Counts, MANY};
use lenet_results::{DrawingKind, EpochMeasure, RuntimeParameters};
use serde_json::{Value, json};

use super::{identifier, named, prose, settings, table, title, words};
use crate::draw::OF_CELLS;
use crate::figure::{MANY_OR_NONE, MOST_VALUES};

pub(super) fn figure() -> Value {
    let usual = RuntimeParameters::default();
    let count = |counts: Counts, usual: usize, meaning: &str| {
        let count = json!({
            "type": "integer",
            "minimum": counts.least,
            "maximum": counts.most,
            "default": usual,
        });
        named(count, meaning)
    };
    let drawings =
        json!({ "type": "array", "items": { "$ref": "#/definitions/drawing" }, "minItems": 1 });
    let measure = json!({ "enum": ["training", "runtime"], "default": "training" });
    let set = json!({ "$ref": "#/definitions/settings" });
    let properties = [
        (
            "id",
            named(identifier(), "names the figure in paths and on `--only`"),
        ),
        ("title", named(title(), "its heading")),
        (
            "notes",
            named(prose(), "what a reader must know of it, in Markdown"),
        ),
        (
            "published",
            named(
                identifier(),
                "id of the published table to draw along with it",
            ),
        ),
        (
            "measure",
            named(measure, "how well its cells train, or how long that takes"),
        ),
        (
            "draw",
            named(drawings, "how it is drawn; by default the report chooses"),
        ),
        (
            "repeats",
            count(MANY, usual.repeats, "rounds of a measurement of runtime"),
        ),
        (
            "warm_up_samples",
            count(
                MANY_OR_NONE,
                usual.warm_up_samples,
                "images trained before a round and thrown away",
            ),
        ),
        (
            "phase_passes",
            count(
                MANY_OR_NONE,
                usual.phase_passes,
                "passes with a clock around each phase",
            ),
        ),
        ("set", named(set, "settings fixed for this figure")),
        (
            "axes",
            named(
                settings::axes(MOST_VALUES),
                "settings that vary; their product are the cells",
            ),
        ),
    ];
    table(
        "a figure: cells that are trained or timed",
        properties,
        &["id", "axes"],
    )
}

pub(super) fn drawing() -> Value {
    let measures = EpochMeasure::ALL.map(EpochMeasure::name).into_iter();
    let measures = words(measures.chain(OF_CELLS));
    let axis = words(Settings::NAMES.iter().copied());
    let property = |key: &str| match key {
        "measure" | "across" => measures.clone(),
        _ => axis.clone(),
    };
    let of_kind = |kind: DrawingKind| {
        let keys = kind
            .keys()
            .iter()
            .map(|key| ((*key).to_owned(), property(key)));
        let mut properties: serde_json::Map<String, Value> = keys.collect();
        properties.insert("kind".to_owned(), words([kind.name()]));
        json!({
            "type": "object",
            "properties": properties,
            "additionalProperties": false,
            "required": ["kind"],
        })
    };
    let mut forms = vec![words(DrawingKind::ALL.map(DrawingKind::name))];
    forms.extend(DrawingKind::ALL.map(of_kind));
    json!({ "anyOf": forms })
}
