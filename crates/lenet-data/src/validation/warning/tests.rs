//! Which validation splits are warned of, and in which words.

use super::*;
use crate::set::ImageSet;
use ValidationDraw::{First, Seed};

fn dataset(labels: &[u8]) -> Dataset {
    let set = |labels: &[u8]| ImageSet::new(vec![0; labels.len()], labels.to_vec(), [1, 1, 1]);
    Dataset::new("hand-made", set(labels).unwrap(), set(&[0, 1]).unwrap()).unwrap()
}

/// Labels class by class: so many images of each.
fn sorted(sizes: &[usize]) -> Vec<u8> {
    let classes = sizes.iter().zip(0..);
    classes.flat_map(|(&n, class)| vec![class; n]).collect()
}

#[test]
fn a_split_that_cannot_stand_for_its_set_is_told() {
    struct Case {
        labels: Vec<u8>,
        validation: (usize, ValidationDraw, bool),
        /// The whole text, or empty where there is none.
        want: &'static str,
    }
    let mixed: Vec<u8> = (0..40).map(|i| i % 4).collect();
    let cases = [
        Case {
            labels: sorted(&[10, 10, 10, 10]),
            validation: (8, First, false),
            want: "hand-made: validation = 8 lacks classes 1 to 3 and is mostly class 0, which \
                   makes up less than half of the set (hint: validation = { count = 8, draw = \
                   \"seed\", stratified = true })",
        },
        Case {
            labels: mixed.clone(),
            validation: (8, First, false),
            want: "",
        },
        // One class is missing, none is in the majority.
        Case {
            labels: sorted(&[10, 10, 10, 10]),
            validation: (20, First, false),
            want: "hand-made: validation = 20 lacks classes 2, 3 (hint: validation = { count = \
                   20, draw = \"seed\", stratified = true })",
        },
        // All classes are there; class 0 has 6 of 11, and 10 of 40.
        Case {
            labels: [sorted(&[6, 2, 2, 1]), sorted(&[4, 8, 8, 9])].concat(),
            validation: (11, First, false),
            want: "hand-made: validation = 11 is mostly class 0, which makes up less than half \
                   of the set (hint: validation = { count = 11, draw = \"seed\", stratified = \
                   true })",
        },
        // Half of the split is not more than half.
        Case {
            labels: [sorted(&[6, 2, 2, 2]), sorted(&[4, 8, 8, 8])].concat(),
            validation: (12, First, false),
            want: "",
        },
        // Class 0 makes up half of the set too.
        Case {
            labels: [sorted(&[6, 2, 2, 1]), sorted(&[14, 5, 5, 5])].concat(),
            validation: (11, First, false),
            want: "",
        },
        // Too few images for four classes: four are enough.
        Case {
            labels: mixed.clone(),
            validation: (3, First, true),
            want: "hand-made: validation = 3 (stratified) lacks class 3 (hint: validation = { \
                   count = 4, draw = \"seed\", stratified = true })",
        },
        // No half of the set holds a class of one image.
        Case {
            labels: sorted(&[30, 1]),
            validation: (5, Seed, true),
            want: "hand-made: validation = 5 (drawn by seed, stratified) lacks class 1",
        },
        // 2.45, 1.3, 1.25: the rounding makes 3 of 5.
        Case {
            labels: sorted(&[49, 26, 25]),
            validation: (5, Seed, true),
            want: "",
        },
        Case {
            labels: sorted(&[10, 10, 10, 10]),
            validation: (8, Seed, true),
            want: "",
        },
        // A class that the set does not have is not missing.
        Case {
            labels: sorted(&[0, 10, 0, 10]),
            validation: (4, Seed, true),
            want: "",
        },
        // Refused elsewhere.
        Case {
            labels: mixed,
            validation: (40, First, false),
            want: "",
        },
    ];
    let mut wrong = Vec::new();
    for case in cases {
        let (count, draw, stratified) = case.validation;
        let validation = Validation {
            count,
            draw,
            stratified,
        };
        let warning = dataset(&case.labels).validation_warning(validation, 1);
        let got = warning.map_or_else(String::new, |warning| warning.to_string());
        if got != case.want {
            wrong.push(format!("{validation}: {got:?}, not {:?}", case.want));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What the hint says is followed by no other warning.
#[test]
fn the_hint_helps() {
    for sizes in [
        [10, 10, 10, 10],
        [90, 3, 2, 5],
        [7, 0, 1, 1],
        [4, 400, 3, 9],
    ] {
        let dataset = dataset(&sorted(&sizes));
        for count in 1..sizes.iter().sum() {
            let warning = dataset.validation_warning(Validation::first(count), 1);
            let Some(count) = warning.and_then(|warning| warning.remedy) else {
                continue;
            };
            let validation = Validation {
                count,
                draw: Seed,
                stratified: true,
            };
            for seed in 1..4 {
                let again = dataset.validation_warning(validation, seed);
                assert_eq!(again, None, "{sizes:?}");
            }
        }
    }
}

#[test]
fn a_draw_that_misses_a_class_names_its_seed() {
    let dataset = dataset(&sorted(&[37, 3]));
    let validation = Validation {
        count: 10,
        draw: Seed,
        stratified: false,
    };
    let warning = |seed| dataset.validation_warning(validation, seed);
    let missing = (0..100).find(|&seed| warning(seed).is_some()).unwrap();
    assert!((0..100).any(|seed| warning(seed).is_none()));
    let want = format!(
        "hand-made: validation = 10 (drawn by seed) with seed {missing} lacks class 1 (hint: \
         validation = {{ count = 10, draw = \"seed\", stratified = true }})"
    );
    assert_eq!(warning(missing).unwrap().to_string(), want);
}

#[test]
fn classes_are_runs() {
    for (classes, want) in [
        (&[3][..], "class 3"),
        (&[3, 4], "classes 3, 4"),
        (&[0, 3, 4, 5, 9, 10], "classes 0, 3 to 5, 9, 10"),
    ] {
        assert_eq!(Classes(classes).to_string(), want);
    }
}

#[test]
fn what_a_split_refuses_is_not_warned_of() {
    let dataset = dataset(&sorted(&[10, 10]));
    let warned = |count| {
        dataset
            .validation_warning(Validation::first(count), 1)
            .is_some()
    };
    assert_eq!(
        [0, 1, 19, 20, 21].map(warned),
        [false, true, false, false, false]
    );
}

/// Four of seven images would hold both classes, and are more than half of them.
#[test]
fn no_more_than_half_of_a_set_is_advised() {
    let warning = dataset(&sorted(&[5, 2])).validation_warning(Validation::first(1), 1);
    let warning = warning.unwrap();
    assert_eq!((warning.missing, warning.remedy), (vec![1], None));
    // Four of eight are half.
    let warning = dataset(&sorted(&[6, 2])).validation_warning(Validation::first(1), 1);
    assert_eq!(warning.unwrap().remedy, Some(4));
}
