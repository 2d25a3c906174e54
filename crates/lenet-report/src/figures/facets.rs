//! Small multiples: accuracy over epochs, a panel for each value of two settings, a colour for each
//! value of a third.

use lenet_results::{Drawing, EpochMeasure, EpochRecord};

use crate::figures::accuracy::{CellCurve, caption, curves, published_entry, swatch};
use crate::figures::drawn::{Drawn, measure};
use crate::figures::figure::Figure;
use crate::figures::value_axis::value_axis;
use crate::plot::accuracy_scale::epoch_ticks;
use crate::plot::frame::{Axis, Margins, Scale, Tick};
use crate::plot::legend::Entry;
use crate::plot::panel::{Layer, XyPanel};
use crate::plot::scene::{Ink, SERIES};
use crate::plot::sheet::{Panel, Sheet};
use crate::records::cell_measure::CellMeasure;
use crate::records::cells::Cell;
use crate::records::trials::Metric;

/// Width of all panels side by side.
const WIDTH: f64 = 960.0;

/// Columns of panels that can still be read.
const MOST_COLUMNS: usize = 5;

/// What each axis of the grid stands for.
struct Roles {
    colour: usize,
    columns: Option<usize>,
    rows: Option<usize>,
}

pub(super) fn figure(drawn: &Drawn, drawing: &Drawing) -> Option<Figure> {
    let measure = measure(drawing);
    let CellMeasure::Epoch(of_epochs) = measure else {
        return None;
    };
    let roles = Roles::of(drawn, drawing, measure)?;
    let metric = metric(of_epochs);
    let places = drawn.panels(&roles);
    let of_panel = |levels: &Vec<(usize, usize)>| {
        let cells: Vec<&Cell> = drawn.grid.at(levels).collect();
        let own = |cell: &&Cell| drawn.level_of(cell, roles.colour);
        let inks: Vec<Ink> = cells.iter().map(own).map(ink).collect();
        curves(&cells, &inks, metric, of_epochs)
    };
    let drawn_curves: Vec<Vec<CellCurve>> = places.iter().map(of_panel).collect();
    let all = || drawn_curves.iter().flatten();
    let last = all().map(CellCurve::last_epoch).max()?.max(1);
    let columns = roles
        .columns
        .map_or(1, |axis| drawn.grid.axes[axis].values.len());
    let width = (WIDTH / columns as f64).clamp(190.0, 480.0);
    let height = 96.0 + 0.5 * width;
    let gap = 14.0 / (height - 80.0);
    let values: Vec<f64> = all().flat_map(CellCurve::values).collect();
    let mut y = value_axis(measure, values.into_iter(), gap);
    // The heading of the figure says it once for all panels.
    y.title.clear();
    let few = |curves: &[CellCurve]| curves.len() <= SERIES.len();
    let panel = |(levels, curves): (&Vec<(usize, usize)>, &Vec<CellCurve>)| -> Box<dyn Panel> {
        let mut layers: Vec<Layer> = Vec::new();
        if few(curves) {
            layers.extend(curves.iter().filter_map(CellCurve::band));
        }
        let stroke = if few(curves) { 1.8 } else { 1.2 };
        for curve in curves {
            layers.extend(curve.lines(stroke, last.div_ceil((width / 40.0) as usize)));
        }
        Box::new(XyPanel {
            heading: drawn.words(levels),
            size: (width, height),
            margins: Margins {
                left: 52.0,
                right: 12.0,
                bottom: 46.0,
            },
            x: epochs(last, width),
            y: y.clone(),
            layers,
        })
    };
    let published = drawn_curves.iter().flatten().any(CellCurve::has_published);
    let mut legend = drawn.legend(roles.colour);
    legend.extend(published.then(|| published_entry(drawn.study)).flatten());
    Some(Figure {
        id: String::new(),
        notes: String::new(),
        caption: format!("{}{}", caption(drawn.study), drawn.told(&roles)),
        sheet: Sheet {
            heading: format!(
                "Figure {} · {} · {} over epochs",
                drawn.study.id,
                drawn.study.title,
                measure.title()
            ),
            panels: places.iter().zip(&drawn_curves).map(panel).collect(),
            columns,
            legend,
        },
    })
}

fn metric(measure: EpochMeasure) -> Metric {
    match measure {
        EpochMeasure::TrainLoss => |e: &EpochRecord| e.train_loss,
        EpochMeasure::TrainAccuracy => |e| e.train_accuracy,
        EpochMeasure::ValidationLoss => |e| e.validation_loss,
        EpochMeasure::ValidationAccuracy => |e| e.validation_accuracy,
        EpochMeasure::TestLoss => |e| e.test_loss,
        EpochMeasure::TestAccuracy => |e| e.test_accuracy,
        EpochMeasure::SecondsPerEpoch => |e| e.train_seconds + e.evaluation_seconds,
    }
}

