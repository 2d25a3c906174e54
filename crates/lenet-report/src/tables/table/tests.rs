//! One table in three forms.

use super::*;

fn sample() -> Table {
    let rows = [
        (1, "a|b <c>", "2", Verdict::Holds),
        (2, "d, \"e\"\nf", "", Verdict::DoesNotHold),
    ];
    Table::of(rows)
        .number("", |r| r.0)
        .column("name", Style::Label, |r| r.1)
        .number("n", |r| r.2)
        .text("verdict", |r| Field::Verdict(r.3))
        .table()
}

#[test]
fn csv_quotes_where_it_must() {
    let text = String::from_utf8(sample().csv()).unwrap();
    let wanted = ",name,n,verdict\n1,a|b <c>,2,holds\n2,\"d, \"\"e\"\"\nf\",,does not hold\n";
    assert_eq!(text, wanted);
}

#[test]
fn markdown_keeps_a_row_on_its_line() {
    let wanted = "| | name | n | verdict |\n| --: | --- | --: | --- |\n\
                  | 1 | a\\|b &lt;c> | 2 | holds |\n| 2 | d, \"e\" f |  | does not hold |\n";
    assert_eq!(sample().markdown(), wanted);
}

#[test]
fn html_escapes_and_styles() {
    let html = sample().html().into_string();
    let head = "<th scope=\"col\"></th><th scope=\"col\">name</th><th scope=\"col\" class=\"number\">n</th>";
    assert!(html.contains(head), "{html}");
    let row = "<td class=\"number\">1</td><td class=\"label\">a|b &lt;c&gt;</td>";
    assert!(html.contains(row), "{html}");
    assert!(
        html.contains("<span class=\"verdict fails\">does not hold</span>"),
        "{html}"
    );
    let code = Field::Code(vec!["a".to_owned(), "<b>".to_owned()]);
    let code = code.html().into_string();
    assert_eq!(code, "<code>a</code> <code>&lt;b&gt;</code>");
}

#[test]
fn a_group_spans_all_columns() {
    let groups = [("all".to_owned(), sample())];
    let html = sample().html_in_groups(&groups).into_string();
    let group = "<tbody><tr><th class=\"group\" colspan=\"4\">all</th></tr><tr><td";
    assert!(html.contains(group), "{html}");
    assert_eq!(html.matches("<tr>").count(), 1 + 1 + 2);
}

#[test]
fn columns_that_say_nothing_can_go() {
    let table = Table::of([("–", 1), ("–", 2)])
        .text("a", |r| r.0)
        .number("b", |r| r.1)
        .table();
    let left = table.clone().without_empty(&["a", "b", "c"]);
    assert_eq!(left.markdown(), "| b |\n| --: |\n| 1 |\n| 2 |\n");
    assert!(
        table
            .without_empty(&["b"])
            .markdown()
            .starts_with("| a | b |")
    );
}

#[test]
fn columns_can_go_and_change_their_heading() {
    let table = sample().without("name").renamed("n", "count");
    assert!(table.markdown().starts_with("| | count | verdict |\n"));
    assert!(table.markdown().ends_with("| 2 |  | does not hold |\n"));
}
