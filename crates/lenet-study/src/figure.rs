//! The figures of a study's file: what is measured, what is fixed, what varies.

use lenet_core::Settings;
use lenet_core::bounds::{Counts, MANY};
use lenet_core::settings::Node as _;
use lenet_results::{Drawing, RuntimeParameters};

use crate::draw::read_drawings;
use crate::error::StudyError;
use crate::node::{Entry, MOST_TABLES, Node};
use crate::published::PublishedConfig;
use crate::settings::{ONLY_OF_RUNTIME, from_node};

/// One figure: fixed settings and axes, whose product are its cells.
#[derive(Debug, Clone, PartialEq)]
pub struct FigureConfig {
    /// What names the figure in paths: letters, digits, `.`, `-`, `_`.
    pub id: String,
    /// Its heading.
    pub title: String,
    /// Id of the published table to draw along with it.
    pub published: Option<String>,
    /// What a reader must know of it, in Markdown.
    pub notes: String,
    /// How it is drawn; empty where the report chooses.
    pub draw: Vec<Drawing>,
    /// What is measured of its cells.
    pub measure: MeasureKind,
    /// Settings fixed for this figure.
    pub set: Settings,
    /// Axes in the order of the file, at least one; the last varies fastest.
    pub axes: Vec<Axis>,
}

/// What is measured of the cells of a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MeasureKind {
    /// How well they train.
    Training,
    /// How long one epoch and its evaluations take.
    Runtime(RuntimeParameters),
}

/// A setting that varies within a figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    /// The setting, one of [`Settings::NAMES`].
    pub name: String,
    /// One value each, at least one, distinct.
    pub values: Vec<Settings>,
}

/// Why settings of several epochs are refused.
pub(crate) const ONE_EPOCH: &str = "a runtime figure measures one epoch; leave it out";

/// Keys of [`RuntimeParameters`].
const PARAMETERS: [&str; 3] = ["repeats", "warm_up_samples", "phase_passes"];

/// Most values of an axis.
pub(crate) const MOST_VALUES: usize = 4096;

/// Numbers of warm-up images or of passes, which may be none.
pub(crate) const MANY_OR_NONE: Counts = Counts {
    least: 0,
    most: MANY.most,
};

impl FigureConfig {
    /// Whether the figure measures runtimes.
    #[must_use]
    pub const fn is_of_runtime(&self) -> bool {
        matches!(self.measure, MeasureKind::Runtime(_))
    }

    /// Refuses the name of a published table that the study does not have.
    pub(crate) fn check_published(
        &self,
        tables: &[PublishedConfig],
        node: &Node<'_>,
    ) -> Result<(), StudyError> {
        let Some(name) = &self.published else {
            return Ok(());
        };
        let known: Vec<&str> = tables.iter().map(|table| table.id.as_str()).collect();
        if known.contains(&name.as_str()) {
            return Ok(());
        }
        Err(node.refuse(match known.as_slice() {
            [] => "the study has no [[published]] table".to_owned(),
            known => format!("the published tables are {}", known.join(", ")),
        }))
    }
}

