//! `[figure.search]` of a study's file.

use lenet_core::Settings;
use lenet_core::bounds::{Counts, MANY};
use lenet_core::settings::Node as _;
use lenet_results::{Budget, EpochMeasure, Numbers, Scale, SearchKind};

use super::proposal::SearchConfig;
use super::space::{Parameter, Range, Space};
use crate::error::StudyError;
use crate::node::{Entry, Node};

const COUNT: &str = "a whole number";

/// Most values of a choice.
pub(crate) const MOST_VALUES: usize = 4096;

/// Most proposals of a search.
pub(crate) const PROPOSALS: Counts = Counts {
    least: 1,
    most: 1_000_000,
};

/// The share that goes on, of which 1 would be all.
pub(crate) const ETA: Counts = Counts {
    least: 2,
    most: 1000,
};

/// Settings that are numbers, and those that are whole numbers. Of all others a search takes lists.
pub(crate) const NUMBERS: [&str; 3] = ["dropout", "weight_decay", "learning_rate"];
pub(crate) const WHOLE_NUMBERS: [&str; 5] =
    ["filters", "hidden", "stride", "batch_size", "samples"];

/// What a search may go by.
pub(crate) const MEASURES: [EpochMeasure; 4] = [
    EpochMeasure::ValidationAccuracy,
    EpochMeasure::ValidationLoss,
    EpochMeasure::TrainAccuracy,
    EpochMeasure::TrainLoss,
];

/// What no search varies, and why.
pub(crate) const FIXED: [(&str, &str); 3] = [
    (
        "epochs",
        "a search trains as far as `epochs` of [figure.set] says; leave it out here",
    ),
    (
        "validation",
        "proposals are compared by the same validation images; leave it out here",
    ),
    (
        "data",
        "proposals are compared by the same images; leave it out here",
    ),
];

const A_RANGE: &str = "a list of values or a table { from = …, to = …, scale = \"log\" }";

/// Reads the table of a search.
pub(crate) fn read_search(node: &Node<'_>) -> Result<SearchConfig, StudyError> {
    let known = [
        "kind", "trials", "epochs", "measure", "seed", "eta", "first", "round", "startup", "space",
    ];
    let entries = node.entries(&known)?;
    let find = |name: &str| entries.iter().find(|e| e.name == name).map(|e| &e.node);
    let missing = |key: &str, hint: &str| StudyError::MissingKey {
        place: node.place(),
        key: format!("{}.{key}", node.path()),
        hint: hint.to_owned(),
    };
    let kind = find("kind").ok_or_else(|| missing("kind", "write kind = \"halving\""))?;
    let kind = read_kind(kind, &entries)?;
    let budget = match (find("trials"), find("epochs")) {
        (Some(_), Some(epochs)) => {
            return Err(epochs.refuse("`trials` is the budget already; keep one of them"));
        }
        (Some(trials), None) => Budget::Trials(trials.count(PROPOSALS, COUNT)?),
        (None, Some(epochs)) => Budget::Epochs(epochs.count(MANY, COUNT)?),
        (None, None) => {
            return Err(missing(
                "trials",
                "write trials = 27, or epochs = 200 for all trials together",
            ));
        }
    };
    let space = find("space").ok_or_else(|| {
        missing(
            "space",
            "name what varies, e.g. learning_rate = { from = 1e-4, to = 1.0, scale = \"log\" }",
        )
    })?;
    Ok(SearchConfig {
        kind,
        budget,
        measure: match find("measure") {
            Some(node) => read_measure(node)?,
            None => EpochMeasure::ValidationAccuracy,
        },
        seed: find("seed").map_or(Ok(1), Node::seed)?,
        space: read_space(space)?,
        place: node.place(),
    })
}

/// The kind with its parameters; those of other kinds are refused.
fn read_kind(node: &Node<'_>, entries: &[Entry<'_>]) -> Result<SearchKind, StudyError> {
    let words = [
        ("random", SearchKind::Random {}),
        ("halving", SearchKind::Halving { eta: 3, first: 1 }),
        (
            "tpe",
            SearchKind::Tpe {
                round: 8,
                startup: 16,
            },
        ),
    ];
    let mut kind = node.word(&words, "\"random\", \"halving\" or \"tpe\"")?;
    for Entry { name, node } in entries {
        let (slot, bounds) = match (name.as_str(), &mut kind) {
            ("eta", SearchKind::Halving { eta, .. }) => (eta, ETA),
            ("first", SearchKind::Halving { first, .. }) => (first, MANY),
            ("round", SearchKind::Tpe { round, .. }) => (round, PROPOSALS),
            ("startup", SearchKind::Tpe { startup, .. }) => (startup, PROPOSALS),
            ("eta" | "first", _) => {
                return Err(node.refuse("it belongs to kind = \"halving\""));
            }
            ("round" | "startup", _) => return Err(node.refuse("it belongs to kind = \"tpe\"")),
            _ => continue,
        };
        *slot = node.count(bounds, COUNT)?;
    }
    Ok(kind)
}

