//! From studies and trials to verdicts.

mod made_up;
mod p_values;
mod seeds;
mod shown;

use lenet_results::{AlteredSetting, Quantity, RegisteredClaim, Scope};

use super::*;
use crate::testing::{alone, arm, claim, comparison, study, test, trials};
use made_up::{Compared, near};

use Verdict::{DoesNotHold, Holds, NotMeasured, Undecided};

const ABOVE: Rule = Rule::Above(0.0);

/// Comparisons by their letters, and one without records.
fn letters(text: &str) -> Vec<Option<[f64; 3]>> {
    let differences = |letter| match letter {
        'H' => Some(near(0.1, 0.001)),
        'F' => Some(near(-0.1, 0.001)),
        'U' => Some(near(0.001, 0.01)),
        _ => None,
    };
    text.chars().map(differences).collect()
}

/// A claim of tests by the letters of their comparisons, joined by `+`, and its verdict.
fn verdict_of(scopes: &[Scope], tests: &str) -> Verdict {
    let compared = Compared::new(&letters(&tests.replace('+', "")));
    let mut comparisons = compared.comparisons().into_iter();
    let tests = tests
        .split('+')
        .zip(scopes)
        .map(|(parts, scope)| TestRecord {
            scope: *scope,
            ..test(
                Quantity::Difference,
                ABOVE,
                comparisons.by_ref().take(parts.len()).collect(),
            )
        });
    compared.judge(claim(tests.collect())).verdict
}

#[test]
fn a_claim_holds_if_all_of_its_tests_hold() {
    let (all, any) = (Scope::All, Scope::Any);
    let cases = [
        (vec![all], "H", Holds),
        (vec![all], "F", DoesNotHold),
        (vec![all], "U", Undecided),
        (vec![all], "-", NotMeasured),
        (vec![all], "HUF", DoesNotHold),
        (vec![any], "FUH", Holds),
        (vec![Scope::Unanimous], "FH", Undecided),
        (vec![all, all], "H+H", Holds),
        (vec![all, all], "H+U", Undecided),
        (vec![all, all], "U+F", DoesNotHold),
        (vec![all, all], "H+F", DoesNotHold),
        (vec![any, any], "HF+FH", Holds),
        (vec![any, all], "HF+FH", DoesNotHold),
        // Of a test without records nothing is known; without the first there is nothing to show.
        (vec![all, all], "H+-", Undecided),
        (vec![all, all], "F+-", DoesNotHold),
        (vec![all, all], "-+F", NotMeasured),
    ];
    crate::testing::all_pass(cases.into_iter().filter_map(|(scopes, tests, expected)| {
        let found = verdict_of(&scopes, tests);
        (found != expected).then(|| format!("{scopes:?} {tests}: {found:?}"))
    }));
}

#[test]
fn the_comparisons_of_all_tests_share_the_error() {
    let compared = Compared::new(&letters("HHU"));
    let mut comparisons = compared.comparisons();
    let last = comparisons.split_off(1);
    let tests = [comparisons, last].map(|c| test(Quantity::Difference, ABOVE, c));
    let judged = compared.judge(claim(tests.to_vec()));
    for part in &judged.comparisons {
        let level = part.estimate.as_ref().unwrap().level;
        assert!((level - (1.0 - 0.05 / 3.0)).abs() < 1e-15, "{level}");
    }
    // The estimate shown is of the first test.
    assert_eq!(judged.estimate, judged.comparisons[0].estimate.ok());
    assert!(
        judged
            .method
            .contains("98.33 %, so that 3 comparisons have 95 % jointly (Bonferroni)")
    );
}

#[test]
fn nothing_is_decided_on_cells_not_yet_run() {
    let [a, b] = [arm(1.0), arm(2.0)];
    let pairs = vec![alone(&a), alone(&b)];
    let test = test(
        Quantity::Value,
        Rule::Above(0.5),
        vec![comparison("c", pairs)],
    );
    let study = study(
        &[(&a, &[1, 2, 3]), (&b, &[1, 2, 3])],
        vec![claim(vec![test])],
    );
    let mut records = trials(&a, &[0.9, 0.91, 0.92]);
    let judged = judge(&study, (&records, &[]), &[]).remove(0);
    assert_eq!((judged.verdict, judged.p_value), (Undecided, Some(1.0)));
    assert_eq!(
        judged.detail,
        "1 pair of cells without results, so nothing is decided on them."
    );
    records.extend(trials(&b, &[0.9, 0.91, 0.92]));
    assert_eq!(judge(&study, (&records, &[]), &[])[0].verdict, Holds);
}

