//! Glyphs and pixels.

use super::*;

/// Every character that this crate's own drawings use has a glyph.
#[test]
fn the_font_has_what_figures_write() {
    let face = face();
    for c in "Figure 1 · 0.98 ± 0.01 – − × µ β ≤ ≥ = é".chars() {
        assert!(face.glyph_index(c).is_some(), "{c}");
    }
    assert!(text_width("mmmm", 10.0) > 2.0 * text_width("iiii", 10.0));
}

#[test]
fn pixels_are_where_the_shapes_are() {
    let mut scene = Scene::new(20.0, 10.0, String::new());
    scene.line(vec![(0.0, 5.0), (20.0, 5.0)], Ink::Series(0), 4.0);
    let image = Pixmap::decode_png(&png(&scene).unwrap()).unwrap();
    assert_eq!((image.width(), image.height()), (40, 20));
    let at = |x, y| {
        let p = image.pixel(x, y).unwrap();
        [p.red(), p.green(), p.blue()]
    };
    assert_eq!(at(20, 10), Ink::Series(0).rgb());
    assert_eq!(at(20, 2), [255; 3]);
}

#[test]
fn an_empty_scene_is_refused() {
    assert!(png(&Scene::new(0.0, 10.0, String::new())).is_err());
}
