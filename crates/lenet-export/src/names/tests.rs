//! Names that lead nowhere.

use super::*;

#[test]
fn a_name_leads_nowhere() {
    let cases = [
        ("Adam, rate 0.001, seed 3", "Adam-rate-0.001-seed-3"),
        ("5×5 kernels (β1 = 0.9)", "5x5-kernels-1-=-0.9"),
        ("../../etc/passwd", "etc-passwd"),
        ("/absolute", "absolute"),
        (r"C:\windows", "C-windows"),
        ("..", "unnamed"),
        ("", "unnamed"),
        ("a\u{0}b\u{1b}[31mc\nd", "a-b-31mc-d"),
        ("-rf", "rf"),
        ("trailing. ", "trailing"),
        ("中文", "unnamed"),
        ("a_b+c=d.toml", "a_b+c=d.toml"),
    ];
    for (text, expected) in cases {
        assert_eq!(file_name(text), expected, "{text:?}");
    }
    assert_eq!(file_name(&"x".repeat(500)), "x".repeat(120));
}

#[test]
fn names_are_distinct_also_where_case_does_not_count() {
    let named = |texts: &[&'static str]| {
        let keys = ["k1", "k2", "k3", "k4"];
        file_names(
            texts
                .iter()
                .zip(keys)
                .map(|(t, key)| ((*t).to_owned(), key)),
        )
    };
    assert_eq!(named(&["a", "b"]), ["a", "b"]);
    assert_eq!(named(&["a/b", "c", "A b"]), ["a-b-k1", "c", "A-b-k3"]);
    // The second looks like the first with its key.
    assert_eq!(named(&["a", "A-k1", "a"]), ["a-k1", "A-k1-k2", "a-k3"]);
}
