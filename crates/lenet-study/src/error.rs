//! What can be wrong with a study before or while it runs.

use std::fmt;
use std::io;
use std::path::PathBuf;

use lenet_data::DataError;
use lenet_results::StoreError;
use lenet_train::TrainError;

use crate::slurm::SlurmError;

/// Where in a file (or on which flag) something stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// File name, name of a built-in study, or flag.
    pub origin: String,
    /// Line and column, counted from 1; `None` for a flag.
    pub position: Option<(usize, usize)>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.position {
            Some((line, column)) => write!(f, "{}:{line}:{column}", self.origin),
            None => f.write_str(&self.origin),
        }
    }
}

/// Why a study was refused or stopped. Everything but [`StudyError::Store`],
/// [`StudyError::SelfCheck`], [`StudyError::Train`], [`StudyError::Process`], [`StudyError::Undone`] and some
/// of [`StudyError::Slurm`] is found before any work.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StudyError {
    /// Neither a file nor the name of a built-in study.
    #[error("{}: {reason} (hint: name a file, or one of the studies {})", path.display(), crate::BUILTIN_NAMES.join(", "))]
    Read {
        /// What was asked for.
        path: PathBuf,
        /// Why it could not be read.
        reason: String,
    },
    /// A file that cannot be used as a text.
    #[error("{}: {reason}", path.display())]
    Text {
        /// The file.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
    /// Several mistakes of one file.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\nerror: "))]
    Several(Vec<StudyError>),
    /// Not TOML.
    #[error("{place}: not valid TOML: {message}")]
    Syntax {
        /// Where.
        place: Place,
        /// The parser's words.
        message: String,
    },
    /// Not a table of published numbers.
    #[error("{place}: {message}")]
    Table {
        /// Where.
        place: Place,
        /// What is wrong.
        message: String,
    },
    /// A key that nothing reads.
    #[error("{place}: unknown key `{key}` ({hint})")]
    UnknownKey {
        /// Where.
        place: Place,
        /// Path of the key, e.g. `figure.axes.learning_rat`.
        key: String,
        /// The nearest known key, or all of them.
        hint: String,
    },
    /// A key that must be given and is not.
    #[error("{place}: `{key}` is missing (hint: {hint})")]
    MissingKey {
        /// Where.
        place: Place,
        /// Its path.
        key: String,
        /// What to write.
        hint: String,
    },
    /// A value of the wrong type.
    #[error("{place}: `{key}` is {found}, expected {expected}")]
    Type {
        /// Where.
        place: Place,
        /// Path of the key.
        key: String,
        /// Type found.
        found: &'static str,
        /// What would do.
        expected: &'static str,
    },
    /// A value of the right type that cannot be used.
    #[error("{place}: `{key}` is {found}: {hint}")]
    Value {
        /// Where.
        place: Place,
        /// Path of the key.
        key: String,
        /// The value as it stands there.
        found: String,
        /// What would do.
        hint: String,
    },
    /// A setting given for the whole study that a figure varies.
    #[error(
        "{setting} is an axis of figure {figure} and cannot be overridden (hint: select other figures with --only)"
    )]
    OverriddenAxis {
        /// Its name.
        setting: &'static str,
        /// The figure.
        figure: String,
    },
    /// More trials than are planned without being asked for.
    #[error(
        "study {study} has {trials} trials: {cells} cells × {seeds} seeds; more than {} are not planned \
         unasked (hint: fewer seeds or values, or --allow-large)",
        crate::MOST_TRIALS
    )]
    TooLarge {
        /// The study's name.
        study: String,
        /// Its cells.
        cells: usize,
        /// Seeds of each.
        seeds: usize,
        /// Cells times seeds.
        trials: usize,
    },
    /// More runtimes than anybody waits for.
    #[error(
        "study {study} has {cells} cells of runtimes; at most {} are measured (hint: fewer values)",
        crate::MOST_RUNTIMES
    )]
    TooManyRuntimes {
        /// The study's name.
        study: String,
        /// Cells of its figures of runtimes.
        cells: usize,
    },
    /// A figure that the study does not have.
    #[error("study {study} has no figure {figure:?} (hint: it has {})", known.join(", "))]
    UnknownFigure {
        /// The study's name.
        study: String,
        /// What was asked for.
        figure: String,
        /// What there is.
        known: Vec<String>,
    },
    /// A figure that another command carries out.
    #[error("figure {figure} is carried out by `{command}` (hint: {command} --only {figure})")]
    OtherKind {
        /// The figure.
        figure: String,
        /// The command.
        command: &'static str,
    },
    /// A study that trains nothing.
    #[error(
        "study {study} has no figure of training (hint: `bench-runtime` measures its runtimes)"
    )]
    NoTraining {
        /// The study's name.
        study: String,
    },
    /// A study without runtimes.
    #[error(
        "study {study} has no figure of runtimes (hint: write [[figure]] with id = \"runtime\", measure = \
         \"runtime\" and [figure.axes] with e.g. filters = [8, 16]; or give --config lab-2017)"
    )]
    NoRuntimes {
        /// The study's name.
        study: String,
    },
    /// No runtime of the figures can be measured here.
    #[error("nothing to measure: {}", reasons.join("; "))]
    NothingToMeasure {
        /// What was left out and why.
        reasons: Vec<String>,
    },
    /// Samples of two machines or builds would be mixed in one record.
    #[error(
        "the records hold samples of another machine or build: {what} was {found:?} and is \
         {expected:?} (hint: give another --out)"
    )]
    OtherEnvironment {
        /// What differs.
        what: &'static str,
        /// As recorded.
        found: String,
        /// As it is.
        expected: String,
    },
    /// The process of a round cannot be started, or fails.
    #[error("{part}: {source}")]
    Process {
        /// What it was to measure.
        part: String,
        /// What went wrong.
        source: io::Error,
    },
    /// The process of a round left something of it undone.
    #[error(
        "{part}: {left} of its measurements are missing (hint: if the study's file was changed \
         meanwhile, give the same command again)"
    )]
    Undone {
        /// What it was to measure.
        part: String,
        /// Samples or passes that are missing.
        left: usize,
    },
    /// A number of seeds that the study cannot give.
    #[error("--seeds {wanted}: {hint}")]
    Seeds {
        /// What was asked for.
        wanted: usize,
        /// What would do.
        hint: String,
    },
    /// A cell whose network or splits do not fit the images.
    #[error("cell {cell}: {reason}")]
    Cell {
        /// Its settings.
        cell: String,
        /// What does not fit.
        reason: String,
    },
    /// One name, two folders.
    #[error(
        "data = {name:?} is both {} and {}: a study's file names folders beside itself, a flag those of the \
         current folder (hint: give the flag a whole path)",
        folders[0].display(),
        folders[1].display()
    )]
    TwoFolders {
        /// The name.
        name: String,
        /// What the names mean.
        folders: [PathBuf; 2],
    },
    /// A data set is another one than that which the study was planned with.
    #[error(
        "{}: this folder holds the data set {found}, and the study was planned with {expected} (hint: put that \
         back, or plan the study anew)",
        folder.display()
    )]
    OtherData {
        /// The folder.
        folder: PathBuf,
        /// What it holds, as trials call it.
        found: String,
        /// What it held.
        expected: String,
    },
    /// A study's record does not tell where a data set of its trials lies.
    #[error(
        "study.json does not tell where the data set {source_name} lies (hint: plan the study anew with this \
         version, by `experiments --executor workers`)"
    )]
    UnknownData {
        /// What trials call the set.
        source_name: String,
    },
    /// This machine, or this version of the program, lacks the instruction set that the study names.
    #[error(
        "level = {level:?}: this machine has {} (hint: take one that every machine of the study has, or leave \
         the key out)",
        available.join(", ")
    )]
    NoLevel {
        /// What the study's file says.
        level: String,
        /// The names that there are.
        available: Vec<&'static str>,
    },
    /// The study and the environment name different instruction sets.
    #[error(
        "the study says level = {level:?}, and the environment says LENET_SIMD={forced} (hint: unset \
         LENET_SIMD)"
    )]
    TwoLevels {
        /// What the study's file says.
        level: String,
        /// What `LENET_SIMD` says.
        forced: &'static str,
    },
    /// A data set that a recorded trial was trained on is not there.
    #[error(
        "the data set {needed}, which a trial was trained on, is not there: {} (hint: give its folder by \
         --data-dir)",
        found_sets(found)
    )]
    NoData {
        /// What trials call it.
        needed: String,
        /// The folders that were given, with what they hold.
        found: Vec<(PathBuf, String)>,
    },
    /// The data set.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The output folder.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Slurm cannot be asked, or refuses.
    #[error(transparent)]
    Slurm(#[from] SlurmError),
    /// The engine, outside any trial.
    #[error(transparent)]
    Train(#[from] TrainError),
    /// This machine computes wrong gradients.
    #[error(
        "self-check failed: gradient of {tensor} is off by {error:e} (tolerance {tolerance:e}) on {device} \
         (hint: LENET_SIMD=portable or --backend stock takes another code path; please report it)"
    )]
    SelfCheck {
        /// Worst tensor.
        tensor: String,
        /// Its relative error.
        error: f64,
        /// Bound that it was held to.
        tolerance: f64,
        /// Device and backend.
        device: String,
    },
}

impl StudyError {
    /// Path of the key that the mistake is about, where it is about one.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        match self {
            Self::UnknownKey { key, .. }
            | Self::MissingKey { key, .. }
            | Self::Type { key, .. }
            | Self::Value { key, .. } => Some(key),
            _ => None,
        }
    }

    /// Where in the file the mistake is, where it is in one.
    #[must_use]
    pub fn place(&self) -> Option<&Place> {
        match self {
            Self::Syntax { place, .. }
            | Self::Table { place, .. }
            | Self::UnknownKey { place, .. }
            | Self::MissingKey { place, .. }
            | Self::Type { place, .. }
            | Self::Value { place, .. } => Some(place),
            _ => None,
        }
    }
}

/// Folders with the data sets that they hold.
fn found_sets(found: &[(PathBuf, String)]) -> String {
    if found.is_empty() {
        return "no folder was given".to_owned();
    }
    let one = |(folder, source): &(PathBuf, String)| format!("{} holds {source}", folder.display());
    found.iter().map(one).collect::<Vec<_>>().join(", ")
}
