//! What a register says of a claim.

use super::*;
use crate::measure::{Measure, Moment};
use crate::{ComparisonRecord, PairRecord, Quantity, Reading, Rule, TestRecord};

fn claim(id: &str, bound: f64) -> ClaimRecord {
    ClaimRecord {
        id: id.to_owned(),
        text: "c".to_owned(),
        notes: String::new(),
        correction: crate::Correction::Bonferroni,
        tests: vec![TestRecord {
            common: String::new(),
            quantity: Quantity::Value,
            left: Reading {
                measure: Measure::TEST_ACCURACY,
                at: Moment::Last,
            },
            right: None,
            rule: Rule::Above(bound),
            scope: crate::Scope::All,
            only: None,
            comparisons: vec![ComparisonRecord {
                label: "a".to_owned(),
                pairs: vec![PairRecord {
                    left: "cell".to_owned(),
                    right: None,
                }],
                baseline: Vec::new(),
            }],
        }],
    }
}

fn study(claims: Vec<ClaimRecord>) -> StudyRecord {
    StudyRecord {
        format: crate::STUDY_FORMAT,
        name: "s".to_owned(),
        title: "t".to_owned(),
        figures: Vec::new(),
        claims,
        altered: Vec::new(),
        until_decided: None,
        commands: Vec::new(),
        files: Vec::new(),
    }
}

#[test]
fn notes_do_not_change_a_claim_and_the_rule_does() {
    let noted = ClaimRecord {
        notes: "n".to_owned(),
        ..claim("1", 0.5)
    };
    assert_eq!(claim("1", 0.5).digest(), noted.digest());
    assert_ne!(claim("1", 0.5).digest(), claim("1", 0.6).digest());
    // Frozen: registers on disk hold it.
    assert_eq!(claim("1", 0.5).digest(), "bd3f9a9b2517c667");
}

#[test]
fn a_claim_is_declared_before_or_after_its_data() {
    let folder = tempfile::tempdir().unwrap();
    let register = |claims: Vec<ClaimRecord>, unix, finished: usize| {
        let study = study(claims);
        let registration = Registration::new(&study, unix, &|_| finished);
        super::register(folder.path(), &registration).unwrap();
    };
    let told = |claim: &ClaimRecord| declared(claim, "s", &registrations(folder.path()).unwrap());
    assert_eq!(told(&claim("1", 0.5)), Declared::Unregistered);
    register(vec![claim("1", 0.5)], 10, 0);
    // The same again adds nothing, whatever has finished since.
    register(vec![claim("1", 0.5)], 20, 4);
    assert_eq!(registrations(folder.path()).unwrap().len(), 1);
    // The rule is changed, and another claim is added, after four trials.
    register(vec![claim("1", 0.4), claim("2", 0.1)], 30, 4);
    assert_eq!(told(&claim("1", 0.5)), Declared::Before { unix: 10 });
    let afterwards = |changed| Declared::Afterwards {
        unix: 30,
        finished: 4,
        changed,
    };
    assert_eq!(told(&claim("1", 0.4)), afterwards(true));
    assert_eq!(told(&claim("2", 0.1)), afterwards(false));
    assert_eq!(
        declared(
            &claim("1", 0.5),
            "another",
            &registrations(folder.path()).unwrap()
        ),
        Declared::Unregistered
    );
    // A line that a killed process left half written.
    let path = folder.path().join("registrations.jsonl");
    let mut text = std::fs::read_to_string(&path).unwrap();
    text.push_str("{\"format\": 1, \"unix\"");
    std::fs::write(&path, text).unwrap();
    assert_eq!(registrations(folder.path()).unwrap().len(), 2);
}
