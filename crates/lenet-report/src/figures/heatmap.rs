//! Tiles over two settings: the mean over the other ones, and the best of them.

use lenet_results::Drawing;

use crate::figures::drawn::{Drawn, measure};
use crate::figures::figure::Figure;
use crate::figures::value_axis::{step, value_axis, value_text};
use crate::plot::heat::{HeatPanel, Levels, Tile};
use crate::plot::scene::Mark;
use crate::plot::sheet::{Panel, Sheet};
use crate::records::cell_measure::CellMeasure;
use crate::records::cells::Cell;
use crate::records::index::Varying;
use crate::text::count;

/// How a tile sums up the cells that it stands for.
#[derive(Clone, Copy, PartialEq)]
enum Sum {
    Mean,
    Best,
}

pub(super) fn figure(drawn: &Drawn, drawing: &Drawing) -> Option<Figure> {
    let measure = measure(drawing);
    let order = drawn.grid.by_influence(measure);
    let named = |name: &Option<String>| drawn.grid.axis(name.as_ref()?);
    let x = drawn.axis(
        drawing.x.as_ref(),
        &Vec::from_iter(named(&drawing.y)),
        &order,
    )?;
    let y = drawn.axis(drawing.y.as_ref(), &[x], &order)?;
    let others = drawn.grid.axes.len() > 2;
    let sums: &[Sum] = if others {
        &[Sum::Mean, Sum::Best]
    } else {
        &[Sum::Mean]
    };
    let tiles = |sum: &Sum| (*sum, drawn.tiles(*sum, [x, y], measure));
    let all: Vec<(Sum, Vec<Found>)> = sums.iter().map(tiles).collect();
    let values: Vec<f64> = all
        .iter()
        .flat_map(|(_, tiles)| tiles.iter().filter_map(|tile| tile.value))
        .collect();
    if values.is_empty() {
        return None;
    }
    let axis = value_axis(measure, values.iter().copied(), 0.1);
    let side = |axis: &Varying| Levels {
        title: axis.title(),
        names: axis.values.iter().map(|value| value.text.clone()).collect(),
    };
    let sides = [x, y].map(|axis| side(&drawn.grid.axes[axis]));
    let panel = |(sum, tiles): (Sum, Vec<Found>)| -> Box<dyn Panel> {
        let tiles = tiles.into_iter().map(|found| Tile {
            at: found.at,
            step: found.value.map(|value| step(&axis, value)),
            text: found
                .value
                .map_or_else(|| "–".to_owned(), |v| value_text(measure, v)),
            mark: found.mark,
        });
        Box::new(HeatPanel {
            heading: match (sum, others) {
                (Sum::Mean, true) => "Mean over the other settings".to_owned(),
                (Sum::Best, _) => "Best of the other settings".to_owned(),
                (Sum::Mean, false) => "Mean over seeds".to_owned(),
            },
            width: 480.0,
            x: sides[0].clone(),
            y: sides[1].clone(),
            tiles: tiles.collect(),
        })
    };
    let best = match others {
        true => " The best is the one by validation accuracy.",
        false => "",
    };
    Some(Figure {
        id: String::new(),
        notes: String::new(),
        caption: format!(
            "{} after the last epoch, darker for more (on a dark page lighter), in equal steps of {}.{best}",
            capital(&measure.title()),
            match measure.is_accuracy() {
                true => "the logarithm of the error",
                false => "the scale",
            }
        ),
        sheet: Sheet {
            heading: drawn.heading(&format!(
                "{} by {} and {}",
                measure.title(),
                sides[0].title,
                sides[1].title
            )),
            panels: all.into_iter().map(panel).collect(),
            columns: sums.len(),
            legend: Vec::new(),
        },
    })
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}

/// A tile with its value.
struct Found {
    at: (usize, usize),
    value: Option<f64>,
    mark: Option<Mark>,
}

impl Drawn<'_> {
    fn tiles(&self, sum: Sum, axes: [usize; 2], measure: CellMeasure) -> Vec<Found> {
        let [x, y] = axes;
        let mut found = Vec::new();
        for row in 0..self.grid.axes[y].values.len() {
            for column in 0..self.grid.axes[x].values.len() {
                let levels = [(x, column), (y, row)];
                let cells: Vec<&Cell> = self.grid.at(&levels).collect();
                found.push(match sum {
                    Sum::Best => self.best_tile((column, row), &cells, measure),
                    Sum::Mean => self.mean_tile((column, row), &levels, &cells, measure),
                });
            }
        }
        found
    }

    fn mean_tile(
        &self,
        at: (usize, usize),
        levels: &[(usize, usize)],
        cells: &[&Cell],
        measure: CellMeasure,
    ) -> Found {
        if let [cell] = cells {
            return Found {
                at,
                value: measure.mean([*cell]).map(|e| e.point),
                mark: Some(Mark::Cell(cell.index)),
            };
        }
        let mean = measure.mean(cells.iter().copied());
        let words = mean.map(|mean| {
            let interval = mean.interval.map_or(String::new(), |i| {
                let [low, high] = [i.low, i.high].map(|bound| value_text(measure, bound));
                format!(" ({low} to {high}, {} %)", 100.0 * mean.level)
            });
            format!(
                "{}\n{} {}{interval}\nmean of {}, {}",
                self.words(levels),
                measure.title(),
                value_text(measure, mean.point),
                count(cells.len(), "cell"),
                count(mean.n, "seed"),
            )
        });
        Found {
            at,
            value: mean.map(|mean| mean.point),
            mark: words.and_then(|words| self.mark(levels, words)),
        }
    }

    /// The cell that is best by validation accuracy.
    fn best_tile(&self, at: (usize, usize), cells: &[&Cell], measure: CellMeasure) -> Found {
        let validation = CellMeasure::Epoch(lenet_results::EpochMeasure::ValidationAccuracy);
        let by = |cell: &&&Cell| validation.mean([**cell]).map_or(-1.0, |e| e.point);
        let best = cells.iter().max_by(|a, b| by(a).total_cmp(&by(b)));
        Found {
            at,
            value: best.and_then(|cell| measure.mean([*cell])).map(|e| e.point),
            mark: best.map(|cell| Mark::Cell(cell.index)),
        }
    }
}
