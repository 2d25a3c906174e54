//! Searches.

use lenet_core::Settings;
use lenet_core::bounds::{Counts, MANY};
use lenet_results::{EpochMeasure, Scale};
use serde_json::{Map, Value, json};

use super::{named, settings, table, words};
use crate::search::{ETA, FIXED, MEASURES, MOST_VALUES, NUMBERS, PROPOSALS, WHOLE_NUMBERS};

/// The table of a search. Which keys go with which kind the reader says.
pub(super) fn search() -> Value {
    let count = |counts: Counts, meaning: &str| {
        let count = json!({ "type": "integer", "minimum": counts.least, "maximum": counts.most });
        named(count, meaning)
    };
    let seed = json!({ "type": "integer", "minimum": 0, "default": 1 });
    let properties = [
        (
            "kind",
            named(
                words(["random", "halving", "tpe"]),
                "how settings are proposed",
            ),
        ),
        ("trials", count(PROPOSALS, "the budget: so many proposals")),
        (
            "epochs",
            count(
                MANY,
                "the budget: so many epochs of training, all trials together",
            ),
        ),
        (
            "measure",
            named(
                words(MEASURES.map(EpochMeasure::name)),
                "what is best: the greatest accuracy or the least loss",
            ),
        ),
        ("seed", named(seed, "seed of the proposals")),
        (
            "eta",
            count(
                ETA,
                "of halving: one in so many goes on, with so many times the epochs",
            ),
        ),
        ("first", count(MANY, "of halving: epochs of the first rung")),
        ("round", count(PROPOSALS, "of tpe: proposals made at once")),
        (
            "startup",
            count(PROPOSALS, "of tpe: random proposals before the first round"),
        ),
        ("space", named(space(), "settings that vary")),
    ];
    table(
        "a search for the best settings, in the place of axes",
        properties,
        &["kind", "space"],
    )
}

/// What each setting may be chosen from: a list, or a range of numbers.
fn space() -> Value {
    let mut space = settings::axes(MOST_VALUES);
    let own = |name: &str| {
        let list = space["properties"][name].clone();
        let forms = match range(name) {
            None => return list,
            Some(range) => json!({ "anyOf": [list, range] }),
        };
        named(forms, Settings::meaning(name))
    };
    let fixed = FIXED.iter().map(|(name, _)| *name);
    let refused: Vec<&str> = fixed.chain(Settings::OF_RUNTIME).collect();
    let names = Settings::NAMES
        .iter()
        .filter(|name| !refused.contains(name));
    let all: Map<String, Value> = names.map(|name| ((*name).to_owned(), own(name))).collect();
    space["properties"] = Value::Object(all);
    space
}

/// A range of a setting's numbers; `None` where it has none.
fn range(name: &str) -> Option<Value> {
    let is_whole = WHOLE_NUMBERS.contains(&name);
    if !is_whole && !NUMBERS.contains(&name) {
        return None;
    }
    let scales = Scale::ALL.into_iter();
    let scales = scales.filter(|(_, scale)| scale.is_whole() == is_whole);
    let end = json!({ "type": if is_whole { "integer" } else { "number" } });
    let properties = [
        ("from", named(end.clone(), "the least")),
        ("to", named(end, "the greatest")),
        (
            "scale",
            named(
                words(scales.map(|(name, _)| name)),
                "how numbers are spread",
            ),
        ),
    ];
    Some(table("a range of numbers", properties, &["from", "to"]))
}
