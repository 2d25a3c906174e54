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
        data: Vec::new(),
        predictions: true,
        level: None,
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

/// A register of three declarations, and its lines.
fn three(folder: &Path) -> [String; 3] {
    for (unix, bound) in [(10, 0.5), (20, 0.6), (30, 0.7)] {
        let registration = Registration::new(&study(vec![claim("1", bound)]), unix, &|_| 0);
        super::register(folder, &registration).unwrap();
    }
    let text = std::fs::read_to_string(folder.join(FILE)).unwrap();
    let lines: Vec<String> = text.lines().map(str::to_owned).collect();
    lines.try_into().unwrap()
}

/// What stands in place of the second line, and the words that name it.
struct Damage {
    what: &'static str,
    line: fn(&str) -> Vec<u8>,
    named: &'static str,
}

#[test]
fn a_damaged_line_is_named_and_costs_no_other() {
    let cases = [
        Damage {
            what: "no JSON",
            line: |_| b"rubbish".to_vec(),
            named: "not a readable register: line 2: expected value",
        },
        Damage {
            what: "an empty line",
            line: |_| Vec::new(),
            named: "not a readable register: line 2: EOF",
        },
        Damage {
            what: "no text",
            line: |line| [&line.as_bytes()[..20], b"\xff\xfe", &line.as_bytes()[22..]].concat(),
            named: "line 2",
        },
        Damage {
            what: "a changed digit",
            line: |line| line.replace("\"unix\":20", "\"unix\":21").into_bytes(),
            named: "line 2 of the register was changed or damaged",
        },
        Damage {
            what: "a changed format",
            line: |line| line.replace("\"format\":2", "\"format\":3").into_bytes(),
            named: "line 2 of the register was changed or damaged",
        },
        Damage {
            what: "cut short and gone on with",
            line: |line| line.as_bytes()[..40].to_vec(),
            named: "not a readable register: line 2: EOF",
        },
    ];
    let mut wrong = Vec::new();
    for Damage { what, line, named } in cases {
        let folder = tempfile::tempdir().unwrap();
        let [first, second, third] = three(folder.path());
        let second = line(&second);
        let text = [first.as_bytes(), &second, third.as_bytes(), b""].join(&b'\n');
        std::fs::write(folder.path().join(FILE), text).unwrap();
        let (found, damaged) = find_registrations(folder.path()).unwrap();
        let times: Vec<u64> = found.iter().map(|r| r.unix).collect();
        let words: Vec<String> = damaged.iter().map(ToString::to_string).collect();
        let is_named = matches!(&words[..], [one] if one.contains(named));
        if times != [10, 30] || !is_named || registrations(folder.path()).unwrap() != found {
            wrong.push(format!("{what}: {times:?}, {words:?}"));
        }
        // The last declaration is still known, and another one is still added.
        let again = Registration::new(&study(vec![claim("1", 0.7)]), 40, &|_| 0);
        super::register(folder.path(), &again).unwrap();
        let other = Registration::new(&study(vec![claim("1", 0.8)]), 50, &|_| 0);
        super::register(folder.path(), &other).unwrap();
        let times: Vec<u64> = registrations(folder.path())
            .unwrap()
            .iter()
            .map(|r| r.unix)
            .collect();
        if times != [10, 30, 50] {
            wrong.push(format!("{what}, then another: {times:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_line_of_a_later_version_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(FILE);
    let newer = crate::checksum::sealed(
        &serde_json::json!({"format": 3}),
        3,
        crate::checksum::Lines::One,
    );
    std::fs::write(&path, newer).unwrap();
    let refused = find_registrations(folder.path()).unwrap_err();
    assert!(
        matches!(
            refused,
            StoreError::Newer {
                found: 3,
                newest: REGISTRATION_FORMAT,
                ..
            }
        ),
        "{refused}"
    );
}

/// What a killed process left half written is ended, so that the next line is one of its own.
#[test]
fn a_declaration_after_a_torn_line_counts() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(FILE);
    let [first, second, _] = three(folder.path());
    std::fs::write(&path, format!("{first}\n{}", &second[..50])).unwrap();
    let (found, damaged) = find_registrations(folder.path()).unwrap();
    assert_eq!((found.len(), damaged.len()), (1, 0));
    let next = Registration::new(&study(vec![claim("1", 0.9)]), 60, &|_| 0);
    super::register(folder.path(), &next).unwrap();
    let (found, damaged) = find_registrations(folder.path()).unwrap();
    let times: Vec<u64> = found.iter().map(|r| r.unix).collect();
    assert_eq!((times, damaged.len()), (vec![10, 60], 1));
    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!(text.lines().count(), 3, "{text}");
}

/// Two claims of one declaration, of cells that had three and five trials.
#[test]
fn each_claim_counts_the_trials_of_its_own_cells() {
    let mut other = claim("2", 0.1);
    other.tests[0].comparisons[0].pairs[0].left = "other".to_owned();
    // A cell that stands in several places counts once.
    let again = PairRecord {
        left: "other".to_owned(),
        right: Some("third".to_owned()),
    };
    other.tests[0].comparisons[0].baseline.push(again);
    let finished = |cell: &str| match cell {
        "cell" => 3,
        "other" => 5,
        "third" => 20,
        _ => panic!("{cell}"),
    };
    let study = study(vec![claim("1", 0.5), other.clone()]);
    let registration = Registration::new(&study, 10, &finished);
    let told = |claim: &ClaimRecord| declared(claim, "s", std::slice::from_ref(&registration));
    let afterwards = |finished| Declared::Afterwards {
        unix: 10,
        finished,
        changed: false,
    };
    assert_eq!(told(&claim("1", 0.5)), afterwards(3));
    assert_eq!(told(&other), afterwards(25));
}
