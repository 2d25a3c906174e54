//! Which images are held out of sets whose labels are known.

use std::collections::BTreeSet;

use super::*;
use crate::dataset::Dataset;
use crate::split::{SplitSpec, Splits};
use ValidationDraw::{First, Seed};

/// Ten images of class 0, six of class 1, four of class 3, mixed.
const MIXED: [u8; 20] = [0, 1, 0, 3, 0, 1, 0, 0, 1, 3, 0, 1, 0, 3, 0, 1, 0, 0, 1, 3];

fn dataset(labels: &[u8]) -> Dataset {
    let set = |labels: &[u8]| ImageSet::new(vec![0; labels.len()], labels.to_vec(), [1, 1, 1]);
    Dataset::new("hand-made", set(labels).unwrap(), set(&[0, 1]).unwrap()).unwrap()
}

fn split(labels: &[u8], validation: Validation, seed: u64) -> Splits {
    let spec = SplitSpec {
        validation,
        samples: None,
        seed,
    };
    dataset(labels).split(&spec).unwrap()
}

fn of(count: usize, draw: ValidationDraw, stratified: bool) -> Validation {
    Validation {
        count,
        draw,
        stratified,
    }
}

/// Counts by hand: the shares of `count`, rounded down, and one more for the largest remainders.
#[test]
fn classes_give_their_share_by_largest_remainders() {
    struct Case {
        sizes: &'static [usize],
        count: usize,
        want: &'static [usize],
    }
    let cases = [
        // 5, 3, 0, 2.
        Case {
            sizes: &[10, 6, 0, 4],
            count: 10,
            want: &[5, 3, 0, 2],
        },
        // 3.5, 2.1, 0, 1.4.
        Case {
            sizes: &[10, 6, 0, 4],
            count: 7,
            want: &[4, 2, 0, 1],
        },
        // 9.5, 5.7, 0, 3.8.
        Case {
            sizes: &[10, 6, 0, 4],
            count: 19,
            want: &[9, 6, 0, 4],
        },
        // 0.5, 0.3, 0, 0.2.
        Case {
            sizes: &[10, 6, 0, 4],
            count: 1,
            want: &[1, 0, 0, 0],
        },
        // 1⅓ each, then 1⅔ each: the lower number goes first.
        Case {
            sizes: &[3, 3, 3],
            count: 4,
            want: &[2, 1, 1],
        },
        Case {
            sizes: &[3, 3, 3],
            count: 5,
            want: &[2, 2, 1],
        },
        // 1, 0.5, 0.5.
        Case {
            sizes: &[2, 1, 1],
            count: 2,
            want: &[1, 1, 0],
        },
        // Products beyond 2^62.
        Case {
            sizes: &[3_000_000_000, 1_000_000_000],
            count: 2_000_000_000,
            want: &[1_500_000_000, 500_000_000],
        },
    ];
    let mut wrong = Vec::new();
    for Case { sizes, count, want } in cases {
        let mut all = [0; CLASSES];
        all[..sizes.len()].copy_from_slice(sizes);
        let got = stratified_counts(&all, count);
        if got[..sizes.len()] != *want || got[sizes.len()..].iter().any(|&n| n > 0) {
            wrong.push(format!("{count} of {sizes:?}: {:?}", &got[..sizes.len()]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_first_images_of_each_class_are_taken_in_file_order() {
    let splits = split(&MIXED, of(7, First, true), 9);
    // Four of class 0, two of class 1, one of class 3.
    assert_eq!(splits.validation.indices, [0, 1, 2, 3, 4, 5, 6]);
    let mut sorted = MIXED;
    sorted.sort_unstable();
    let splits = split(&sorted, of(7, First, true), 9);
    assert_eq!(splits.validation.indices, [0, 1, 2, 3, 10, 11, 16]);
    assert_eq!(
        splits.train.indices,
        [4, 5, 6, 7, 8, 9, 12, 13, 14, 15, 17, 18, 19]
    );
}

#[test]
fn every_choice_holds_out_exactly_so_many_and_trains_on_the_rest() {
    for draw in [First, Seed] {
        for stratified in [false, true] {
            for count in 1..20 {
                let splits = split(&MIXED, of(count, draw, stratified), 3);
                let (held_out, train) = (splits.validation.indices, splits.train.indices);
                let case = format!("{draw:?} {stratified} {count}: {held_out:?} {train:?}");
                assert_eq!((held_out.len(), train.len()), (count, 20 - count), "{case}");
                assert!(held_out.is_sorted() && train.is_sorted(), "{case}");
                let all: BTreeSet<u32> = held_out.into_iter().chain(train).collect();
                assert_eq!(all, (0..20).collect(), "{case}");
            }
        }
    }
}

/// The draw is the beginning of the permutation of the stream of its own, of each class apart
/// where it is stratified.
#[test]
fn draws_follow_the_seeds_own_stream() {
    for seed in 0..5 {
        let order = permutation(&mut stream(seed, "data/validation"), 20);
        let mut first = order[..7].to_vec();
        first.sort_unstable();
        let drawn = split(&MIXED, of(7, Seed, false), seed).validation.indices;
        assert_eq!(drawn, first, "seed {seed}");

        let of_class = |class: u8, count: usize| {
            let images = order.iter().copied();
            let images = images.filter(move |&index| MIXED[index as usize] == class);
            images.take(count).collect::<Vec<_>>()
        };
        let mut classes = [of_class(0, 4), of_class(1, 2), of_class(3, 1)].concat();
        classes.sort_unstable();
        let drawn = split(&MIXED, of(7, Seed, true), seed).validation.indices;
        assert_eq!(drawn, classes, "seed {seed}");
    }
}

#[test]
fn seeds_draw_other_images_and_the_first_ones_have_no_seed() {
    for stratified in [false, true] {
        let drawn = |draw, seed| {
            let splits = split(&MIXED, of(7, draw, stratified), seed);
            splits.validation.indices
        };
        assert_eq!(drawn(Seed, 1), drawn(Seed, 1));
        assert_ne!(drawn(Seed, 1), drawn(Seed, 2));
        assert_eq!(drawn(First, 1), drawn(First, 2));
    }
}

/// Records on disk stay comparable only if these values never change.
#[test]
fn draws_never_change() {
    let drawn = |stratified| split(&MIXED, of(7, Seed, stratified), 0).validation.indices;
    assert_eq!(drawn(false), [5, 7, 9, 11, 14, 17, 18]);
    assert_eq!(drawn(true), [0, 5, 7, 9, 11, 14, 17]);
}

/// The samples are drawn from what is left, by their own stream.
#[test]
fn samples_come_from_what_is_left() {
    let validation = of(7, Seed, true);
    let rest = split(&MIXED, validation, 4).train.indices;
    let spec = SplitSpec {
        validation,
        samples: Some(5),
        seed: 4,
    };
    let order = permutation(&mut stream(4, "subsample"), 13);
    let mut want: Vec<u32> = order[..5].iter().map(|&at| rest[at as usize]).collect();
    want.sort_unstable();
    assert_eq!(dataset(&MIXED).split(&spec).unwrap().train.indices, want);
}
