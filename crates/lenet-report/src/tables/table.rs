//! A table, and its forms: CSV, Markdown and HTML.

use maud::{Markup, html};

use crate::claims::verdict::Verdict;
use crate::text::DASH;

/// Headings with rows of as many fields.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    headings: Vec<(String, Style)>,
    rows: Vec<Vec<Field>>,
    /// Index of the cell that each row is about; empty if the rows are about none.
    cells: Vec<usize>,
}

/// A table that is made column by column, with a row for each item.
pub(crate) struct TableOf<R> {
    items: Vec<R>,
    table: Table,
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
    /// The field by which a row is picked.
    Pick,
}

/// The content of a field.
#[derive(Debug, Clone)]
pub(crate) enum Field {
    Text(String),
    /// Pieces of code with blanks between them.
    Code(Vec<String>),
    Verdict(Verdict),
    /// Text on a ground that is the darker, the larger the share.
    Shaded {
        text: String,
        share: f64,
    },
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
            Self::Shaded { text, .. } => text.clone(),
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
            Self::Shaded { text, share } => html! {
                span.shaded style=(format!("--share:{share:.3}")) { (text) }
            },
        }
    }
}

/// A field that a spreadsheet takes for a text: what is no number and begins as a formula does gets an
/// apostrophe before it, as one would type it there.
fn no_formula(text: String) -> String {
    let begins = text.starts_with(['=', '+', '-', '@', '\t']);
    match begins && text.parse::<f64>().is_err() {
        true => format!("'{text}"),
        false => text,
    }
}

/// A cell of a Markdown table: no bar ends it, and no HTML stands in it.
fn no_markup(text: &str) -> String {
    text.replace('|', "\\|")
        .replace('<', "&lt;")
        .replace('\n', " ")
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
            Self::Pick => Some("nowrap pick"),
        }
    }
}

impl<R> TableOf<R> {
    /// Adds a column: its heading, its style, and the field of an item.
    pub(crate) fn column<F: Into<Field>>(
        mut self,
        heading: &str,
        style: Style,
        field: impl Fn(&R) -> F,
    ) -> Self {
        self.table.headings.push((heading.to_owned(), style));
        for (item, row) in self.items.iter().zip(&mut self.table.rows) {
            row.push(field(item).into());
        }
        self
    }

    pub(crate) fn text<F: Into<Field>>(self, heading: &str, field: impl Fn(&R) -> F) -> Self {
        self.column(heading, Style::Text, field)
    }

    pub(crate) fn line<F: Into<Field>>(self, heading: &str, field: impl Fn(&R) -> F) -> Self {
        self.column(heading, Style::Line, field)
    }

    pub(crate) fn number<F: Into<Field>>(self, heading: &str, field: impl Fn(&R) -> F) -> Self {
        self.column(heading, Style::Number, field)
    }

    /// Says which cell each row is about, so that a page can highlight it.
    pub(crate) fn about(mut self, cell: impl Fn(&R) -> usize) -> Self {
        self.table.cells = self.items.iter().map(cell).collect();
        self
    }

    pub(crate) fn table(self) -> Table {
        self.table
    }
}

impl Table {
    /// A table without columns, with a row for each item.
    pub(crate) fn of<R>(items: impl IntoIterator<Item = R>) -> TableOf<R> {
        let items: Vec<R> = items.into_iter().collect();
        let rows = items.iter().map(|_| Vec::new()).collect();
        let table = Table {
            headings: Vec::new(),
            rows,
            cells: Vec::new(),
        };
        TableOf { items, table }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The table without one of its columns.
    pub(crate) fn without(mut self, heading: &str) -> Self {
        if let Some(place) = self.headings.iter().position(|(h, _)| h == heading) {
            self.headings.remove(place);
            for row in &mut self.rows {
                row.remove(place);
            }
        }
        self
    }

    /// The table without those of these columns that say nothing.
    pub(crate) fn without_empty(self, headings: &[&str]) -> Self {
        let says_nothing = |table: &Self, heading: &str| {
            let place = table.headings.iter().position(|(h, _)| h == heading);
            place.is_some_and(|at| table.rows.iter().all(|row| row[at].text() == DASH))
        };
        headings
            .iter()
            .fold(self, |table, heading| match says_nothing(&table, heading) {
                true => table.without(heading),
                false => table,
            })
    }

    /// The table with another heading for one of its columns.
    pub(crate) fn renamed(mut self, heading: &str, new: &str) -> Self {
        for (known, _) in self.headings.iter_mut().filter(|(h, _)| h == heading) {
            new.clone_into(known);
        }
        self
    }

    /// The table as CSV. Fields are quoted where necessary, and none is a formula.
    pub(crate) fn csv(&self) -> Vec<u8> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let sure = "rows have as many fields as the heading, and memory does not refuse";
        let headings = self.headings.iter().map(|(heading, _)| heading);
        writer.write_record(headings).expect(sure);
        for row in &self.rows {
            writer
                .write_record(row.iter().map(|field| no_formula(field.text())))
                .expect(sure);
        }
        writer.into_inner().expect(sure)
    }

    /// The table as Markdown. Numbers are aligned to the right.
    pub(crate) fn markdown(&self) -> String {
        let line = |fields: Vec<String>| format!("| {} |\n", fields.join(" | "));
        let rule = |(_, style): &(String, Style)| match style {
            Style::Number => "--:".to_owned(),
            _ => "---".to_owned(),
        };
        let safe = |field: &Field| no_markup(&field.text());
        let headings = self.headings.iter().map(|(heading, _)| heading.clone());
        // An empty heading takes one blank, not two.
        let mut out = line(headings.collect()).replace("|  |", "| |");
        out += &line(self.headings.iter().map(rule).collect());
        for row in &self.rows {
            out += &line(row.iter().map(safe).collect());
        }
        out
    }

    /// The table as HTML.
    pub(crate) fn html(&self) -> Markup {
        html! {
            div.scroll tabindex="0" role="region" aria-label="Table" { table {
                (self.head())
                tbody { (self.body()) }
            } }
        }
    }

    /// The table as HTML, with the rows of each group below its name instead of the table's own.
    pub(crate) fn html_in_groups(&self, groups: &[(String, Table)]) -> Markup {
        html! {
            div.scroll tabindex="0" role="region" aria-label="Table" { table {
                (self.head())
                @for (name, group) in groups {
                    tbody {
                        tr { th.group colspan=(self.headings.len()) { (name) } }
                        (group.body())
                    }
                }
            } }
        }
    }

    fn head(&self) -> Markup {
        // A column without a heading has nothing to align.
        let class = |heading: &str, style| {
            (style == Style::Number && !heading.is_empty()).then_some("number")
        };
        html! {
            thead { tr {
                @for (heading, style) in &self.headings {
                    th scope="col" class=[class(heading, *style)] { (heading) }
                }
            } }
        }
    }

    fn body(&self) -> Markup {
        html! {
            @for (at, row) in self.rows.iter().enumerate() {
                tr data-cell=[self.cells.get(at)] {
                    @for ((_, style), field) in self.headings.iter().zip(row) {
                        td class=[style.class()] { (field.html()) }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
