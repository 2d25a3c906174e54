//! The readers that are given hostile input, and what a correct input of each is.

mod data;
mod records;
mod report;
mod study;
mod training;
mod weights;

use std::fs;
use std::path::Path;

use crate::form::Form;

/// A reader.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// Its name on the command line.
    pub name: &'static str,
    /// How its inputs are changed.
    pub form: Form,
    /// Correct inputs.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// Reads an input, with a folder for what must lie on disk. Gives whether it is accepted.
    pub read: fn(&[u8], &Path) -> bool,
}

/// All targets.
pub const TARGETS: &[Target] = &[
    data::IDX,
    data::GZIP,
    study::TOML,
    study::CSV,
    records::CONFIG,
    records::RESULT,
    records::EPOCHS,
    records::RUNS,
    records::FINISHED,
    records::PACK,
    records::STUDY,
    records::RUNTIME,
    records::REGISTRATIONS,
    records::PREDICTIONS,
    weights::WEIGHTS,
    weights::PICTURES,
    training::CHECKPOINT,
    report::REPORT,
];

/// Writes a file of a target's scratch folder; a disk that is full is no finding.
fn put(folder: &Path, name: &str, contents: &[u8]) {
    let path = folder.join(name);
    if let Some(above) = path.parent() {
        let _ = fs::create_dir_all(above);
    }
    let _ = fs::write(path, contents);
}

macro_rules! corpus {
    ($($file:literal),+ $(,)?) => {
        || vec![$(include_bytes!(concat!("../../corpus/", $file)).to_vec()),+]
    };
}
use corpus;
