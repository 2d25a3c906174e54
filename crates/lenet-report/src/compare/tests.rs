//! Two made-up sides that differ in every way.

mod alone;
mod text;

use std::collections::BTreeMap;

use lenet_core::Trial;
use lenet_results::{ClaimRecord, Outcome, Quantity, Rule, StudyFile, StudyRecord, TrialRecord};
use serde::Deserialize;

use super::comparison::*;
use super::*;
use crate::Records;
use crate::testing::{BEST, MadeUp, arm, claim, comparison, pair, study, test, trial};

/// Test accuracies by seed.
type Cell = (f64, &'static [(u64, f64)]);

const A: [Cell; 6] = [
    (0.1, &[(1, 0.90), (2, 0.91), (3, 0.92), (4, 0.93)]),
    (0.2, &[(1, 0.5), (2, 0.75)]),
    (0.3, &[(1, 0.80), (2, 0.82), (3, 0.85)]),
    (0.4, &[(1, 0.3)]),
    (0.6, &[(1, 0.60), (2, 0.61), (3, 0.62)]),
    (0.7, &[(1, 0.7)]),
];
const B: [Cell; 6] = [
    (0.1, &[(1, 0.95), (2, 0.955), (3, 0.972), (4, 0.98)]),
    (0.2, &[(1, 0.5), (2, 0.75)]),
    (0.3, &[(11, 0.81), (12, 0.88), (13, 0.84)]),
    (0.5, &[(1, 0.3)]),
    (0.6, &[(1, 0.61), (2, 0.60), (3, 0.625)]),
    (0.7, &[(1, 0.8)]),
];

/// The records of a side.
#[derive(Clone)]
struct Owned {
    studies: Vec<StudyRecord>,
    trials: Vec<TrialRecord>,
    unreadable: Vec<String>,
    left_out: Vec<String>,
}

fn owned(cells: &[Cell], claims: Vec<ClaimRecord>) -> Owned {
    let configs: Vec<(Trial, Vec<u64>)> = cells
        .iter()
        .map(|(rate, values)| (arm(*rate), values.iter().map(|(seed, _)| *seed).collect()))
        .collect();
    let planned: Vec<(&Trial, &[u64])> = configs.iter().map(|(c, s)| (c, s.as_slice())).collect();
    let trials = cells.iter().flat_map(|(rate, values)| {
        let values = values.iter();
        values.map(|(seed, accuracy)| trial(&arm(*rate), *seed, &[*accuracy]))
    });
    Owned {
        studies: vec![study(&planned, claims)],
        trials: trials.collect(),
        unreadable: Vec::new(),
        left_out: Vec::new(),
    }
}

impl Owned {
    fn side<'a>(&'a self, name: &'a str, evidence: Option<&'a MadeUp>) -> Side<'a> {
        Side {
            name,
            records: Records {
                studies: &self.studies,
                trials: &self.trials,
                left_out: &self.left_out,
                evidence: evidence.map(|evidence| evidence as _),
                ..Records::default()
            },
            unreadable: &self.unreadable,
        }
    }

    fn trial(&mut self, rate: f64, seed: u64) -> &mut TrialRecord {
        let identity = identity(rate, seed);
        let mut trials = self.trials.iter_mut();
        trials.find(|trial| trial.identity == identity).unwrap()
    }
}

fn identity(rate: f64, seed: u64) -> String {
    let config = arm(rate);
    Trial { seed, ..config }.identity()
}

/// `0.1 − 0.6 > bound`: A's three shared seeds say 0.3, B's 0.34, 0.355 and 0.347.
fn above(bound: f64, text: &str) -> ClaimRecord {
    let pairs = vec![pair(&arm(0.1), &arm(0.6))];
    let test = test(
        Quantity::Difference,
        Rule::Above(bound),
        vec![comparison("rate 0.1", pairs)],
    );
    ClaimRecord {
        text: text.to_owned(),
        ..claim(vec![test])
    }
}