#[test]
fn flags_that_change_the_cells_withdraw_the_verdict() {
    let compared = Compared::new(&letters("H"));
    let claim = claim(vec![test(
        Quantity::Difference,
        ABOVE,
        compared.comparisons(),
    )]);
    let mut study = compared.study(claim);
    let as_declared = judge(&study, (&compared.records, &[]), &[]).remove(0);
    assert_eq!(as_declared.verdict, Holds);
    study.altered = [("epochs = 3", "epochs = 10"), ("kernel = 5", "kernel = 3")]
        .map(|(run, declared)| AlteredSetting {
            run: run.to_owned(),
            declared: declared.to_owned(),
            of_runtime: false,
        })
        .to_vec();
    let altered = judge(&study, (&compared.records, &[]), &[]).remove(0);
    assert_eq!((altered.verdict, altered.p_value), (Undecided, None));
    assert_eq!(altered.outlook, None);
    assert_eq!(altered.estimate, as_declared.estimate);
    let words = "Run with epochs = 3, where the study has epochs = 10; kernel = 5, where the study has \
                 kernel = 3: no verdict on the claim. ";
    assert_eq!(altered.detail, words);
    // Holm's adjustment passes it over.
    let mut both = [altered, as_declared];
    adjust(&mut both);
    assert_eq!(both.each_ref().map(|c| c.adjusted), [None, Some(Holds)]);
    // What was not measured stays so.
    let none = judge(&study, (&[], &[]), &[]).remove(0);
    assert_eq!((none.verdict, none.p_value), (NotMeasured, None));
    assert!(!none.detail.contains("Run with"));
}

#[test]
fn the_register_of_the_study_says_when_a_claim_was_declared() {
    let compared = Compared::new(&letters("H"));
    let claim = claim(vec![test(
        Quantity::Difference,
        ABOVE,
        compared.comparisons(),
    )]);
    let study = compared.study(claim.clone());
    let line = |name: &str, finished| {
        let registered = RegisteredClaim {
            digest: claim.digest(),
            finished,
        };
        let mut line = Registration::new(&study, 86_400, &|_| 0);
        line.study = name.to_owned();
        line.claims.insert("1".to_owned(), registered);
        line
    };
    let told =
        |register: &[Registration]| judge(&study, (&compared.records, &[]), register)[0].declared;
    assert_eq!(told(&[]), Declared::Unregistered);
    assert_eq!(told(&[line("another", 0)]), Declared::Unregistered);
    assert_eq!(told(&[line("s", 0)]), Declared::Before { unix: 86_400 });
    let afterwards = Declared::Afterwards {
        unix: 86_400,
        finished: 4,
        changed: false,
    };
    assert_eq!(told(&[line("s", 4)]), afterwards);
}

#[test]
fn seeds_added_until_decided_are_judged_as_looks() {
    let differences = [Some([0.05, 0.06, 0.04])];
    let compared = Compared::new(&differences);
    let claim = claim(vec![test(
        Quantity::Difference,
        ABOVE,
        compared.comparisons(),
    )]);
    let mut study = compared.study(claim);
    let estimate = |study: &StudyRecord| {
        judge(study, (&compared.records, &[]), &[])[0]
            .estimate
            .unwrap()
    };
    let values: Vec<f64> = [0.05, 0.06, 0.04].iter().map(|d| (0.5 + d) - 0.5).collect();
    assert_eq!(estimate(&study), lenet_stats::mean(&values, 0.95).unwrap());
    study.until_decided = Some(20);
    let sequence = lenet_stats::mean_sequence(&values, 0.95).unwrap();
    assert_eq!(estimate(&study), sequence);
    assert!(sequence.low() < lenet_stats::mean(&values, 0.95).unwrap().low());
    let method = judge(&study, (&compared.records, &[]), &[])
        .remove(0)
        .method;
    assert!(method.contains("confidence sequence"), "{method}");
}

#[test]
fn each_claim_of_a_study_is_judged_for_itself() {
    let compared = Compared::new(&letters("HF"));
    let of = |at: usize, id: &str| {
        let mut one = claim(vec![test(
            Quantity::Difference,
            ABOVE,
            vec![compared.comparisons()[at].clone()],
        )]);
        one.id = id.to_owned();
        one
    };
    let mut study = compared.study(of(1, "later"));
    study.claims.insert(0, of(0, "first"));
    let judged = judge(&study, (&compared.records, &[]), &[]);
    let found: Vec<_> = judged.iter().map(|c| (c.id.as_str(), c.verdict)).collect();
    assert_eq!(found, [("first", Holds), ("later", DoesNotHold)]);
}
