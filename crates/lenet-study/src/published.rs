//! Data that somebody published, beside the study's file as CSV.
//!
//! Columns are settings, `epoch`, and measures. Settings are written as on a flag (`0.1`, `adam`,
//! `{ rate = 0.5, connected = false }`); a cell that is empty leaves the setting open. A row belongs
//! to every cell of a figure that has the row's settings.

use std::collections::BTreeMap;

use lenet_core::Settings;
use lenet_results::{EpochMeasure, Measure, PublishedPoint, PublishedRecord, PublishedSeries};

use crate::error::{Place, StudyError};
use crate::nearest::nearest;
use crate::node::{MOST_TABLES, Node};
use crate::settings::TomlSettings;

/// Most rows of a published table.
const MOST_ROWS: usize = 10_000;

/// A published table.
#[derive(Debug, Clone, PartialEq)]
pub struct PublishedConfig {
    /// What figures call it.
    pub id: String,
    /// Where it comes from.
    pub source: String,
    /// How exact it is, in words.
    pub precision: String,
    /// In the order of the file.
    pub(crate) rows: Vec<Row>,
}

/// A row of a published table.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Row {
    settings: Settings,
    point: PublishedPoint,
}

/// The text of a file beside the study's.
pub(crate) type Beside<'a> = dyn Fn(&str) -> Result<String, String> + 'a;

/// The `[[published]]` of a study.
pub(crate) fn read(
    node: &Node<'_>,
    beside: &Beside<'_>,
) -> Result<Vec<PublishedConfig>, StudyError> {
    let mut tables: Vec<PublishedConfig> = Vec::new();
    for element in node.elements_up_to(MOST_TABLES, "an array of tables, written [[published]]")? {
        let (table, id) = table(&element, beside)?;
        if tables.iter().any(|other| other.id == table.id) {
            return Err(id.refuse("another published table has this id; give each its own"));
        }
        tables.push(table);
    }
    Ok(tables)
}

fn table<'d>(
    node: &Node<'d>,
    beside: &Beside<'_>,
) -> Result<(PublishedConfig, Node<'d>), StudyError> {
    let (mut id, mut file, mut source, mut precision) = (None, None, None, None);
    for entry in node.entries(&["id", "file", "source", "precision"])? {
        let value = entry.node;
        match entry.name.as_str() {
            "id" => id = Some((value.identifier()?, value)),
            "file" => file = Some(value),
            "source" => source = Some(value.prose("a string")?),
            _ => precision = Some(value.prose("a string")?),
        }
    }
    let missing = |key: &str, hint: &str| StudyError::MissingKey {
        place: node.place(),
        key: format!("{}.{key}", node.path()),
        hint: hint.to_owned(),
    };
    let (id, id_node) = id.ok_or_else(|| missing("id", "write id = \"paper\""))?;
    let file = file.ok_or_else(|| missing("file", "write file = \"published.csv\""))?;
    let source = source.ok_or_else(|| missing("source", "say where the numbers come from"))?;
    let precision = precision
        .ok_or_else(|| missing("precision", "say how exact they are, e.g. \"as printed\""))?;
    let name = file.string("the path of a CSV file")?;
    let text = beside(name).map_err(|reason| file.refuse(reason))?;
    let table = PublishedConfig {
        id,
        source,
        precision,
        rows: rows(&text, name)?,
    };
    Ok((table, id_node))
}

/// What a column holds.
enum Column {
    Setting(&'static str),
    Epoch,
    Measure,
}

fn rows(text: &str, file: &str) -> Result<Vec<Row>, StudyError> {
    let mut reader = csv::ReaderBuilder::new()
        .comment(Some(b'#'))
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let malformed = |error: csv::Error| StudyError::Table {
        place: Place {
            origin: file.to_owned(),
            position: error.position().map(|p| (p.line() as usize, 1)),
        },
        message: format!("not a CSV table: {error}"),
    };
    let header = reader.headers().map_err(malformed)?.clone();
    let columns = header.iter().map(|name| column(name, file));
    let columns: Vec<Column> = columns.collect::<Result<_, _>>()?;
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(malformed)?;
        let line = record.position().map_or(0, |p| p.line() as usize);
        if rows.len() == MOST_ROWS {
            return Err(StudyError::Table {
                place: Place {
                    origin: file.to_owned(),
                    position: Some((line, 1)),
                },
                message: format!("there are more than {MOST_ROWS} rows"),
            });
        }
        rows.push(row(&columns, &header, &record, file, line)?);
    }
    if rows.is_empty() {
        return Err(StudyError::Table {
            place: Place {
                origin: file.to_owned(),
                position: None,
            },
            message: "there are no rows below the header".to_owned(),
        });
    }
    Ok(rows)
}

