//! Twelve images and the numbers that scipy and scikit-learn make of them.

use lenet_results::{Kernels, Predictions, TrialRecord};
use lenet_stats::Estimate;
use serde::Deserialize;

use super::*;
use crate::records::index::fill;
use crate::records::networks::Why;
use crate::tables::results::results;
use crate::testing::{LABELS, MadeUp, Said, all_pass, twelve_images};

/// What `oracle.py` wrote. A share is a value with the bounds of its interval.
#[derive(Deserialize)]
struct Oracle {
    confusion: Vec<Vec<usize>>,
    classes: Vec<[f64; 3]>,
    mean: [f64; 3],
    vote: [f64; 3],
    alone: [f64; 3],
    /// Mean confidence and accuracy of each bin that has images.
    bins: Vec<[f64; 2]>,
    expected_error: f64,
    maximum_error: f64,
    only_best: usize,
    only_second: usize,
    p: f64,
}

fn oracle() -> Oracle {
    serde_json::from_str(include_str!("oracle.json")).unwrap()
}

fn find<T>(
    (study, records, evidence): &(lenet_results::StudyRecord, Vec<TrialRecord>, MadeUp),
    read: impl FnOnce(&Mistakes) -> T,
) -> T {
    let (figures, _) = fill(std::slice::from_ref(study), records);
    let results = results(&figures);
    read(&Mistakes::find(&results, evidence).unwrap())
}

fn is(name: &str, found: f64, expected: f64) -> Option<String> {
    let fits = (found - expected).abs() <= 1e-12;
    (!fits).then(|| format!("{name}: {found}, not {expected}"))
}

fn is_share(name: &str, found: Estimate, [point, low, high]: [f64; 3]) -> Vec<String> {
    let interval = found.interval.unwrap();
    let parts = [
        is(name, found.point, point),
        is(&format!("{name}, low"), interval.low, low),
        is(&format!("{name}, high"), interval.high, high),
    ];
    parts.into_iter().flatten().collect()
}

#[test]
fn three_seeds_and_twelve_images_add_up() {
    let oracle = oracle();
    let mut failures = Vec::new();
    find(&twelve_images(), |mistakes| {
        let seeds: Vec<u64> = mistakes.networks.iter().map(|n| n.seed).collect();
        assert_eq!(
            (mistakes.best.cell.label.as_str(), seeds),
            ("best", vec![0, 1, 2])
        );
        assert_eq!(mistakes.left_out, []);
        let answers = mistakes.answers.as_ref().unwrap();
        assert_eq!(
            (answers.images, &answers.confusion.counts),
            (12, &oracle.confusion)
        );
        failures.extend(is_share("mean", answers.mean, oracle.mean));
        failures.extend(is_share("vote", answers.vote, oracle.vote));
        for (class, expected) in answers.classes.iter().zip(oracle.classes) {
            assert_eq!(class.images, 4);
            let name = format!("class {}", class.class);
            failures.extend(is_share(&name, class.accuracy.unwrap(), expected));
        }
        let taken: Vec<_> = answers
            .classes
            .iter()
            .map(|class| class.taken_for)
            .collect();
        assert_eq!(taken, [Some((2, 3)), Some((2, 2)), Some((0, 4))]);
        let calibration = &answers.calibration;
        failures.extend(is("ECE", calibration.expected_error, oracle.expected_error));
        failures.extend(is("MCE", calibration.maximum_error, oracle.maximum_error));
        let filled: Vec<[f64; 2]> = calibration
            .bins
            .iter()
            .filter_map(|bin| Some([bin.confidence?, bin.accuracy?]))
            .collect();
        assert_eq!(filled.len(), oracle.bins.len());
        for (found, expected) in filled.iter().flatten().zip(oracle.bins.iter().flatten()) {
            failures.extend(is("bin", *found, *expected));
        }
        assert_eq!(mistakes.best_network().unwrap().seed, 1);
    });
    all_pass(failures);
}

/// Each image by hand: its wrong classes with networks, highest confidence and the seed of it.
#[test]
fn wrong_images_are_ordered_by_confidence() {
    type Class = (usize, usize, f64, u64);
    let expected: [(usize, u8, usize, &[Class]); 5] = [
        (2, 0, 2, &[(1, 1, 0.75, 0), (2, 1, 0.5, 2)]),
        (3, 0, 3, &[(2, 2, 1.0, 1), (1, 1, 0.75, 2)]),
        (6, 1, 2, &[(2, 2, 0.75, 1)]),
        (10, 2, 1, &[(0, 1, 1.0, 0)]),
        (11, 2, 3, &[(0, 3, 1.0, 0)]),
    ];
    find(&twelve_images(), |mistakes| {
        let answers = mistakes.answers.as_ref().unwrap();
        assert_eq!(answers.wrong.len(), expected.len());
        for (found, (image, label, wrong, classes)) in answers.wrong.iter().zip(expected) {
            assert_eq!(
                (found.image, found.label, found.wrong),
                (image, label, wrong)
            );
            let said = found.said.iter();
            let said: Vec<Class> = said
                .map(|c| (c.class, c.networks, c.confidence, c.seed))
                .collect();
            assert_eq!(said, classes, "image {image}");
        }
        let order = |images: Vec<&crate::records::answers::WrongImage>| -> Vec<usize> {
            images.iter().map(|image| image.image).collect()
        };
        assert_eq!(order(answers.most_confident()), [3, 10, 11, 2, 6]);
        assert_eq!(order(answers.wrong_for_all(3)), [3, 11]);
    });
}