/// The colour of a level; beyond the colours there are, grey.
fn ink(level: usize) -> Ink {
    if level < SERIES.len() {
        Ink::Series(level)
    } else {
        Ink::Other
    }
}

/// Epochs with as many labels as a narrow panel has room for.
fn epochs(last: usize, width: f64) -> Axis {
    let ticks = epoch_ticks(last);
    let each = (ticks.len() as f64 * 30.0 / (width - 64.0)).ceil().max(1.0) as usize;
    let kept = ticks.into_iter().skip(each - 1).step_by(each);
    Axis {
        title: "epoch".to_owned(),
        scale: Scale::Epochs { last },
        ticks: kept.map(|epoch| Tick::of(epoch as f64)).collect(),
    }
}

impl Roles {
    /// What the drawing says, else the most influential axes: colour first, then columns, then rows.
    fn of(drawn: &Drawn, drawing: &Drawing, measure: CellMeasure) -> Option<Self> {
        let order = drawn.grid.by_influence(measure);
        let named = [&drawing.colour, &drawing.columns, &drawing.rows];
        let mut taken: Vec<usize> = named
            .iter()
            .filter_map(|name| drawn.grid.axis(name.as_ref()?))
            .collect();
        let mut choose = |named: &Option<String>| {
            let found = drawn.axis(named.as_ref(), &taken, &order)?;
            taken.push(found);
            Some(found)
        };
        let colour = choose(&drawing.colour)?;
        let (mut columns, mut rows) = (choose(&drawing.columns), choose(&drawing.rows));
        let levels = |axis: Option<usize>| axis.map_or(1, |a| drawn.grid.axes[a].values.len());
        let free = drawing.columns.is_none() && drawing.rows.is_none();
        // A page is wider than it is high.
        if free && levels(rows) > levels(columns) && levels(rows) <= MOST_COLUMNS {
            std::mem::swap(&mut columns, &mut rows);
        }
        Some(Self {
            colour,
            columns,
            rows,
        })
    }
}

impl Drawn<'_> {
    /// The levels of each panel, row by row.
    fn panels(&self, roles: &Roles) -> Vec<Vec<(usize, usize)>> {
        let levels = |axis: Option<usize>| -> Vec<Option<(usize, usize)>> {
            match axis {
                None => vec![None],
                Some(axis) => {
                    let count = self.grid.axes[axis].values.len();
                    (0..count).map(|level| Some((axis, level))).collect()
                }
            }
        };
        let mut panels = Vec::new();
        for row in levels(roles.rows) {
            for column in levels(roles.columns) {
                panels.push([column, row].into_iter().flatten().collect());
            }
        }
        panels
    }

    fn level_of(&self, cell: &Cell, axis: usize) -> usize {
        let mut cells = self.grid.cells.iter();
        let found = cells.find(|(_, other)| std::ptr::eq(*other, cell));
        found.map_or(0, |(levels, _)| levels[axis])
    }

    /// Values of settings in words: `8 filters, SGD`.
    pub(super) fn words(&self, levels: &[(usize, usize)]) -> String {
        let words = levels
            .iter()
            .map(|(axis, level)| &self.grid.axes[*axis].values[*level]);
        let words: Vec<&str> = words.map(|value| value.words.as_str()).collect();
        words.join(", ")
    }

    /// An entry for each level of an axis, in its colour.
    pub(super) fn legend(&self, axis: usize) -> Vec<Entry> {
        let entry = |(level, value): (usize, &crate::records::index::Value)| Entry {
            label: value.words.clone(),
            ink: ink(level),
            swatch: swatch(ink(level)),
            mark: self.mark(&[(axis, level)], value.words.clone()),
        };
        self.grid.axes[axis]
            .values
            .iter()
            .enumerate()
            .map(entry)
            .collect()
    }

    /// What the settings that no panel and no colour tells do.
    fn told(&self, roles: &Roles) -> String {
        let told = [Some(roles.colour), roles.columns, roles.rows];
        let rest = (0..self.grid.axes.len()).filter(|axis| !told.contains(&Some(*axis)));
        let rest: Vec<String> = rest.map(|axis| self.grid.axes[axis].title()).collect();
        match rest.as_slice() {
            [] => String::new(),
            rest => format!(
                " Lines of one colour in a panel differ in {}.",
                rest.join(" and ")
            ),
        }
    }
}
