//! The same for many things, on all cores.

use std::num::NonZero;
use std::thread;

/// Things per core below which more cores gain nothing.
const FEW: usize = 64;

/// What a function gives for each of these, in their order.
pub(crate) fn in_parallel<T: Sync, R: Send>(things: &[T], each: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let share = things.len().div_ceil(cores).max(FEW);
    let mut shares = things.chunks(share);
    let Some(first) = shares.next() else {
        return Vec::new();
    };
    let all = |share: &[T]| share.iter().map(&each).collect::<Vec<R>>();
    thread::scope(|scope| {
        let all = &all;
        // Where no more threads can be started, this one does their share.
        let rest: Vec<_> = shares
            .map(|share| {
                let thread = thread::Builder::new().spawn_scoped(scope, move || all(share));
                thread.map_err(|_| share)
            })
            .collect();
        let mut results = all(first);
        for thread in rest {
            results.extend(match thread {
                Ok(thread) => match thread.join() {
                    Ok(results) => results,
                    Err(panic) => std::panic::resume_unwind(panic),
                },
                Err(share) => all(share),
            });
        }
        results
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_order_whatever_their_number() {
        for count in [0, 1, FEW, FEW + 1, 10 * FEW + 3] {
            let numbers: Vec<usize> = (0..count).collect();
            let squares = in_parallel(&numbers, |n| n * n);
            assert_eq!(squares, numbers.iter().map(|n| n * n).collect::<Vec<_>>());
        }
    }
}
