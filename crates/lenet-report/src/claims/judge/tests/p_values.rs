//! Levels of comparisons, p-values of claims, and Holm's adjustment of several claims.
//!
//! A claim's p-value is the least error at which its intervals decide it, one way or the other.
//! Intervals have two sides, so of one comparison with one bound it is the two-sided p-value of the
//! t-test against that bound, also where the rule names one direction.

use serde::Deserialize;

use super::*;
use lenet_results::Correction;

#[derive(Deserialize)]
struct Oracle {
    p_values: Vec<OracleClaim>,
    levels: Vec<OracleLevels>,
    families: Vec<Family>,
}

#[derive(Deserialize)]
struct Sides {
    left: Vec<f64>,
    right: Vec<f64>,
}

#[derive(Deserialize)]
struct OracleClaim {
    rule: serde_json::Value,
    correction: Correction,
    scope: Scope,
    comparisons: Vec<Sides>,
    p_value: f64,
}

#[derive(Deserialize)]
struct OracleLevels {
    comparisons: Vec<Sides>,
    p: Vec<f64>,
    levels: Vec<f64>,
}

#[derive(Deserialize)]
struct Family {
    p: Vec<f64>,
    decided: Vec<bool>,
}

fn oracle() -> Oracle {
    serde_json::from_str(include_str!("../../../../oracle/oracle.json")).unwrap()
}

fn compared(sides: &[Sides]) -> Compared {
    let sides = sides.iter().map(|s| (s.left.clone(), s.right.clone()));
    Compared::of_sides(&sides.collect::<Vec<_>>())
}

fn rule(value: &serde_json::Value) -> Rule {
    let bound = |i: usize| value[i].as_f64().unwrap();
    match value[0].as_str().unwrap() {
        "above" => Rule::Above(bound(1)),
        "below" => Rule::Below(bound(1)),
        _ => Rule::Within(bound(1), bound(2)),
    }
}

#[test]
fn a_p_value_is_the_two_sided_one_of_scipy_combined_over_comparisons() {
    let cases = oracle().p_values;
    assert_eq!(cases.len(), 144);
    crate::testing::all_pass(cases.iter().filter_map(|case| {
        let compared = compared(&case.comparisons);
        let rule = rule(&case.rule);
        let judged = compared.judge(ClaimRecord {
            correction: case.correction,
            ..claim(vec![TestRecord {
                scope: case.scope,
                ..test(Quantity::Difference, rule, compared.comparisons())
            }])
        });
        let (p, expected) = (judged.p_value.unwrap(), case.p_value.max(1e-12));
        let agree = (p - expected).abs() <= 1e-6 * expected;
        // Decided at 95 % is decided at an error of 5 %.
        let decided = judged.verdict.is_decided() == (expected <= 0.05);
        (!(agree && decided)).then(|| {
            let OracleClaim {
                scope, correction, ..
            } = case;
            format!(
                "{rule:?} {scope:?} {correction:?}: {p} for {expected}, {:?}",
                judged.verdict
            )
        })
    }));
}

#[test]
fn holms_levels_step_down_until_a_comparison_is_undecided() {
    for case in oracle().levels {
        let compared = compared(&case.comparisons);
        let holm = ClaimRecord {
            correction: Correction::Holm,
            ..claim(vec![test(
                Quantity::Difference,
                ABOVE,
                compared.comparisons(),
            )])
        };
        let judged = compared.judge(holm);
        let found = judged
            .comparisons
            .iter()
            .map(|c| c.estimate.as_ref().unwrap().level);
        let found: Vec<f64> = found.collect();
        let pairs = found.iter().zip(&case.levels);
        let off = |(f, e): (&f64, &f64)| !((f - e).abs() < 1e-12);
        assert!(!pairs.into_iter().any(off), "{:?}: {found:?}", case.p);
    }
}

#[test]
fn bonferronis_levels_divide_the_error_whatever_the_p_values() {
    for (parts, level) in [("U", 0.95), ("HF", 0.975), ("HFU-", 0.9875)] {
        let compared = Compared::new(&letters(parts));
        let tests = vec![test(Quantity::Difference, ABOVE, compared.comparisons())];
        for part in compared.judge(claim(tests)).comparisons {
            let Ok(estimate) = part.estimate else {
                continue;
            };
            assert!(
                (estimate.level - level).abs() < 1e-15,
                "{parts}: {estimate:?}"
            );
        }
    }
}

#[test]
fn the_adjustment_for_several_claims_is_holms() {
    let compared = Compared::new(&letters("HF"));
    let [holds, fails] = [0, 1].map(|at: usize| {
        let one = vec![compared.comparisons()[at].clone()];
        compared.judge(claim(vec![test(Quantity::Difference, ABOVE, one)]))
    });
    for family in oracle().families {
        let claims = family.p.iter().zip([&holds, &fails].into_iter().cycle());
        let mut claims: Vec<JudgedClaim> = claims
            .map(|(p, claim)| JudgedClaim {
                p_value: Some(*p),
                ..claim.clone()
            })
            .collect();
        // One that was not measured is no claim of the family.
        claims.insert(
            1,
            JudgedClaim {
                verdict: NotMeasured,
                p_value: None,
                ..holds.clone()
            },
        );
        adjust(&mut claims);
        assert_eq!(claims.remove(1).adjusted, None);
        let each = [Holds, DoesNotHold].into_iter().cycle();
        let expected: Vec<Option<Verdict>> = each
            .zip(&family.decided)
            .map(|(verdict, decided)| Some(if *decided { verdict } else { Undecided }))
            .collect();
        let found: Vec<Option<Verdict>> = claims.iter().map(|c| c.adjusted).collect();
        assert_eq!(found, expected, "{:?}", family.p);
    }
    adjust(&mut []);
}

#[test]
fn an_undecided_claim_stays_undecided_beside_others() {
    let compared = Compared::new(&letters("UH"));
    let [undecided, holds] = [0, 1].map(|at: usize| {
        let one = vec![compared.comparisons()[at].clone()];
        compared.judge(claim(vec![test(Quantity::Difference, ABOVE, one)]))
    });
    // Even where its p-value is small, as that of one whose verdict was given by hand.
    let mut claims = [
        JudgedClaim {
            p_value: Some(0.001),
            ..undecided
        },
        holds,
    ];
    adjust(&mut claims);
    assert_eq!(claims.map(|c| c.adjusted), [Some(Undecided), Some(Holds)]);
}
