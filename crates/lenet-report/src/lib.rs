//! Figures, tables and claims from the records of a study.
//!
//! [`write_report`] makes a folder from studies, the records of their trials, and records of
//! runtimes. The folder holds a self-contained page, every figure as SVG and PNG, tables as CSV and
//! Markdown, and the claims of the studies with their verdicts. The function reads its arguments
//! alone, so the same records give the same bytes. An unfinished study gives a report of the trials
//! that exist. [`summarize`] and [`rounds`] give the numbers of a single measurement.
#![forbid(unsafe_code)]

mod base64;
mod claims;
mod compare;
mod error;
mod evidence;
mod figures;
mod files;
mod markdown;
mod page;
mod picture;
mod plot;
mod records;
mod results;
mod tables;
#[cfg(test)]
mod testing;
mod text;

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};

use lenet_results::{
    ClaimRecord, Registration, RuntimeRecord, StudyRecord, TrialRecord, WorkerNote,
};

pub use claims::judged::{JudgedClaim, JudgedComparison, Outlook};
pub use claims::verdict::Verdict;
pub use compare::comparison::{
    CellVerdict, ChangedClaim, ClaimNumbers, CompareError, ComparedCell, ComparedCells,
    ComparedClaims, ComparedPredictions, ComparedTrials, Comparison, DifferentPredictions,
    DifferentTrial, Differing, FORMAT as COMPARISON_FORMAT, Method, NamedClaim, NamedTrial,
    Numbers, SideSummary,
};
pub use compare::{Side, compare};
pub use error::ReportError;
pub use evidence::{Evidence, TestImages};
pub use page::Live;
pub use records::summary::{RoundSpeed, Summary, rounds, summarize};
pub use results::{CellResults, FigureResults, results};

use claims::judge::{adjust, judge};
use figures::Figure;
use records::mistakes::Mistakes;
use records::runtimes::Runtimes;
use records::search::Searched;
use records::{index, knobs, runtime_figures, runtimes, variance};

/// The records behind a report.
#[derive(Clone, Copy, Default)]
pub struct Records<'a> {
    /// Studies with the figures that they plan.
    pub studies: &'a [StudyRecord],
    /// Trials. A trial that belongs to no figure still counts for the claims.
    pub trials: &'a [TrialRecord],
    /// What the studies declared and when.
    pub register: &'a [Registration],
    /// Runtimes at points of network size, batch size and dropout.
    pub runtimes: &'a [RuntimeRecord],
    /// What workers noted of themselves.
    pub workers: &'a [WorkerNote],
    /// What is still going on, for a page that follows the study; `None` once it has ended.
    pub live: Option<&'a Live>,
    /// What was left out because it is damaged, one line each.
    pub left_out: &'a [String],
    /// Predictions and test images; `None`: the report does not speak of mistakes.
    pub evidence: Option<&'a dyn Evidence>,
}

impl fmt::Debug for Records<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Records")
            .field("studies", &self.studies)
            .field("trials", &self.trials)
            .field("register", &self.register)
            .field("runtimes", &self.runtimes)
            .field("workers", &self.workers)
            .field("left_out", &self.left_out)
            .field("evidence", &self.evidence.is_some())
            .finish()
    }
}

/// The files of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportFiles {
    /// The page, `index.html`.
    pub index: PathBuf,
    /// Every figure as SVG and as PNG, in the order of the page.
    pub figures: Vec<FigureFiles>,
    /// `claims.json` and `claims.md`. If there are trials: `epochs.csv` (a row for each figure,
    /// trial and epoch), `results.csv` and `results.md`. If they ran in several places: `runs.csv` (a row for each start). If there are predictions: `confusion.csv` (a row
    /// for each true and predicted class) and `mistakes.csv` (a row for each image and wrong class). If
    /// there are runtimes: `runtime.csv` (a row
    /// for each point), `runtime-samples.csv` (a row for each sample) and `runtime-fits.csv`.
    pub tables: Vec<PathBuf>,
    /// What a reader should be told of the report, in sentences without an end: letters that figures cannot
    /// show, for example.
    pub warnings: Vec<String>,
}

/// The files of one figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FigureFiles {
    /// The id of the figure.
    pub id: String,
    /// The drawing as SVG.
    pub svg: PathBuf,
    /// The drawing as PNG, with two pixels per unit of the SVG.
    pub png: PathBuf,
}

