//! Drawings as SVG text.

use std::fmt::Write;

use crate::plot::font::face_rule;
use crate::plot::scene::{Anchor, Ink, Mark, SERIES, STEPS, Scene, Shape, Stroke};
use crate::text::joined;

/// The drawing as an SVG file of its own, with its font.
pub(crate) fn file(scene: &Scene) -> String {
    write_document(scene, &format!("<style>{}</style>\n", face_rule()))
}

/// The drawing inside HTML that brings the font.
pub(crate) fn document(scene: &Scene) -> String {
    write_document(scene, "")
}

fn write_document(scene: &Scene, style: &str) -> String {
    let (w, h, title) = (scene.width, scene.height, escape(&scene.title));
    let shapes = shapes(scene);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {w} {h}\" width=\"{w}\" \
         height=\"{h}\" role=\"img\" aria-label=\"{title}\" \
         font-family=\"Inter, Helvetica, Arial, sans-serif\">\n<title>{title}</title>\n\
         {style}{shapes}</svg>\n"
    )
}

/// The drawing as an ornament inside HTML. Screen readers skip it.
pub(crate) fn ornament(scene: &Scene) -> String {
    let (w, h, shapes) = (scene.width, scene.height, shapes(scene));
    format!(
        "<svg viewBox=\"0 0 {w} {h}\" width=\"{w}\" height=\"{h}\" aria-hidden=\"true\">\n\
         {shapes}</svg>"
    )
}

/// Style rules that replace the fixed colours of drawings by variables of the page.
pub(crate) fn ink_styles() -> String {
    let inks = [Ink::Paper, Ink::Text, Ink::Muted, Ink::Grid, Ink::Other];
    let rule = |ink: Ink| {
        let class = name(ink);
        let variable = match ink {
            Ink::Series(i) => format!("c{i}"),
            _ => class.clone(),
        };
        format!(".s-{class}{{stroke:var(--{variable})}}.f-{class}{{fill:var(--{variable})}}\n")
    };
    let series = (0..SERIES.len()).map(Ink::Series);
    let steps = (0..STEPS).map(Ink::Step);
    let all = inks.into_iter().chain(series).chain(steps);
    all.map(rule).collect()
}

/// Name of a colour in a class, after `s-` for a stroke and `f-` for a fill.
fn name(ink: Ink) -> String {
    match ink {
        Ink::Paper => "paper".to_owned(),
        Ink::Text => "text".to_owned(),
        Ink::Muted => "muted".to_owned(),
        Ink::Grid => "grid".to_owned(),
        Ink::Other => "other".to_owned(),
        Ink::Series(i) => (i % SERIES.len()).to_string(),
        Ink::Step(i) => format!("h{}", i.min(STEPS - 1)),
    }
}

fn hex(ink: Ink) -> String {
    let [r, g, b] = ink.rgb();
    format!("#{r:02x}{g:02x}{b:02x}")
}

fn shapes(scene: &Scene) -> String {
    let mut out = String::new();
    write_shapes(&mut out, &scene.shapes);
    out
}

fn write_shapes(out: &mut String, shapes: &[Shape]) {
    for shape in shapes {
        write_shape(out, shape);
        out.push('\n');
    }
}

/// The attributes by which the script of a page finds what shapes stand for.
fn write_mark(out: &mut String, mark: &Mark) {
    // Writing to a string cannot fail.
    let _ = match mark {
        Mark::Cell(index) => write!(out, " data-cell=\"{index}\""),
        Mark::Cells { values, words } => {
            let values = values
                .iter()
                .map(|(setting, value)| format!("{setting}:{value}"));
            let (values, words) = (joined(values, " "), escape(words));
            write!(out, " data-cells=\"{values}\" data-words=\"{words}\"")
        }
    };
}

fn write_shape(out: &mut String, shape: &Shape) {
    // Writing to a string cannot fail.
    let _ = match shape {
        Shape::Marked { mark, shapes } => {
            out.push_str("<g");
            write_mark(out, mark);
            out.push_str(">\n");
            write_shapes(out, shapes);
            out.write_str("</g>")
        }
        Shape::Line { points, stroke } => {
            let Stroke { ink, width, dash } = *stroke;
            let (class, colour, points) = (name(ink), hex(ink), coordinates(points));
            let dash = dash.map(|(on, off)| format!(" stroke-dasharray=\"{on} {off}\""));
            let dash = dash.unwrap_or_default();
            write!(
                out,
                "<polyline class=\"s-{class}\" points=\"{points}\" fill=\"none\" \
                 stroke=\"{colour}\" stroke-width=\"{width}\" stroke-linejoin=\"round\"{dash}/>"
            )
        }
        Shape::Area { points, ink, alpha } => {
            let (class, colour, points) = (name(*ink), hex(*ink), coordinates(points));
            write!(
                out,
                "<polygon class=\"f-{class}\" points=\"{points}\" fill=\"{colour}\" \
                 fill-opacity=\"{alpha}\"/>"
            )
        }
        Shape::Dot { at, radius, ink } => {
            let ((x, y), class, colour) = (at, name(*ink), hex(*ink));
            write!(
                out,
                "<circle class=\"f-{class}\" cx=\"{x:.2}\" cy=\"{y:.2}\" r=\"{radius}\" \
                 fill=\"{colour}\"/>"
            )
        }
        Shape::Ring { at, radius, stroke } => {
            let ((x, y), Stroke { ink, width, .. }) = (at, *stroke);
            let (class, colour) = (name(ink), hex(ink));
            write!(
                out,
                "<circle class=\"s-{class}\" cx=\"{x:.2}\" cy=\"{y:.2}\" r=\"{radius}\" \
                 fill=\"none\" stroke=\"{colour}\" stroke-width=\"{width}\"/>"
            )
        }
        Shape::Text(text) => {
            let ((x, y), size) = (text.at, text.size);
            let (class, colour, words) = (name(text.ink), hex(text.ink), escape(&text.text));
            let anchor = match text.anchor {
                Anchor::Start => "start",
                Anchor::Middle => "middle",
                Anchor::End => "end",
            };
            let turn = if text.upright {
                format!(" transform=\"rotate(-90 {x:.2} {y:.2})\"")
            } else {
                String::new()
            };
            write!(
                out,
                "<text class=\"f-{class}\" x=\"{x:.2}\" y=\"{y:.2}\" font-size=\"{size}\" \
                 text-anchor=\"{anchor}\" fill=\"{colour}\"{turn}>{words}</text>"
            )
        }
    };
}

fn coordinates(points: &[(f64, f64)]) -> String {
    joined(points.iter().map(|(x, y)| format!("{x:.2},{y:.2}")), " ")
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
