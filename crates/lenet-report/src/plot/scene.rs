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
    /// A step of the scale of a heat map, from the lowest, 0, to [`STEPS`] − 1.
    Step(usize),
}

/// Steps of the scale of a heat map.
pub(crate) const STEPS: usize = 9;

/// Colours of a heat map's scale: one hue, so that its order can be seen without colour.
const SCALE: [[u8; 3]; STEPS] = [
    [0xf1, 0xf6, 0xfb],
    [0xdc, 0xe9, 0xf5],
    [0xc2, 0xd9, 0xee],
    [0xa2, 0xc5, 0xe4],
    [0x7d, 0xad, 0xd8],
    [0x52, 0x8f, 0xc4],
    [0x30, 0x70, 0xaa],
    [0x17, 0x52, 0x8a],
    [0x08, 0x35, 0x63],
];

/// Colours of series, after Okabe & Ito (2008), darkened until each has a contrast of 3:1 with white.
/// Each series has a marker of its own besides, since no eight such colours can be told apart by
/// everybody.
pub(crate) const SERIES: [[u8; 3]; 8] = [
    [0x00, 0x72, 0xb2],
    [0xd5, 0x5e, 0x00],
    [0x00, 0x8f, 0x68],
    [0xc2, 0x60, 0x9a],
    [0xa8, 0x79, 0x00],
    [0x7b, 0x3f, 0xd1],
    [0x7a, 0x52, 0x30],
    [0x55, 0x55, 0x55],
];

/// What shapes stand for, so that a page can tell of it and highlight it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Mark {
    /// A cell, by its index in the report.
    Cell(usize),
    /// All cells with these values of settings: indices of setting and value in the report. `words`
    /// tell what the shapes say of them.
    Cells {
        values: Vec<(usize, usize)>,
        words: String,
    },
}

impl Ink {
    pub(crate) fn rgb(self) -> [u8; 3] {
        match self {
            Self::Paper => [0xff, 0xff, 0xff],
            Self::Text => [0x1a, 0x1d, 0x21],
            Self::Muted => [0x5a, 0x63, 0x6e],
            Self::Grid => [0xdd, 0xe1, 0xe6],
            Self::Other => [0x8a, 0x92, 0x9c],
            Self::Step(i) => SCALE[i.min(STEPS - 1)],
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
    /// Shapes that stand for something.
    Marked {
        mark: Mark,
        shapes: Vec<Shape>,
    },
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

    /// All shapes, those that stand for something included.
    #[cfg(test)]
    pub(crate) fn all_shapes(&self) -> Vec<&Shape> {
        fn add<'s>(found: &mut Vec<&'s Shape>, shapes: &'s [Shape]) {
            for shape in shapes {
                match shape {
                    Shape::Marked { shapes, .. } => add(found, shapes),
                    other => found.push(other),
                }
            }
        }
        let mut found = Vec::new();
        add(&mut found, &self.shapes);
        found
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

    /// All lines of text in the drawing.
    pub(crate) fn texts(&self) -> Vec<&str> {
        fn collect<'s>(shapes: &'s [Shape], texts: &mut Vec<&'s str>) {
            for shape in shapes {
                match shape {
                    Shape::Text(text) => texts.push(&text.text),
                    Shape::Marked { shapes, .. } => collect(shapes, texts),
                    _ => {}
                }
            }
        }
        let mut texts = Vec::new();
        collect(&self.shapes, &mut texts);
        texts
    }

    /// Draws shapes that stand for something.
    pub(crate) fn marked(&mut self, mark: Option<&Mark>, draw: impl FnOnce(&mut Self)) {
        let from = self.shapes.len();
        draw(self);
        if let Some(mark) = mark.filter(|_| self.shapes.len() > from) {
            let (mark, shapes) = (mark.clone(), self.shapes.split_off(from));
            self.shapes.push(Shape::Marked { mark, shapes });
        }
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