/// Writes the report of `records` into the folder `out`, which it creates if necessary.
///
/// Each file is written to a temporary name and renamed. Files of an earlier report are replaced or
/// removed; other files stay. If several trials share an identity, [`lenet_results::merge()`] chooses one of
/// them, and the page says where their numbers differ. Runtimes of several machines or builds are
/// separate series.
///
/// # Errors
/// If the folder or a file cannot be written, or a figure cannot be drawn.
pub fn write_report(records: Records<'_>, out: &Path) -> Result<ReportFiles, ReportError> {
    let merged = lenet_results::merge(records.trials.iter().cloned());
    let (study_figures, index) = index::fill(records.studies, &merged.records);
    let drawn = study_figures.iter().filter(|f| f.has_results());
    let accuracy_figures: Vec<Figure> = drawn
        .flat_map(|figure| figures::of_study(figure, &index))
        .collect();
    let results = tables::results::results(&study_figures);
    let preferred = runtimes::declared_workload(records.studies);
    let runtimes = Runtimes::new(records.runtimes, preferred.as_ref());
    let declared = runtime_figures::fill(records.studies, &runtimes);
    let taken: Vec<&str> = accuracy_figures.iter().map(|f| f.id.as_str()).collect();
    let drawn_runtimes = figures::of_runtimes(&runtimes, &declared, &taken);
    let claims = judged(records, &merged.records);
    let mistakes = records
        .evidence
        .and_then(|evidence| Mistakes::find(&results, evidence));
    let all = accuracy_figures.iter().chain(&drawn_runtimes);
    let taken: Vec<&str> = all.map(|figure| figure.id.as_str()).collect();
    let drawn_mistakes = mistakes.as_ref();
    let drawn_mistakes = drawn_mistakes.map(|mistakes| page::mistakes::drawn(mistakes, &taken));
    let drawn_mistakes = drawn_mistakes.unwrap_or_default();
    let variance = variance::of_figures(&study_figures);
    let content = page::Content {
        studies: records.studies,
        records: &merged.records,
        conflicts: &merged.conflicts,
        left_out: records.left_out,
        workers: records.workers,
        study_figures: &study_figures,
        index: &index,
        accuracy_figures: &accuracy_figures,
        results: &results,
        runtimes: &runtimes,
        runtime_figures: &drawn_runtimes,
        declared_runtimes: &declared,
        claims: &claims,
        variance: &variance,
        knobs: &knobs::find(&merged.records),
        live: records.live,
        mistakes: mistakes
            .as_ref()
            .map(|mistakes| (mistakes, &*drawn_mistakes)),
    };
    let page = page::render(&content);

    let mut files = vec![
        ("claims.json", tables::claims::json(&claims)),
        (
            "claims.md",
            tables::claims::table(&claims).markdown().into(),
        ),
    ];
    if content.has_trials() {
        files.extend([
            (
                "epochs.csv",
                tables::epochs::table(&study_figures, &index.names).csv(),
            ),
            ("results.csv", tables::results::full(&results, &index).csv()),
            ("results.md", tables::results::markdown(&results).into()),
        ]);
    }
    let told = tables::variance::full(&variance);
    if !told.is_empty() {
        files.push(("variance.csv", told.csv()));
    }
    if page::says_where(&content) {
        files.push(("runs.csv", tables::runs::table(content.records).csv()));
    }
    if let Some(mistakes) = &mistakes
        && let Some(answers) = &mistakes.answers
    {
        let networks = mistakes.networks.len();
        files.extend([
            (
                "confusion.csv",
                tables::mistakes::confusion(&answers.confusion).csv(),
            ),
            (
                "mistakes.csv",
                tables::mistakes::mistakes(&answers.wrong, networks).csv(),
            ),
        ]);
    }
    if content.has_runtimes() {
        files.extend([
            ("runtime.csv", tables::runtimes::points(&runtimes).csv()),
            (
                "runtime-samples.csv",
                tables::runtimes::samples(&runtimes).csv(),
            ),
            ("runtime-fits.csv", tables::runtimes::fits(&runtimes).csv()),
        ]);
    }
    let all = accuracy_figures.iter().chain(&drawn_mistakes);
    let all: Vec<&Figure> = all.chain(&drawn_runtimes).collect();
    let drawings = all.iter().flat_map(|figure| figure.file_names());
    let names = files.iter().map(|(name, _)| *name).chain(["index.html"]);
    files::create_folder(out)?;
    let manifest = files::Manifest::begin(out, names.map(str::to_owned).chain(drawings))?;
    let figures = all.iter().map(|figure| write_figure(figure, out));
    let (figures, lacking): (Vec<_>, Vec<_>) =
        figures.collect::<Result<Vec<_>, _>>()?.into_iter().unzip();
    let write = |name: &str, contents: &[u8]| {
        files::write_text(out, name, &String::from_utf8_lossy(contents))
    };
    let written = files.iter().map(|(name, contents)| write(name, contents));
    let written = ReportFiles {
        warnings: lacking_letters(&figures, &lacking).into_iter().collect(),
        figures,
        tables: written.collect::<Result<_, _>>()?,
        // Last, so that a page never points at files that are not there yet.
        index: write("index.html", page.as_bytes())?,
    };
    manifest.finish()?;
    Ok(written)
}