#[test]
fn the_second_best_is_compared_with_the_first_seed_that_both_have() {
    let oracle = oracle();
    find(&twelve_images(), |mistakes| {
        let Second::Tested { second, test } = &mistakes.second else {
            panic!("not tested")
        };
        assert_eq!((second.cell.label.as_str(), test.seed), ("second", 1));
        assert_eq!(test.only_best, oracle.only_best);
        assert_eq!(test.only_second, oracle.only_second);
        assert_eq!(is("p", test.test.exact_p_value, oracle.p), None);
    });
}

/// With one seed the intervals are over images.
#[test]
fn a_single_seed_has_exact_intervals() {
    let mut study = twelve_images();
    study.1.truncate(1);
    let oracle = oracle();
    find(&study, |mistakes| {
        let answers = mistakes.answers.as_ref().unwrap();
        all_pass(is_share("mean", answers.mean, oracle.alone));
        let whole = answers.classes[1].accuracy.unwrap();
        assert_eq!((whole.point, whole.n), (1.0, 4));
        assert!(matches!(mistakes.second, Second::None));
        assert_eq!(answers.wrong_for_all(1).len(), 4);
    });
}

fn predictions(identity: &str, labels: &[u8], said: &Said) -> Predictions {
    let said = said.map(|(class, confidence)| Prediction { class, confidence });
    let kernels = Kernels {
        shape: [0; 4],
        values: Vec::new(),
    };
    Predictions::new(identity, 3, labels, &said, kernels).unwrap()
}

/// What is wrong with the first trial, and what is told of it.
struct Unusable {
    name: &'static str,
    alter: fn(&mut TrialRecord, &mut MadeUp),
    why: Why,
}

#[test]
fn predictions_that_do_not_count_are_told() {
    let cases = [
        Unusable {
            name: "none",
            alter: |trial, evidence| {
                evidence.predictions.remove(&trial.identity);
            },
            why: Why::None,
        },
        Unusable {
            name: "another trial's",
            alter: |trial, evidence| {
                let other = predictions("another", &LABELS, &crate::testing::BEST[0]);
                evidence.predictions.insert(trial.identity.clone(), other);
            },
            why: Why::None,
        },
        Unusable {
            name: "other labels",
            alter: |trial, evidence| {
                let mut labels = LABELS;
                labels.swap(0, 11);
                let other = predictions(&trial.identity, &labels, &crate::testing::BEST[0]);
                evidence.predictions.insert(trial.identity.clone(), other);
            },
            why: Why::OtherImages,
        },
        Unusable {
            name: "another accuracy",
            alter: |trial, _| trial.epochs[0].test_accuracy += 1.0 / 12.0,
            why: Why::OtherRun,
        },
        Unusable {
            name: "no answers",
            alter: |trial, evidence| {
                let mut said = crate::testing::BEST[0];
                // Image 2 was wrong before, so the accuracy stays.
                (said[2].1, said[3].1) = (0.0, 0.0);
                evidence.add(trial, &said);
            },
            why: Why::Diverged { images: 2 },
        },
        Unusable {
            name: "dead",
            alter: |trial, _| trial.epochs[0].dead = true,
            why: Why::Dead,
        },
    ];
    let mut failures = Vec::new();
    for Unusable { name, alter, why } in cases {
        let mut study = twelve_images();
        alter(&mut study.1[0], &mut study.2);
        find(&study, |mistakes| {
            let seeds: Vec<u64> = mistakes.networks.iter().map(|n| n.seed).collect();
            if seeds != [1, 2] || mistakes.left_out != [LeftOut { seed: 0, why }] {
                failures.push(format!("{name}: {seeds:?}, {:?}", mistakes.left_out));
            }
            let answers = mistakes.answers.as_ref().unwrap();
            if answers.confusion.images() != 24 {
                failures.push(format!("{name}: {:?}", answers.confusion));
            }
        });
    }
    all_pass(failures);
}

#[test]
fn dead_networks_count_where_none_lives() {
    let mut study = twelve_images();
    study
        .1
        .iter_mut()
        .for_each(|trial| trial.epochs[0].dead = true);
    find(&study, |mistakes| {
        assert_eq!((mistakes.networks.len(), mistakes.left_out.len()), (3, 0));
    });
}

#[test]
fn without_test_images_nothing_is_counted() {
    let mut study = twelve_images();
    study.2.test = None;
    find(&study, |mistakes| {
        assert_eq!((mistakes.networks.len(), mistakes.left_out.len()), (3, 0));
        assert!(mistakes.answers.is_none());
        let Second::Untested { why, .. } = &mistakes.second else {
            panic!("tested without images")
        };
        assert_eq!(*why, "Their test images are not here.");
    });
}

#[test]
fn cells_without_a_common_seed_or_common_images_are_not_tested() {
    let mut apart = twelve_images();
    let of_second = apart.1[4].identity.clone();
    apart.2.predictions.remove(&of_second);
    let mut other_images = twelve_images();
    for trial in &mut other_images.1[3..] {
        trial.config.data.source = "idx:0123456789abcdef".to_owned();
        trial.identity = trial.config.identity();
    }
    let cell = &mut other_images.0.figures[0].cells[0];
    *cell = crate::testing::cell("second", &other_images.1[3].config, 3);
    for (study, words) in [
        (apart, "No seed has usable predictions in both."),
        (other_images, "They are tested on different images."),
    ] {
        find(&study, |mistakes| match &mistakes.second {
            Second::Untested { why, .. } => assert_eq!(*why, words),
            _ => panic!("{words}"),
        });
    }
}

#[test]
fn no_results_no_mistakes() {
    let (study, _, evidence) = twelve_images();
    let (figures, _) = fill(&[study], &[]);
    assert!(Mistakes::find(&results(&figures), &evidence).is_none());
}
