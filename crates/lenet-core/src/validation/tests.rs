//! The forms on disk and for people.

use super::*;
use ValidationDraw::{First, Seed};

#[test]
fn each_choice_has_one_form_on_disk_and_one_for_people() {
    struct Case {
        validation: Validation,
        on_disk: &'static str,
        shown: &'static str,
    }
    let of = |draw, stratified| Validation {
        count: 5000,
        draw,
        stratified,
    };
    let cases = [
        Case {
            validation: of(First, false),
            on_disk: "5000",
            shown: "5000",
        },
        Case {
            validation: of(First, true),
            on_disk: r#"{"count":5000,"draw":"first","stratified":true}"#,
            shown: "5000 (stratified)",
        },
        Case {
            validation: of(Seed, false),
            on_disk: r#"{"count":5000,"draw":"seed","stratified":false}"#,
            shown: "5000 (drawn by seed)",
        },
        Case {
            validation: of(Seed, true),
            on_disk: r#"{"count":5000,"draw":"seed","stratified":true}"#,
            shown: "5000 (drawn by seed, stratified)",
        },
    ];
    let mut wrong = Vec::new();
    for case in cases {
        let written = serde_json::to_string(&case.validation).unwrap();
        let read: Validation = serde_json::from_str(case.on_disk).unwrap();
        let shown = case.validation.to_string();
        if written != case.on_disk || read != case.validation || shown != case.shown {
            wrong.push(format!("{}: {written}, {read:?}, {shown}", case.on_disk));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn other_forms_on_disk_are_refused() {
    for text in [
        "-1",
        "\"5000\"",
        r#"{"count":5000}"#,
        r#"{"count":5000,"draw":"last","stratified":true}"#,
        r#"{"count":5000,"draw":"seed","stratified":true,"seed":1}"#,
    ] {
        let read = serde_json::from_str::<Validation>(text);
        assert!(read.is_err(), "{text}: {read:?}");
    }
}

/// A number that somebody wrote as a table is still a number: one configuration has one identity.
#[test]
fn the_first_images_are_a_number_however_they_are_given() {
    let table = r#"{"count":5000,"draw":"first","stratified":false}"#;
    let read: Validation = serde_json::from_str(table).unwrap();
    assert_eq!(serde_json::to_string(&read).unwrap(), "5000");
}