fn sides() -> [Owned; 2] {
    let same = || above(0.2, "Much better.");
    let changed = || above(0.32, "Better by a third.");
    let [mut a, mut b] = [
        owned(&A, vec![same(), changed(), above(0.1, "Only A.")]),
        owned(&B, vec![same(), changed(), above(0.1, "Only B.")]),
    ];
    // Also of seed 3 of the equal cell, which B has.
    let extra = trial(&arm(0.2), 3, &[0.625]);
    a.unreadable = vec![extra.identity.clone()];
    a.left_out = vec![format!(
        "trials/{}.jsonl: its checksum is wrong",
        extra.identity
    )];
    b.trials.push(extra);
    let file = |text: &str| StudyFile {
        name: "s.toml".to_owned(),
        text: text.to_owned(),
    };
    a.studies[0].files = vec![file("name = \"s\"\nseeds = 4\n")];
    b.studies[0].files = vec![file("name = \"s\"\nseeds = 13\n")];
    for trial in &mut b.trials {
        trial.runs[0].level = "portable".to_owned();
        trial.runs[0].environment.revision = "def5678".to_owned();
        trial.epochs[0].train_seconds = 77.0;
    }
    // The same mean, and one bit of a loss.
    b.trial(0.7, 1).epochs[0].train_loss = 0.25;
    [a, b]
}

/// Of the equal cell: seed 1 equal, seed 2 not; of rate 0.1 on one side alone.
fn evidence([a, b]: [&mut Owned; 2]) -> [MadeUp; 2] {
    let mut made = [MadeUp::images(), MadeUp::images()];
    for (owned, made) in [&mut *a, &mut *b].into_iter().zip(&mut made) {
        made.add(owned.trial(0.2, 1), &BEST[0]);
    }
    made[0].add(a.trial(0.2, 2), &BEST[0]);
    made[1].add(b.trial(0.2, 2), &BEST[1]);
    made[0].add(a.trial(0.1, 1), &BEST[2]);
    made
}

fn compared() -> Comparison {
    let [mut a, mut b] = sides();
    let [of_a, of_b] = evidence([&mut a, &mut b]);
    compare(
        &a.side("here", Some(&of_a)),
        &b.side("there.jsonl.gz", Some(&of_b)),
        &[],
    )
    .unwrap()
}

fn identities(trials: &[NamedTrial]) -> Vec<&str> {
    trials.iter().map(|trial| trial.identity.as_str()).collect()
}

#[test]
fn trials_are_told_apart() {
    let Comparison { equal, trials, .. } = compared();
    assert!(!equal);
    let expected = |of: &[(f64, u64)]| -> Vec<String> {
        of.iter()
            .map(|(rate, seed)| identity(*rate, *seed))
            .collect()
    };
    assert_eq!(identities(&trials.equal), expected(&[(0.2, 1), (0.2, 2)]));
    let of_a = [(0.3, 1), (0.3, 2), (0.3, 3), (0.4, 1)];
    assert_eq!(identities(&trials.only_a), expected(&of_a));
    let of_b = [(0.3, 11), (0.3, 12), (0.3, 13), (0.5, 1)];
    assert_eq!(identities(&trials.only_b), expected(&of_b));
    assert_eq!(identities(&trials.unreadable_a), [identity(0.2, 3)]);
    assert_eq!(trials.unreadable_a[0].name, "rate 0.2, seed 3");
    assert!(trials.unreadable_b.is_empty());
    assert_eq!(trials.different.len(), 4 + 3 + 1);
    let one = trials.different.iter();
    let mut one = one.filter(|one| one.trial.identity == identity(0.7, 1));
    let one = one.next().unwrap();
    assert_eq!(one.trial.name, "rate 0.7, seed 1");
    // A's loss is 1 − 0.7 in f64.
    let expected = "epoch 1, train_loss: 0.30000000000000004 and 0.25 (-5.000e-2)";
    assert_eq!(one.difference.to_string(), expected);
    assert_eq!(one.by, Some(0.25 - (1.0 - 0.7)));

    let predictions = trials.predictions;
    assert_eq!(predictions.equal, 1);
    assert_eq!((predictions.one_side, predictions.neither), (1, 7));
    let different = &predictions.different;
    assert_eq!(different.len(), 1);
    assert_eq!(different[0].trial.identity, identity(0.2, 2));
    // Counted by hand in `BEST`.
    assert_eq!(
        (different[0].images, different[0].classes),
        (Some(8), Some(3))
    );
}

