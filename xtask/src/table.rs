//! Plain-text tables: columns as wide as their widest cell.

use std::fmt;

/// Rows under a heading; the first column is set flush left, the others flush right.
#[derive(Debug)]
pub struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table of these columns.
    #[must_use]
    pub fn new(heading: &[&str]) -> Self {
        Self {
            rows: vec![heading.iter().map(ToString::to_string).collect()],
        }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        for (number, row) in self.rows.iter().enumerate() {
            if number > 0 {
                writeln!(f)?;
            }
            let mut line = String::new();
            for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
                if column == 0 {
                    line += &format!("{cell:<width$}");
                } else {
                    line += &format!("  {cell:>width$}");
                }
            }
            f.write_str(line.trim_end())?;
        }
        Ok(())
    }
}

/// Seconds as people say them: `12 s`, `3 min 20 s`, `2 h 05 min`.
#[must_use]
pub fn duration(seconds: f64) -> String {
    if !seconds.is_finite() || seconds < 0.0 {
        return "unknown".into();
    }
    let whole = seconds.round() as u64;
    match whole {
        0 => format!("{seconds:.1} s"),
        1..60 => format!("{whole} s"),
        60..3600 => format!("{} min {:02} s", whole / 60, whole % 60),
        _ => format!("{} h {:02} min", whole / 3600, whole % 3600 / 60),
    }
}

/// `1 trial`, `2 trials`.
#[must_use]
pub fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_align_and_lines_have_no_trailing_blanks() {
        let mut table = Table::new(&["cell", "done", "accuracy"]);
        table.row(["learning_rate = 0.1", "5/5", "0.9896"].map(String::from));
        table.row(["β", "10/10", ""].map(String::from));
        expect_test::expect![[r"
            cell                  done  accuracy
            learning_rate = 0.1    5/5    0.9896
            β                    10/10"]]
        .assert_eq(&table.to_string());
    }

    #[test]
    fn durations() {
        let texts = [0.04, 12.4, 59.9, 200.0, 7500.0, f64::NAN, -1.0].map(duration);
        let expected = [
            "0.0 s",
            "12 s",
            "1 min 00 s",
            "3 min 20 s",
            "2 h 05 min",
            "unknown",
            "unknown",
        ];
        assert_eq!(texts, expected);
    }

    #[test]
    fn counts() {
        assert_eq!(
            [count(0, "trial"), count(1, "cell")],
            ["0 trials", "1 cell"]
        );
    }
}
