//! Which comparisons need more seeds, and how many.

use super::made_up::{Compared, near};
use super::*;
use crate::claims::judged::Outlook;

/// Comparisons heading for a verdict: the letter, then how far its mean lies from the bound in
/// standard deviations. `+` and `-` are undecided and head for holding or not, `0` lies at the bound.
fn heading(text: &str) -> Vec<Option<[f64; 3]>> {
    let one = |word: &str| match word {
        "H" => Some(near(0.1, 0.001)),
        "F" => Some(near(-0.1, 0.001)),
        "0" => Some(near(0.0, 0.125)),
        "?" => None,
        effect => Some(near(effect.parse::<f64>().unwrap() * 0.01, 0.01)),
    };
    text.split_whitespace().map(one).collect()
}

#[test]
fn seeds_go_where_the_claim_is_decided_soonest() {
    struct Case {
        name: &'static str,
        scopes: &'static [Scope],
        /// Comparisons of each test.
        tests: &'static [&'static str],
        /// The positions of those that need seeds.
        expected: &'static [usize],
    }
    let case = |name, scopes, tests, expected| Case {
        name,
        scopes,
        tests,
        expected,
    };
    const ALL: &[Scope] = &[Scope::All, Scope::All];
    const ANY: &[Scope] = &[Scope::Any, Scope::Any];
    const UNANIMOUS: &[Scope] = &[Scope::Unanimous];
    let cases = [
        case("a claim that holds", ALL, &["H H"], &[]),
        case("a claim that is refuted", ALL, &["F 0.5"], &[]),
        case("one of which one is enough", ANY, &["H 0.5"], &[]),
        case("one that was not measured", ALL, &["?"], &[]),
        case("one open comparison", ALL, &["H 0.5"], &[1]),
        case(
            "all must hold, so all that are open",
            ALL,
            &["0.5 H 0.7"],
            &[0, 2],
        ),
        case("one that fails settles it", ALL, &["0.5 -0.5 0.7"], &[1]),
        case(
            "of two the one that needs fewer",
            ALL,
            &["-0.3 -0.6 0.9"],
            &[1],
        ),
        case("of equals the first", ALL, &["0.9 -0.5 -0.5"], &[1]),
        case("at the bound no number decides", ALL, &["0 0.5"], &[0, 1]),
        case("one that holds settles it", ANY, &["-0.5 0.5 -0.7"], &[1]),
        case(
            "of two the one that needs fewer",
            ANY,
            &["0.3 0.6 -0.9"],
            &[1],
        ),
        case(
            "none may hold, so all that are open",
            ANY,
            &["-0.5 F -0.7"],
            &[0, 2],
        ),
        case("all must agree", UNANIMOUS, &["0.5 -0.5 H"], &[0, 1]),
        case("where they cannot agree too", UNANIMOUS, &["H F 0.5"], &[2]),
        case("a missing comparison", ALL, &["H ?"], &[1]),
        case(
            "one of the second test fails",
            ALL,
            &["0.5", "-0.5 0.7"],
            &[1],
        ),
        case("the test that needs fewer", ALL, &["-0.3", "-0.6"], &[1]),
        // One comparison that holds decides its test, but not a claim of two.
        case(
            "two tests of which one is enough",
            ANY,
            &["-0.5 0.6", "0.7"],
            &[0, 1, 2],
        ),
        case(
            "both kinds of test",
            &[Scope::Any, Scope::All],
            &["0.6", "-0.5"],
            &[1],
        ),
    ];
    crate::testing::all_pass(cases.into_iter().filter_map(|case| {
        let compared = Compared::new(&heading(&case.tests.join(" ")));
        let mut comparisons = compared.comparisons().into_iter();
        let tests = case.tests.iter().zip(case.scopes).map(|(parts, scope)| {
            let n = parts.split_whitespace().count();
            let own = comparisons.by_ref().take(n).collect();
            TestRecord {
                scope: *scope,
                ..test(Quantity::Difference, ABOVE, own)
            }
        });
        let judged = compared.judge(claim(tests.collect()));
        let found = judged.comparisons.iter().enumerate();
        let found = found.filter(|(_, c)| c.needs_seeds).map(|(at, _)| at);
        let found: Vec<usize> = found.collect();
        (found != case.expected).then(|| format!("{} ({:?}): {found:?}", case.name, case.tests))
    }));
}

/// The outlook of a claim on differences.
fn outlook_of(
    rule: Rule,
    until_decided: Option<usize>,
    differences: &[[f64; 3]],
) -> Option<Outlook> {
    let differences: Vec<_> = differences.iter().copied().map(Some).collect();
    let compared = Compared::new(&differences);
    let tests = vec![test(Quantity::Difference, rule, compared.comparisons())];
    let mut study = compared.study(claim(tests));
    study.until_decided = until_decided;
    judge(&study, (&compared.records, &[]), &[])
        .remove(0)
        .outlook
}

fn needed(deviation: f64, distance: f64, level: f64) -> Option<Outlook> {
    lenet_stats::observations_needed(deviation, distance, level, 10_000).map(Outlook::Seeds)
}

