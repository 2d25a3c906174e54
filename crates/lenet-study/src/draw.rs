//! The drawings that a figure of training asks for.

use lenet_results::{Drawing, DrawingKind, EpochMeasure};

use crate::error::StudyError;
use crate::nearest::nearest;
use crate::node::Node;

/// Numbers of a cell besides those of its epochs.
pub(crate) const OF_CELLS: [&str; 2] = ["images_per_second", "parameters"];

const A_DRAWING: &str =
    "a list of drawings, e.g. [\"curves\", { kind = \"heatmap\", x = \"filters\" }]";

/// The list `draw` of a figure with these axes.
pub(crate) fn read_drawings(node: &Node<'_>, axes: &[&str]) -> Result<Vec<Drawing>, StudyError> {
    let elements = node.elements(A_DRAWING)?;
    if elements.is_empty() {
        return Err(node.refuse("name at least one drawing, or leave the key out"));
    }
    elements.iter().map(|element| read(element, axes)).collect()
}

fn read(node: &Node<'_>, axes: &[&str]) -> Result<Drawing, StudyError> {
    if node.string(A_DRAWING).is_ok() {
        return Ok(Drawing::of(kind(node)?));
    }
    let entries = node.entries(&[
        "kind", "measure", "across", "x", "y", "colour", "rows", "columns",
    ])?;
    let Some(named) = entries.iter().find(|entry| entry.name == "kind") else {
        return Err(node.refuse("say which kind, e.g. kind = \"heatmap\""));
    };
    let mut drawing = Drawing::of(kind(&named.node)?);
    let allowed = drawing.kind.keys();
    for entry in entries.iter().filter(|entry| entry.name != "kind") {
        let (name, node) = (entry.name.as_str(), &entry.node);
        if !allowed.contains(&name) {
            return Err(node.refuse(match allowed {
                [] => format!("{} have no such key", drawing.kind.name()),
                keys => format!("{} has the keys {}", drawing.kind.name(), keys.join(", ")),
            }));
        }
        let text = match name {
            "measure" | "across" => measure(node)?,
            _ => axis(node, axes)?,
        };
        let place = match name {
            "measure" => &mut drawing.measure,
            "across" => &mut drawing.across,
            "x" => &mut drawing.x,
            "y" => &mut drawing.y,
            "colour" => &mut drawing.colour,
            "rows" => &mut drawing.rows,
            _ => &mut drawing.columns,
        };
        *place = Some(text);
    }
    Ok(drawing)
}

fn kind(node: &Node<'_>) -> Result<DrawingKind, StudyError> {
    let name = one_of(node, &DrawingKind::ALL.map(DrawingKind::name))?;
    let found = DrawingKind::ALL
        .into_iter()
        .find(|kind| kind.name() == name);
    Ok(found.expect("one of these names"))
}

/// The name of a setting that is an axis of the figure.
fn axis(node: &Node<'_>, axes: &[&str]) -> Result<String, StudyError> {
    one_of(node, axes)
}

/// The name of a number that cells have.
fn measure(node: &Node<'_>) -> Result<String, StudyError> {
    let of_epochs = EpochMeasure::ALL.map(EpochMeasure::name).into_iter();
    one_of(node, &of_epochs.chain(OF_CELLS).collect::<Vec<_>>())
}

/// The text of a node, which must be one of these.
fn one_of(node: &Node<'_>, names: &[&str]) -> Result<String, StudyError> {
    let text = node.string("a name as a string")?;
    if names.contains(&text) {
        return Ok(text.to_owned());
    }
    Err(node.refuse(match nearest(text, names) {
        Some(near) => format!("did you mean \"{near}\"?"),
        None => format!("give one of \"{}\"", names.join("\", \"")),
    }))
}

#[cfg(test)]
mod tests;
