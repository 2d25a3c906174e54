//! A study's file: base settings, figures, their axes, seeds; published data and claims.

use std::cell::RefCell;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

use crate::builtin;
use crate::claims::{self, ClaimConfig};
use crate::error::StudyError;
use crate::figure::{FigureConfig, read_figures};
use crate::flat;
use crate::node::{Document, Node};
use crate::published::{self, Beside, PublishedConfig};
use crate::settings::{ONLY_OF_RUNTIME, from_node};
use crate::slurm::SlurmConfig;
use crate::text_file::{read_standard_input, read_text};
use lenet_core::Settings;
use lenet_core::bounds::Counts;
use lenet_core::settings::Node as _;
use lenet_ops::Level;
use lenet_results::StudyFile;

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
    /// Whether each trial keeps what its network says of every test image. No trial's identity or
    /// result depends on it.
    pub predictions: bool,
    /// The instruction set that its trials are computed with on every machine; `None`: the best of each. No
    /// trial's identity depends on it.
    pub level: Option<Level>,
    /// Figures, at least one, ids distinct.
    pub figures: Vec<FigureConfig>,
    /// Tables that figures are drawn with, ids distinct.
    pub published: Vec<PublishedConfig>,
    /// What the study puts to the test, ids distinct.
    pub claims: Vec<ClaimConfig>,
    /// What is asked of a cluster. No plan and no result depends on it.
    pub slurm: SlurmConfig,
    /// What a user should know of the file beside the study.
    pub note: Option<String>,
    /// The study's file, and those that it names.
    pub files: Vec<StudyFile>,
    /// The folder that the file's paths are relative to; empty: the current one.
    pub folder: PathBuf,
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

/// What stands for standard input where a file is named.
const STANDARD_INPUT: &str = "-";