#[test]
fn the_outlook_is_the_number_of_seeds_at_the_effect_seen() {
    let one = [near(0.005, 0.01)];
    // Three values with a standard deviation of 0.01.
    assert!(matches!(
        needed(0.01, 0.005, 0.95),
        Some(Outlook::Seeds(10..))
    ));
    assert_eq!(outlook_of(ABOVE, None, &one), needed(0.01, 0.005, 0.95));
    assert_eq!(
        outlook_of(Rule::Below(0.007), None, &one),
        needed(0.01, 0.002, 0.95)
    );
    let within = Rule::Within(-0.01, 0.008);
    assert_eq!(outlook_of(within, None, &one), needed(0.01, 0.003, 0.95));
    let sequence = lenet_stats::observations_needed_in_sequence(0.01, 0.005, 0.95, 10_000);
    assert_eq!(
        outlook_of(ABOVE, Some(20), &one),
        sequence.map(Outlook::Seeds)
    );
    // All must hold: the most of both, each at its level.
    let both = [near(0.005, 0.01), near(0.004, 0.01)];
    assert_eq!(outlook_of(ABOVE, None, &both), needed(0.01, 0.004, 0.975));
    // One that fails decides: its own number, though the other needs more.
    let both = [near(-0.005, 0.01), near(0.004, 0.01)];
    assert_eq!(outlook_of(ABOVE, None, &both), needed(0.01, 0.005, 0.975));
    // Decided, or beyond any number.
    assert_eq!(outlook_of(ABOVE, None, &[near(0.1, 0.001)]), None);
    let at_the_bound = [near(0.0, 0.125)];
    assert_eq!(
        outlook_of(ABOVE, None, &at_the_bound),
        Some(Outlook::NoNumber)
    );
    let near_it = [near(0.0001, 0.125)];
    assert_eq!(outlook_of(ABOVE, None, &near_it), Some(Outlook::NoNumber));
}

#[test]
fn the_outlook_of_a_ratio_is_taken_on_logarithms() {
    // Logarithms of the ratios: 0.2 with a standard deviation of 0.1.
    let logs = near(0.2, 0.1);
    let sides = (logs.map(|l| 0.5 * l.exp()).to_vec(), vec![0.5; 3]);
    let compared = Compared::of_sides(&[sides]);
    let outlook = |rule| {
        let tests = vec![test(Quantity::Ratio, rule, compared.comparisons())];
        compared.judge(claim(tests)).outlook
    };
    let ln = f64::ln;
    let cases = [
        (Rule::Above(1.0), 0.2),
        (Rule::Below(1.3), ln(1.3) - 0.2),
        (Rule::Within(1.0, 1.35), ln(1.35) - 0.2),
        (Rule::Within(1.1, 1.5), 0.2 - ln(1.1)),
    ];
    for (rule, distance) in cases {
        let expected = needed(0.1, distance, 0.95);
        assert!(expected.is_some());
        assert_eq!(outlook(rule), expected, "{rule:?}");
    }
    // The interval of a ratio is decided in any case against a bound of 0.
    assert_eq!(outlook(Rule::Above(0.0)), None);
}

#[test]
fn one_seed_tells_no_number() {
    let compared = Compared::new(&[Some([0.1])]);
    let tests = vec![test(Quantity::Difference, ABOVE, compared.comparisons())];
    let judged = compared.judge(claim(tests));
    assert_eq!(judged.outlook, Some(Outlook::Unknown));
    assert!(judged.comparisons[0].needs_seeds);
    // Nor does a comparison without records among others.
    let compared = Compared::new(&[Some(near(0.005, 0.01)), None]);
    let tests = vec![test(Quantity::Difference, ABOVE, compared.comparisons())];
    let judged = compared.judge(claim(tests));
    assert_eq!(judged.outlook, Some(Outlook::Unknown));
}

#[test]
fn seeds_tell_nothing_more_about_the_images() {
    // Both sides have 100 images; two standard deviations apart is undecided against a bound of 2.
    let differences = [Some(near(0.1, 0.01)), Some(near(0.005, 0.01))];
    let compared = Compared::new(&differences);
    let mut comparisons = compared.comparisons();
    let second = comparisons.split_off(1);
    let beyond = test(
        Quantity::DistanceBeyondChance,
        Rule::Below(2.0),
        comparisons,
    );
    let judged = compared.judge(claim(vec![beyond.clone()]));
    assert_eq!(judged.verdict, Undecided);
    assert_eq!(judged.outlook, Some(Outlook::Images));
    assert!(!judged.comparisons[0].needs_seeds);
    // Beside another test that is open the seeds go there.
    let difference = test(Quantity::Difference, ABOVE, second);
    let judged = compared.judge(claim(vec![beyond, difference]));
    assert_eq!(judged.verdict, Undecided);
    let needs = judged.comparisons.iter().map(|c| c.needs_seeds);
    assert_eq!(needs.collect::<Vec<_>>(), [false, true]);
    assert_eq!(judged.outlook, needed(0.01, 0.005, 0.975));
}
