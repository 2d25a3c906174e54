//! A study's file: base settings, figures, their axes, seeds; published data and claims.

use std::path::Path;

use crate::builtin;
use crate::claims::{self, ClaimConfig};
use crate::error::StudyError;
use crate::node::{Document, Node};
use crate::published::{self, Beside, PublishedConfig};
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
    /// Tables that figures are drawn with, ids distinct.
    pub published: Vec<PublishedConfig>,
    /// What the study puts to the test, ids distinct.
    pub claims: Vec<ClaimConfig>,
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
    /// Id of the published table to draw along with it.
    pub published: Option<String>,
    /// What a reader must know of it, in Markdown.
    pub notes: String,
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
    /// Opens the built-in study of this name, or the study in this file.
    ///
    /// # Errors
    /// [`StudyError::Read`] for a file that cannot be read, and all of [`StudyConfig::parse`].
    pub fn open(file_or_name: &str) -> Result<Self, StudyError> {
        if let Some(text) = builtin::builtin(file_or_name) {
            let beside = |name: &str| {
                let file = builtin::beside(name).map(str::to_owned);
                file.ok_or_else(|| "it does not come with the program".to_owned())
            };
            return Self::read(text, file_or_name, &beside);
        }
        let path = Path::new(file_or_name);
        let text = std::fs::read_to_string(path).map_err(|error| StudyError::Read {
            path: path.to_owned(),
            reason: error.to_string(),
        })?;
        let folder = path.parent().unwrap_or(Path::new(""));
        let beside = |name: &str| {
            let path = folder.join(name);
            let text = std::fs::read_to_string(&path);
            text.map_err(|error| format!("{}: {error}", path.display()))
        };
        Self::read(&text, file_or_name, &beside)
    }

    /// Reads a study from the text of a TOML file that names no other files; `origin` names it in
    /// errors.
    ///
    /// # Errors
    /// [`StudyError`] with file, line, column and key for anything that is not understood: an
    /// unknown key is never passed over.
    pub fn parse(text: &str, origin: &str) -> Result<Self, StudyError> {
        let beside = |_: &str| Err("a text without a folder has no files beside it".to_owned());
        Self::read(text, origin, &beside)
    }

    fn read(text: &str, origin: &str, beside: &Beside<'_>) -> Result<Self, StudyError> {
        let document = Document::parse(text, origin)?;
        let root = document.root();
        let mut name = None;
        let mut title = None;
        let mut seeds = Seeds::Count(1);
        let mut base = Settings::default();
        let (mut figures, mut published, mut claims) = (Vec::new(), Vec::new(), Vec::new());
        let known = [
            "name",
            "title",
            "seeds",
            "base",
            "figure",
            "published",
            "claim",
        ];
        for entry in root.entries(&known)? {
            let node = &entry.node;
            match entry.name.as_str() {
                "name" => name = Some(identifier(node)?),
                "title" => title = Some(node.string("a string")?.to_owned()),
                "seeds" => seeds = read_seeds(node)?,
                "base" => base = from_node(node)?,
                "published" => published = published::read(node, beside)?,
                "claim" => claims = claims::read(node)?,
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
        for (figure, node) in &figures {
            figure.check_published(&published, node)?;
        }
        Ok(Self {
            title: title.unwrap_or_else(|| name.clone()),
            name,
            seeds,
            base,
            figures: figures.into_iter().map(|(figure, _)| figure).collect(),
            published,
            claims,
        })
    }
}

impl StudyConfig {
    /// The published table that a figure is drawn with.
    pub(crate) fn published_table(&self, figure: &FigureConfig) -> Option<&PublishedConfig> {
        let id = figure.published.as_ref()?;
        self.published.iter().find(|table| table.id == *id)
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

impl FigureConfig {
    /// Refuses the name of a published table that the study does not have.
    fn check_published(
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
fn read_figures<'d>(node: &Node<'d>) -> Result<Vec<(FigureConfig, Node<'d>)>, StudyError> {
    let mut figures: Vec<(FigureConfig, Node<'d>)> = Vec::new();
    for element in node.elements("an array of tables, written [[figure]]")? {
        let (figure, id_node, published) = read_figure(&element)?;
        if figures.iter().any(|(other, _)| other.id == figure.id) {
            return Err(id_node.refuse("another figure has this id; give each its own"));
        }
        figures.push((figure, published));
    }
    Ok(figures)
}

fn read_figure<'d>(
    node: &Node<'d>,
) -> Result<(FigureConfig, Node<'d>, Node<'d>), StudyError> {
    let mut id = None;
    let mut title = None;
    let mut notes = String::new();
    let mut published = None;
    let mut published_node = node.clone();
    let mut set = Settings::default();
    let mut axes = Vec::new();
    for entry in node.entries(&["id", "title", "notes", "published", "set", "axes"])? {
        let node = entry.node;
        match entry.name.as_str() {
            "id" => id = Some((identifier(&node)?, node)),
            "title" => title = Some(node.string("a string")?.to_owned()),
            "notes" => notes = node.string("a string of Markdown")?.to_owned(),
            "published" => {
                published = Some(node.string("a string")?.to_owned());
                published_node = node;
            }
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
            notes,
            set,
            axes,
        },
        id_node,
        published_node,
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
pub(crate) fn identifier(node: &Node<'_>) -> Result<String, StudyError> {
    let text = node.string("a string")?;
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    if text.is_empty() || text.starts_with('.') || !text.chars().all(allowed) {
        return Err(node.refuse("it names files: use letters, digits, `-`, `_` and `.` alone"));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests;
