//! The markers of data points: one shape for each series, so that series differ without colour.

use crate::plot::scene::{Ink, Scene, Shape, Stroke};

/// The shape of a data point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Marker {
    Disc,
    Diamond,
    Square,
    Up,
    Down,
    Plus,
    Cross,
    Star,
}

/// In the order of the series.
const ALL: [Marker; 8] = [
    Marker::Disc,
    Marker::Square,
    Marker::Up,
    Marker::Diamond,
    Marker::Down,
    Marker::Plus,
    Marker::Cross,
    Marker::Star,
];

/// Radius of a data point, in CSS pixels.
pub(crate) const RADIUS: f64 = 4.0;

impl Marker {
    /// The marker of the series with this index.
    pub(crate) fn of_series(index: usize) -> Self {
        ALL[index % ALL.len()]
    }

    /// The marker of curves in an ink; those without a colour of their own have none.
    pub(crate) fn of_ink(ink: Ink) -> Option<Self> {
        match ink {
            Ink::Series(index) => Some(Self::of_series(index)),
            _ => None,
        }
    }

    /// Draws the marker around (x, y). A hollow marker hides what lies below it.
    pub(crate) fn draw(
        self,
        scene: &mut Scene,
        (x, y): (f64, f64),
        radius: f64,
        hollow: bool,
        ink: Ink,
    ) {
        const WIDTH: f64 = 1.6;
        let inside = if hollow { Ink::Paper } else { ink };
        let Some(outline) = self.outline() else {
            scene.dot((x, y), radius, inside);
            if hollow {
                scene.shapes.push(Shape::Ring {
                    at: (x, y),
                    radius,
                    stroke: Stroke {
                        ink,
                        width: WIDTH,
                        dash: None,
                    },
                });
            }
            return;
        };
        let place = |(right, up): &(f64, f64)| (x + radius * right, y - radius * up);
        let mut points: Vec<_> = outline.iter().map(place).collect();
        scene.area(points.clone(), inside, 1.0);
        if hollow {
            // One corner more than a closed outline, for a round join at the start.
            points.extend([points[0], points[1]]);
            scene.line(points, ink, WIDTH);
        }
    }

    /// Corners of a marker of radius 1, y up; `None` for a disc. Areas are about the disc's.
    fn outline(self) -> Option<Vec<(f64, f64)>> {
        /// Half the width of the bars of a plus.
        const ARM: f64 = 0.34;
        let ring = |corners: usize, radii: [f64; 2], turn: f64| {
            let corner = |i: usize| {
                let angle = std::f64::consts::TAU * (i as f64 / corners as f64 + turn);
                let radius = radii[i % 2];
                (radius * angle.sin(), radius * angle.cos())
            };
            (0..corners).map(corner).collect::<Vec<_>>()
        };
        let plus = |turn: f64| {
            let (long, arm) = (1.25, ARM);
            let corners = [
                (-arm, long),
                (arm, long),
                (arm, arm),
                (long, arm),
                (long, -arm),
                (arm, -arm),
                (arm, -long),
                (-arm, -long),
                (-arm, -arm),
                (-long, -arm),
                (-long, arm),
                (-arm, arm),
            ];
            let (sin, cos) = (std::f64::consts::TAU * turn).sin_cos();
            let turned = |(x, y): (f64, f64)| (x * cos + y * sin, y * cos - x * sin);
            corners.map(turned).to_vec()
        };
        match self {
            Self::Disc => None,
            Self::Diamond => Some(ring(4, [1.25; 2], 0.0)),
            Self::Square => Some(ring(4, [1.25; 2], 0.125)),
            Self::Up => Some(ring(3, [1.4; 2], 0.0)),
            Self::Down => Some(ring(3, [1.4; 2], 0.5)),
            Self::Plus => Some(plus(0.0)),
            Self::Cross => Some(plus(0.125)),
            Self::Star => Some(ring(10, [1.5, 0.62], 0.0)),
        }
    }
}
