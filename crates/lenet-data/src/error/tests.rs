//! What errors tell.

use super::*;

#[test]
fn problems_of_files_are_told_in_words() {
    let images = "where images are expected, which have 3 (image, row, column) or 4 (image, channel, row, column)";
    let labels = "where labels are expected, which have 1";
    let cases = [
        (
            IdxProblem::NotImages { rank: 1 },
            format!("1 dimension {images}; is this the file of labels?"),
        ),
        (
            IdxProblem::NotImages { rank: 2 },
            format!("2 dimensions {images}"),
        ),
        (
            IdxProblem::NotLabels { rank: 2 },
            format!("2 dimensions {labels}"),
        ),
        (
            IdxProblem::NotLabels { rank: 3 },
            format!("3 dimensions {labels}; is this the file of images?"),
        ),
        (
            IdxProblem::NotLabels { rank: 0 },
            format!("0 dimensions {labels}"),
        ),
    ];
    for (problem, words) in cases {
        assert_eq!(problem.to_string(), words);
    }
}

#[test]
fn elements_of_every_type_have_a_name() {
    let cases = [
        (0x09, "signed bytes (type 0x09)"),
        (0x0b, "16-bit integers (type 0x0b)"),
        (0x0c, "32-bit integers (type 0x0c)"),
        (0x0d, "32-bit floats (type 0x0d)"),
        (0x0e, "64-bit floats (type 0x0e)"),
        (0x0a, "of unknown type 0x0a"),
    ];
    assert_eq!(
        cases.map(|(code, _)| element_type(code)),
        cases.map(|(_, name)| name)
    );
}

#[test]
fn shapes_and_hints_are_told() {
    assert_eq!(Shape([3, 28, 32]).to_string(), "3x28x32");
    let cases = [
        (0, ""),
        (1, ""),
        (2, " (hint: validation = 1)"),
        (19, " (hint: validation = 1)"),
        (60_000, " (hint: validation = 6000)"),
    ];
    assert_eq!(
        cases.map(|(available, _)| fewer(available)),
        cases.map(|(_, hint)| hint)
    );
}
