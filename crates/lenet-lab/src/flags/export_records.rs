//! Flags of `export-records`.

use std::path::PathBuf;

use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use lenet_export::Format;

/// `export-records`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  lenet-lab export-records --records results/lab-2017 --format tensorboard --out events
  lenet-lab export-records --records results/lab-2017 --format optuna --out journal.log
  lenet-lab export-records --records here --records there --format ro-crate --out crate --license CC-BY-4.0
docs/interop.md says how to open each, and what each leaves out.")]
pub struct ExportRecords {
    /// Folder that `experiments --out` or `bench-runtime --out` wrote, or a file of `pack` (may be given
    /// more than once: they are merged)
    #[arg(long, value_name = "DIR", required = true)]
    pub records: Vec<PathBuf>,
    /// What to write
    #[arg(long, value_parser = format(), value_name = "FORMAT")]
    pub format: Format,
    /// Folder or file to write
    #[arg(long, value_name = "PATH")]
    pub out: PathBuf,
    /// License of the records, for ro-crate: an SPDX identifier or an address
    #[arg(long, value_name = "LICENSE")]
    pub license: Option<String>,
    /// Write over files of the same names; no other file is removed
    #[arg(long)]
    pub force: bool,
}

/// Names of the formats, with a word on each.
fn format() -> impl TypedValueParser<Value = Format> {
    let about = |format| match format {
        Format::Tensorboard => "A folder of event files with every epoch, for TensorBoard",
        Format::Optuna => "A journal file, for Optuna and its dashboard",
        Format::Mlflow => "The folder of a file store, for MLflow",
        Format::Latex => "A file with a table for each figure, for booktabs",
        Format::RoCrate => {
            "A folder with the records and what they are, for archives (RO-Crate 1.1)"
        }
    };
    let names = Format::ALL.map(|format| PossibleValue::new(format.name()).help(about(format)));
    PossibleValuesParser::new(names).map(|name| {
        let found = Format::ALL.into_iter().find(|format| format.name() == name);
        found.expect("the parser lets no other name through")
    })
}
