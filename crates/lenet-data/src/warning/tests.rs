//! What is warned of, and what is not.

use super::*;
use crate::set::ImageSet;

fn dataset(train: &[u8], test: &[u8]) -> Dataset {
    let set = |labels: &[u8]| {
        let pixels = (0..6 * labels.len()).map(|i| i as u8).collect();
        ImageSet::new(pixels, labels.to_vec(), [1, 2, 3]).unwrap()
    };
    Dataset::new("x", set(train), set(test)).unwrap()
}

#[test]
fn labels_that_are_probably_not_meant() {
    type Labels = &'static [u8];
    let cases: [(&str, Labels, Labels, &[&str]); 6] = [
        ("all is well", &[0, 1, 2], &[2, 0], &[]),
        ("from 1", &[1, 2, 3], &[1, 2], &["labels start at 1"]),
        (
            "a gap",
            &[0, 1, 4, 5],
            &[0],
            &["no image has classes 2, 3, for"],
        ),
        (
            "only in test",
            &[0, 1],
            &[0, 2],
            &["test images have class 2, which no training image has"],
        ),
        (
            "both",
            &[1, 2],
            &[3, 5],
            &[
                "no image has classes 0, 4,",
                "test images have classes 3, 5",
            ],
        ),
        ("the last label", &[0, 255], &[255], &["classes 1 to 254"]),
    ];
    let mut wrong = Vec::new();
    for (name, train, test, words) in cases {
        let found: Vec<_> = dataset(train, test)
            .warnings()
            .iter()
            .map(ToString::to_string)
            .collect();
        let said = found.len() == words.len()
            && found
                .iter()
                .zip(words)
                .all(|(text, words)| text.contains(words) && text.starts_with("x: "));
        if !said {
            wrong.push(format!("{name}: {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn emnist_is_transposed_until_it_is_transposed() {
    let mut letters = dataset(&[0, 1], &[0, 1]);
    letters.set = "emnist-letters".to_owned();
    let text = letters.warnings()[0].to_string();
    assert!(text.contains("--transpose"), "{text}");
    let upright = letters.transposed().unwrap();
    assert_eq!(upright.warnings(), []);
    assert_eq!(upright.train.shape(), [1, 3, 2]);
    // 0 1 2 / 3 4 5 becomes 0 3 / 1 4 / 2 5.
    assert_eq!(upright.train.image(0), [0, 3, 1, 4, 2, 5]);
    assert_eq!(upright.train.image(1), [6, 9, 7, 10, 8, 11]);
    assert_eq!(upright.train.labels(), [0, 1]);
    assert_ne!(upright.source, letters.source);
    assert_eq!(upright.title, "x (transposed)");
    let again = upright.transposed().unwrap();
    assert_eq!(again.source, dataset(&[0, 1], &[0, 1]).source);
}
