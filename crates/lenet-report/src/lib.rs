//! Figures, tables and claims from the records of a study.
//!
//! [`write_report`] turns studies with the records of their trials, and records of runtimes, into
//! a folder: one self-contained page, each figure as SVG and PNG, tables as CSV and Markdown, and
//! the claims of the 2017 report with a verdict on each. It reads nothing but its arguments, so
//! the same records give the same bytes, and unfinished studies give a whole report of what
//! there is. [`summarize`] and [`rounds`] give the numbers of a single measurement.
#![forbid(unsafe_code)]

mod axis;
mod chart;
mod claims;
mod epochs;
mod error;
mod files;
mod knobs;
mod model;
mod page;
mod published;
mod raster;
mod results;
mod runtime;
mod scene;
mod sheet;
#[cfg(test)]
mod testing;

use std::path::{Path, PathBuf};

use lenet_results::{RuntimeRecord, StudyRecord, TrialRecord};

pub use error::ReportError;
pub use runtime::{RoundSpeed, Summary, rounds, summarize};
use runtime::{Runtimes, drawing, tables};

/// What a report is made from.
#[derive(Debug, Clone, Copy, Default)]
pub struct Records<'a> {
    /// Studies, with the figures that they set out to fill.
    pub studies: &'a [StudyRecord],
    /// Trials. Those that belong to no figure still count for the claims.
    pub trials: &'a [TrialRecord],
    /// Runtimes at points of size, batch size and dropout.
    pub runtimes: &'a [RuntimeRecord],
}

/// The files of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportFiles {
    /// The page, `index.html`.
    pub index: PathBuf,
    /// Every figure, as SVG and as PNG, in the order of the page.
    pub figures: Vec<FigureFiles>,
    /// `claims.json` and `claims.md`; of studies `epochs.csv` (a row for each figure, trial and
    /// epoch), `results.csv` and `results.md`; of runtimes `runtime.csv` (a row a point),
    /// `runtime-samples.csv` (a row a sample) and `runtime-fits.csv`.
    pub tables: Vec<PathBuf>,
}

/// One figure's files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FigureFiles {
    /// The figure's id.
    pub id: String,
    /// The drawing as SVG.
    pub svg: PathBuf,
    /// The same as PNG, two pixels for each of the drawing's.
    pub png: PathBuf,
}

/// Writes the report of `records` into the folder `out`, which is created where it is not there.
/// Each file is written to a temporary name and renamed; files of an earlier report are
/// replaced, other files stay. Of trials that share an identity one is taken, as
/// [`lenet_results::merge()`] chooses; where their numbers differ the page says so. Runtimes of
/// several machines or builds are series of their own.
///
/// # Errors
/// If the folder or a file cannot be written, or a figure cannot be drawn.
pub fn write_report(records: Records<'_>, out: &Path) -> Result<ReportFiles, ReportError> {
    let merged = lenet_results::merge(records.trials.iter().cloned());
    let figures = model::figures(records.studies, &merged.records);
    let charts: Vec<chart::Chart> = figures.iter().map(chart::Chart::new).collect();
    let rows = results::rows(&figures);
    let runtimes = Runtimes::new(records.runtimes);
    let taken: Vec<&str> = figures.iter().map(|figure| figure.id.as_str()).collect();
    let runtime_figures = drawing::figures(&runtimes, &taken);
    let claims = claims::evaluate(&merged.records, &runtimes);
    let knobs = knobs::find(&merged.records);
    let content = page::Content {
        studies: records.studies,
        records: &merged.records,
        conflicts: &merged.conflicts,
        figures: &figures,
        charts: &charts,
        rows: &rows,
        runtimes: &runtimes,
        runtime_figures: &runtime_figures,
        claims: &claims,
        knobs: &knobs,
    };
    let page = page::render(&content);

    files::create_folder(out)?;
    let write = |name: &str, contents: &[u8]| files::write_whole(out, name, contents);
    let draw = |id: &str, stem: &str, sheet: sheet::Sheet| {
        let scene = sheet.scene();
        let png = raster::png(&scene).map_err(|reason| ReportError::Draw {
            figure: id.to_owned(),
            reason,
        })?;
        Ok(FigureFiles {
            id: id.to_owned(),
            svg: write(&format!("{stem}.svg"), scene.svg().as_bytes())?,
            png: write(&format!("{stem}.png"), &png)?,
        })
    };
    let of_studies = figures.iter().zip(&charts);
    let of_studies = of_studies.map(|(f, chart)| draw(&f.id, &f.file_stem(), chart.sheet()));
    let of_runtimes = runtime_figures.iter();
    let of_runtimes = of_runtimes.map(|f| draw(&f.id, &f.file_stem(), f.sheet()));
    let drawn = of_studies
        .chain(of_runtimes)
        .collect::<Result<_, ReportError>>()?;
    let mut tables = vec![
        write("claims.json", &claims::json(&claims))?,
        write("claims.md", claims::markdown(&claims).as_bytes())?,
    ];
    if content.has_trials() {
        tables.extend([
            write("epochs.csv", &epochs::csv(&figures))?,
            write("results.csv", &results::csv(&rows))?,
            write("results.md", results::markdown(&rows).as_bytes())?,
        ]);
    }
    if content.has_runtimes() {
        tables.extend([
            write("runtime.csv", &tables::points(&runtimes))?,
            write("runtime-samples.csv", &tables::samples(&runtimes))?,
            write("runtime-fits.csv", &tables::fits(&runtimes))?,
        ]);
    }
    Ok(ReportFiles {
        figures: drawn,
        tables,
        // Last, so that a page never points at files that are not there yet.
        index: write("index.html", page.as_bytes())?,
    })
}

#[cfg(test)]
mod tests;
