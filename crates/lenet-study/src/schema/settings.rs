//! The settings, from what the reader asks of each.

use lenet_core::Settings;
use lenet_core::bounds::Bounds;
use lenet_core::settings::{Form, Key};
use serde_json::{Map, Value, json};

use super::named;

/// A table of settings.
pub(super) fn settings() -> Value {
    let of = |name: &&str| {
        (
            (*name).to_owned(),
            named(value(name), Settings::meaning(name)),
        )
    };
    let properties: Map<String, Value> = Settings::NAMES.iter().map(of).collect();
    json!({ "type": "object", "properties": properties, "additionalProperties": false })
}

/// Axes: a list of values for each setting.
pub(super) fn axes(most: usize) -> Value {
    let axis = |name: &&str| {
        let list = json!({
            "type": "array",
            "items": value(name),
            "minItems": 1,
            "maxItems": most,
            "uniqueItems": true,
        });
        ((*name).to_owned(), named(list, Settings::meaning(name)))
    };
    let properties: Map<String, Value> = Settings::NAMES.iter().map(axis).collect();
    json!({
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
        "minProperties": 1,
    })
}

/// A value of the setting `name`.
fn value(name: &str) -> Value {
    let mut value = any_of(&Settings::forms(name));
    let usual = Settings::default().complete();
    if let Some(text) = usual.text_of(name) {
        // A default that is no number or word is told by the table of settings.
        if let Ok(number) = text.parse::<f64>() {
            value["default"] = match number.fract() == 0.0 {
                true => json!(number as i64),
                false => json!(number),
            };
        } else if text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            value["default"] = json!(text);
        }
    }
    value
}

fn any_of(forms: &[Form]) -> Value {
    match forms {
        [only] => form(only),
        all => json!({ "anyOf": all.iter().map(form).collect::<Vec<_>>() }),
    }
}

fn form(form: &Form) -> Value {
    match form {
        Form::Word(words) => json!({ "enum": words }),
        Form::Text => json!({ "type": "string", "minLength": 1 }),
        Form::Boolean => json!({ "type": "boolean" }),
        Form::Count(counts) => {
            json!({ "type": "integer", "minimum": counts.least, "maximum": counts.most })
        }
        Form::Number(bounds) => number(bounds),
        Form::List(elements) => json!({ "type": "array", "items": any_of(elements) }),
        Form::Table(keys) => keyed(keys),
    }
}

fn keyed(keys: &[Key]) -> Value {
    let properties = keys
        .iter()
        .map(|key| (key.name.clone(), any_of(&key.forms)));
    let properties: Map<String, Value> = properties.collect();
    let required = keys.iter().filter(|key| key.is_required);
    let required: Vec<&str> = required.map(|key| key.name.as_str()).collect();
    json!({
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
        "required": required,
    })
}

/// A number within bounds, whose ends are at 0, at 1, or nowhere.
pub(super) fn number(bounds: &Bounds) -> Value {
    let mut schema = json!({ "type": "number" });
    if !bounds.hold(-1.0) {
        let end = if bounds.hold(0.0) {
            "minimum"
        } else {
            "exclusiveMinimum"
        };
        schema[end] = json!(0);
    }
    if !bounds.hold(2.0) {
        let end = if bounds.hold(1.0) {
            "maximum"
        } else {
            "exclusiveMaximum"
        };
        schema[end] = json!(1);
    }
    schema
}
