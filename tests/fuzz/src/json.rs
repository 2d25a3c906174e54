//! Changes of JSON that leave it JSON.

use serde_json::Value;

use crate::draw::Draw;
use crate::extremes;

/// Changes one to three values of a text; `None` where it is no JSON.
pub fn changed(text: &[u8], draw: &mut Draw) -> Option<Value> {
    let mut value: Value = serde_json::from_slice(text).ok()?;
    for _ in 0..=draw.below(3) {
        let others = value.clone();
        let other = pick(&others, draw).clone();
        let place = draw.below(count(&value));
        change(nth(&mut value, &mut { place })?, other, draw);
    }
    Some(value)
}

fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(elements) => elements.iter().map(count).sum(),
        Value::Object(members) => members.values().map(count).sum(),
        _ => 0,
    }
}

/// The value at a place, counted in the order of the text.
fn nth<'v>(value: &'v mut Value, place: &mut usize) -> Option<&'v mut Value> {
    if *place == 0 {
        return Some(value);
    }
    *place -= 1;
    match value {
        Value::Array(elements) => elements.iter_mut().find_map(|v| nth(v, place)),
        Value::Object(members) => members.values_mut().find_map(|v| nth(v, place)),
        _ => None,
    }
}

/// A value anywhere inside of another.
fn pick<'v>(value: &'v Value, draw: &mut Draw) -> &'v Value {
    let inside: Vec<&Value> = match value {
        Value::Array(elements) => elements.iter().collect(),
        Value::Object(members) => members.values().collect(),
        _ => Vec::new(),
    };
    match inside.is_empty() || draw.one_in(4) {
        true => value,
        false => pick(draw.of::<&Value>(&inside), draw),
    }
}

fn change(value: &mut Value, other: Value, draw: &mut Draw) {
    let is_inner = value.is_array() || value.is_object();
    // Whole branches seldom: what matters lies at the leaves.
    if is_inner && draw.one_in(8) || draw.one_in(12) {
        *value = other;
        return;
    }
    match value {
        Value::Number(number) => *value = another_number(number, draw),
        Value::String(_) => {
            let text = draw.of(&extremes::TEXTS);
            let times = *draw.of(&[1, 1, 1, 1, 300, 5000]);
            *value = text.repeat(times).into();
        }
        Value::Bool(_) | Value::Null => {
            *value = match draw.below(4) {
                0 => Value::Null,
                1 => true.into(),
                2 => false.into(),
                _ => other,
            }
        }
        Value::Array(elements) => change_elements(elements, other, draw),
        Value::Object(members) => {
            let names: Vec<String> = members.keys().cloned().collect();
            if names.is_empty() || draw.one_in(4) {
                members.insert((*draw.of(&extremes::TEXTS)).to_owned(), other);
            } else {
                members.remove(draw.of(&names));
            }
        }
    }
}

fn change_elements(elements: &mut Vec<Value>, other: Value, draw: &mut Draw) {
    let at = draw.below(elements.len());
    match draw.below(5) {
        0 => elements.clear(),
        1 => elements.push(other),
        2 if !elements.is_empty() => drop(elements.remove(at)),
        3 if !elements.is_empty() => elements.swap(0, at),
        _ if !elements.is_empty() => {
            let again = vec![elements[at].clone(); 1 << draw.below(7)];
            elements.splice(at..at, again);
        }
        _ => {}
    }
}

fn another_number(number: &serde_json::Number, draw: &mut Draw) -> Value {
    let near = number.as_f64().unwrap_or(0.0);
    match draw.below(4) {
        0 => (near * *draw.of(&[-1.0, 0.5, 2.0, 1000.0, 1e-300, 1e300])).into(),
        1 => (number
            .as_i64()
            .unwrap_or(1)
            .wrapping_add(*draw.of(&[-1, 1, 7])))
        .into(),
        _ => {
            let text = draw.of(&extremes::NUMBERS);
            serde_json::from_str(text).unwrap_or(Value::Null)
        }
    }
}
