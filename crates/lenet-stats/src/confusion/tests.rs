//! Counts and shares against scikit-learn and statsmodels.

use serde::Deserialize;

use super::*;
use crate::testing::{Differences, classifier_oracle};

#[derive(Deserialize)]
struct Case {
    classes: usize,
    labels: Vec<u8>,
    predicted: Vec<u8>,
    level: f64,
    counts: Vec<Vec<usize>>,
    accuracy: Share,
    recall: Vec<Share>,
    precision: Vec<Share>,
}

/// A share with both bounds; none of no images.
type Share = Option<[f64; 3]>;

fn compare(differences: &mut Differences, name: &str, found: Option<Estimate>, expected: Share) {
    differences.equal(name, found.is_some(), expected.is_some());
    if let (Some(found), Some([point, low, high])) = (found, expected) {
        differences.close(name, found.point, point);
        differences.bounds(name, found.interval, Some([low, high]));
    }
}

#[test]
fn counts_and_shares_agree_with_scikit_learn() {
    let mut differences = Differences::default();
    for case in classifier_oracle::<Case>("confusions") {
        let found = confusion(case.classes, &case.labels, &case.predicted).unwrap();
        let name = format!("{} classes", case.classes);
        differences.equal(&name, &found.counts, &case.counts);
        differences.equal(&name, found.images(), case.labels.len());
        let accuracy = found.accuracy(case.level).unwrap();
        compare(
            &mut differences,
            &format!("{name}, accuracy"),
            Some(accuracy),
            case.accuracy,
        );
        for class in 0..case.classes {
            let name = format!("{name}, class {class}");
            let recall = found.recall(class, case.level).unwrap();
            compare(
                &mut differences,
                &format!("{name}, recall"),
                recall,
                case.recall[class],
            );
            let precision = found.precision(class, case.level).unwrap();
            let expected = case.precision[class];
            compare(
                &mut differences,
                &format!("{name}, precision"),
                precision,
                expected,
            );
        }
    }
    differences.none();
}

/// A row is a true class, a column a predicted one.
#[test]
fn rows_are_true_classes() {
    let found = confusion(3, &[0_usize, 0, 2], &[1, 0, 1]).unwrap();
    assert_eq!(found.counts, [[1, 1, 0], [0, 0, 0], [0, 1, 0]]);
    assert_eq!((found.correct(), found.images()), (1, 3));
    assert_eq!(found.recall(3, 0.95), Ok(None));
}

#[test]
fn bad_input_is_refused() {
    let no_class = |index, class| StatsError::NoClass {
        index,
        class,
        classes: 2,
    };
    let lengths = StatsError::Lengths {
        expected: 2,
        found: 1,
    };
    assert_eq!(confusion::<u8>(2, &[], &[]), Err(StatsError::Empty));
    assert_eq!(confusion(2, &[0_u8, 1], &[0]), Err(lengths));
    assert_eq!(confusion(2, &[0_u8, 2], &[0, 0]), Err(no_class(1, 2)));
    assert_eq!(confusion(2, &[0_u8, 1], &[7, 0]), Err(no_class(0, 7)));
    let found = confusion(2, &[0_u8], &[0]).unwrap();
    for level in [0.0, 1.0] {
        assert_eq!(found.accuracy(level), Err(StatsError::Level(level)));
        assert_eq!(found.recall(1, level), Err(StatsError::Level(level)));
        assert_eq!(found.precision(1, level), Err(StatsError::Level(level)));
    }
}
