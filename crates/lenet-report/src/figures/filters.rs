//! The kernels of the first convolution as pictures.

use lenet_results::Kernels;

use crate::figures::figure::Figure;
use crate::plot::frame::{LABEL, LEFT, Margins, WIDTH, draw_heading};
use crate::plot::legend::{Entry, Swatch};
use crate::plot::scene::{Anchor, Ink, Rect, Scene};
use crate::plot::sheet::{Panel, Sheet};

const MARGINS: Margins = Margins {
    left: LEFT,
    right: 16.0,
    bottom: 64.0,
};
/// Most kernels that are drawn.
const MOST: usize = 128;
/// Room between kernels, with the label of the lower one.
const GAP: f64 = 18.0;
/// Widest kernel.
const WIDEST: f64 = 84.0;

const POSITIVE: Ink = Ink::Series(0);
const NEGATIVE: Ink = Ink::Series(1);

/// Some kernels, each a square of weights.
struct Tiles {
    heading: String,
    tiles: Vec<Tile>,
    /// The largest weight by magnitude over all panels.
    largest: f32,
    columns: usize,
    /// Of the panel with the most.
    rows: usize,
}

struct Tile {
    label: String,
    /// Rows of weights.
    weights: Vec<Vec<f32>>,
}

/// The kernels of the network with this seed; `None` if there are none.
pub(crate) fn figure(kernels: &Kernels, seed: u64) -> Option<Figure> {
    let [filters, channels, rows, columns] = kernels.shape;
    let size = rows * columns;
    if size == 0 || kernels.values.len() != filters * channels * size {
        return None;
    }
    let label = |at: usize| match channels {
        1 => (at + 1).to_string(),
        _ => format!("{}.{}", at / channels + 1, at % channels + 1),
    };
    let weights = kernels.values.chunks_exact(size).enumerate().take(MOST);
    let mut tiles: Vec<Tile> = weights
        .map(|(at, weights)| Tile {
            label: label(at),
            weights: weights.chunks_exact(columns).map(<[f32]>::to_vec).collect(),
        })
        .collect();
    let all = kernels.values.iter().map(|weight| weight.abs());
    let largest = all.filter(|weight| weight.is_finite()).fold(0.0, f32::max);
    let shown = tiles.len();
    let other_half = tiles.split_off(shown.div_ceil(2));
    let across = (1..).find(|n| n * n >= tiles.len()).unwrap_or(1).max(3);
    let down = tiles.len().div_ceil(across);
    let panel = |tiles: Vec<Tile>| -> Option<Box<dyn Panel>> {
        let (first, last) = (tiles.first()?, tiles.last()?);
        Some(Box::new(Tiles {
            heading: format!("Filters {} to {}", first.label, last.label),
            largest,
            columns: across,
            rows: down,
            tiles,
        }))
    };
    let entry = |label: &str, ink| Entry {
        label: label.to_owned(),
        ink,
        swatch: Swatch::Box,
        mark: None,
    };
    let more = match (filters * channels).saturating_sub(shown) {
        0 => String::new(),
        more => format!(" {more} more are not drawn."),
    };
    let of_channels = match channels {
        1 => "",
        _ => " A label is filter and channel.",
    };
    Some(Figure {
        id: "filters".to_owned(),
        notes: String::new(),
        caption: format!(
            "Kernels of the first convolution after the last epoch, seed {seed}. Paper is zero; the \
             stronger the colour, the larger the weight by magnitude, up to {largest:.2}.{of_channels}{more}"
        ),
        sheet: Sheet {
            heading: "What the first layer looks for".to_owned(),
            panels: [tiles, other_half].into_iter().filter_map(panel).collect(),
            columns: 2,
            legend: vec![entry("positive", POSITIVE), entry("negative", NEGATIVE)],
        },
    })
}

/// Colour and opacity of a weight.
fn colour(weight: f32, largest: f32) -> (Ink, f64) {
    let share = f64::from(weight.abs() / largest);
    let ink = if weight < 0.0 { NEGATIVE } else { POSITIVE };
    let share = if share.is_finite() { share } else { 0.0 };
    (ink, (share * 1000.0).round() / 1000.0)
}

impl Tiles {
    /// Side of a kernel, and the distance from one to the next.
    fn side(&self) -> (f64, f64) {
        let pitch = (400.0 / self.columns as f64).min(WIDEST + GAP);
        (pitch - GAP, pitch)
    }
}

impl Panel for Tiles {
    fn heading(&self) -> &str {
        &self.heading
    }

    fn size(&self) -> (f64, f64) {
        let (_, pitch) = self.side();
        (WIDTH, MARGINS.around(pitch * self.rows as f64 + GAP))
    }

    fn draw(&self, scene: &mut Scene, place: &Rect) {
        let plot = MARGINS.plot(place);
        draw_heading(scene, &plot, &self.heading);
        let (side, pitch) = self.side();
        for (at, tile) in self.tiles.iter().enumerate() {
            let square = Rect {
                x: plot.x + (at % self.columns) as f64 * pitch,
                y: plot.y + (at / self.columns) as f64 * pitch,
                width: side,
                height: side,
            };
            tile.draw(scene, &square, self.largest);
        }
        self.draw_scale(scene, &plot);
    }
}

impl Tiles {
    /// The colours of weights from the most negative to the most positive, zero in the middle.
    fn draw_scale(&self, scene: &mut Scene, plot: &Rect) {
        const STEPS: usize = 21;
        let (width, y) = (plot.width / STEPS as f64, plot.bottom() + 14.0);
        for step in 0..STEPS {
            let middle = (STEPS / 2) as f32;
            let (ink, alpha) = colour((step as f32 - middle) / middle, 1.0);
            let x = plot.x + step as f64 * width;
            let height = 12.0;
            let piece = Rect {
                x,
                y,
                width,
                height,
            };
            scene.area(piece.corners(), ink, alpha);
        }
        let largest = self.largest;
        let ends = [
            (plot.x, format!("−{largest:.2}"), Anchor::Start),
            (plot.x + plot.width / 2.0, "0".to_owned(), Anchor::Middle),
            (plot.right(), format!("{largest:.2}"), Anchor::End),
        ];
        for (x, label, anchor) in ends {
            scene.text((x, y + 28.0), &label, LABEL, anchor, Ink::Muted);
        }
    }
}

impl Tile {
    fn draw(&self, scene: &mut Scene, square: &Rect, largest: f32) {
        let down = square.height / self.weights.len() as f64;
        for (row, weights) in self.weights.iter().enumerate() {
            let across = square.width / weights.len() as f64;
            for (column, &weight) in weights.iter().enumerate() {
                let (ink, alpha) = colour(weight, largest);
                let piece = Rect {
                    x: square.x + column as f64 * across,
                    y: square.y + row as f64 * down,
                    width: across,
                    height: down,
                };
                scene.area(piece.corners(), ink, alpha);
            }
        }
        let mut outline = square.corners();
        outline.push((square.x, square.y));
        scene.line(outline, Ink::Grid, 1.0);
        let at = (square.x + square.width / 2.0, square.bottom() + 12.0);
        scene.text(at, &self.label, 10.0, Anchor::Middle, Ink::Muted);
    }
}
