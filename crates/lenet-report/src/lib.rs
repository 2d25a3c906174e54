//! Figures, tables and claims from the records of a study.
//!
//! [`write_report`] turns studies and the records of their trials into a folder: one
//! self-contained page, each figure as SVG and PNG, tables as CSV and Markdown, and the claims
//! of the 2017 report with a verdict on each. It reads nothing but its arguments, so the same
//! records give the same bytes, and unfinished studies give a whole report of what there is.
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
mod scene;
#[cfg(test)]
mod testing;

use std::path::{Path, PathBuf};

use lenet_results::{StudyRecord, TrialRecord};

pub use error::ReportError;

/// The files of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportFiles {
    /// The page, `index.html`.
    pub index: PathBuf,
    /// Every figure, as SVG and as PNG, in the order of the studies.
    pub figures: Vec<FigureFiles>,
    /// `epochs.csv`: a row for each figure, trial and epoch.
    pub epochs: PathBuf,
    /// `claims.json`.
    pub claims: PathBuf,
    /// `results.csv`, `results.md` and `claims.md`.
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

/// Writes the report of `studies` into the folder `out`, which is created where it is not there.
/// Each file is written to a temporary name and renamed; files of an earlier report are
/// replaced, other files stay. Of records that share an identity one is taken, as
/// [`lenet_results::merge()`] chooses; where their numbers differ the page says so. Records that
/// belong to no figure still count for the claims.
///
/// # Errors
/// If the folder or a file cannot be written, or a figure cannot be drawn.
pub fn write_report(
    studies: &[StudyRecord],
    records: &[TrialRecord],
    out: &Path,
) -> Result<ReportFiles, ReportError> {
    let merged = lenet_results::merge(records.iter().cloned());
    let figures = model::figures(studies, &merged.records);
    let charts: Vec<chart::Chart> = figures.iter().map(chart::Chart::new).collect();
    let rows = results::rows(&figures);
    let claims = claims::evaluate(&merged.records);
    let knobs = knobs::find(&merged.records);
    let page = page::render(&page::Content {
        studies,
        records: &merged.records,
        conflicts: &merged.conflicts,
        figures: &figures,
        charts: &charts,
        rows: &rows,
        claims: &claims,
        knobs: &knobs,
    });

    files::create_folder(out)?;
    let write = |name: &str, contents: &[u8]| files::write_whole(out, name, contents);
    let drawn = figures.iter().zip(&charts).map(|(figure, chart)| {
        let (scene, stem) = (chart.scene(), figure.file_stem());
        let png = raster::png(&scene).map_err(|reason| ReportError::Draw {
            figure: figure.id.clone(),
            reason,
        })?;
        Ok(FigureFiles {
            id: figure.id.clone(),
            svg: write(&format!("{stem}.svg"), scene.svg().as_bytes())?,
            png: write(&format!("{stem}.png"), &png)?,
        })
    });
    Ok(ReportFiles {
        figures: drawn.collect::<Result<_, ReportError>>()?,
        epochs: write("epochs.csv", &epochs::csv(&figures))?,
        claims: write("claims.json", &claims::json(&claims))?,
        tables: vec![
            write("results.csv", &results::csv(&rows))?,
            write("results.md", results::markdown(&rows).as_bytes())?,
            write("claims.md", claims::markdown(&claims).as_bytes())?,
        ],
        // Last, so that a page never points at files that are not there yet.
        index: write("index.html", page.as_bytes())?,
    })
}

#[cfg(test)]
mod tests;
