//! A drawing as a list of shapes. Both the SVG text and the pixels come from this list, so the two
//! cannot differ.

use std::fmt::Write;

/// A colour by its purpose. A shape carries the purpose as a class, beside the fixed colour of the
/// light theme, so that a page can restyle it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ink {
    Paper,
    Text,
    Muted,
    Grid,
    /// A curve without a colour of its own.
    Other,
    Series(usize),
}

/// Colours of series. Readers with the common colour-vision deficiencies can tell them apart (after
/// Okabe & Ito 2008; the last two are darkened for thin lines on white).
pub(crate) const SERIES: [[u8; 3]; 8] = [
    [0x00, 0x72, 0xb2],
    [0xd5, 0x5e, 0x00],
    [0x00, 0x9e, 0x73],
    [0xcc, 0x79, 0xa7],
    [0xe6, 0x9f, 0x00],
    [0x56, 0xb4, 0xe9],
    [0x7a, 0x52, 0x30],
    [0x55, 0x55, 0x55],
];

impl Ink {
    pub(crate) fn rgb(self) -> [u8; 3] {
        match self {
            Self::Paper => [0xff, 0xff, 0xff],
            Self::Text => [0x1a, 0x1d, 0x21],
            Self::Muted => [0x5a, 0x63, 0x6e],
            Self::Grid => [0xdd, 0xe1, 0xe6],
            Self::Other => [0xb0, 0xb6, 0xbe],
            Self::Series(i) => SERIES[i % SERIES.len()],
        }
    }

    /// Name of the colour in a class, after `s-` for a stroke and `f-` for a fill.
    pub(crate) fn name(self) -> String {
        match self {
            Self::Paper => "paper".to_owned(),
            Self::Text => "text".to_owned(),
            Self::Muted => "muted".to_owned(),
            Self::Grid => "grid".to_owned(),
            Self::Other => "other".to_owned(),
            Self::Series(i) => (i % SERIES.len()).to_string(),
        }
    }

    fn hex(self) -> String {
        let [r, g, b] = self.rgb();
        format!("#{r:02x}{g:02x}{b:02x}")
    }
}

/// A rectangle parallel to the axes, in CSS pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Rect {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
}

impl Rect {
    /// The rectangle whose upper left corner is the origin.
    pub(crate) fn at_origin(width: f64, height: f64) -> Self {
        Self {
            x: 0.0,
            y: 0.0,
            width,
            height,
        }
    }

    pub(crate) fn right(&self) -> f64 {
        self.x + self.width
    }

    pub(crate) fn bottom(&self) -> f64 {
        self.y + self.height
    }

    pub(crate) fn corners(&self) -> Vec<(f64, f64)> {
        let (r, b) = (self.right(), self.bottom());
        vec![(self.x, self.y), (r, self.y), (r, b), (self.x, b)]
    }
}

/// How a line is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Stroke {
    pub(crate) ink: Ink,
    pub(crate) width: f64,
    /// Lengths of dash and gap; `None` for a solid line.
    pub(crate) dash: Option<(f64, f64)>,
}

/// The part of a text that lies at its position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// A shape. Lengths are in CSS pixels, and y points down.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Shape {
    /// A line through points.
    Line {
        points: Vec<(f64, f64)>,
        stroke: Stroke,
    },
    /// A filled polygon.
    Area {
        points: Vec<(f64, f64)>,
        ink: Ink,
        opacity: f64,
    },
    /// A filled disc.
    Dot {
        x: f64,
        y: f64,
        radius: f64,
        ink: Ink,
    },
    /// The outline of a circle.
    Ring {
        x: f64,
        y: f64,
        radius: f64,
        ink: Ink,
        width: f64,
    },
    /// A line of text whose baseline goes through (x, y). Upright text is turned by 90° to the left.
    Text {
        x: f64,
        y: f64,
        text: String,
        size: f64,
        anchor: Anchor,
        ink: Ink,
        upright: bool,
    },
}

/// A drawing, in CSS pixels.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Scene {
    pub(crate) width: f64,
    pub(crate) height: f64,
    /// A description for readers who do not see the drawing.
    pub(crate) title: String,
    pub(crate) shapes: Vec<Shape>,
}

impl Scene {
    /// An empty drawing on paper.
    pub(crate) fn new(width: f64, height: f64, title: String) -> Self {
        let mut scene = Self {
            width,
            height,
            title,
            shapes: Vec::new(),
        };
        scene.area(Rect::at_origin(width, height).corners(), Ink::Paper, 1.0);
        scene
    }

    /// A solid line.
    pub(crate) fn line(&mut self, points: Vec<(f64, f64)>, ink: Ink, width: f64) {
        let dash = None;
        self.stroke(points, Stroke { ink, width, dash });
    }

