//! The fields of `claims.json`.

use super::*;
use crate::lab2017::claims;
use crate::records::runtimes::Runtimes;
use crate::testing::lab_study;

#[test]
fn json_has_the_agreed_fields() {
    let (_, records) = lab_study(2);
    let text = json(&claims(&records, &Runtimes::default()));
    let rows: Vec<serde_json::Map<String, serde_json::Value>> =
        serde_json::from_slice(&text).unwrap();
    assert_eq!(rows.len(), 11);
    let mut names: Vec<&str> = rows[0].keys().map(String::as_str).collect();
    names.sort_unstable();
    let mut agreed = [
        "claim",
        "statement",
        "verdict",
        "estimate",
        "low",
        "high",
        "method",
        "seeds",
    ];
    agreed.sort_unstable();
    assert_eq!(names, agreed);
    assert_eq!(rows[0]["verdict"], "holds");
    assert_eq!(rows[0]["seeds"], 2);
    assert_eq!(rows[6]["verdict"], "not measured here");
    assert!(rows[6]["estimate"].is_null());
}