/// Figures, each with the node that names its published table or else itself.
pub(crate) fn read_figures<'d>(
    node: &Node<'d>,
) -> Result<Vec<(FigureConfig, Node<'d>)>, StudyError> {
    let mut figures: Vec<(FigureConfig, Node<'d>)> = Vec::new();
    for element in node.elements_up_to(MOST_TABLES, "an array of tables, written [[figure]]")? {
        let (figure, id_node, published) = read_figure(&element)?;
        let same = |(other, _): &&(FigureConfig, _)| other.id.eq_ignore_ascii_case(&figure.id);
        if let Some((other, _)) = figures.iter().find(same) {
            return Err(id_node.refuse(match other.id == figure.id {
                true => "another figure has this id; give each its own".to_owned(),
                false => format!(
                    "figure {} has this id but for capitals, which some file systems do not tell apart",
                    other.id
                ),
            }));
        }
        figures.push((figure, published));
    }
    Ok(figures)
}

fn read_figure<'d>(node: &Node<'d>) -> Result<(FigureConfig, Node<'d>, Node<'d>), StudyError> {
    let mut id = None;
    let mut title = None;
    let mut notes = String::new();
    let mut published = None;
    let mut published_node = node.clone();
    let mut of_runtime = false;
    let mut parameters = Vec::new();
    let (mut set, mut set_node) = (Settings::default(), None);
    let (mut axes, mut axes_node) = (Vec::new(), None);
    let mut draw_node = None;
    let known = ["id", "title", "notes", "published", "measure", "draw"];
    let known: Vec<&str> = known
        .into_iter()
        .chain(PARAMETERS)
        .chain(["set", "axes"])
        .collect();
    for entry in node.entries(&known)? {
        let node = entry.node.clone();
        match entry.name.as_str() {
            "id" => id = Some((node.identifier()?, node)),
            "title" => title = Some(node.title()?),
            "notes" => notes = node.prose("a string of Markdown")?,
            "published" => {
                published = Some(node.string("a string")?.to_owned());
                published_node = node;
            }
            "measure" => {
                let words = [("training", false), ("runtime", true)];
                of_runtime = node.word(&words, "\"training\" or \"runtime\"")?;
            }
            "draw" => draw_node = Some(node),
            "set" => (set, set_node) = (from_node(&node)?, Some(node)),
            "axes" => (axes, axes_node) = (read_axes(&node)?, Some(node)),
            _ => parameters.push(entry),
        }
    }
    let measure = read_measure(of_runtime, parameters)?;
    let (refused, hint): (&[&str], _) = match of_runtime {
        true => (&["epochs", "early_stop"], ONE_EPOCH),
        false => (&Settings::OF_RUNTIME, ONLY_OF_RUNTIME),
    };
    for table in [set_node, axes_node].into_iter().flatten() {
        table.refuse_keys(refused, hint)?;
    }
    let missing = |key: &str, hint: &str| StudyError::MissingKey {
        place: node.place(),
        key: format!("{}.{key}", node.path()),
        hint: hint.to_owned(),
    };
    let (id, id_node) = id.ok_or_else(|| missing("id", "write id = \"1\""))?;
    if axes.is_empty() {
        return Err(missing(
            "axes",
            "name what varies, e.g. learning_rate = [0.1, 0.01]",
        ));
    }
    for axis in &axes {
        if set.given().contains(&axis.name.as_str()) {
            return Err(id_node.refuse(format!(
                "`{}` is both set and an axis of this figure; keep one of them",
                axis.name
            )));
        }
    }
    let draw = match draw_node {
        Some(node) if of_runtime => {
            return Err(node.refuse("a runtime figure has its own drawing; leave it out"));
        }
        Some(node) => {
            let names: Vec<&str> = axes.iter().map(|axis: &Axis| axis.name.as_str()).collect();
            read_drawings(&node, &names)?
        }
        None => Vec::new(),
    };
    let title = title.unwrap_or_else(|| format!("Figure {id}"));
    Ok((
        FigureConfig {
            id,
            title,
            published,
            notes,
            draw,
            measure,
            set,
            axes,
        },
        id_node,
        published_node,
    ))
}

/// How often a figure of runtimes is measured; a figure of training has no such keys.
fn read_measure(of_runtime: bool, entries: Vec<Entry<'_>>) -> Result<MeasureKind, StudyError> {
    let mut parameters = RuntimeParameters::default();
    for Entry { name, node } in entries {
        if !of_runtime {
            return Err(node.refuse("it belongs to a figure with measure = \"runtime\""));
        }
        let count = |bounds| node.count(bounds, "a whole number");
        match name.as_str() {
            "repeats" => parameters.repeats = count(MANY)?,
            "warm_up_samples" => parameters.warm_up_samples = count(MANY_OR_NONE)?,
            _ => parameters.phase_passes = count(MANY_OR_NONE)?,
        }
    }
    Ok(match of_runtime {
        true => MeasureKind::Runtime(parameters),
        false => MeasureKind::Training,
    })
}

fn read_axes(node: &Node<'_>) -> Result<Vec<Axis>, StudyError> {
    let entries = node.entries(Settings::NAMES)?;
    let axis = |entry: &Entry<'_>| read_axis(&entry.name, &entry.node);
    entries.iter().map(axis).collect()
}

/// The axis of the setting `name`.
fn read_axis(name: &str, node: &Node<'_>) -> Result<Axis, StudyError> {
    let mut values: Vec<Settings> = Vec::new();
    for element in node.elements_up_to(MOST_VALUES, "an array of values")? {
        let mut value = Settings::default();
        value.read(name, &element)?;
        if values.contains(&value) {
            return Err(element.refuse("this value stands in the axis twice"));
        }
        values.push(value);
    }
    if values.is_empty() {
        return Err(node.refuse("give the axis at least one value"));
    }
    Ok(Axis {
        name: name.to_owned(),
        values,
    })
}

/// The number of cells of these axes; the largest number where it is larger.
pub(crate) fn cells(axes: &[Axis]) -> usize {
    let levels = axes.iter().map(|axis| axis.values.len());
    levels.fold(1, usize::saturating_mul)
}

/// All combinations of the axes' values, the last axis varying fastest.
pub(crate) fn product(axes: &[Axis]) -> Vec<Settings> {
    axes.iter().fold(vec![Settings::default()], |cells, axis| {
        let with_each = |cell: Settings| axis.values.iter().map(move |value| cell.overlaid(value));
        cells.into_iter().flat_map(with_each).collect()
    })
}
