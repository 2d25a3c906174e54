//! The confusion matrix: images and shares, a row for each true class.

use lenet_stats::Confusion;

use crate::figures::figure::Figure;
use crate::plot::frame::{LABEL, LEFT, Margins, WIDTH, draw_heading};
use crate::plot::legend::{Entry, Swatch};
use crate::plot::scene::{Anchor, Ink, Rect, Scene};
use crate::plot::sheet::{Panel, Sheet};

const MARGINS: Margins = Margins {
    left: LEFT,
    right: 16.0,
    bottom: 46.0,
};
/// Side of the plot, the width of a panel without its axes.
const SIDE: f64 = 400.0;
/// Smallest side of a square that holds a number.
const WITH_NUMBER: f64 = 26.0;

const CORRECT: Ink = Ink::Series(0);
const MISTAKEN: Ink = Ink::Series(1);

/// A matrix of squares, one for each true and predicted class.
struct Matrix {
    heading: String,
    /// Row by row.
    squares: Vec<Vec<Square>>,
}

struct Square {
    text: String,
    ink: Ink,
    alpha: f64,
}

/// The figure of counts over `networks` networks.
pub(crate) fn figure(confusion: &Confusion, networks: usize) -> Figure {
    let counts = &confusion.counts;
    let as_counts = squares(
        counts,
        |_, count| count as f64,
        |value| format!("{value:.0}"),
    );
    let share = |row: &[usize], count| {
        let images: usize = row.iter().sum();
        count as f64 / images.max(1) as f64
    };
    let as_shares = squares(counts, share, percent);
    let matrix = |heading: &str, squares| -> Box<dyn Panel> {
        let heading = heading.to_owned();
        Box::new(Matrix { heading, squares })
    };
    let entry = |label: &str, ink| Entry {
        label: label.to_owned(),
        ink,
        swatch: Swatch::Box,
        mark: None,
    };
    Figure {
        id: "confusion".to_owned(),
        notes: String::new(),
        caption: format!(
            "Test images by true class (rows) and predicted class (columns), over {}. Mistakes \
             are the darker, the more frequent they are among mistakes; squares without a number \
             are empty.",
            crate::text::count(networks, "network")
        ),
        sheet: Sheet {
            heading: "Which class is taken for which".to_owned(),
            panels: vec![
                matrix("Images", as_counts),
                matrix("Percent of the true class", as_shares),
            ],
            columns: 2,
            legend: vec![
                entry("correct", CORRECT),
                entry("taken for another class", MISTAKEN),
            ],
        },
    }
}

/// A share in percent, with more digits where it is small.
fn percent(share: f64) -> String {
    match 100.0 * share {
        p if p >= 9.95 => format!("{p:.1}"),
        p => format!("{p:.2}"),
    }
}

fn squares(
    counts: &[Vec<usize>],
    value: impl Fn(&[usize], usize) -> f64,
    text: impl Fn(f64) -> String,
) -> Vec<Vec<Square>> {
    let values: Vec<Vec<f64>> = counts
        .iter()
        .map(|row| row.iter().map(|count| value(row, *count)).collect())
        .collect();
    let most = |on_diagonal: bool| {
        let rows = values.iter().enumerate();
        let all = rows.flat_map(|(t, row)| row.iter().enumerate().map(move |(p, v)| (t == p, *v)));
        let own = all.filter(|(diagonal, _)| *diagonal == on_diagonal);
        own.map(|(_, value)| value).fold(0.0, f64::max)
    };
    let (best, worst) = (most(true), most(false));
    let square = |truth: usize, (said, &value): (usize, &f64)| {
        let (ink, least, range, of) = match truth == said {
            true => (CORRECT, 0.1, 0.35, best),
            false => (MISTAKEN, 0.12, 0.5, worst),
        };
        let filled = value > 0.0;
        let alpha = ((least + range * value / of) * 1000.0).round() / 1000.0;
        Square {
            text: if filled { text(value) } else { String::new() },
            ink,
            alpha: if filled { alpha } else { 0.0 },
        }
    };
    let rows = values.iter().enumerate();
    rows.map(|(truth, row)| row.iter().enumerate().map(|v| square(truth, v)).collect())
        .collect()
}

impl Panel for Matrix {
    fn heading(&self) -> &str {
        &self.heading
    }

    fn size(&self) -> (f64, f64) {
        (WIDTH, MARGINS.around(SIDE))
    }

    fn draw(&self, scene: &mut Scene, place: &Rect) {
        let plot = MARGINS.plot(place);
        draw_heading(scene, &plot, &self.heading);
        let classes = self.squares.len().max(1);
        let side = SIDE / classes as f64;
        // Labels need some room; of many classes every second or third has one.
        let every = (16.0 / side).ceil().max(1.0) as usize;
        for (truth, row) in self.squares.iter().enumerate() {
            let y = plot.y + truth as f64 * side;
            let middle = y + side / 2.0 + 4.3;
            if truth % every == 0 {
                let (label, x) = (truth.to_string(), plot.x + (truth as f64 + 0.5) * side);
                scene.text(
                    (plot.x - 8.0, middle),
                    &label,
                    LABEL,
                    Anchor::End,
                    Ink::Muted,
                );
                let below = (x, plot.bottom() + 18.0);
                scene.text(below, &label, LABEL, Anchor::Middle, Ink::Muted);
            }
            for (said, square) in row.iter().enumerate() {
                let x = plot.x + said as f64 * side;
                if square.alpha > 0.0 {
                    let corners = Rect {
                        x,
                        y,
                        width: side,
                        height: side,
                    };
                    scene.area(corners.corners(), square.ink, square.alpha);
                }
                if side >= WITH_NUMBER && !square.text.is_empty() {
                    let size = (side * 0.3).min(LABEL);
                    let at = (x + side / 2.0, middle);
                    scene.text(at, &square.text, size, Anchor::Middle, Ink::Text);
                }
            }
        }
        for line in 0..=classes {
            let at = line as f64 * side;
            let (x, y) = (plot.x + at, plot.y + at);
            scene.line(vec![(x, plot.y), (x, plot.bottom())], Ink::Grid, 1.0);
            scene.line(vec![(plot.x, y), (plot.right(), y)], Ink::Grid, 1.0);
        }
        let title = (plot.x + plot.width / 2.0, plot.bottom() + 38.0);
        let text = "predicted class (rows: true class)";
        scene.text(title, text, LABEL, Anchor::Middle, Ink::Muted);
    }
}