fn column(name: &str, file: &str) -> Result<Column, StudyError> {
    if name == "epoch" {
        return Ok(Column::Epoch);
    }
    if let Some(setting) = Settings::NAMES.iter().find(|known| **known == name) {
        return Ok(Column::Setting(setting));
    }
    name.parse::<Measure>()
        .map(|_| Column::Measure)
        .map_err(|_| {
            let measures = Measure::names();
            let mut known: Vec<&str> = measures.iter().map(String::as_str).collect();
            known.extend(Settings::NAMES);
            known.push("epoch");
            StudyError::UnknownKey {
                place: Place {
                    origin: file.to_owned(),
                    position: Some((1, 1)),
                },
                key: name.to_owned(),
                hint: match nearest(name, &known) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!(
                        "a column is a setting, `epoch`, or a measure: {}",
                        EpochMeasure::ALL.map(EpochMeasure::name).join(", ")
                    ),
                },
            }
        })
}

fn row(
    columns: &[Column],
    header: &csv::StringRecord,
    record: &csv::StringRecord,
    file: &str,
    line: usize,
) -> Result<Row, StudyError> {
    let mut row = Row {
        settings: Settings::default(),
        point: PublishedPoint {
            epoch: None,
            values: BTreeMap::new(),
        },
    };
    for ((column, name), text) in columns.iter().zip(header).zip(record) {
        if text.is_empty() {
            continue;
        }
        let refuse = |hint: &str| StudyError::Value {
            place: Place {
                origin: file.to_owned(),
                position: Some((line, 1)),
            },
            key: name.to_owned(),
            found: text.to_owned(),
            hint: hint.to_owned(),
        };
        match column {
            Column::Setting(setting) => {
                let origin = format!("{file}:{line}");
                row.settings.assign(setting, text, &origin)?;
            }
            Column::Epoch => {
                let epoch = text.parse().ok().filter(|epoch| *epoch > 0);
                let hint = "give an epoch, counted from 1";
                row.point.epoch = Some(epoch.ok_or_else(|| refuse(hint))?);
            }
            Column::Measure => {
                let value: Option<f64> = text.parse().ok().filter(|v: &f64| v.is_finite());
                let value = value.ok_or_else(|| refuse("give a finite number"))?;
                let share = name.parse().is_ok_and(Measure::is_accuracy);
                if share && !(0.0..=1.0).contains(&value) {
                    return Err(refuse("an accuracy is a share from 0 to 1, not in percent"));
                }
                row.point.values.insert(name.to_owned(), value);
            }
        }
    }
    Ok(row)
}

impl PublishedConfig {
    /// Whether each row belongs to one of these cells.
    pub(crate) fn fits(&self, cells: &[Settings]) -> Vec<bool> {
        let fits = |row: &Row| cells.iter().any(|cell| row.settings.fits(cell));
        self.rows.iter().map(fits).collect()
    }

    /// The rows that belong to cells, which are given by their whole settings.
    pub(crate) fn of_cells(&self, cells: &[Settings]) -> PublishedRecord {
        let mut series: Vec<(&Settings, PublishedSeries)> = Vec::new();
        for row in &self.rows {
            let known = series.iter_mut().find(|(s, _)| **s == row.settings);
            if let Some((_, known)) = known {
                known.points.push(row.point.clone());
                continue;
            }
            let fitting = cells.iter().enumerate();
            let fitting = fitting.filter(|(_, cell)| row.settings.fits(cell));
            let points = vec![row.point.clone()];
            let cells = fitting.map(|(at, _)| at).collect();
            series.push((&row.settings, PublishedSeries { cells, points }));
        }
        let series = series.into_iter().map(|(_, series)| series);
        PublishedRecord {
            source: self.source.clone(),
            precision: self.precision.clone(),
            series: series.filter(|s| !s.cells.is_empty()).collect(),
        }
    }
}

#[cfg(test)]
mod tests;
