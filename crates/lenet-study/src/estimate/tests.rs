//! Groups, kinds and the order of trials.

use lenet_data::{Dataset, ImageSet};

use super::*;
use crate::config::StudyConfig;
use crate::overrides::Overrides;

/// One network: three seeds, each with one epoch and with four.
const STUDY: &str = r#"
name = "times"
seeds = 3
[base]
filters = 2
hidden = 4
validation = 10
batch_size = 5
[[figure]]
id = "same"
[figure.axes]
epochs = [1, 4]
"#;

#[test]
fn trials_together_are_timed_together() {
    let images = |count: usize| {
        let labels = (0..count).map(|i| (i % 3) as u8).collect();
        ImageSet::new(vec![0; count * 64], labels, [1, 8, 8]).unwrap()
    };
    let set = Dataset::new("blank", images(40), images(10)).unwrap();
    let data = DataSets::default().with("mnist", set);
    let config = StudyConfig::parse(STUDY, "times").unwrap();
    let plan = Plan::expand(&config, &Overrides::default(), &data).unwrap();
    let settings = RunSettings {
        jobs: Some(6),
        ..RunSettings::default()
    };
    let all: Vec<usize> = (0..6).collect();
    let of = |capacity: usize| {
        estimate_with(
            &|_, _, _| capacity,
            &plan,
            &all,
            &data,
            &settings,
            &mut |_, _| {},
        )
        .unwrap()
    };
    let (alone, three, six) = (of(1), of(3), of(6));
    for found in [alone, three, six] {
        assert_eq!((found.trials, found.jobs), (6, 6));
        assert!(found.trial_seconds > 0.0, "{found:?}");
    }
    // Six at once, two groups at once, one group.
    assert!(alone.wall_seconds < alone.trial_seconds);
    assert!(three.wall_seconds < three.trial_seconds);
    assert_eq!(six.wall_seconds, six.trial_seconds);
}

#[test]
fn trials_go_to_the_first_free_job() {
    assert_eq!(makespan(&[], 2), 0.0);
    assert_eq!(makespan(&[3.0, 1.0, 1.0, 1.0], 2), 3.0);
    assert_eq!(makespan(&[1.0, 1.0, 5.0], 2), 6.0);
    assert_eq!(makespan(&[2.0, 2.0], 1), 4.0);
}

/// Kinds whose work doubles from one to the next, with every `timed` one timed at a second a step and
/// half of it an image.
fn kinds(count: usize, timed: impl Fn(usize) -> bool) -> Vec<OfKind<'static>> {
    let kind = |number: usize| OfKind {
        example: Vec::new(),
        work: [2f64.powi(number as i32), 3.0 * 2f64.powi(number as i32)],
        timing: timed(number).then_some(Timing {
            step_seconds: 1.0,
            image_seconds: 0.5,
        }),
    };
    (0..count).map(kind).collect()
}

#[test]
fn of_many_kinds_a_few_are_timed_from_the_least_work_to_the_most() {
    let all = spread(&kinds(MOST_TIMED, |_| false));
    assert_eq!(all, (0..MOST_TIMED).collect::<Vec<_>>());
    let some = spread(&kinds(1000, |_| false));
    assert_eq!(some.len(), MOST_TIMED);
    assert_eq!((some[0], some[MOST_TIMED - 1]), (0, 999));
    assert!(
        some.windows(2).all(|pair| pair[1] - pair[0] >= 43),
        "{some:?}"
    );
}

#[test]
fn the_others_follow_in_proportion_to_their_work() {
    let kinds = kinds(12, |number| number == 2 || number == 10);
    // Kind 5 has eight times the work of kind 2, kind 7 an eighth of that of kind 10.
    let of = |number: usize| by_the_nearest(&kinds, kinds[number].work).unwrap();
    assert_eq!((of(5).step_seconds, of(5).image_seconds), (8.0, 4.0));
    assert_eq!((of(7).step_seconds, of(7).image_seconds), (0.125, 0.0625));
    assert!(by_the_nearest(&kinds[3..9], kinds[5].work).is_none());
}
