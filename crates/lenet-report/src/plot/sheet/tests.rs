//! Headings of sheets, in vectors and in pixels.

use tiny_skia::Pixmap;

use super::*;
use crate::plot::raster::png;
use crate::plot::scene::Shape;
use crate::plot::svg;

/// A panel that is all ink.
struct Full;

impl Panel for Full {
    fn heading(&self) -> &str {
        ""
    }

    fn size(&self) -> (f64, f64) {
        (300.0, 100.0)
    }

    fn draw(&self, scene: &mut Scene, place: &Rect) {
        scene.area(place.corners(), Ink::Series(0), 1.0);
    }
}

fn sheet(heading: &str) -> Sheet {
    Sheet {
        heading: heading.to_owned(),
        panels: vec![Box::new(Full)],
        columns: 1,
        legend: Vec::new(),
    }
}

/// Rows of pixels above the panel that have any ink.
fn inked_rows(scene: &Scene, until: f64) -> Vec<u32> {
    let image = Pixmap::decode_png(&png(scene).unwrap()).unwrap();
    let dark = |x, y| image.pixel(x, y).is_some_and(|p| p.red() < 100);
    let rows = (0..(2.0 * until) as u32).filter(|&y| (0..image.width()).any(|x| dark(x, y)));
    rows.collect()
}

#[test]
fn a_long_heading_takes_several_lines() {
    let words = "A heading that is longer than the sheet is wide ";
    let short = sheet(words.trim());
    let long = sheet(&words.repeat(6));
    assert_eq!(short.layout().heading.len(), 1);
    let layout = long.layout();
    let lines = layout.heading.clone();
    assert!(lines.len() > 2, "{lines:?}");
    let more = layout.panels[0].y - short.layout().panels[0].y;
    assert_eq!(more, TITLE_LINE * (lines.len() - 1) as f64);
    assert_eq!(layout.height - short.layout().height, more);
    assert_eq!(layout.legend.y - short.layout().legend.y, more);

    let scene = long.scene();
    let texts: Vec<_> = scene
        .shapes
        .iter()
        .filter_map(|shape| match shape {
            Shape::Text(text) => Some(text),
            _ => None,
        })
        .collect();
    assert_eq!(texts.len(), lines.len());
    for text in &texts {
        let right = text.at.0 + text_width(&text.text, text.size);
        assert!(right <= scene.width, "{}: {right}", text.text);
        assert!(text.at.1 < layout.panels[0].y, "{}", text.text);
    }
    let document = svg::document(&scene);
    for line in &lines {
        assert!(document.contains(&format!(">{line}</text>")), "{line}");
    }

    let rows = inked_rows(&scene, layout.panels[0].y);
    for row in 0..lines.len() {
        let base = 2.0 * (TITLE_BASE + TITLE_LINE * row as f64);
        let near = |y: &&u32| (f64::from(**y) - base).abs() < 20.0;
        assert!(
            rows.iter().filter(near).count() > 15,
            "line {row}: {rows:?}"
        );
    }
}

/// Whoever listens to a page hears the heading in one piece.
#[test]
fn the_title_of_a_drawing_is_one_line() {
    let heading = "word ".repeat(60).trim().to_owned();
    assert_eq!(sheet(&heading).scene().title, heading);
}

#[test]
fn a_file_brings_its_font_and_a_drawing_in_a_page_does_not() {
    let scene = sheet("A heading").scene();
    assert!(svg::file(&scene).contains("<style>@font-face{font-family:Inter;"));
    assert!(!svg::document(&scene).contains("@font-face"));
}