    pub(crate) fn stroke(&mut self, points: Vec<(f64, f64)>, stroke: Stroke) {
        self.shapes.push(Shape::Line { points, stroke });
    }

    pub(crate) fn area(&mut self, points: Vec<(f64, f64)>, ink: Ink, opacity: f64) {
        self.shapes.push(Shape::Area {
            points,
            ink,
            opacity,
        });
    }

    pub(crate) fn dot(&mut self, (x, y): (f64, f64), radius: f64, ink: Ink) {
        self.shapes.push(Shape::Dot { x, y, radius, ink });
    }

    pub(crate) fn text(
        &mut self,
        (x, y): (f64, f64),
        text: &str,
        size: f64,
        anchor: Anchor,
        ink: Ink,
    ) {
        self.shapes.push(Shape::Text {
            x,
            y,
            text: text.to_owned(),
            size,
            anchor,
            ink,
            upright: false,
        });
    }

    /// The drawing as an SVG document, which is also valid inside HTML.
    pub(crate) fn svg(&self) -> String {
        let (w, h, title) = (self.width, self.height, escape(&self.title));
        let mut out = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {w} {h}\" width=\"{w}\" \
             height=\"{h}\" role=\"img\" aria-label=\"{title}\" \
             font-family=\"Inter, Helvetica, Arial, sans-serif\">\n<title>{title}</title>\n"
        );
        self.write_shapes(&mut out);
        out.push_str("</svg>\n");
        out
    }

    /// The drawing as an ornament inside HTML. Screen readers skip it.
    pub(crate) fn ornament(&self) -> String {
        let (w, h) = (self.width, self.height);
        let mut out = format!(
            "<svg viewBox=\"0 0 {w} {h}\" width=\"{w}\" height=\"{h}\" aria-hidden=\"true\">\n"
        );
        self.write_shapes(&mut out);
        out.push_str("</svg>");
        out
    }

    fn write_shapes(&self, out: &mut String) {
        for shape in &self.shapes {
            write_shape(out, shape);
            out.push('\n');
        }
    }
}

fn write_shape(out: &mut String, shape: &Shape) {
    // Writing to a string cannot fail.
    let _ = match shape {
        Shape::Line { points, stroke } => {
            let Stroke { ink, width, dash } = *stroke;
            let dash = dash
                .map(|(on, off)| format!(" stroke-dasharray=\"{on} {off}\""))
                .unwrap_or_default();
            write!(
                out,
                "<polyline class=\"s-{}\" points=\"{}\" fill=\"none\" stroke=\"{}\" \
                 stroke-width=\"{width}\" stroke-linejoin=\"round\"{dash}/>",
                ink.name(),
                coordinates(points),
                ink.hex()
            )
        }
        Shape::Area {
            points,
            ink,
            opacity,
        } => write!(
            out,
            "<polygon class=\"f-{}\" points=\"{}\" fill=\"{}\" fill-opacity=\"{opacity}\"/>",
            ink.name(),
            coordinates(points),
            ink.hex()
        ),
        Shape::Dot { x, y, radius, ink } => write!(
            out,
            "<circle class=\"f-{}\" cx=\"{x:.2}\" cy=\"{y:.2}\" r=\"{radius}\" fill=\"{}\"/>",
            ink.name(),
            ink.hex()
        ),
        Shape::Ring {
            x,
            y,
            radius,
            ink,
            width,
        } => write!(
            out,
            "<circle class=\"s-{}\" cx=\"{x:.2}\" cy=\"{y:.2}\" r=\"{radius}\" fill=\"none\" \
             stroke=\"{}\" stroke-width=\"{width}\"/>",
            ink.name(),
            ink.hex()
        ),
        Shape::Text {
            x,
            y,
            text,
            size,
            anchor,
            ink,
            upright,
        } => {
            let anchor = match anchor {
                Anchor::Start => "start",
                Anchor::Middle => "middle",
                Anchor::End => "end",
            };
            let turn = if *upright {
                format!(" transform=\"rotate(-90 {x:.2} {y:.2})\"")
            } else {
                String::new()
            };
            write!(
                out,
                "<text class=\"f-{}\" x=\"{x:.2}\" y=\"{y:.2}\" font-size=\"{size}\" \
                 text-anchor=\"{anchor}\" fill=\"{}\"{turn}>{}</text>",
                ink.name(),
                ink.hex(),
                escape(text)
            )
        }
    };
}

fn coordinates(points: &[(f64, f64)]) -> String {
    let pairs: Vec<String> = points
        .iter()
        .map(|(x, y)| format!("{x:.2},{y:.2}"))
        .collect();
    pairs.join(" ")
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
