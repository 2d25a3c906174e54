//! Which connected shapes of ink are the digit, and how thick its strokes are.

use std::collections::VecDeque;

/// Share of the largest shape below which a shape is dirt.
const DIRT: f64 = 0.04;
/// Share of the picture's longer side that a shape inside needs, so that shapes at the border may be
/// left out as edges of the sheet.
const INSIDE: f64 = 0.12;
/// Thickness of MNIST's strokes, of the height of its digits.
const USUAL_STROKE: f64 = 0.11;
/// Strokes thinner than this share of the digit's height are thickened.
const THIN_STROKE: f64 = 0.07;

/// A connected shape (8 neighbours).
#[derive(Debug, Clone)]
pub(super) struct Shape {
    pixels: Vec<usize>,
    /// `[top, bottom, left, right]`, ends exclusive.
    pub frame: [usize; 4],
    touches_border: bool,
}

impl Shape {
    pub fn height(&self) -> usize {
        self.frame[1] - self.frame[0]
    }

    pub fn width(&self) -> usize {
        self.frame[3] - self.frame[2]
    }
}

/// The shapes of the digit, largest first: without dirt, and without what touches the border where
/// something inside is large enough to be a digit. Their pixels are set in the mask.
pub(super) fn of_the_digit(mask: &[bool], size: [usize; 2]) -> (Vec<bool>, Vec<Shape>) {
    let mut shapes = connected(mask, size);
    let longer = size[0].max(size[1]) as f64;
    let large = |shape: &Shape| shape.height().max(shape.width()) as f64 >= INSIDE * longer;
    if shapes
        .iter()
        .any(|shape| !shape.touches_border && large(shape))
    {
        shapes.retain(|shape| !shape.touches_border);
    }
    shapes.sort_by_key(|shape| std::cmp::Reverse(shape.pixels.len()));
    let largest = shapes.first().map_or(0, |shape| shape.pixels.len());
    shapes.retain(|shape| shape.pixels.len() as f64 >= DIRT * largest as f64);
    let mut kept = vec![false; mask.len()];
    for shape in &shapes {
        shape.pixels.iter().for_each(|&at| kept[at] = true);
    }
    (kept, shapes)
}

/// How many digits the shapes are, side by side: shapes of at least half the tallest one's height
/// that overlap in no column, with a gap between.
pub(super) fn side_by_side(shapes: &[Shape]) -> usize {
    let tallest = shapes.iter().map(Shape::height).max().unwrap_or(0);
    let mut spans: Vec<[usize; 2]> = shapes
        .iter()
        .filter(|shape| 2 * shape.height() >= tallest)
        .map(|shape| [shape.frame[2], shape.frame[3]])
        .collect();
    spans.sort_unstable();
    let gap = tallest / 12 + 1;
    let mut count = 0;
    let mut end = None;
    for [left, right] in spans {
        if end.is_none_or(|end| left >= end + gap) {
            count += 1;
        }
        end = Some(end.map_or(right, |end: usize| end.max(right)));
    }
    count
}

/// How many pixels the strokes have to grow on every side so that they are as thick as MNIST's, of a
/// digit of this height; 0 where they are not thin.
pub(super) fn growth(mask: &[bool], [rows, columns]: [usize; 2], height: usize) -> usize {
    let (mut area, mut edge) = (0usize, 0usize);
    for at in (0..mask.len()).filter(|&at| mask[at]) {
        area += 1;
        let (row, column) = (at / columns, at % columns);
        let off = |inside: bool, at: usize| !inside || !mask[at];
        let open = off(row > 0, at.wrapping_sub(columns))
            || off(row + 1 < rows, at + columns)
            || off(column > 0, at.wrapping_sub(1))
            || off(column + 1 < columns, at + 1);
        edge += usize::from(open);
    }
    // Every pixel of a stroke lies nearest to one of its two edges; of one or two pixels all are edge.
    let stroke = if area == edge {
        1.5
    } else {
        2.0 * area as f64 / edge as f64
    };
    if stroke >= THIN_STROKE * height as f64 {
        return 0;
    }
    ((USUAL_STROKE * height as f64 - stroke) / 2.0)
        .round()
        .max(0.0) as usize
}

/// The largest value within `radius` of each pixel, in a disc.
pub(super) fn grow(values: &[f32], [rows, columns]: [usize; 2], radius: usize) -> Vec<f32> {
    let radius = radius as isize;
    let mut out = values.to_vec();
    for dy in -radius..=radius {
        for dx in -radius..=radius {
            if dy * dy + dx * dx > radius * radius + radius {
                continue;
            }
            for row in 0..rows as isize {
                let from = row + dy;
                if !(0..rows as isize).contains(&from) {
                    continue;
                }
                for column in 0..columns as isize {
                    let beside = column + dx;
                    if (0..columns as isize).contains(&beside) {
                        let value = values[from as usize * columns + beside as usize];
                        let own = &mut out[row as usize * columns + column as usize];
                        *own = own.max(value);
                    }
                }
            }
        }
    }
    out
}

fn connected(mask: &[bool], [rows, columns]: [usize; 2]) -> Vec<Shape> {
    let mut seen = vec![false; mask.len()];
    let mut shapes = Vec::new();
    for start in 0..mask.len() {
        if !mask[start] || seen[start] {
            continue;
        }
        let mut shape = Shape {
            pixels: Vec::new(),
            frame: [usize::MAX, 0, usize::MAX, 0],
            touches_border: false,
        };
        let mut queue = VecDeque::from([start]);
        seen[start] = true;
        while let Some(at) = queue.pop_front() {
            let (row, column) = (at / columns, at % columns);
            shape.pixels.push(at);
            shape.frame = [
                shape.frame[0].min(row),
                shape.frame[1].max(row + 1),
                shape.frame[2].min(column),
                shape.frame[3].max(column + 1),
            ];
            shape.touches_border |=
                row == 0 || column == 0 || row + 1 == rows || column + 1 == columns;
            for near_row in row.saturating_sub(1)..(row + 2).min(rows) {
                for near_column in column.saturating_sub(1)..(column + 2).min(columns) {
                    let near = near_row * columns + near_column;
                    if mask[near] && !seen[near] {
                        seen[near] = true;
                        queue.push_back(near);
                    }
                }
            }
        }
        shapes.push(shape);
    }
    shapes
}
