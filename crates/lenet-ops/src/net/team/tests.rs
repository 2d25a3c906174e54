//! Every task is done once, and panics reach the caller.

use super::*;

#[test]
fn every_task_is_done_once_by_a_thread_of_the_team() {
    for threads in [1, 2, 5] {
        let mut team = Team::new(threads).unwrap();
        for count in [0, 1, 3, 100] {
            let mut tasks = vec![(0, usize::MAX); count];
            team.for_each(&mut tasks, |number, (times, by)| {
                *times += 1;
                *by = number;
            });
            assert!(tasks.iter().all(|&(times, by)| times == 1 && by < threads));
            // Long enough for the others to fall asleep.
            thread::sleep(2 * LOOK_OUT);
        }
    }
}

#[test]
fn a_panic_on_any_thread_reaches_the_caller_after_the_work() {
    let mut team = Team::new(3).unwrap();
    for bad in 0..3 {
        let barrier = std::sync::Barrier::new(3);
        let mut tasks = [0; 3];
        let caught = catch_unwind(AssertUnwindSafe(|| {
            team.for_each(&mut tasks, |number, task| {
                barrier.wait();
                assert!(number != bad, "thread {bad} fails");
                *task = 1;
            });
        }));
        let panic = caught.expect_err("a thread has failed");
        assert_eq!(
            panic.downcast_ref::<String>(),
            Some(&format!("thread {bad} fails"))
        );
        assert_eq!(tasks.iter().sum::<i32>(), 2);
    }
}