/// Puts the claims of studies to the test on records.
///
/// Claims come in the order of their studies. Studies that declare the same claim of the same cells
/// share it. If several trials share an identity, [`lenet_results::merge()`] chooses one of them.
#[must_use]
pub fn judge_claims(records: Records<'_>) -> Vec<JudgedClaim> {
    let merged = lenet_results::merge(records.trials.iter().cloned());
    judged(records, &merged.records)
}

/// The claims with their verdicts as `claims.json` has them.
#[must_use]
pub fn claims_json(records: Records<'_>) -> String {
    String::from_utf8_lossy(&tables::claims::json(&judge_claims(records))).into_owned()
}

/// The claims with their verdicts as a Markdown table, as `claims.md` has them.
#[must_use]
pub fn claims_markdown(records: Records<'_>) -> String {
    tables::claims::table(&judge_claims(records)).markdown()
}

/// The cell of the studies with the highest mean validation accuracy, in a sentence; `None` if no
/// trial has results.
#[must_use]
pub fn best_cell(records: Records<'_>) -> Option<String> {
    let merged = lenet_results::merge(records.trials.iter().cloned());
    let (figures, _) = index::fill(records.studies, &merged.records);
    page::best_in_words(&tables::results::results(&figures))
}

/// What each search of the studies found, in a sentence without an end.
#[must_use]
pub fn searches_in_words(records: Records<'_>) -> Vec<String> {
    let merged = lenet_results::merge(records.trials.iter().cloned());
    let (figures, _) = index::fill(records.studies, &merged.records);
    let found = figures.iter().filter_map(Searched::of);
    found.map(|searched| searched.in_words()).collect()
}

fn judged(records: Records<'_>, trials: &[TrialRecord]) -> Vec<JudgedClaim> {
    let mut seen: Vec<&ClaimRecord> = Vec::new();
    let mut claims = Vec::new();
    for study in records.studies {
        let judged = judge(study, (trials, records.runtimes), records.register);
        let new = study.claims.iter().zip(judged);
        claims.extend(new.filter_map(|(c, judged)| (!seen.contains(&c)).then_some(judged)));
        seen.extend(&study.claims);
    }
    adjust(&mut claims);
    claims
}

/// Writes the files of a figure. Gives the letters, too, that its pixels lack.
fn write_figure(figure: &Figure, out: &Path) -> Result<(FigureFiles, Vec<char>), ReportError> {
    let (scene, [svg_name, png_name]) = (figure.sheet.scene(), figure.file_names());
    let png = plot::raster::png(&scene).map_err(|reason| ReportError::Draw {
        figure: figure.id.clone(),
        reason,
    })?;
    let svg = plot::svg::file(&scene);
    let files = FigureFiles {
        id: figure.id.clone(),
        svg: files::write_text(out, &svg_name, &svg)?,
        png: files::write_whole(out, &png_name, &png)?,
    };
    Ok((files, plot::font::missing(scene.texts())))
}

/// A warning of the letters that the pixels of figures lack; `None` if there are none.
fn lacking_letters(figures: &[FigureFiles], lacking: &[Vec<char>]) -> Option<String> {
    let letters: BTreeSet<char> = lacking.iter().flatten().copied().collect();
    let pairs = figures.iter().zip(lacking);
    let names = pairs.filter(|(_, lacking)| !lacking.is_empty());
    let names = text::joined(names.map(|(figure, _)| figure.id.clone()), ", ");
    let letters = text::joined(letters.iter().map(|c| format!("{c:?}")), ", ");
    (!letters.is_empty()).then(|| {
        format!(
            "the PNG of figure {names} shows boxes in place of {letters}, which its font lacks (hint: take \
             the SVG, which browsers draw with other fonts, or write the titles in Latin, Greek or Cyrillic)"
        )
    })
}

#[cfg(test)]
mod tests;
