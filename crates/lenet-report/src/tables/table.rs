//! A table, and its forms: CSV, Markdown and HTML.

use maud::{Markup, html};

use crate::claims::Verdict;

/// Columns with rows of as many fields.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    columns: Vec<Column>,
    rows: Vec<Row>,
}

pub(crate) type Row = Vec<Field>;

#[derive(Debug, Clone)]
struct Column {
    heading: String,
    style: Style,
}

/// How HTML and Markdown set a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    Text,
    /// Text with room for a cell's label.
    Label,
    /// Text with room for a sentence.
    Wide,
    /// Text on one line.
    Line,
    /// Aligned to the right.
    Number,
}

/// The content of a field.
#[derive(Debug, Clone)]
pub(crate) enum Field {
    Text(String),
    /// Pieces of code with blanks between them.
    Code(Vec<String>),
    Verdict(Verdict),
}

impl<T: ToString> From<T> for Field {
    fn from(text: T) -> Self {
        Self::Text(text.to_string())
    }
}

impl Field {
    pub(crate) fn code(text: &str) -> Self {
        Self::Code(vec![text.to_owned()])
    }

    fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Code(pieces) => pieces.join(" "),
            Self::Verdict(verdict) => verdict.text().to_owned(),
        }
    }

    fn html(&self) -> Markup {
        match self {
            Self::Text(text) => html! { (text) },
            Self::Code(pieces) => html! {
                @for (i, piece) in pieces.iter().enumerate() {
                    @if i > 0 { " " }
                    code { (piece) }
                }
            },
            Self::Verdict(verdict) => verdict_html(*verdict),
        }
    }
}

/// A verdict in the colour of its kind.
pub(crate) fn verdict_html(verdict: Verdict) -> Markup {
    let class = match verdict {
        Verdict::Holds => "holds",
        Verdict::DoesNotHold => "fails",
        Verdict::Undecided | Verdict::NotMeasured => "open",
    };
    html! { span class={ "verdict " (class) } { (verdict.text()) } }
}

impl Style {
    fn class(self) -> Option<&'static str> {
        match self {
            Self::Text => None,
            Self::Label => Some("label"),
            Self::Wide => Some("wide"),
            Self::Line => Some("nowrap"),
            Self::Number => Some("number"),
        }
    }
}

impl Table {
    pub(crate) fn new<R: IntoIterator<Item: Into<Field>>>(
        columns: &[(&str, Style)],
        rows: impl IntoIterator<Item = R>,
    ) -> Self {
        let column = |(heading, style): &(&str, Style)| Column {
            heading: (*heading).to_owned(),
            style: *style,
        };
        let row = |row: R| row.into_iter().map(Into::into).collect();
        Self {
            columns: columns.iter().map(column).collect(),
            rows: rows.into_iter().map(row).collect(),
        }
    }

    /// A table of text, for CSV.
    pub(crate) fn of_text<R: IntoIterator<Item: Into<Field>>>(
        headings: &[&str],
        rows: impl IntoIterator<Item = R>,
    ) -> Self {
        let columns: Vec<_> = headings.iter().map(|h| (*h, Style::Text)).collect();
        Self::new(&columns, rows)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The table without one of its columns.
    pub(crate) fn without(mut self, heading: &str) -> Self {
        if let Some(place) = self.columns.iter().position(|c| c.heading == heading) {
            self.columns.remove(place);
            for row in &mut self.rows {
                row.remove(place);
            }
        }
        self
    }

    /// The table with another heading for one of its columns.
    pub(crate) fn renamed(mut self, heading: &str, new: &str) -> Self {
        for column in self.columns.iter_mut().filter(|c| c.heading == heading) {
            column.heading = new.to_owned();
        }
        self
    }

    /// The table as CSV. Fields are quoted where necessary.
    pub(crate) fn csv(&self) -> Vec<u8> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let sure = "rows have as many fields as the heading, and memory does not refuse";
        let headings = self.columns.iter().map(|column| &column.heading);
        writer.write_record(headings).expect(sure);
        for row in &self.rows {
            writer
                .write_record(row.iter().map(Field::text))
                .expect(sure);
        }
        writer.into_inner().expect(sure)
    }

    /// The table as Markdown. Numbers are aligned to the right.
    pub(crate) fn markdown(&self) -> String {
        let line = |fields: Vec<String>| format!("| {} |\n", fields.join(" | "));
        let rule = |column: &Column| match column.style {
            Style::Number => "--:".to_owned(),
            _ => "---".to_owned(),
        };
        let safe = |field: &Field| field.text().replace('|', "\\|").replace('\n', " ");
        let headings = self.columns.iter().map(|column| column.heading.clone());
        // An empty heading takes one blank, not two.
        let mut out = line(headings.collect()).replace("|  |", "| |");
        out += &line(self.columns.iter().map(rule).collect());
        for row in &self.rows {
            out += &line(row.iter().map(safe).collect());
        }
        out
    }

    /// The table as HTML.
    pub(crate) fn html(&self) -> Markup {
        html! {
            div.scroll { table {
                (self.head())
                tbody { (self.body(&self.rows)) }
            } }
        }
    }

    /// The table as HTML with its rows in groups. Each group has its own heading.
    pub(crate) fn html_in_groups(&self, groups: &[(&str, Vec<Row>)]) -> Markup {
        html! {
            div.scroll { table {
                (self.head())
                @for (heading, rows) in groups {
                    tbody {
                        tr { th.group colspan=(self.columns.len()) { (heading) } }
                        (self.body(rows))
                    }
                }
            } }
        }
    }

    fn head(&self) -> Markup {
        // A column without a heading has nothing to align.
        let class =
            |c: &Column| (c.style == Style::Number && !c.heading.is_empty()).then_some("number");
        html! {
            thead { tr {
                @for column in &self.columns {
                    th class=[class(column)] { (column.heading) }
                }
            } }
        }
    }

    fn body(&self, rows: &[Row]) -> Markup {
        html! {
            @for row in rows {
                tr {
                    @for (column, field) in self.columns.iter().zip(row) {
                        td class=[column.style.class()] { (field.html()) }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
