//! What the font has, and where lines break.

use super::*;
use crate::plot::scene::{Anchor, Ink, Mark, Scene};

#[test]
fn letters_of_european_languages_have_glyphs() {
    let texts = [
        // What this crate's own drawings write.
        "Figure 1 · 0.98 ± 0.01 – − × ÷ µ β Σ ² ½ ° ≤ ≥ = é",
        "Łódź, Ελλάδα, Привет",
        "Příliš žluťoučký kůň úpěl ďábelské ódy",
        "Árvíztűrő tükörfúrógép, İstanbul'da ığdır, ŒUVRES DE GŒTHE, Straẞe",
        "Được, Việt Nam, ắẳẵặ",
        "Ящерица їжак ђурђевак",
        "“quoted” ‘single’ „niedrig“ «français» … † ‡ • ‰ € № ™",
        "← ↑ → ↓ ↔ ⇒ ∂ ∆ ∏ ∑ √ ∞ ∫ ≈ ≠ ■ ○ ▲ ◆",
        "a\u{300}o\u{308}\u{323}",
    ];
    for text in texts {
        assert_eq!(missing([text]), [], "{text}");
    }
}

#[test]
fn what_the_font_lacks_is_told_once_and_has_a_width() {
    assert_eq!(missing(["日本 a", "本語"]), ['日', '本', '語']);
    let width = text_width("日", 10.0);
    assert!(width > 2.0, "{width}");
    assert_eq!(text_width("本", 10.0), width);
}

/// Also where a text stands for a cell, as in a heat map.
#[test]
fn all_texts_of_a_drawing_count() {
    let mut scene = Scene::new(10.0, 10.0, String::new());
    let write =
        |scene: &mut Scene, text| scene.text((0.0, 0.0), text, 9.0, Anchor::Start, Ink::Text);
    write(&mut scene, "a日");
    scene.marked(Some(&Mark::Cell(0)), |scene| write(scene, "本"));
    assert_eq!(missing(scene.texts()), ['日', '本']);
}

#[test]
fn widths_are_those_of_the_letters() {
    assert!(text_width("mmmm", 10.0) > 2.0 * text_width("iiii", 10.0));
    // A combining mark stands above its letter.
    assert_eq!(text_width("e\u{301}", 10.0), text_width("e", 10.0));
}

/// WOFF2 with outlines of CFF starts with the letters wOF2OTTO.
#[test]
fn the_rule_brings_the_packed_font() {
    let rule = face_rule();
    let start = "@font-face{font-family:Inter;src:url(data:font/woff2;base64,d09GMk9UVE8";
    assert!(rule.starts_with(start), "{}", &rule[..80]);
    assert!(rule.len() < 150_000, "{}", rule.len());
    assert!(rule.ends_with(") format(\"woff2\")}\n"));
}

#[test]
fn lines_break_between_words_or_inside_of_long_ones() {
    struct Case {
        text: &'static str,
        /// In widths of an m.
        width: f64,
        lines: &'static [&'static str],
    }
    let case = |text, width, lines| Case { text, width, lines };
    let cases = [
        case("", 5.0, &[""]),
        case("mm", 5.0, &["mm"]),
        case("mm mm", 5.0, &["mm mm"]),
        case("mm mm", 4.0, &["mm", "mm"]),
        case("mm mm", 1.0, &["m", "m", "m", "m"]),
        case("mmmmm m", 2.0, &["mm", "mm", "m", "m"]),
        case("m mmmmm", 2.0, &["m", "mm", "mm", "m"]),
        case("  mm \n mm  ", 5.0, &["mm mm"]),
        // Narrower than any letter.
        case("mm", 0.5, &["m", "m"]),
        case("日本語", 2.0, &["日", "本", "語"]),
        case("żżż", 1.0, &["ż", "ż", "ż"]),
    ];
    let m = text_width("m", 10.0);
    let wrong: Vec<String> = cases
        .iter()
        // Blanks are narrower than an m, so a line of two words has room left.
        .map(|c| (c, wrap(c.text, 10.0, c.width * m * 1.01)))
        .filter(|(case, lines)| lines != case.lines)
        .map(|(case, lines)| format!("{:?} in {}: {lines:?}", case.text, case.width))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
