//! Glyphs and pixels.

use super::*;

/// Pixels that are not paper.
fn drawn(text: &str) -> usize {
    let mut scene = Scene::new(60.0, 30.0, String::new());
    scene.text((10.0, 20.0), text, 16.0, Anchor::Start, Ink::Text);
    let image = Pixmap::decode_png(&png(&scene).unwrap()).unwrap();
    image.pixels().iter().filter(|p| p.red() < 128).count()
}

#[test]
fn letters_are_drawn_and_boxes_in_place_of_those_that_lack() {
    for text in ["Ł", "ź", "Ж", "Ω", "ạ", "→", "e\u{301}", "日", "\u{1f600}"] {
        assert!(drawn(text) > 30, "{text:?}: {}", drawn(text));
    }
    assert_eq!(drawn(" "), 0);
    assert_eq!(drawn("日"), drawn("本"));
    assert!(drawn("e\u{301}") > drawn("e"));
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
