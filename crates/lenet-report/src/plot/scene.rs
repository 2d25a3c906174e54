//! A drawing as a list of shapes. Both the SVG text and the pixels come from this list, so the two
//! cannot differ.

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
    /// A filled polygon; `alpha` is its opacity.
    Area {
        points: Vec<(f64, f64)>,
        ink: Ink,
        alpha: f64,
    },
    /// A filled disc.
    Dot {
        at: (f64, f64),
        radius: f64,
        ink: Ink,
    },
    /// The outline of a circle.
    Ring {
        at: (f64, f64),
        radius: f64,
        stroke: Stroke,
    },
    Text(Text),
}

/// A line of text whose baseline goes through `at`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Text {
    pub(crate) at: (f64, f64),
    pub(crate) text: String,
    pub(crate) size: f64,
    pub(crate) anchor: Anchor,
    pub(crate) ink: Ink,
    /// Whether the text is turned by 90° to the left.
    pub(crate) upright: bool,
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

    pub(crate) fn area(&mut self, points: Vec<(f64, f64)>, ink: Ink, alpha: f64) {
        self.shapes.push(Shape::Area { points, ink, alpha });
    }

    pub(crate) fn dot(&mut self, at: (f64, f64), radius: f64, ink: Ink) {
        self.shapes.push(Shape::Dot { at, radius, ink });
    }

    pub(crate) fn text(&mut self, at: (f64, f64), text: &str, size: f64, anchor: Anchor, ink: Ink) {
        self.shapes.push(Shape::Text(Text {
            at,
            text: text.to_owned(),
            size,
            anchor,
            ink,
            upright: false,
        }));
    }
}
