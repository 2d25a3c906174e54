//! What stands beside the bars.

use super::*;

#[test]
fn the_start_says_what_was_found() {
    let begin = |done, resumed| RunEvent::Begin {
        trials: 80,
        done,
        resumed,
        retried: 0,
        elsewhere: 0,
        jobs: 2,
        threads: 1,
    };
    assert_eq!(notes(&begin(0, 0)), ["80 trials, 2 at once, 1 thread each"]);
    assert_eq!(
        notes(&begin(3, 2))[1],
        "3 done before, 2 go on from where they were"
    );
}
