//! The figures of runtimes that studies declare, with their cells and published numbers.

use std::collections::BTreeMap;

use lenet_core::Trial;
use lenet_results::{CellRecord, Execution, FigureRecord, ImageCounts, Measure, StudyRecord};

use crate::records::cells::Published;
use crate::records::runtimes::Runtimes;

/// A figure of runtimes.
#[derive(Debug)]
pub(crate) struct RuntimeFigure {
    /// Unique within the report.
    pub(crate) id: String,
    pub(crate) title: String,
    /// What a reader must know of it, in Markdown.
    pub(crate) notes: String,
    /// Names of the settings that vary.
    pub(crate) axes: Vec<String>,
    pub(crate) published: Option<Published>,
    /// Those left out included.
    pub(crate) cells: Vec<RuntimeCell>,
}

/// What is timed.
#[derive(Debug)]
pub(crate) struct RuntimeCell {
    /// [`Execution::cell`].
    pub(crate) key: String,
    /// The values of the figure's axes.
    pub(crate) label: String,
    pub(crate) config: Trial,
    pub(crate) execution: Execution,
    pub(crate) parameters: usize,
    pub(crate) images: Option<ImageCounts>,
    /// Published seconds of an epoch and its evaluations.
    pub(crate) published: Option<f64>,
}

/// The figures of runtimes of all studies. Studies of one name are parts of one study; records that no
/// study speaks of make one figure for each batch size.
pub(crate) fn fill(studies: &[StudyRecord], runtimes: &Runtimes) -> Vec<RuntimeFigure> {
    let mut found: Vec<(&str, RuntimeFigure)> = Vec::new();
    for study in studies {
        for record in study.figures.iter().filter(|f| f.runtime.is_some()) {
            let figure = RuntimeFigure::of(record);
            let same = |(name, known): &&mut (&str, RuntimeFigure)| {
                *name == study.name && known.id == figure.id
            };
            match found.iter_mut().find(same) {
                Some((_, known)) => known.join(figure),
                None => found.push((&study.name, figure)),
            }
        }
    }
    if found.is_empty() {
        return undeclared(runtimes);
    }
    found.into_iter().map(|(_, figure)| figure).collect()
}

impl RuntimeFigure {
    fn of(record: &FigureRecord) -> Self {
        let left_out = record.left_out.iter().map(|left| left.cell.as_deref());
        let all = record.cells.iter().map(Some).chain(left_out);
        let cells = all.enumerate().filter_map(|(at, cell)| {
            let mut cell = RuntimeCell::of(cell?)?;
            cell.published = published(record, at);
            Some(cell)
        });
        Self {
            id: record.id.clone(),
            title: record.title.clone(),
            notes: record.notes.clone(),
            axes: record.axes.clone(),
            published: record.published_data.as_ref().map(|data| Published {
                source: data.source.clone(),
                precision: data.precision.clone(),
            }),
            cells: cells.collect(),
        }
    }

    /// Adds the cells that another part of the study has besides.
    fn join(&mut self, other: Self) {
        for cell in other.cells {
            if self.cells.iter().all(|known| known.key != cell.key) {
                self.cells.push(cell);
            }
        }
    }
}

impl RuntimeCell {
    /// The values of the figure's axes, but for those of the settings that are told elsewhere.
    pub(crate) fn beside(&self, told: impl Fn(&str) -> bool) -> String {
        let mut parts: Vec<String> = Vec::new();
        for piece in self.label.split(", ") {
            match (piece.contains(" = "), parts.last_mut()) {
                // A list goes on.
                (false, Some(last)) => last.push_str(&format!(", {piece}")),
                _ => parts.push(piece.to_owned()),
            }
        }
        parts.retain(|part| !told(part.split(" = ").next().unwrap_or_default()));
        parts.join(", ")
    }

    fn of(record: &CellRecord) -> Option<Self> {
        let execution = record.execution.clone()?;
        Some(Self {
            key: execution.cell(&record.config),
            label: record.label.clone(),
            config: record.config.clone(),
            execution,
            parameters: record.parameters?,
            images: record.images,
            published: None,
        })
    }
}

/// The published seconds of the cell at an index; those left out come after the cells.
fn published(record: &FigureRecord, at: usize) -> Option<f64> {
    let series = &record.published_data.as_ref()?.series;
    let own = series.iter().filter(|series| series.cells.contains(&at));
    let mut points = own.flat_map(|series| &series.points);
    points.find_map(|point| point.values.get(&Measure::Seconds.to_string()).copied())
}

/// One figure for each batch size of the main points.
fn undeclared(runtimes: &Runtimes) -> Vec<RuntimeFigure> {
    let figure = |batch: usize| {
        let mut cells: BTreeMap<String, RuntimeCell> = BTreeMap::new();
        for point in runtimes.main().filter(|p| p.record.batch_size() == batch) {
            let record = point.record;
            let (filters, dropout) = (record.filters(), record.dropout());
            cells.entry(record.cell()).or_insert_with(|| RuntimeCell {
                key: record.cell(),
                label: format!("filters = {filters}, dropout = {dropout}"),
                config: record.config.clone(),
                execution: record.execution.clone(),
                parameters: record.parameters,
                images: Some(record.images),
                published: None,
            });
        }
        RuntimeFigure {
            id: format!("batch-{batch}"),
            title: format!("Runtime against network size, batch {batch}"),
            notes: String::new(),
            axes: vec!["filters".to_owned(), "dropout".to_owned()],
            published: None,
            cells: cells.into_values().collect(),
        }
    };
    runtimes.batch_sizes().into_iter().map(figure).collect()
}

#[cfg(test)]
mod tests;
