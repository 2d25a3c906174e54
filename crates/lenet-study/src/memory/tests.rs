//! Trials that run at once share what there is.

use std::sync::atomic::AtomicUsize;

use super::*;

#[test]
fn nobody_takes_more_than_there_is() {
    let memory = Memory::new(Some(10));
    let stop = AtomicBool::new(false);
    let (now, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for bytes in [6, 6, 4, 4, 2, 10, 1] {
            let (memory, stop, now, most) = (&memory, &stop, &now, &most);
            scope.spawn(move || {
                let taken = memory.take(bytes, stop);
                assert!(taken.is_some());
                let sum = now.fetch_add(bytes as usize, Ordering::SeqCst) + bytes as usize;
                most.fetch_max(sum, Ordering::SeqCst);
                std::thread::sleep(Duration::from_millis(5));
                now.fetch_sub(bytes as usize, Ordering::SeqCst);
            });
        }
    });
    assert!((6..=10).contains(&most.into_inner()));
    assert_eq!(*memory.taken.lock().unwrap(), 0);
}

#[test]
fn what_never_fits_does_not_wait_and_a_stop_ends_the_wait() {
    let stop = AtomicBool::new(false);
    let memory = Memory::new(Some(10));
    assert!(memory.holds(10) && !memory.holds(11));
    let all = memory.take(10, &stop).unwrap();
    assert!(memory.take(11, &stop).is_some());
    stop.store(true, Ordering::Relaxed);
    assert!(memory.take(1, &stop).is_none());
    drop(all);
    assert!(memory.take(1, &stop).is_some());
    let unknown = Memory::new(None);
    let first = unknown.take(u64::MAX / 2, &stop);
    assert!(first.is_some() && unknown.take(u64::MAX / 2, &stop).is_some());
}
