//! Columns, durations and counts as people read them.

use super::*;

#[test]
fn columns_align_and_lines_have_no_trailing_blanks() {
    let mut table = Table::new(&["cell", "done", "accuracy"]);
    table.row(["learning_rate = 0.1", "5/5", "0.9896"].map(String::from));
    table.row(["β", "10/10", ""].map(String::from));
    expect_test::expect![[r"
        cell                  done  accuracy
        learning_rate = 0.1    5/5    0.9896
        β                    10/10"]]
    .assert_eq(&table.to_string());
}

#[test]
fn on_a_narrow_terminal_names_break_at_blanks() {
    let mut table = Table::new(&["cell", "done"]);
    table.row(["a name of many words", "5/5"].map(String::from));
    expect_test::expect![[r"
        cell          done
        a name of      5/5
        many words"]]
    .assert_eq(&table.within(Some(18)));
}

#[test]
fn durations() {
    let texts = [0.04, 12.4, 59.9, 200.0, 7500.0, f64::NAN, -1.0].map(duration);
    let expected = [
        "0.0 s",
        "12 s",
        "1 min 00 s",
        "3 min 20 s",
        "2 h 05 min",
        "unknown",
        "unknown",
    ];
    assert_eq!(texts, expected);
}

#[test]
fn counts() {
    assert_eq!(
        [count(0, "trial"), count(1, "cell")],
        ["0 trials", "1 cell"]
    );
}
