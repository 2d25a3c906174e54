//! Grids of runtimes as their files were before studies had figures of runtimes: one flat table whose
//! lists are axes.

use lenet_core::Settings;
use lenet_core::settings::Node as _;
use lenet_results::RuntimeParameters;

use crate::error::StudyError;
use crate::figure::{Axis, FigureConfig, MANY_OR_NONE, MeasureKind};
use crate::node::{Entry, Node};
use lenet_core::bounds::MANY;

/// Keys that must be there.
const NEEDED: [&str; 10] = [
    "name",
    "filters",
    "batch_size",
    "dropout",
    "samples",
    "validation",
    "learning_rate",
    "repeats",
    "warm_up_samples",
    "phase_passes",
];

/// Lists that may be left out or be empty.
const OPTIONAL: [&str; 4] = ["device", "backend", "placement", "trials"];

/// What a grid says.
pub(crate) struct Grid {
    pub(crate) name: String,
    pub(crate) seed: u64,
    /// A figure for each batch size.
    pub(crate) figures: Vec<FigureConfig>,
    /// How it is written today.
    pub(crate) note: String,
}

/// Whether a file is such a grid.
pub(crate) fn is_grid(root: &Node<'_>) -> bool {
    !root.has("figure") && root.has("filters")
}

/// Reads a grid; `origin` names the file.
pub(crate) fn read(root: &Node<'_>, origin: &str) -> Result<Grid, StudyError> {
    let known: Vec<&str> = NEEDED.into_iter().chain(["seed"]).chain(OPTIONAL).collect();
    let entries = root.entries(&known)?;
    for key in NEEDED.into_iter().chain(["seed"]) {
        if !root.has(key) {
            return Err(StudyError::MissingKey {
                place: root.place(),
                key: key.to_owned(),
                hint: "a grid of runtimes needs it; or write a study with [[figure]]".to_owned(),
            });
        }
    }
    let (mut name, mut seed) = (String::new(), 1);
    let mut set = Settings::default();
    let (mut sizes, mut axes) = (Vec::new(), Vec::new());
    let mut parameters = RuntimeParameters::default();
    for Entry { name: key, node } in &entries {
        match key.as_str() {
            "name" => name = node.identifier()?,
            "seed" => seed = node.seed()?,
            "samples" | "validation" | "learning_rate" => set.read(key, node)?,
            "repeats" => parameters.repeats = node.count(MANY, "a whole number")?,
            "warm_up_samples" => {
                parameters.warm_up_samples = node.count(MANY_OR_NONE, "a whole number")?;
            }
            "phase_passes" => {
                parameters.phase_passes = node.count(MANY_OR_NONE, "a whole number")?;
            }
            "batch_size" => sizes = values(key, node)?,
            key => axes.push(Axis {
                name: key.to_owned(),
                values: values(key, node)?,
            }),
        }
    }
    axes.retain(|axis| !axis.values.is_empty());
    let figure = |size: &Settings| {
        let batch_size = size.batch_size.unwrap_or_default();
        FigureConfig {
            id: format!("batch-{batch_size}"),
            title: format!("Runtime against network size, batch {batch_size}"),
            published: None,
            draw: Vec::new(),
            notes: String::new(),
            measure: MeasureKind::Runtime(parameters),
            set: set.overlaid(size),
            axes: axes.clone(),
            search: None,
        }
    };
    let figures: Vec<FigureConfig> = sizes.iter().map(figure).collect();
    Ok(Grid {
        note: note(origin, &figures),
        name,
        seed,
        figures,
    })
}

/// The values of a list, each once.
fn values(key: &str, node: &Node<'_>) -> Result<Vec<Settings>, StudyError> {
    let mut values = Vec::new();
    for element in node.elements("an array of values")? {
        let mut value = Settings::default();
        if key == "device" && element.string("a device")?.starts_with("cuda:") {
            return Err(element.refuse("write \"cuda\" here and give --device cuda:N"));
        }
        value.read(key, &element)?;
        if !values.contains(&value) {
            values.push(value);
        }
    }
    if values.is_empty() && !OPTIONAL.contains(&key) {
        return Err(node.refuse("give the axis at least one value"));
    }
    Ok(values)
}

fn note(origin: &str, figures: &[FigureConfig]) -> String {
    let first = figures.first();
    let id = first.map_or("", |figure| figure.id.as_str());
    let fixed = first.map_or_else(String::new, |figure| figure.set.label());
    let varied = first.into_iter().flat_map(|figure| &figure.axes);
    let varied: Vec<&str> = varied.map(|axis| axis.name.as_str()).collect();
    format!(
        "{origin} is a grid without figures, which is still read; today a study has a [[figure]] for each \
         batch size: id = \"{id}\", measure = \"runtime\", then [figure.set] with {fixed}, and \
         [figure.axes] with {} (`--config lab-2017` is one)",
        varied.join(", ")
    )
}

#[cfg(test)]
mod tests;