#[derive(Deserialize)]
struct Expected {
    a: [f64; 3],
    b: [f64; 3],
    difference: [f64; 3],
}

/// Against scipy (`oracle.py`).
#[test]
fn cells_have_means_and_differences() {
    let oracle: BTreeMap<String, Expected> =
        serde_json::from_str(include_str!("oracle.json")).unwrap();
    let cells = compared().cells;
    assert_eq!(cells.only_a, ["rate 0.4"]);
    assert_eq!(cells.only_b, ["rate 0.5"]);
    let of = |rate: &str| {
        let mut cells = cells.both.iter();
        cells
            .find(|cell| cell.name == format!("rate {rate}"))
            .unwrap()
    };
    let close = |found: Option<Numbers>, expected: [f64; 3]| {
        let found = found.unwrap();
        let found = [found.estimate, found.low.unwrap(), found.high.unwrap()];
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-9, "{found} {expected}");
        }
    };
    for (rate, expected) in &oracle {
        close(of(rate).a, expected.a);
        close(of(rate).b, expected.b);
        close(of(rate).difference, expected.difference);
    }
    let told = |rate| (of(rate).verdict, of(rate).method);
    assert_eq!(told("0.1"), (CellVerdict::Beyond, Method::Paired));
    // B has a seed more.
    assert_eq!(told("0.2"), (CellVerdict::Within, Method::Paired));
    assert_eq!(told("0.3"), (CellVerdict::Within, Method::Welch));
    assert_eq!(told("0.6"), (CellVerdict::Within, Method::Paired));
    assert_eq!(told("0.7"), (CellVerdict::Unknown, Method::Welch));
    assert_eq!(cells.both.len(), 5);
}

#[test]
fn verdicts_and_origins_that_changed_are_told() {
    let found = compared();
    let claims = &found.claims;
    assert_eq!(claims.same, 1);
    let changed = &claims.changed[0];
    assert_eq!(changed.claim.text, "Better by a third.");
    assert_eq!(changed.a.verdict, "does not hold");
    assert_eq!(changed.b.verdict, "holds");
    assert_eq!(claims.changed.len(), 1);
    assert_eq!(claims.only_a[0].text, "Only A.");
    assert_eq!(claims.only_b[0].text, "Only B.");

    let told = |list: &[Differing]| -> Vec<String> {
        let one = |d: &Differing| format!("{}: {} | {}", d.what, d.a.join(" "), d.b.join(" "));
        list.iter().map(one).collect()
    };
    assert_eq!(
        told(&found.settings),
        [
            "learning_rate: 0.1 0.2 0.3 0.4 0.6 0.7 | 0.1 0.2 0.3 0.5 0.6 0.7",
            "seed: 1 2 3 4 | 1 2 3 4 11 12 13"
        ]
    );
    assert_eq!(
        told(&found.runs),
        [
            "revision: abc1234 | def5678",
            "instruction set: avx2 | portable"
        ]
    );
    assert_eq!(
        told(&found.studies),
        ["file s.toml of s, line 2: seeds = 4 | seeds = 13"]
    );
}