fn read_measure(node: &Node<'_>) -> Result<EpochMeasure, StudyError> {
    let of_test = [EpochMeasure::TestAccuracy, EpochMeasure::TestLoss];
    if node
        .string("the name of a measure")
        .is_ok_and(|name| of_test.iter().any(|measure| measure.name() == name))
    {
        return Err(node.refuse(
            "what is chosen by the test images is no longer tested by them; give a validation_… measure",
        ));
    }
    let words = MEASURES.map(|measure| (measure.name(), measure));
    node.word(&words, "the name of a measure")
}

fn read_space(node: &Node<'_>) -> Result<Space, StudyError> {
    let entries = node.entries(Settings::NAMES)?;
    if entries.is_empty() {
        return Err(node.refuse("name at least one setting that varies"));
    }
    let parameter = |entry: &Entry<'_>| read_parameter(&entry.name, &entry.node);
    Ok(Space {
        parameters: entries.iter().map(parameter).collect::<Result<_, _>>()?,
    })
}

fn read_parameter(name: &str, node: &Node<'_>) -> Result<Parameter, StudyError> {
    if let Some((_, why)) = FIXED.iter().find(|(fixed, _)| *fixed == name) {
        return Err(node.refuse(*why));
    }
    if Settings::OF_RUNTIME.contains(&name) {
        return Err(node.refuse(crate::settings::ONLY_OF_RUNTIME));
    }
    let range = match node.is_array() {
        true => Range::Choice(read_choice(name, node)?),
        false => Range::Numbers(read_numbers(name, node)?),
    };
    Ok(Parameter {
        name: name.to_owned(),
        range,
    })
}

/// Settings of one name, distinct.
fn read_choice(name: &str, node: &Node<'_>) -> Result<Vec<Settings>, StudyError> {
    let mut choices: Vec<Settings> = Vec::new();
    for element in node.elements_up_to(MOST_VALUES, "an array of values")? {
        let mut choice = Settings::default();
        choice.read(name, &element)?;
        if choices.contains(&choice) {
            return Err(element.refuse("this value stands in the list twice"));
        }
        choices.push(choice);
    }
    if choices.is_empty() {
        return Err(node.refuse("give at least one value"));
    }
    Ok(choices)
}

fn read_numbers(name: &str, node: &Node<'_>) -> Result<Numbers, StudyError> {
    let is_whole = WHOLE_NUMBERS.contains(&name);
    if !node.is_table() {
        return Err(node.type_error(A_RANGE));
    }
    if !is_whole && !NUMBERS.contains(&name) {
        return Err(node.refuse("it has no range of values; give a list of them"));
    }
    let entries = node.entries(&["from", "to", "scale"])?;
    let find = |key: &str| entries.iter().find(|e| e.name == key).map(|e| &e.node);
    let end = |key: &'static str, example: &str| {
        let end = find(key).ok_or_else(|| node.missing(key, example))?;
        if !end.is_number() {
            return Err(end.type_error("a number"));
        }
        // The setting's own bounds.
        Settings::default().read(name, end)?;
        Ok((end, end.number(ANY, "a number")?))
    };
    let (_, from) = end("from", "from = 0.001")?;
    let (to_node, to) = end("to", "to = 1.0")?;
    let usual = match is_whole {
        true => Scale::Integer,
        false => Scale::Linear,
    };
    let scale = match find("scale") {
        None => usual,
        Some(node) => {
            let names = "\"linear\", \"log\", \"integer\" or \"integer-log\"";
            let scale = node.word(&Scale::ALL, names)?;
            if scale.is_whole() != is_whole {
                return Err(node.refuse(match is_whole {
                    true => "it has whole numbers: give \"integer\" or \"integer-log\"",
                    false => "it has numbers of any kind: give \"linear\" or \"log\"",
                }));
            }
            scale
        }
    };
    if from >= to {
        return Err(to_node.refuse(format!("give a number above `from`, which is {from}")));
    }
    if scale.is_log() && from <= 0.0 {
        return Err(node.refuse("a logarithmic scale begins above 0; give a larger `from`"));
    }
    Ok(Numbers { from, to, scale })
}

/// Any number: the setting has its own bounds.
const ANY: lenet_core::bounds::Bounds =
    lenet_core::bounds::Bounds::new(f64::is_finite, "give a finite number");

#[cfg(test)]
mod tests;
