//! The files of claims, whole.

use expect_test::expect;
use lenet_results::{Quantity, Registration, Rule};

use super::*;
use crate::claims::judge::{adjust, judge};
use crate::testing::{arm, claim, comparison, lab_study, pair, study, test, trials};

/// A claim of two comparisons, the second undecided, and one without records.
fn two_claims() -> Vec<JudgedClaim> {
    let arms = [1.0, 2.0, 3.0, 4.0].map(arm);
    let against = |left: usize, right: usize| {
        let label = format!("{} against {}", left + 1, right + 1);
        comparison(&label, vec![pair(&arms[left], &arms[right])])
    };
    let of = |comparisons| {
        claim(vec![test(
            Quantity::Difference,
            Rule::Above(0.0),
            comparisons,
        )])
    };
    let mut named = of(vec![against(3, 0)]);
    named.id = "later".to_owned();
    let seeds: &[u64] = &[1, 2, 3];
    let cells = arms.each_ref().map(|arm| (arm, seeds));
    let study = study(&cells, vec![of(vec![against(0, 1), against(0, 2)]), named]);
    // Differences of 0.25, 0.25, 0.375, and of −0.125, 0, 0.25.
    let accuracies = [[0.5, 0.75, 0.875], [0.25, 0.5, 0.5], [0.625, 0.75, 0.625]];
    let records = arms.iter().zip(&accuracies);
    let records: Vec<_> = records.flat_map(|(arm, a)| trials(arm, a)).collect();
    let register = [Registration::new(&study, 1_790_000_000, &|_| 0)];
    let mut claims = judge(&study, (&records, &[]), &register);
    adjust(&mut claims);
    claims
}

/// The members and their order are what scripts rely on.
#[test]
fn the_json_of_claims() {
    let text = String::from_utf8(json(&two_claims())).unwrap();
    expect![[r#"
        [
          {
            "claim": 1,
            "statement": "Higher is better.",
            "verdict": "undecided",
            "estimate": 0.04166666666666666,
            "low": -0.6424085198146842,
            "high": 0.7257418531480174,
            "method": "difference in test accuracy after the last epoch, seed by seed: 1 against 3; Student t, 97.5 %, so that 2 comparisons have 95 % jointly (Bonferroni)",
            "seeds": 3,
            "level": 0.975,
            "p_value": 1.0,
            "adjusted_verdict": "undecided",
            "declared": "before",
            "seeds_needed": 109,
            "comparisons": [
              {
                "comparison": "1 against 2",
                "verdict": "holds",
                "estimate": 0.2916666666666667,
                "low": 0.033110549309554094,
                "high": 0.5502227840237792,
                "level": 0.975,
                "seeds": 3
              },
              {
                "comparison": "1 against 3",
                "verdict": "undecided",
                "estimate": 0.04166666666666666,
                "low": -0.6424085198146842,
                "high": 0.7257418531480174,
                "level": 0.975,
                "seeds": 3
              }
            ]
          },
          {
            "claim": "later",
            "statement": "Higher is better.",
            "verdict": "not measured here",
            "estimate": null,
            "low": null,
            "high": null,
            "method": "",
            "seeds": 0,
            "level": null,
            "p_value": null,
            "adjusted_verdict": null,
            "declared": "before",
            "seeds_needed": null,
            "comparisons": [
              {
                "comparison": "4 against 1",
                "verdict": "not measured here",
                "estimate": null,
                "low": null,
                "high": null,
                "level": null,
                "seeds": 0
              }
            ]
          }
        ]
    "#]].assert_eq(&text);
}

#[test]
fn the_markdown_of_claims() {
    expect![[r#"
        | | claim | verdict | all together | estimate | interval | level | n | needs | declared | what is estimated |
        | --: | --- | --- | --- | --: | --- | --: | --: | --- | --- | --- |
        | 1 | Higher is better. | undecided | undecided | +0.0417 | −0.6424 to +0.7257 | 97.5 % | 3 | about 106 more | before the data, 2026-09-21 | difference in test accuracy after the last epoch, seed by seed: 1 against 3; Student t, 97.5 %, so that 2 comparisons have 95 % jointly (Bonferroni) |
        | later | Higher is better. | not measured here | – | – | – | – | – | – | before the data, 2026-09-21 |  |
    "#]].assert_eq(&table(&two_claims()).markdown());
}

#[test]
fn a_claim_after_the_fact_and_a_decided_one_say_so() {
    let (study, records) = lab_study(3);
    let register = [Registration::new(&study, 1_790_000_000, &|_| 2)];
    let claims = judge(&study, (&records, &[]), &register);
    let rows: Vec<serde_json::Value> = serde_json::from_slice(&json(&claims)).unwrap();
    assert_eq!(rows.len(), 6);
    assert_eq!(rows[0]["claim"], 1);
    assert_eq!(rows[0]["declared"], "afterwards");
    assert_eq!(rows[0]["verdict"], "holds");
    assert!(rows[0]["seeds_needed"].is_null());
    let unregistered = judge(&study, (&records, &[]), &[]);
    let rows: Vec<serde_json::Value> = serde_json::from_slice(&json(&unregistered)).unwrap();
    assert_eq!(rows[0]["declared"], "unregistered");
}
