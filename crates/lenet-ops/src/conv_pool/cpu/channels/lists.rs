//! Where a stage's gradients are: the maxima's places, filter by filter.

use super::{DEAD, Stage};

/// A gradient and where the corner of its kernel lies in the planes of the input: an element of
/// an image's first block; other blocks lie at the same distance for all.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Entry {
    pub(super) corner: u32,
    pub(super) gradient: f32,
}

/// The gradients of some images that are not zero, for each filter in the images' order.
#[derive(Debug)]
pub(crate) struct Lists {
    entries: Vec<Entry>,
    /// Entries that a filter has room for.
    room: usize,
    lengths: Vec<usize>,
    stage: Stage,
    /// Corner of each pooled place's window in the first block of an input.
    corners: Vec<u32>,
    /// End of the last image's first block: no kernel reaches beyond.
    end: usize,
}

impl Lists {
    /// Room for `images` images of each of the stages.
    pub(crate) fn new(stages: &[Stage], images: usize) -> Self {
        let (mut room, mut filters) = (0, 0);
        for stage in stages {
            // One more than there are places: the last one written may be void.
            room = room.max(images * stage.places() + 1);
            filters = filters.max(stage.filters);
        }
        Self {
            entries: vec![Entry::default(); filters * room],
            room,
            lengths: vec![0; filters],
            stage: stages[0],
            corners: vec![],
            end: 0,
        }
    }

    /// Forgets all and turns to a stage.
    pub(crate) fn start(&mut self, stage: Stage) {
        self.lengths.fill(0);
        self.stage = stage;
        self.end = 0;
        let (rows, columns) = (stage.pooled.rows, stage.pooled.columns);
        let places = (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column)));
        let corner = |(row, column)| stage.input.corner(0, 2 * row, 2 * column) as u32;
        self.corners.clear();
        self.corners.extend(places.map(corner));
    }

    /// Adds an image whose input begins at element `start`. `codes` are its codes in vectors of
    /// `lanes`; `gradients` gives those of a filter's pooled places, in row order.
    pub(crate) fn push<'g, G: Iterator<Item = &'g f32>>(
        &mut self,
        start: usize,
        (codes, lanes): (&[f32], usize),
        gradients: impl Fn(usize) -> G,
    ) {
        let stage = self.stage;
        let places = stage.places();
        self.end = self.end.max(start + stage.input.plane);
        let below = stage.input.row;
        let offsets = [0, 1, below, below + 1].map(|offset| (start + offset) as u32);
        let lists = self.entries.chunks_exact_mut(self.room);
        let lists = lists.zip(&mut self.lengths).take(stage.filters);
        for (filter, (list, length)) in lists.enumerate() {
            let block = &codes[filter / lanes * places * lanes..][..places * lanes];
            let codes = block[filter % lanes..].iter().step_by(lanes);
            let list = &mut list[*length..][..places + 1];
            let mut count = 0;
            for ((code, &gradient), &corner) in codes.zip(gradients(filter)).zip(&self.corners) {
                let code = code.to_bits();
                let Some(entry) = list.get_mut(count) else {
                    break;
                };
                *entry = Entry {
                    corner: corner + offsets[code as usize % 4],
                    gradient,
                };
                count += usize::from(code < DEAD && gradient != 0.0);
            }
            *length += count;
        }
    }

    /// The stage that the gradients belong to.
    pub(super) fn stage(&self) -> Stage {
        self.stage
    }

    /// Elements that `blocks` blocks of the images' planes must have: every corner is that of
    /// 3×3 places within.
    pub(super) fn reach(&self, blocks: usize) -> usize {
        self.end + (blocks - 1) * self.stage.input.plane
    }

    /// A filter's gradients.
    pub(super) fn of(&self, filter: usize) -> &[Entry] {
        &self.entries[filter * self.room..][..self.lengths[filter]]
    }
}