/// Times and machines are no difference of results.
#[test]
fn equal_sides_are_equal() {
    let [a, _] = sides();
    let mut a = Owned {
        unreadable: Vec::new(),
        left_out: Vec::new(),
        ..a
    };
    let mut b = a.clone();
    for trial in &mut b.trials {
        trial.epochs[0].train_seconds = 77.0;
        trial.runs[0].environment.host = "elsewhere".to_owned();
    }
    b.trials.reverse();
    let found = compare(&a.side("a", None), &b.side("b", None), &[]).unwrap();
    assert!(found.equal, "{found:#?}");
    assert_eq!(found.trials.equal.len(), 14);
    let cells = found.cells.both.iter();
    assert!(cells.into_iter().all(|c| c.verdict == CellVerdict::Equal));
    assert_eq!(found.runs.len(), 1);

    // Each of these alone makes them differ.
    let changes: [fn(&mut Owned); 5] = [
        |side| drop(side.trials.pop()),
        |side| side.trial(0.1, 1).epochs[0].test_loss = 0.1f64.next_up(),
        |side| side.trial(0.1, 1).outcome = Outcome::Diverged { epoch: 1 },
        |side| side.left_out = vec!["study.json: damaged".to_owned()],
        |side| drop(side.studies[0].claims.pop()),
    ];
    for (number, change) in changes.into_iter().enumerate() {
        let mut changed = b.clone();
        change(&mut changed);
        for [a, b] in [[&a, &changed], [&changed, &a]] {
            let found = compare(&a.side("a", None), &b.side("b", None), &[]).unwrap();
            assert!(!found.equal, "change {number}");
        }
    }
    // The same claims in another order, and with other ids, are the same claims.
    a.studies[0].claims.reverse();
    a.studies[0].claims[0].id = "9".to_owned();
    let found = compare(&a.side("a", None), &b.side("b", None), &[]).unwrap();
    assert!(found.equal && found.claims.same == 3, "{:?}", found.claims);
}

#[test]
fn failed_trials_have_no_part_in_means() {
    let [a, _] = sides();
    let mut b = a.clone();
    b.trial(0.6, 3).outcome = Outcome::Failed {
        message: "no memory".to_owned(),
    };
    let found = compare(&a.side("a", None), &b.side("b", None), &[]).unwrap();
    let mut cells = found.cells.both.iter();
    let cell = cells.find(|cell| cell.name == "rate 0.6").unwrap();
    assert_eq!(cell.failed, [0, 1]);
    assert_eq!((cell.a.unwrap().n, cell.b.unwrap().n), (3, 2));
    assert_eq!(cell.difference.unwrap().n, 2);
    assert_eq!(cell.verdict, CellVerdict::Within);
    let different = &found.trials.different[0].difference;
    assert_eq!(
        different.to_string(),
        "outcome: completed and failed: no memory"
    );
}

#[test]
fn a_figure_limits_what_is_compared() {
    let [mut a, b] = sides();
    // A figure of the cells of rates 0.1 and 0.2 alone, which has no cell of any claim but the left ones.
    let mut second = a.studies[0].figures[0].clone();
    second.id = "2".to_owned();
    second.cells.truncate(2);
    a.studies[0].figures.push(second.clone());
    let of =
        |a: &Owned, id: &str| compare(&a.side("a", None), &b.side("b", None), &[id.to_owned()]);
    let found = of(&a, "2").unwrap();
    let trials = &found.trials;
    assert_eq!((trials.equal.len(), trials.different.len()), (2, 4));
    assert!(trials.only_a.is_empty() && trials.only_b.is_empty());
    assert!(trials.unreadable_a.is_empty());
    assert_eq!(found.cells.both.len(), 2);
    assert_eq!(found.claims.same + found.claims.changed.len(), 2);
    // Without the claims' cells.
    a.studies[0].figures[1].cells.remove(0);
    let found = of(&a, "2").unwrap();
    assert_eq!(found.claims.same + found.claims.changed.len(), 0);
    assert_eq!(found.figures, ["2"]);

    let error = of(&a, "7").unwrap_err();
    let expected = "--figure 7: neither side has it (hint: there are 1, 2)";
    assert_eq!(error.to_string(), expected);
}

#[test]
fn nothing_to_compare_is_refused() {
    let empty = owned(&[], Vec::new());
    let error = compare(&empty.side("x", None), &empty.side("y", None), &[]).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("x and y: neither has a trial")
    );
    let [a, _] = sides();
    let found = compare(&a.side("a", None), &empty.side("y", None), &[]).unwrap();
    assert_eq!(found.trials.only_a.len(), 14);
}
