//! A figure: its drawing, its caption and the name of its files.

use crate::plot::sheet::Sheet;

/// A figure that is ready for drawing.
pub(crate) struct Figure {
    /// Names the figure, e.g. `4` or `phases`. Unique within the report.
    pub(crate) id: String,
    /// The text below the figure on the page.
    pub(crate) caption: String,
    /// What a reader must know of it, in Markdown.
    pub(crate) notes: String,
    pub(crate) sheet: Sheet,
}

impl Figure {
    /// Name of the files without extension. Characters that are unsafe in a file name are replaced.
    pub(crate) fn file_stem(&self) -> String {
        let safe = |c: char| {
            if c.is_ascii_alphanumeric() || "-_.".contains(c) {
                c
            } else {
                '-'
            }
        };
        format!("figure-{}", self.id.chars().map(safe).collect::<String>())
    }

    /// The names of its drawings, as SVG and as PNG.
    pub(crate) fn file_names(&self) -> [String; 2] {
        ["svg", "png"].map(|extension| format!("{}.{extension}", self.file_stem()))
    }
}
