//! Which comparison stands for a claim.

use super::made_up::{Compared, near};
use super::*;

#[test]
fn the_comparison_shown_is_nearest_to_what_decides() {
    struct Case {
        name: &'static str,
        scope: Scope,
        rule: Rule,
        /// Mean and standard deviation of each comparison.
        comparisons: [(f64, f64); 3],
        expected: &'static str,
    }
    let case = |name, scope, rule, comparisons, expected| Case {
        name,
        scope,
        rule,
        comparisons,
        expected,
    };
    let (all, any, unanimous) = (Scope::All, Scope::Any, Scope::Unanimous);
    let (above, below) = (Rule::Above(0.0), Rule::Below(0.0));
    let within = Rule::Within(-0.1, 0.2);
    // The least point, the greatest point, the widest interval.
    let points = [(0.1, 0.001), (0.14, 0.01), (0.12, 0.1)];
    let mirrored = points.map(|(mean, deviation)| (-mean, deviation));
    // Off the middle of 0.05 by 0.05, 0.01 and 0.07.
    let middle = [(0.0, 0.01), (0.04, 0.01), (0.12, 0.01)];
    let equal = [(0.1, 0.01); 3];
    let cases = [
        case("the least lower bound", all, above, points, "c"),
        case("the greatest upper bound", all, below, mirrored, "c"),
        case(
            "the least lower bound of wide ones",
            all,
            above,
            mirrored,
            "c",
        ),
        case("the greatest point", any, above, points, "b"),
        case("the least point", any, below, mirrored, "b"),
        case("the greatest point", any, above, mirrored, "a"),
        case("the least point", any, below, points, "a"),
        case("the greatest point", unanimous, above, points, "b"),
        case("the least point", unanimous, below, mirrored, "b"),
        case("farthest from the middle", all, within, middle, "c"),
        case("nearest to the middle", any, within, middle, "b"),
        case("nearest to the middle", unanimous, within, middle, "b"),
        case("the first of equals", all, above, equal, "a"),
        case("the first of equals", any, below, equal, "a"),
        case("the first of equals", all, within, equal, "a"),
    ];
    crate::testing::all_pass(cases.into_iter().filter_map(|case| {
        let differences = case.comparisons.map(|(m, s)| Some(near(m, s)));
        let compared = Compared::new(&differences);
        let judged = compared.judge(claim(vec![TestRecord {
            scope: case.scope,
            ..test(Quantity::Difference, case.rule, compared.comparisons())
        }]));
        let at = (0..3).find(|i| judged.comparisons[*i].label == case.expected);
        let expected = judged.comparisons[at.unwrap()].estimate.ok();
        let named = format!("seed by seed: {};", case.expected);
        let right = judged.estimate == expected && judged.method.contains(&named);
        (!right).then(|| {
            let Case {
                name, scope, rule, ..
            } = &case;
            format!("{name}, {scope:?} {rule:?}: {}", judged.method)
        })
    }));
}

#[test]
fn a_comparison_without_an_estimate_is_not_shown() {
    let compared = Compared::new(&[None, Some(near(0.1, 0.01)), None]);
    let tests = vec![test(
        Quantity::Difference,
        Rule::Above(0.0),
        compared.comparisons(),
    )];
    let judged = compared.judge(claim(tests));
    let middle = judged.comparisons[1].estimate.ok();
    assert!(middle.is_some());
    assert_eq!(judged.estimate, middle);
    let none = Compared::new::<[f64; 3]>(&[None]);
    let tests = vec![test(
        Quantity::Difference,
        Rule::Above(0.0),
        none.comparisons(),
    )];
    let judged = none.judge(claim(tests));
    assert_eq!((judged.estimate, judged.method.as_str()), (None, ""));
}

#[test]
fn an_estimate_of_one_seed_is_shown_without_an_interval() {
    let compared = Compared::new(&[Some([0.1]), Some([0.05])]);
    let tests = vec![test(
        Quantity::Difference,
        Rule::Above(0.0),
        compared.comparisons(),
    )];
    let judged = compared.judge(claim(tests));
    assert_eq!(judged.verdict, Undecided);
    let estimate = judged.estimate.unwrap();
    assert!((estimate.point - 0.05).abs() < 1e-12);
    assert_eq!((estimate.interval, estimate.n), (None, 1));
}