impl StudyConfig {
    /// Opens the built-in study of this name, the study in this file, or with `-` the one that comes from
    /// standard input; what that one names lies in the current folder.
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
        if file_or_name == STANDARD_INPUT {
            let text = read_standard_input().map_err(|reason| StudyError::Text {
                path: PathBuf::from(STANDARD_INPUT),
                reason,
            })?;
            let beside = |name: &str| {
                let text = read_text(Path::new(name));
                text.map_err(|reason| format!("{name}: {reason}"))
            };
            return Self::read(&text, file_or_name, &beside);
        }
        let path = Path::new(file_or_name);
        let text = read_text(path).map_err(|reason| {
            let path = path.to_owned();
            match path.exists() {
                true => StudyError::Text { path, reason },
                false => StudyError::Read { path, reason },
            }
        })?;
        let folder = path.parent().unwrap_or(Path::new(""));
        let beside = |name: &str| {
            let path = folder.join(name);
            read_text(&path).map_err(|reason| format!("{}: {reason}", path.display()))
        };
        let study = Self::read(&text, file_or_name, &beside)?;
        Ok(Self {
            folder: folder.to_owned(),
            ..study
        })
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
        let files = RefCell::new(vec![own_file(text, origin)]);
        let beside = |name: &str| {
            let text = beside(name)?;
            files.borrow_mut().push(StudyFile {
                name: name.to_owned(),
                text: text.clone(),
            });
            Ok(text)
        };
        let document = Document::parse(text, origin)?;
        let root = document.root();
        if flat::is_grid(&root) {
            let study = Self::of_grid(flat::read(&root, origin)?);
            return Ok(Self {
                files: files.into_inner(),
                ..study
            });
        }
        let mut name = None;
        let mut title = None;
        let mut seeds = Seeds::Count(1);
        let mut base = Settings::default();
        let mut base_node = root.clone();
        let (mut predictions, mut level) = (true, None);
        let (mut figures, mut published, mut claims) = (Vec::new(), Vec::new(), Vec::new());
        let mut slurm = SlurmConfig::default();
        let known = [
            "name",
            "title",
            "seeds",
            "base",
            "predictions",
            "level",
            "figure",
            "published",
            "claim",
            "slurm",
        ];
        for entry in root.entries(&known)? {
            let node = &entry.node;
            match entry.name.as_str() {
                "name" => name = Some(node.identifier()?),
                "title" => title = Some(node.title()?),
                "seeds" => seeds = read_seeds(node)?,
                "base" => (base, base_node) = (from_node(node)?, node.clone()),
                "predictions" => predictions = node.boolean()?,
                "level" => level = Some(read_level(node)?),
                "published" => published = published::read(node, &beside)?,
                "claim" => claims = claims::read(node)?,
                "slurm" => slurm = SlurmConfig::read(node)?,
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
        if !figures.iter().any(|(figure, _)| figure.is_of_runtime()) && !base.given().is_empty() {
            base_node.refuse_keys(&Settings::OF_RUNTIME, ONLY_OF_RUNTIME)?;
        }
        Ok(Self {
            title: title.unwrap_or_else(|| name.clone()),
            name,
            seeds,
            base,
            predictions,
            level,
            figures: figures.into_iter().map(|(figure, _)| figure).collect(),
            published,
            claims,
            slurm,
            note: None,
            files: files.into_inner(),
            folder: PathBuf::new(),
        })
    }
}

/// The study's own file: a file's text, or that of a study that comes with the program.
fn own_file(text: &str, origin: &str) -> StudyFile {
    let name = match builtin::builtin(origin) {
        Some(_) => format!("{origin}.toml"),
        None if origin == STANDARD_INPUT => "standard-input.toml".to_owned(),
        None => Path::new(origin).file_name().map_or_else(
            || origin.to_owned(),
            |name| name.to_string_lossy().into_owned(),
        ),
    };
    StudyFile {
        name,
        text: text.to_owned(),
    }
}

impl StudyConfig {
    fn of_grid(grid: flat::Grid) -> Self {
        Self {
            title: grid.name.clone(),
            name: grid.name,
            seeds: Seeds::List(vec![grid.seed]),
            base: Settings::default(),
            predictions: true,
            level: None,
            figures: grid.figures,
            published: Vec::new(),
            claims: Vec::new(),
            slurm: SlurmConfig::default(),
            note: Some(grid.note),
            files: Vec::new(),
            folder: PathBuf::new(),
        }
    }

    /// Whether some figure measures runtimes.
    #[must_use]
    pub fn has_runtimes(&self) -> bool {
        self.figures.iter().any(FigureConfig::is_of_runtime)
    }

    /// The published table that a figure is drawn with.
    pub(crate) fn published_table(&self, figure: &FigureConfig) -> Option<&PublishedConfig> {
        let id = figure.published.as_ref()?;
        self.published.iter().find(|table| table.id == *id)
    }
}

/// Most seeds of a cell, in a file and on a flag.
pub const MOST_SEEDS: usize = 1_000_000;

pub(crate) const SEEDS: Counts = Counts {
    least: 1,
    most: MOST_SEEDS,
};

fn read_level(node: &Node<'_>) -> Result<Level, StudyError> {
    let names = Level::ALL.map(Level::name).join(", ");
    let text = node.string("the name of an instruction set")?;
    Level::of_name(text).ok_or_else(|| node.refuse(format!("give one of {names}")))
}

fn read_seeds(node: &Node<'_>) -> Result<Seeds, StudyError> {
    let expected = "a number of seeds or an array of them";
    if !node.is_array() {
        return Ok(Seeds::Count(node.count(SEEDS, expected)?));
    }
    let (mut seeds, mut known) = (Vec::new(), HashSet::new());
    for element in node.elements_up_to(MOST_SEEDS, expected)? {
        let seed = element.seed()?;
        if !known.insert(seed) {
            return Err(element.refuse("the same seed twice would count one trial as two"));
        }
        seeds.push(seed);
    }
    if seeds.is_empty() {
        return Err(node.refuse("give at least one seed"));
    }
    Ok(Seeds::List(seeds))
}

#[cfg(test)]
mod tests;
