//! A study's file: base settings, figures, their axes, seeds.

use crate::error::StudyError;
use crate::node::{Document, Node};
use crate::settings::from_node;
use lenet_core::Settings;
use lenet_core::bounds::Counts;
use lenet_core::settings::Node as _;

/// A study as its file describes it. See `configs/lab-2017.toml` for the format.
#[derive(Debug, Clone, PartialEq)]
pub struct StudyConfig {
    /// What names the study in paths: letters, digits, `.`, `-`, `_`.
    pub name: String,
    /// Title of its report.
    pub title: String,
    /// Seeds of each cell.
    pub seeds: Seeds,
    /// Settings of every figure.
    pub base: Settings,
    /// Figures, at least one, ids distinct.
    pub figures: Vec<FigureConfig>,
}

/// Seeds of each cell, in the order in which they are run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seeds {
    /// 1, 2, …, so many.
    Count(usize),
    /// These.
    List(Vec<u64>),
}

impl Seeds {
    /// The seeds themselves.
    #[must_use]
    pub fn list(&self) -> Vec<u64> {
        match self {
            Self::Count(count) => (1..=*count as u64).collect(),
            Self::List(seeds) => seeds.clone(),
        }
    }
}

/// One figure: fixed settings and axes, whose product are its cells.
#[derive(Debug, Clone, PartialEq)]
pub struct FigureConfig {
    /// What names the figure in paths: letters, digits, `.`, `-`, `_`.
    pub id: String,
    /// Its heading.
    pub title: String,
    /// Figure of the published data to draw along with it.
    pub published: Option<String>,
    /// Settings fixed for this figure.
    pub set: Settings,
    /// Axes in the order of the file, at least one; the last varies fastest.
    pub axes: Vec<Axis>,
}

/// A setting that varies within a figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    /// The setting, one of [`Settings::NAMES`].
    pub name: String,
    /// One value each, at least one, distinct.
    pub values: Vec<Settings>,
}

impl StudyConfig {
    /// Reads a study from the text of a TOML file; `origin` names it in errors.
    ///
    /// # Errors
    /// [`StudyError`] with file, line, column and key for anything that is not understood: an
    /// unknown key is never passed over.
    pub fn parse(text: &str, origin: &str) -> Result<Self, StudyError> {
        let document = Document::parse(text, origin)?;
        let root = document.root();
        let mut name = None;
        let mut title = None;
        let mut seeds = Seeds::Count(1);
        let mut base = Settings::default();
        let mut figures = Vec::new();
        for entry in root.entries(&["name", "title", "seeds", "base", "figure"])? {
            let node = &entry.node;
            match entry.name.as_str() {
                "name" => name = Some(identifier(node)?),
                "title" => title = Some(node.string("a string")?.to_owned()),
                "seeds" => seeds = read_seeds(node)?,
                "base" => base = from_node(node)?,
                _ => figures = read_figures(node)?,
            }
        }
        let missing = |key: &str, hint: &str| StudyError::MissingKey {
            place: root.place(),
            key: key.to_owned(),
            hint: hint.to_owned(),
        };
        let name = name.ok_or_else(|| missing("name", "write name = \"my-study\""))?;
        if figures.is_empty() {
            return Err(missing(
                "figure",
                "a study needs at least one [[figure]] with id and [figure.axes]",
            ));
        }
        Ok(Self {
            title: title.unwrap_or_else(|| name.clone()),
            name,
            seeds,
            base,
            figures,
        })
    }
}

/// How many seeds a study may ask for.
const SEEDS: Counts = Counts {
    least: 1,
    most: 1_000_000,
};

fn read_seeds(node: &Node<'_>) -> Result<Seeds, StudyError> {
    let expected = "a number of seeds or an array of them";
    if !node.is_array() {
        return Ok(Seeds::Count(node.count(SEEDS, expected)?));
    }
    let mut seeds = Vec::new();
    for element in node.elements(expected)? {
        let seed = element.seed()?;
        if seeds.contains(&seed) {
            return Err(element.refuse("the same seed twice would count one trial as two"));
        }
        seeds.push(seed);
    }
    if seeds.is_empty() {
        return Err(node.refuse("give at least one seed"));
    }
    Ok(Seeds::List(seeds))
}

fn read_figures(node: &Node<'_>) -> Result<Vec<FigureConfig>, StudyError> {
    let mut figures: Vec<FigureConfig> = Vec::new();
    for element in node.elements("an array of tables, written [[figure]]")? {
        let (figure, id_node) = read_figure(&element)?;
        if figures.iter().any(|other| other.id == figure.id) {
            return Err(id_node.refuse("another figure has this id; give each its own"));
        }
        figures.push(figure);
    }
    Ok(figures)
}

fn read_figure<'d>(node: &Node<'d>) -> Result<(FigureConfig, Node<'d>), StudyError> {
    let mut id = None;
    let mut title = None;
    let mut published = None;
    let mut set = Settings::default();
    let mut axes = Vec::new();
    for entry in node.entries(&["id", "title", "published", "set", "axes"])? {
        let node = entry.node;
        match entry.name.as_str() {
            "id" => id = Some((identifier(&node)?, node)),
            "title" => title = Some(node.string("a string")?.to_owned()),
            "published" => published = Some(node.string("a string")?.to_owned()),
            "set" => set = from_node(&node)?,
            _ => axes = read_axes(&node)?,
        }
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
    let title = title.unwrap_or_else(|| format!("Figure {id}"));
    Ok((
        FigureConfig {
            id,
            title,
            published,
            set,
            axes,
        },
        id_node,
    ))
}

fn read_axes(node: &Node<'_>) -> Result<Vec<Axis>, StudyError> {
    let mut axes = Vec::new();
    for entry in node.entries(Settings::NAMES)? {
        let mut values: Vec<Settings> = Vec::new();
        for element in entry.node.elements("an array of values")? {
            let mut value = Settings::default();
            value.read(&entry.name, &element)?;
            if values.contains(&value) {
                return Err(element.refuse("this value stands in the axis twice"));
            }
            values.push(value);
        }
        if values.is_empty() {
            return Err(entry.node.refuse("give the axis at least one value"));
        }
        axes.push(Axis {
            name: entry.name,
            values,
        });
    }
    Ok(axes)
}

/// A word that may stand in a path.
fn identifier(node: &Node<'_>) -> Result<String, StudyError> {
    let text = node.string("a string")?;
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    if text.is_empty() || text.starts_with('.') || !text.chars().all(allowed) {
        return Err(node.refuse("it names files: use letters, digits, `-`, `_` and `.` alone"));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests;
