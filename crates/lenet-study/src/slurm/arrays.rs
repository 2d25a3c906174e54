//! Workers, divided among job arrays.

/// The numbers of tasks of the arrays that `workers` take where the largest index is `size` − 1. A size
/// of 0 means that there are no arrays, and each worker is a job of its own.
pub(super) fn arrays(workers: usize, size: usize) -> Vec<usize> {
    let most = size.max(1);
    let whole = std::iter::repeat_n(most, workers / most);
    let rest = Some(workers % most).filter(|&rest| rest > 0);
    whole.chain(rest).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrays_hold_every_worker_and_none_is_too_long() {
        assert_eq!(arrays(25, 11), [11, 11, 3]);
        assert_eq!(arrays(22, 11), [11, 11]);
        assert_eq!(arrays(4, 1001), [4]);
        assert_eq!(arrays(3, 0), [1, 1, 1]);
        assert_eq!(arrays(2, 1), [1, 1]);
        assert_eq!(arrays(0, 5), [0; 0]);
    }
}
