//! Claims.

use lenet_core::Settings;
use lenet_results::Quantity;
use serde_json::{Value, json};

use super::{identifier, named, prose, table, words};
use crate::claims::{EPOCH, TEST};

/// A claim: its own keys, and those of its one test or the tests themselves.
pub(super) fn claim() -> Value {
    let correction = json!({ "enum": ["bonferroni", "holm"], "default": "bonferroni" });
    let tests =
        json!({ "type": "array", "items": { "$ref": "#/definitions/test" }, "minItems": 1 });
    let properties = [
        ("text", named(prose(), "the claim in words")),
        (
            "id",
            named(identifier(), "its name; by default its position"),
        ),
        (
            "notes",
            named(
                prose(),
                "what a reader must know beside the verdict, in Markdown",
            ),
        ),
        (
            "correction",
            named(correction, "how its comparisons share the error"),
        ),
        (
            "test",
            named(tests, "several tests, all of which must hold"),
        ),
    ];
    let mut claim = table("a claim to be put to the test", properties, &["text"]);
    let own = test();
    for (name, value) in own["properties"].as_object().into_iter().flatten() {
        claim["properties"][name] = value.clone();
    }
    claim
}

pub(super) fn test() -> Value {
    let settings = json!({ "$ref": "#/definitions/settings" });
    let side = json!({ "$ref": "#/definitions/side" });
    let sides = json!({ "anyOf": [side, { "type": "array", "items": side, "minItems": 1 }] });
    let setting = words(Settings::NAMES.iter().copied());
    let number = json!({ "type": "number" });
    let property = |key: &str| match key {
        "where" => named(settings.clone(), "settings that all its cells have"),
        "left" => named(
            side.clone(),
            "the left side, by the settings in which it differs",
        ),
        "right" => named(
            sides.clone(),
            "the right side, or several: one comparison for each",
        ),
        "each" => named(
            json!({ "type": "array", "items": setting }),
            "one comparison for each value of these settings",
        ),
        "between" => named(
            json!({ "type": "array", "items": settings, "minItems": 2, "maxItems": 2 }),
            "how much the quantity changes from the second to the first",
        ),
        "trend" => named(
            setting.clone(),
            "how much the quantity changes from the smallest value of this setting to the greatest",
        ),
        "measure" => json!({ "$ref": "#/definitions/measure" }),
        "at" => json!({ "$ref": "#/definitions/moment" }),
        "how" => named(words(Quantity::ALL.map(Quantity::name)), "what is computed"),
        "above" => named(number.clone(), "the interval must lie above this bound"),
        "below" => named(number.clone(), "the interval must lie below this bound"),
        "within" => named(
            json!({ "anyOf": [
                { "type": "number", "exclusiveMinimum": 0 },
                { "type": "array", "items": number, "minItems": 2, "maxItems": 2 },
            ] }),
            "the interval must lie between two bounds; one number stands for both signs",
        ),
        "for" => named(
            json!({ "enum": ["all", "any", "unanimous"], "default": "all" }),
            "which comparisons must meet the rule",
        ),
        _ => named(threshold(), "cells that learned less are left out"),
    };
    let keys = TEST.into_iter().filter(|key| *key != "test");
    let properties = keys.map(|key| (key.to_owned(), property(key)));
    json!({
        "description": "one question of a claim",
        "type": "object",
        "properties": properties.collect::<serde_json::Map<_, _>>(),
        "additionalProperties": false,
    })
}

fn threshold() -> Value {
    let properties = [
        ("measure", json!({ "$ref": "#/definitions/measure" })),
        ("at", json!({ "$ref": "#/definitions/moment" })),
        ("at_least", json!({ "type": "number" })),
    ];
    table("", properties, &["at_least"])
}

/// Settings, with what is read of them.
pub(super) fn side() -> Value {
    let mut side = super::settings::settings();
    side["properties"]["measure"] = json!({ "$ref": "#/definitions/measure" });
    side["properties"]["at"] = json!({ "$ref": "#/definitions/moment" });
    side
}

pub(super) fn measure() -> Value {
    let description = "what is read: test_accuracy, seconds_per_epoch, seconds, \
                       \"epochs until test_accuracy >= 0.95\", …";
    json!({ "type": "string", "description": description, "default": "test_accuracy" })
}

pub(super) fn moment() -> Value {
    json!({
        "description": "after which epoch",
        "anyOf": [
            { "enum": ["first", "last", "best"] },
            { "type": "integer", "minimum": EPOCH.least, "maximum": EPOCH.most },
        ],
        "default": "last",
    })
}
