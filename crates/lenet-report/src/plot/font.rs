//! The embedded font: glyphs, widths of lines, and what it lacks.

use ttf_parser::Face;

use crate::base64::base64;

/// For pixels.
const GLYPHS: &[u8] = include_bytes!("../../data/font/Inter-Regular.subset.otf");
/// The same for browsers.
const PACKED: &[u8] = include_bytes!("../../data/font/Inter-Regular.subset.woff2");

/// The font that draws pixels.
pub(crate) fn face() -> Face<'static> {
    Face::parse(GLYPHS, 0).expect("the embedded font is whole")
}

/// The style rule that brings the font to a page or an SVG file, so that it looks there as it does in
/// pixels.
pub(crate) fn face_rule() -> String {
    let font = base64(PACKED);
    format!(
        "@font-face{{font-family:Inter;src:url(data:font/woff2;base64,{font}) format(\"woff2\")}}\n"
    )
}

/// Width of a line of text, in the unit of `size`.
pub(crate) fn text_width(text: &str, size: f64) -> f64 {
    let face = face();
    let advance = |c: char| {
        // What the font lacks is drawn as its first glyph, a box.
        let glyph = face.glyph_index(c).unwrap_or_default();
        f64::from(face.glyph_hor_advance(glyph).unwrap_or(0))
    };
    text.chars().map(advance).sum::<f64>() * size / f64::from(face.units_per_em())
}

/// Characters that the font lacks, each once, in the order of their first place.
pub(crate) fn missing<'t>(texts: impl IntoIterator<Item = &'t str>) -> Vec<char> {
    let face = face();
    let mut found = Vec::new();
    for c in texts.into_iter().flat_map(str::chars) {
        if face.glyph_index(c).is_none() && !found.contains(&c) {
            found.push(c);
        }
    }
    found
}

/// Lines of at most `width`, broken between words, and inside a word that is wider than a line.
pub(crate) fn wrap(text: &str, size: f64, width: f64) -> Vec<String> {
    let fits = |line: &str| text_width(line, size) <= width;
    let mut lines = vec![String::new()];
    let mut line = 0;
    for word in text.split_whitespace() {
        let longer = format!("{} {word}", lines[line]);
        if lines[line].is_empty() {
            lines[line] = word.to_owned();
        } else if fits(&longer) {
            lines[line] = longer;
        } else {
            lines.push(word.to_owned());
            line += 1;
        }
        while let Some(rest) = split_off(&mut lines[line], fits) {
            lines.push(rest);
            line += 1;
        }
    }
    lines
}

/// Cuts a line that does not fit after the last character that does, or after the first. Gives the rest.
fn split_off(line: &mut String, fits: impl Fn(&str) -> bool) -> Option<String> {
    if fits(line) {
        return None;
    }
    let ends = line.char_indices().map(|(at, _)| at).skip(1);
    let fitting = ends.clone().take_while(|end| fits(&line[..*end])).last();
    let end = fitting.or_else(|| ends.clone().next())?;
    Some(line.split_off(end))
}

#[cfg(test)]
mod tests;
