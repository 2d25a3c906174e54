//! Drawings as PNG images, with the embedded font.

use tiny_skia::{
    Color, FillRule, LineCap, LineJoin, Paint, Path, PathBuilder, Pixmap, StrokeDash, Transform,
};
use ttf_parser::{Face, OutlineBuilder};

use crate::plot::font::{face, text_width};
use crate::plot::scene::{Anchor, Ink, Scene, Shape, Stroke};

/// Pixels of the image per CSS pixel of the drawing.
pub(crate) const SCALE: f32 = 2.0;

/// The drawing as a PNG file, [`SCALE`] pixels per CSS pixel.
///
/// # Errors
/// A sentence with the reason, if the drawing has no pixels or too many.
pub(crate) fn png(scene: &Scene) -> Result<Vec<u8>, String> {
    let pixels = |length: f64| (length * f64::from(SCALE)).ceil() as u32;
    let (width, height) = (pixels(scene.width), pixels(scene.height));
    let mut canvas = Pixmap::new(width, height)
        .ok_or_else(|| format!("an image of {width}×{height} pixels cannot be made"))?;
    canvas.fill(Color::WHITE);
    let face = face();
    for shape in &scene.shapes {
        draw(&mut canvas, &face, shape);
    }
    canvas.encode_png().map_err(|error| error.to_string())
}

fn draw(canvas: &mut Pixmap, face: &Face, shape: &Shape) {
    let scale = Transform::from_scale(SCALE, SCALE);
    match shape {
        Shape::Marked { shapes, .. } => {
            for shape in shapes {
                draw(canvas, face, shape);
            }
        }
        Shape::Line { points, stroke } => draw_line(canvas, polygon(points, false), stroke),
        Shape::Ring { at, radius, stroke } => draw_line(canvas, circle(*at, *radius), stroke),
        Shape::Area { points, ink, alpha } => {
            fill(canvas, polygon(points, true), *ink, *alpha, scale);
        }
        Shape::Dot { at, radius, ink } => fill(canvas, circle(*at, *radius), *ink, 1.0, scale),
        Shape::Text(text) => {
            let width = text_width(&text.text, text.size);
            let shift = match text.anchor {
                Anchor::Start => 0.0,
                Anchor::Middle => -width / 2.0,
                Anchor::End => -width,
            };
            let turn = if text.upright { -90.0 } else { 0.0 };
            let place = scale
                .pre_translate(text.at.0 as f32, text.at.1 as f32)
                .pre_concat(Transform::from_rotate(turn))
                .pre_translate(shift as f32, 0.0);
            let path = glyphs(face, &text.text, text.size as f32);
            fill(canvas, path, text.ink, 1.0, place);
        }
    }
}

/// Draws along a path. Nothing is drawn without a path.
fn draw_line(canvas: &mut Pixmap, path: Option<Path>, stroke: &Stroke) {
    let scale = Transform::from_scale(SCALE, SCALE);
    let dash = |(on, off): (f64, f64)| StrokeDash::new(vec![on as f32, off as f32], 0.0);
    let style = tiny_skia::Stroke {
        width: stroke.width as f32,
        line_cap: LineCap::Butt,
        line_join: LineJoin::Round,
        dash: stroke.dash.and_then(dash),
        ..Default::default()
    };
    if let Some(path) = path {
        canvas.stroke_path(&path, &paint(stroke.ink, 1.0), &style, scale, None);
    }
}

/// Fills a path. Nothing is drawn without a path.
fn fill(canvas: &mut Pixmap, path: Option<Path>, ink: Ink, alpha: f64, place: Transform) {
    if let Some(path) = path {
        let paint = paint(ink, alpha as f32);
        canvas.fill_path(&path, &paint, FillRule::Winding, place, None);
    }
}

fn paint(ink: Ink, opacity: f32) -> Paint<'static> {
    let [r, g, b] = ink.rgb();
    let mut paint = Paint {
        anti_alias: true,
        ..Paint::default()
    };
    paint.set_color_rgba8(r, g, b, (opacity * 255.0).round() as u8);
    paint
}

fn circle((x, y): (f64, f64), radius: f64) -> Option<Path> {
    PathBuilder::from_circle(x as f32, y as f32, radius as f32)
}

fn polygon(points: &[(f64, f64)], closed: bool) -> Option<Path> {
    let mut path = PathBuilder::new();
    let (first, rest) = points.split_first()?;
    path.move_to(first.0 as f32, first.1 as f32);
    for (x, y) in rest {
        path.line_to(*x as f32, *y as f32);
    }
    if closed {
        path.close();
    }
    path.finish()
}

fn glyphs(face: &Face, text: &str, size: f32) -> Option<Path> {
    let scale = size / f32::from(face.units_per_em());
    let mut pen = Pen {
        path: PathBuilder::new(),
        scale,
        x: 0.0,
    };
    for c in text.chars() {
        let glyph = face.glyph_index(c).unwrap_or_default();
        face.outline_glyph(glyph, &mut pen);
        pen.x += f32::from(face.glyph_hor_advance(glyph).unwrap_or(0)) * scale;
    }
    pen.path.finish()
}

/// Collects glyph outlines, whose y points up, at the position of the pen.
struct Pen {
    path: PathBuilder,
    scale: f32,
    x: f32,
}

impl Pen {
    fn at(&self, x: f32, y: f32) -> (f32, f32) {
        (self.x + x * self.scale, -y * self.scale)
    }
}

impl OutlineBuilder for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.at(x, y);
        self.path.move_to(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.at(x, y);
        self.path.line_to(x, y);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let ((x1, y1), (x, y)) = (self.at(x1, y1), self.at(x, y));
        self.path.quad_to(x1, y1, x, y);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let ((x1, y1), (x2, y2), (x, y)) = (self.at(x1, y1), self.at(x2, y2), self.at(x, y));
        self.path.cubic_to(x1, y1, x2, y2, x, y);
    }

    fn close(&mut self) {
        self.path.close();
    }
}

#[cfg(test)]
mod tests;
